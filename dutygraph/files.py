"""Files that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """Give a stream to write a file into; it takes its place when all is written.

    It is written beside its place and moved over, so that nobody ever sees half of it, and what
    was there before stays when anything goes wrong. Raises OSError where it cannot be written.
    """
    beside = file.with_name(f".{uuid4().hex}.part")
    try:
        with beside.open("xb") as stream:
            yield stream
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
