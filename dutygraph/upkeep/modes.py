"""Modes: who may read a store's directory, which is nobody but its owner."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def tighten(directory: Path) -> list[Path]:
    """Take from all but the owner what they may do with a directory and what lies in it.

    Folders become 0700, files 0600, as new ones are made; links are left alone. Gives what is open
    to others still, as it is somebody else's or its disk takes no change.
    """
    return [path for path in _open_to_others(directory) if not _tightened(path)]


def _open_to_others(directory: Path) -> Iterator[Path]:
    for folder, within, files in os.walk(directory):
        place = Path(folder)
        for path in (place, *(place / name for name in files)):
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:
                continue
            if mode & _OTHERS and not stat.S_ISLNK(mode):
                yield path
        within[:] = [name for name in within if not (place / name).is_symlink()]


def _tightened(path: Path) -> bool:
    try:
        path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
    except FileNotFoundError:
        # What is thrown away meanwhile is open to nobody.
        return True
    except OSError:
        return False
    return True
