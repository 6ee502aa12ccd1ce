"""Things that take seconds to make and milliseconds to read, kept in the user's cache folder.

The name of a kept file ends with the fingerprint of all that it is made from, so a changed input is
a missing file. A cache that cannot be read or written costs time, never the answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dutygraph.files import whole_file

_COMPLETE = b"# complete\n"
"""What a kept file ends with; it is missing where a disk was full."""


def cached(name: str, fingerprint: str, make: Callable[[], bytes]) -> bytes:
    """Give a thing by the fingerprint of its inputs: as it was kept, or made anew and kept.

    ``name`` has the suffix of a file; of each name only the latest thing is kept.
    """
    folder, stem, suffix = cache_folder(), Path(name).stem, Path(name).suffix
    file = folder / f"{stem}-{fingerprint}{suffix}"
    with suppress(OSError):
        if (kept := file.read_bytes()).endswith(_COMPLETE):
            return kept.removesuffix(_COMPLETE)
    made = make()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as stream:
            stream.write(made + _COMPLETE)
    except OSError:
        return made
    forget(name, file)
    return made


def forget(name: str, but: Path | None = None) -> None:
    """Take away what was kept by a name, but for one file."""
    for old in cache_folder().glob(f"{Path(name).stem}-*{Path(name).suffix}"):
        if old != but:
            with suppress(OSError):
                old.unlink()


def cache_folder() -> Path:
    """Give the user's cache folder (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dutygraph"
