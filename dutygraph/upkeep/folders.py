"""Folders that appear whole or not at all, and files that are on the disk before they count."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import uuid4

from dutygraph.records.locks import Held, hold

_LOCK: Final = "lock"
_AT_ONCE: Final = 1 << 20
_AT_FOLDER: Final = -100
"""AT_FDCWD of openat(2): paths are taken as they stand."""
_EXCHANGE: Final = 2
"""RENAME_EXCHANGE of renameat2(2)."""


class Unfinished:
    """A folder in the making, which is gone unless it takes its place."""

    def __init__(self, folder: Path, held: Held) -> None:
        self.folder = folder
        self._held = held
        self.replaced: Path | None = None

    def take_place(self, target: Path) -> None:
        """Move to a place where there is nothing, or an empty folder. Raises OSError."""
        self._settle()
        self.folder.rename(target)
        _sync(target.parent)

    def exchange(self, target: Path, aside: Path) -> None:
        """Move to the place of another folder, and that one aside; no moment is without either.

        Raises OSError where the disk cannot do that, or the place is one that a disk is mounted at.
        """
        self._settle()
        _exchange(self.folder, target)
        _sync(target.parent)
        self.folder.rename(aside)

    def _settle(self) -> None:
        (self.folder / _LOCK).unlink()
        for folder, _, _ in os.walk(self.folder):
            _sync(Path(folder))

    def close(self) -> None:
        """Throw away what did not take its place."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._held.release()


@contextmanager
def unfinished(beside: Path) -> Iterator[Unfinished]:
    """Make a folder in another one, to be filled and then to take its place.

    What is left of earlier ones whose processes died is thrown away first. Raises OSError.
    """
    for old in beside.glob(".dutygraph-*.part"):
        _sweep(old)
    folder = beside / f".dutygraph-{uuid4().hex}.part"
    folder.mkdir(mode=0o700)
    making = Unfinished(folder, hold(folder / _LOCK))
    try:
        yield making
    finally:
        making.close()


def _sweep(folder: Path) -> None:
    """Throw an unfinished folder away if nobody works on it any more.

    One without a lock is not in the making: a store that was replaced, or all but in its place.
    """
    if (folder / _LOCK).is_file():
        with suppress(BlockingIOError):
            hold(folder / _LOCK).release()
            shutil.rmtree(folder, ignore_errors=True)


def copy(source: Path, target: Path, size: int | None = None) -> str:
    """Copy a file, or so many bytes of it, onto the disk; give the SHA-256 of the copy.

    Raises OSError, also for a source that is shorter.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, left = sha256(), source.stat().st_size if size is None else size
    with source.open("rb") as given, target.open("xb") as copied:
        while left and (some := given.read(min(left, _AT_ONCE))):
            digest.update(some)
            copied.write(some)
            left -= len(some)
        copied.flush()
        os.fsync(copied.fileno())
    if left:
        raise OSError(f"{source} ends {left} bytes early")
    shutil.copymode(source, target)
    return digest.hexdigest()


def digest_of(file: Path) -> str:
    """Give the SHA-256 of a file's content. Raises OSError."""
    digest = sha256()
    with file.open("rb") as stream:
        while some := stream.read(_AT_ONCE):
            digest.update(some)
    return digest.hexdigest()


def _exchange(one: Path, other: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    if libc.renameat2(_AT_FOLDER, paths[0], _AT_FOLDER, paths[1], _EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
