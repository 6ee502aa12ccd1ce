"""Locks on files. The system lets go of one when the last process that holds it has ended."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Held:
    """A lock that is held. A process that is started with it keeps it when the starter lets go."""

    def __init__(self, lock: int) -> None:
        """Take the descriptor of the file that is locked."""
        self.lock = lock

    def release(self) -> None:
        """Let go of it."""
        os.close(self.lock)


def hold(file: Path) -> Held:
    """Take the lock of a file, which is made, with its folder, where there is none.

    Raises BlockingIOError while somebody else has it, OSError where the file cannot be made.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(lock)
        raise
    return Held(lock)


@contextmanager
def turn(file: Path) -> Iterator[None]:
    """Wait for the lock of a file, however long, and let go of it at the end."""
    with file.open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
