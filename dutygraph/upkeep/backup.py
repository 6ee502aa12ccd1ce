"""Backups: a store's directory as it was at one moment, copied while it is in use.

What is in a directory are the graph (Oxigraph), databases (SQLite) and plain files, which are
written once, appended to or replaced whole. At one moment nobody can write to the databases, the
graph's files are linked into a hidden folder, and plain files are linked and measured; all is
copied from there in its own time, with its digests.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import EXDEV
from importlib.metadata import version
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from dutygraph.records.history import History
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from dutygraph.upkeep import databases
from dutygraph.upkeep.folders import copy, digest_of, unfinished
from dutygraph.upkeep.manifest import NAME, Manifest

GRAPH: Final = "graph"
_PASSING: Final = ("lock", "turn", NAME)
"""Names of files that say who works just now, or that a backup has of its own."""
_ATTEMPTS: Final = 5
"""How often a graph is opened whose files a writer has just merged into others."""


@dataclass(frozen=True)
class _Moment:
    """A directory at one moment: links to its files with their sizes, its databases to read."""

    links: Path
    sizes: dict[str, int]
    readers: dict[str, Connection]


def backup(store: Path, target: Path) -> Manifest:
    """Copy a store's directory, which may be in use, to a folder that is not there or is empty.

    Whatever was acknowledged before it begins is in it, and all of it is of one moment; the folder
    appears whole or not at all. Raises StoreError where there is no store, the folder holds
    something, or something cannot be read or written.
    """
    _refuse(store, target)
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        with unfinished(target.absolute().parent) as making:
            folder = making.folder
            with _moment(store, folder) as moment:
                files = {name: _copied(moment, name, folder) for name in sorted(moment.sizes)}
                for name, reader in moment.readers.items():
                    databases.write_copy(reader, folder / name)
                    files[name] = digest_of(folder / name)
            manifest = _manifest(folder, files)
            manifest.write(folder)
            making.take_place(target.absolute())
    except OSError as error:
        raise StoreError(
            f"备份到 {target} 没有完成：{error}；请检查磁盘空间和权限 / the backup to {target} was "
            f"not made: {error}; look at the free space and the permissions"
        ) from error
    return manifest


def _refuse(store: Path, target: Path) -> None:
    if not EmbeddedStore.exists(store):
        raise StoreError(f"{store} 里没有数据 / there is no store in {store}")
    if target.absolute().resolve().is_relative_to(store.absolute().resolve()):
        raise StoreError(
            f"备份不能放在数据目录 {store} 里面 / a backup cannot lie within the store {store}"
        )
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise StoreError(
            f"{target} 已经有内容，请另写一个文件夹 / {target} holds something; name another folder"
        )


@contextmanager
def _moment(store: Path, spare: Path) -> Iterator[_Moment]:
    """Give a store at one moment: linked beside it or, where its disk takes nothing, copied."""
    with ExitStack() as open_:
        try:
            links = open_.enter_context(unfinished(store)).folder
            held = open_.enter_context(_at_once(store, links))
        except (OSError, StoreError):
            links = open_.enter_context(unfinished(spare)).folder
            held = open_.enter_context(_at_once(store, links))
        yield held


@contextmanager
def _at_once(store: Path, links: Path) -> Iterator[_Moment]:
    with ExitStack() as open_:
        sizes: dict[str, int] = {}
        bases = [file for file in _files(store) if file.suffix == databases.SUFFIX]
        # Accounts before the audit log, as who changes accounts holds them: neither waits for ever.
        bases.sort(reverse=True)
        with databases.held_still(bases):
            for place in _stores(store):
                _snapshot(place, links / place.relative_to(store) / GRAPH)
            for file in _files(store):
                # What is thrown away meanwhile is not wanted any more.
                with suppress(FileNotFoundError):
                    if file.suffix != databases.SUFFIX:
                        name = str(file.relative_to(store))
                        sizes[name] = _link(file, links / name)
            readers = {
                str(file.relative_to(store)): open_.enter_context(closing(databases.pinned(file)))
                for file in bases
            }
        for file in links.rglob(f"{GRAPH}/*"):
            sizes[str(file.relative_to(links))] = file.stat().st_size
        yield _Moment(links, sizes, readers)


def _stores(store: Path) -> Iterator[Path]:
    """Give the folders that hold a graph: the store's own, and any below it."""
    for folder, within, _ in os.walk(store):
        within[:] = [name for name in within if not name.endswith(".part")]
        if GRAPH in within and EmbeddedStore.exists(Path(folder)):
            within.remove(GRAPH)
            yield Path(folder)


def _files(store: Path) -> Iterator[Path]:
    """Give the files beside the graphs that a backup has."""
    for folder, within, names in os.walk(store):
        within[:] = [name for name in within if not name.endswith(".part") and name != GRAPH]
        for name in names:
            if name not in _PASSING and not name.endswith((".part", *databases.BESIDE)):
                yield Path(folder) / name


def _snapshot(store: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS - 1):
        try:
            EmbeddedStore.open(store, read_only=True).snapshot(folder)
            return
        except StoreError:
            continue
    EmbeddedStore.open(store, read_only=True).snapshot(folder)


def _link(file: Path, link: Path) -> int:
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.hardlink_to(file)
    except OSError as error:
        # Another disk: the copy is as large as the file was when it was made.
        if error.errno != EXDEV:
            raise
        shutil.copy2(file, link)
    return link.stat().st_size


def _copied(moment: _Moment, name: str, folder: Path) -> str:
    return copy(moment.links / name, folder / name, moment.sizes[name])


def _manifest(folder: Path, files: dict[str, str]) -> Manifest:
    """Read the copy, and say what it is."""
    history = History.of(EmbeddedStore.open(folder, read_only=True))
    # Reading leaves a log of its own.
    for file in (folder / GRAPH).iterdir():
        if f"{GRAPH}/{file.name}" not in files:
            file.unlink()
    return Manifest(
        datetime.now(UTC).isoformat(timespec="seconds"),
        version("dutygraph"),
        history.position,
        len(history.imports),
        files,
    )
