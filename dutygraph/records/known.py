"""What was imported before: the ids in the store's import graphs, and where they came from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from dutygraph.records.faults import Place
from dutygraph.records.triples import DEFAULT_BASE, row_iri
from dutygraph.store.graphs import Row
from dutygraph.terms import sparql_prologue

_AT_ONCE: Final = 1000
"""How many ids one query asks for; endpoints bound the length of a request."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an imported row came from: its file, sheet and row, and its import graph."""

    graph: str
    place: Place


class KnownIds(Protocol):
    """Tells which ids were imported before."""

    def find(self, entity: str, ids: Collection[str]) -> Mapping[str, Origin]:
        """Give the origin of each of the ids of an entity (unit, person, record) that is known."""


class NothingKnown:
    """A store into which nothing was imported yet."""

    def find(self, entity: str, ids: Collection[str]) -> Mapping[str, Origin]:  # noqa: ARG002
        """Give nothing."""
        return {}


class Selecting(Protocol):
    """As much of a graph store as asking for ids needs."""

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT; see ``dutygraph.store.graphs.GraphStore``."""


class StoredIds:
    """The ids in the import graphs of a store, asked for by SPARQL 1.1 as they are needed."""

    def __init__(self, store: Selecting, graphs: Sequence[str], base: str = DEFAULT_BASE) -> None:
        """Take the store, the names of those of its graphs that hold imports, and their base."""
        self._store = store
        self._graphs = tuple(graphs)
        self._base = base

    def find(self, entity: str, ids: Collection[str]) -> Mapping[str, Origin]:
        """See ``KnownIds.find``. Raises StoreError when the store cannot answer."""
        by_iri = {row_iri(self._base, entity, identifier): identifier for identifier in ids}
        iris = list(by_iri)
        found: dict[str, Origin] = {}
        if not self._graphs:
            return found
        for start in range(0, len(iris), _AT_ONCE):
            query = _query(iris[start : start + _AT_ONCE])
            for row in self._store.select(query, self._graphs):
                found[by_iri[row["row"].value]] = Origin(
                    row["graph"].value,
                    Place(row["file"].value, row["sheet"].value, int(row["number"].value)),
                )
        return found


def _query(iris: list[str]) -> str:
    return (
        sparql_prologue()
        + "SELECT ?row ?graph ?file ?sheet ?number WHERE {\n"
        + f"  VALUES ?row {{ {' '.join(f'<{iri}>' for iri in iris)} }}\n"
        + "  GRAPH ?graph {\n"
        + "    ?row dg:sourceFile ?file ; dg:sourceSheet ?sheet ; dg:sourceRow ?number\n"
        + "  }\n"
        + "}"
    )
