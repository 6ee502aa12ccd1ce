"""Things worth keeping: the latest that were made, each made once however many ask for it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")

_AT_A_TIME: Final = 2
"""How many things of a kind that take long are made at the same time."""
_LOOK: Final = 0.5
"""After how many seconds whatever waits for its turn looks whether it is still wanted."""


class _Latest(Generic[Key, Thing]):
    """The things asked for last by key, made or being made."""

    def __init__(self, make: Callable[[Key], Thing], size: int) -> None:
        self._make = make
        self._size = size
        self._made: OrderedDict[Key, Future[Thing]] = OrderedDict()
        self._lock = threading.Lock()

    def _ask(self, key: Key) -> tuple[Future[Thing], bool]:
        """Give what a thing will come in, and whether it is the asker's to have it made."""
        with self._lock:
            known = self._made.get(key)
            future: Future[Thing] = Future() if known is None else known
            self._made[key] = future
            self._made.move_to_end(key)
            while len(self._made) > self._size:
                self._drop(self._made.popitem(last=False)[1])
        return future, known is None

    def _drop(self, future: Future[Thing]) -> None:
        """Give up what is no more among the latest; who waits for it gets it all the same."""

    def _fill(self, key: Key, future: Future[Thing]) -> None:
        """Make a thing; what could not be made is tried again the next time."""
        try:
            future.set_result(self._make(key))
        except BaseException as error:
            with self._lock:
                if self._made.get(key) is future:
                    del self._made[key]
            future.set_exception(error)


class Kept(_Latest[Key, Thing]):
    """Makes things by key and keeps those that were asked for last.

    Whoever asks for a thing that is being made waits for it; who asks for another does not.
    """

    def __getitem__(self, key: Key) -> Thing:
        """Give the thing of a key, from those kept when it is among them.

        Raises what making it does, for all who wait.
        """
        future, is_new = self._ask(key)
        if is_new:
            self._fill(key, future)
        return future.result()


class StillMakingError(Exception):
    """A thing is being made and will be there later."""


class Awaited(_Latest[Key, Thing]):
    """Makes things that take long, a few at a time, and keeps those asked for last.

    Whoever asks waits for some ``seconds`` (None: however long), and may ask again later. What is
    no more among those asked for last when its turn comes is not made.
    """

    def __init__(self, make: Callable[[Key], Thing], size: int, seconds: float | None) -> None:
        super().__init__(make, size)
        self._turn = threading.Semaphore(_AT_A_TIME)
        self._seconds = seconds

    def __getitem__(self, key: Key) -> Thing:
        """Give the thing of a key. Raises StillMakingError while it is made, and what making does.

        What could not be made is tried again the next time.
        """
        return self._wait(key, self._seconds)

    def made(self, key: Key) -> Thing:
        """Give the thing of a key, however long that takes."""
        return self._wait(key, None)

    def at_hand(self, key: Key) -> Thing | None:
        """Give the thing of a key, or None while it is made; raises what making does.

        Nobody waits, but where waiting has no end at all.
        """
        try:
            return self._wait(key, None if self._seconds is None else 0)
        except StillMakingError:
            return None

    def _wait(self, key: Key, seconds: float | None) -> Thing:
        future, is_new = self._ask(key)
        if is_new:
            threading.Thread(target=self._run, args=(key, future), daemon=True).start()
        try:
            return future.result(seconds)
        except CancelledError:
            raise StillMakingError from None
        except TimeoutError:
            # It may be done by now, or have failed by a time-out of its own.
            if future.done():
                return future.result()
            raise StillMakingError from None

    def _drop(self, future: Future[Thing]) -> None:
        """Give up what is no more among the latest: it is not made if it is not being made."""
        future.cancel()

    def _run(self, key: Key, future: Future[Thing]) -> None:
        while not self._turn.acquire(timeout=_LOOK):
            if future.cancelled():
                return
        try:
            if future.set_running_or_notify_cancel():
                self._fill(key, future)
        finally:
            self._turn.release()
