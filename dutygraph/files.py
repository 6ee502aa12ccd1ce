"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

_LONGEST = 24 * 60 * 60
"""The longest, in seconds, that anybody writes one file."""


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """Give a stream to write a file into; it takes its place when all is written.

    It is written beside its place, onto the disk, and moved over, so that nobody ever sees half of
    it, and what was there before stays when anything goes wrong. What a process left that was
    killed meanwhile is swept up by a later one. Raises OSError where it cannot be written.
    """
    _sweep(file.parent)
    beside = file.with_name(f".{uuid4().hex}.part")
    try:
        with beside.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _sweep(folder: Path) -> None:
    for left in folder.glob(f".{'[0-9a-f]' * 32}.part"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _LONGEST:
                left.unlink()
