"""Damage to the files of an embedded store: which file, what is wrong with it, what to do.

What Oxigraph says of damage are the words of RocksDB, which are read here. Files that are missing
altogether are found before it opens them: without its file ``CURRENT`` it would begin anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dutygraph.store.graphs import StoreError

_SIZE: Final = re.compile(
    r"Sst file size mismatch between expected (?P<wanted>\d+) and file system (?P<size>\d+) "
    r"sstable: (?P<file>\S+)"
)
_MISSING: Final = re.compile(
    r"No such file or directory: While open[^:]*: (?P<file>\S+): No such file"
)
_UNREADABLE: Final = re.compile(
    r"Corruption: (?P<what>.+?)(?: in (?P<within>\S+) offset.*)?"
    r"(?:\s+The file (?P<file>\S+) may be corrupted\.)?$",
    re.DOTALL,
)


class DamagedError(StoreError):
    """A file, or a graph, of a store is damaged; the message says which, how, and what to do."""

    def __init__(self, file: str | Path, zh: str, en: str) -> None:
        self.file = str(file)
        super().__init__(
            f"数据已损坏：{file}：{zh}；请用 dutygraph store restore 从备份恢复 / "
            f"the store is damaged: {file}: {en}; restore it from a backup with "
            "dutygraph store restore"
        )


@contextmanager
def told_of_damage(*, open_: bool = False) -> Iterator[None]:
    """Turn what Oxigraph says of damaged files into a DamagedError; other errors go on.

    A file that an open store misses was most likely swept away by a writer, which is no damage.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        said = str(error)
        found = None if open_ and _MISSING.search(said) else _damage(said)
        if found is None:
            raise
        raise found from error


def refuse_headless(folder: Path) -> None:
    """Raise DamagedError where there are a store's tables or logs, but not what leads to them.

    Oxigraph makes ``CURRENT`` before any of these, so none was ever there without it.
    """
    current = folder / "CURRENT"
    if folder.is_dir() and not current.exists():
        for pattern in ("*.sst", "*.log"):
            if next(folder.glob(pattern), None) is not None:
                raise _missing(current)


def _damage(said: str) -> DamagedError | None:
    if size := _SIZE.search(said):
        wanted, there = size["wanted"], size["size"]
        return DamagedError(
            size["file"],
            f"应有 {wanted} 字节，实有 {there} 字节",
            f"it should have {wanted} bytes and has {there}",
        )
    if missing := _MISSING.search(said):
        return _missing(missing["file"])
    if unreadable := _UNREADABLE.search(said):
        what = unreadable["what"].strip()
        file = unreadable["within"] or unreadable["file"] or "graph/CURRENT"
        return DamagedError(file, f"内容无法读取（{what}）", f"it cannot be read ({what})")
    return None


def _missing(file: str | Path) -> DamagedError:
    return DamagedError(
        file,
        "文件不见了（若有命令正在写入，请过一会儿再试）",
        "it is missing (if another command is writing just now, try again in a moment)",
    )
