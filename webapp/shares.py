"""How many of something each client may have running at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class TooManyError(Exception):
    """A client has as many running as it may; the message says so."""


class Shares:
    """Counts what each client has running, in this process."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def one(self, client: str | None) -> Iterator[None]:
        """Have one more run for a client while the context lasts. Raises TooManyError.

        None is somebody who is not counted.
        """
        if client is None:
            yield
            return
        with self._lock:
            if self._running[client] >= self._at_once:
                raise TooManyError(
                    f"同时只能运行 {self._at_once} 个，请等前面的完成 / {self._at_once} may run at "
                    "once: wait for those before"
                )
            self._running[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[client] -= 1
                if not self._running[client]:
                    del self._running[client]
