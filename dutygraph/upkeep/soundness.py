"""Soundness: whether a store's directory is whole, and fits together.

Looked at are all graphs, read to the end (every block that RocksDB reads has a checksum), the
journal of imports and the digests that it has of their graphs, the databases beside and, of a
backup, the digest of every file. RocksDB keeps each graph in several orders,
of which the one that graphs are read in is gone through; damage in another is found when a query
meets it, or in a backup.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dutygraph.records.history import JOURNAL, History
from dutygraph.store.damage import DamagedError
from dutygraph.store.digests import CHECKSUM, TRIPLES, Digest
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.format import refuse_newer
from dutygraph.store.graphs import StoreError
from dutygraph.upkeep import databases
from dutygraph.upkeep.manifest import NAME, Manifest


@dataclass(frozen=True)
class Flaw:
    """Something that is not as it should be: the file or graph, and what is wrong with it."""

    place: str
    zh: str
    en: str


@dataclass(frozen=True)
class Examined:
    """What was looked at, and what is wrong.

    ``imports`` are those of the journal, ``measured`` those of them whose digest it has,
    ``triples`` all there are in the graphs, ``files`` the databases that were read and, of a
    backup, its files.
    """

    imports: int
    measured: int
    triples: int
    files: int
    flaws: tuple[Flaw, ...]


def examine(directory: Path) -> Examined:
    """Look through a store's directory, or a backup.

    Raises StoreError where there is no store, or one whose format is newer than the program.
    """
    flaws: list[Flaw] = []
    digests: dict[str, Digest] = {}
    history, recorded = History(), {}
    refuse_newer(directory)
    try:
        there = EmbeddedStore.exists(directory)
    except DamagedError:
        there = True
    if not there:
        raise StoreError(f"{directory} 里没有数据 / there is no store in {directory}")
    try:
        store = EmbeddedStore.open(directory, read_only=True)
        digests = {name: store.digest(name) for name in store.graph_names()}
        history, recorded = History.of(store), _recorded(store)
    except StoreError as error:
        flaws.append(_flaw(directory, error))
    flaws += _graphs(history, digests, recorded)
    bases = sorted(directory.rglob(f"*{databases.SUFFIX}"))
    flaws += _databases(bases)
    flaws += _settings(directory / "settings.toml")
    backed_up: Mapping[str, str] = {}
    if (directory / NAME).is_file():
        manifest = Manifest.read(directory)
        backed_up = manifest.files
        flaws += [_flaw(directory, one) for one in manifest.damage(directory)]
    return Examined(
        len(history.imports),
        len(recorded),
        sum(digest.triples for digest in digests.values()),
        len(bases) + len(backed_up),
        tuple(flaws),
    )


def refuse_damaged(directory: Path) -> None:
    """Raise StoreError for a directory whose store, history or databases cannot be opened.

    It takes milliseconds: what is inside is not gone through, as ``examine`` does.
    """
    if EmbeddedStore.exists(directory):
        History.of(EmbeddedStore.open(directory, read_only=True))
    for file in directory.rglob(f"*{databases.SUFFIX}"):
        databases.refuse_damaged(file)


def _flaw(directory: Path, error: StoreError) -> Flaw:
    zh, _, en = str(error).partition(" / ")
    place = error.file if isinstance(error, DamagedError) else directory
    return Flaw(str(place), zh, en)


def _recorded(store: EmbeddedStore) -> dict[str, tuple[int, str]]:
    query = f"SELECT ?g ?n ?sum WHERE {{ ?g <{TRIPLES}> ?n ; <{CHECKSUM}> ?sum }}"
    return {
        row["g"].value: (int(row["n"].value), row["sum"].value)
        for row in store.select(query, [JOURNAL])
    }


def _graphs(
    history: History, digests: Mapping[str, Digest], recorded: Mapping[str, tuple[int, str]]
) -> Iterator[Flaw]:
    for one in history.imports:
        if one.state == "unfinished":
            continue
        found = digests.get(one.graph, Digest())
        number, checksum = recorded.get(one.graph, (found.triples, found.checksum))
        if found.triples != number:
            yield Flaw(
                one.graph,
                f"导入 {one.id} 应有 {number} 个三元组，实有 {found.triples} 个",
                f"import {one.id} should have {number} triples and has {found.triples}",
            )
        elif found.checksum != checksum:
            yield Flaw(
                one.graph,
                f"导入 {one.id} 的内容与写入时不同",
                f"import {one.id} has other triples than were written",
            )
        elif not found.triples and one.rows:
            yield Flaw(
                one.graph,
                f"导入 {one.id} 的内容不见了",
                f"the triples of import {one.id} are missing",
            )


def _databases(files: list[Path]) -> Iterator[Flaw]:
    for file in files:
        if (said := databases.flaw(file)) is not None:
            yield Flaw(str(file), f"数据库已损坏（{said}）", f"the database is damaged ({said})")


def _settings(file: Path) -> Iterator[Flaw]:
    if file.is_file():
        try:
            tomllib.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            yield Flaw(str(file), f"不是 TOML（{error}）", f"it is no TOML ({error})")
