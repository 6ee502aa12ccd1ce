"""Who runs beside others, and who has to run alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Gate:
    """Lets any number through side by side, or one when nobody else is within."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._within = 0

    @contextmanager
    def beside_others(self) -> Iterator[None]:
        """Go in as soon as nobody is alone within."""
        with self._changed:
            self._within += 1
        try:
            yield
        finally:
            with self._changed:
                self._within -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until all are out, and let nobody in meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: not self._within)
            # Whoever comes now waits for the lock.
            yield
