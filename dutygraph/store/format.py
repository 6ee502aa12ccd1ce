"""The format of a store's directory: a number in a file, and how an older one becomes the present.

The number counts what programs have to know of a directory: how graphs, journal and databases are
laid out in it. A directory without the file has format 1. What is made anew when it is missing, as
prepared graphs and kept results, has marks of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dutygraph.files import whole_file
from dutygraph.store.damage import DamagedError
from dutygraph.store.digests import TRIPLES
from dutygraph.store.graphs import StoreError

if TYPE_CHECKING:
    from dutygraph.store.embedded import EmbeddedStore

CURRENT: Final = 2
_FILE: Final = "format"
_JOURNAL: Final = "https://w3id.org/dutygraph/imports"
"""What the journal of imports is called in all formats so far."""


def format_of(directory: Path) -> int:
    """Give the format of a store's directory. Raises DamagedError where the file has no number."""
    file = directory / _FILE
    try:
        text = file.read_text(encoding="ascii")
        return int(text)
    except FileNotFoundError:
        return 1
    except ValueError as error:
        raise DamagedError(file, "应为一个数", "it should be a number") from error


def refuse_newer(directory: Path) -> None:
    """Raise StoreError for a directory whose format this program does not know yet."""
    found = format_of(directory)
    if found > CURRENT:
        raise StoreError(
            f"{directory} 的数据格式是 {found}，这个版本的程序只认到 {CURRENT}；请升级程序 / "
            f"the store in {directory} has format {found}, this program knows those up to "
            f"{CURRENT}; upgrade it"
        )


def mark(directory: Path, number: int = CURRENT) -> None:
    """Note the format of a directory. Raises OSError where it cannot be noted."""
    with whole_file(directory / _FILE) as stream:
        stream.write(f"{number}\n".encode())


def migrate(directory: Path, store: EmbeddedStore) -> None:
    """Bring a directory whose store is open for writing to the present format, step by step.

    A step that was broken off is done again. Raises StoreError where something cannot be written.
    """
    try:
        for number in range(format_of(directory), CURRENT):
            _STEPS[number](store)
            mark(directory, number + 1)
    except OSError as error:
        raise StoreError(
            f"{directory} 的数据格式无法更新：{error}；请检查磁盘空间和权限 / the format of the "
            f"store in {directory} cannot be brought up to date: {error}; look at the free space "
            "and the permissions"
        ) from error


def _record_digests(store: EmbeddedStore) -> None:
    """Format 2: the journal has the digest of each import's graph."""
    rows = store.select(
        "SELECT DISTINCT ?graph WHERE { ?entry prov:generated ?graph ; dcterms:type 'import' "
        f"FILTER NOT EXISTS {{ ?graph <{TRIPLES}> ?n }} }} ORDER BY ?graph",
        [_JOURNAL],
    )
    for graph in [row["graph"].value for row in rows]:
        store.fill(_JOURNAL, store.digest(graph).told(graph))


_STEPS: Final[Mapping[int, Callable[[EmbeddedStore], None]]] = {1: _record_digests}
"""What leads from a format to the next."""
