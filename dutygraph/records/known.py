"""What was imported before: the ids in the imports in force, and what refers to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import unquote

from dutygraph.records.chains import Step
from dutygraph.records.faults import Place
from dutygraph.records.history import JOURNAL, History, Import
from dutygraph.records.triples import DEFAULT_BASE, import_graph, row_iri
from dutygraph.store.graphs import Row
from dutygraph.terms import sparql_prologue

_AT_ONCE: Final = 1000
"""How many ids one query asks for; endpoints bound the length of a request."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an imported row came from: its file, sheet and row, and its import graph."""

    graph: str
    place: Place


@dataclass(frozen=True, slots=True)
class Hanging:
    """A reference that would lead nowhere: to the id of an entity, from a row at a place."""

    entity: str
    identifier: str
    place: Place


class KnownIds(Protocol):
    """Tells which ids were imported before, and which import some files are a version of."""

    @property
    def position(self) -> str:
        """Give the last entry of the journal that this was read from."""

    def find(self, entity: str, ids: Collection[str]) -> Mapping[str, Origin]:
        """Give the origin of each of the ids of an entity (unit, person, record) that is known."""

    def steps(
        self, entity: str, ids: Collection[str], columns: Mapping[str, str], replaced: str
    ) -> Mapping[str, Sequence[Step]]:
        """Give where the ids of an entity that are known lead to: column and id, in order.

        ``columns`` gives property → column; rows of the graph ``replaced`` are gone.
        """

    def earlier(self, graphs: Collection[str], files: Collection[str], digest: str) -> str | None:
        """Give the graph whose place is taken by files that share ids with some graphs.

        ``digest`` is the last step of the name that content has as a graph. None where the files
        are no version of what is there.
        """

    def left_hanging(self, graph: str, kept: Mapping[str, Collection[str]]) -> Iterator[Hanging]:
        """Give the references to rows of a graph, but for those kept, from the other graphs."""


class NothingKnown:
    """A store into which nothing was imported yet."""

    position = JOURNAL

    def find(self, entity: str, ids: Collection[str]) -> Mapping[str, Origin]:  # noqa: ARG002
        """Give nothing."""
        return {}

    def steps(
        self,
        entity: str,  # noqa: ARG002
        ids: Collection[str],  # noqa: ARG002
        columns: Mapping[str, str],  # noqa: ARG002
        replaced: str,  # noqa: ARG002
    ) -> Mapping[str, Sequence[Step]]:
        """Give nothing."""
        return {}

    def earlier(
        self,
        graphs: Collection[str],  # noqa: ARG002
        files: Collection[str],  # noqa: ARG002
        digest: str,  # noqa: ARG002
    ) -> str | None:
        """Give nothing."""
        return None

    def left_hanging(
        self,
        graph: str,  # noqa: ARG002
        kept: Mapping[str, Collection[str]],  # noqa: ARG002
    ) -> Iterator[Hanging]:
        """Give nothing."""
        return iter(())


class Selecting(Protocol):
    """As much of a graph store as asking for ids needs."""

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT; see ``dutygraph.store.graphs.GraphStore``."""


class StoredIds:
    """The ids in the imports of a store, asked for by SPARQL 1.1 as they are needed."""

    def __init__(
        self,
        store: Selecting,
        history: History,
        base: str = DEFAULT_BASE,
        replacing: Import | None = None,
    ) -> None:
        """Take the store, its history, their base, and the import to be replaced, if one is named.

        Without one, files take the place of an import from files of the same names if they share
        ids with that one alone.
        """
        self._store = store
        self._history = history
        self._base = base
        self._replacing = replacing

    @property
    def position(self) -> str:
        """See ``KnownIds.position``."""
        return self._history.position

    def find(self, entity: str, ids: Collection[str]) -> Mapping[str, Origin]:
        """See ``KnownIds.find``. Raises StoreError when the store cannot answer."""
        by_iri = {row_iri(self._base, entity, identifier): identifier for identifier in ids}
        graphs = self._history.active
        return {by_iri[iri]: origin for iri, origin in origins(self._store, list(by_iri), graphs)}

    def steps(
        self, entity: str, ids: Collection[str], columns: Mapping[str, str], replaced: str
    ) -> Mapping[str, Sequence[Step]]:
        """See ``KnownIds.steps``. Raises StoreError when the store cannot answer."""
        by_iri = {row_iri(self._base, entity, identifier): identifier for identifier in ids}
        others = [name for name in self._history.active if name != replaced]
        found: dict[str, list[Step]] = defaultdict(list)
        for iri, by, to in leading(self._store, list(by_iri), list(columns), others):
            found[by_iri[iri]].append((columns[by], unquote(to.rpartition("/")[2])))
        order = list(columns.values())
        return {
            one: sorted(each, key=lambda step: order.index(step[0])) for one, each in found.items()
        }

    def earlier(self, graphs: Collection[str], files: Collection[str], digest: str) -> str | None:
        """See ``KnownIds.earlier``."""
        same = self._history.of_content(import_graph(self._base, digest))
        if same is not None:
            return same.graph
        if self._replacing is not None:
            return self._replacing.graph
        if len(graphs) != 1:
            return None
        (graph,) = graphs
        return graph if set(self._history.with_graph(graph).files) == set(files) else None

    def left_hanging(self, graph: str, kept: Mapping[str, Collection[str]]) -> Iterator[Hanging]:
        """See ``KnownIds.left_hanging``. Raises StoreError when the store cannot answer."""
        stay = {row_iri(self._base, entity, one) for entity, ids in kept.items() for one in ids}
        lost = sorted(rows_of(self._store, graph) - stay)
        others = [name for name in self._history.active if name != graph]
        return iter(referring(self._store, lost, others))


def rows_of(store: Selecting, graph: str) -> set[str]:
    """Give the IRIs of the units, persons and records of an import."""
    query = sparql_prologue() + "SELECT ?row WHERE { ?row dg:sourceRow ?number }"
    return {row["row"].value for row in store.select(query, [graph])}


def origins(
    store: Selecting, iris: list[str], graphs: Sequence[str]
) -> Iterator[tuple[str, Origin]]:
    """Give the origin of each of some rows that stands in one of the graphs."""
    query = """SELECT ?asked ?graph ?file ?sheet ?number WHERE {
  VALUES ?asked { %s }
  GRAPH ?graph { ?asked dg:sourceFile ?file ; dg:sourceSheet ?sheet ; dg:sourceRow ?number }
}"""
    for row in _asked(store, query, iris, graphs):
        yield row["asked"].value, Origin(row["graph"].value, _place(row))


def leading(
    store: Selecting, iris: list[str], properties: Sequence[str], graphs: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """Give where some rows lead by some properties: row, property, the row that it leads to."""
    by = " ".join(f"<{one}>" for one in properties)
    query = f"""SELECT ?asked ?by ?to WHERE {{
  VALUES ?asked {{ %s }} VALUES ?by {{ {by} }}
  GRAPH ?graph {{ ?asked ?by ?to }}
}}"""
    for row in _asked(store, query, iris, graphs):
        yield row["asked"].value, row["by"].value, row["to"].value


def referring(store: Selecting, iris: list[str], graphs: Sequence[str]) -> list[Hanging]:
    """Give the references in some graphs to some rows, in the order of files and rows."""
    query = """SELECT DISTINCT ?asked ?from WHERE {
  VALUES ?asked { %s }
  GRAPH ?graph { ?from ?refers ?asked }
}"""
    # What refers may be a part of a row: person/p1#role-1 hangs on person/p1.
    found = {
        (row["asked"].value, row["from"].value.partition("#")[0])
        for row in _asked(store, query, iris, graphs)
    }
    places = dict(origins(store, sorted({row for _, row in found}), graphs))
    # What has no place is no row, as the provenance in graphs from before the journal.
    references = [hanging(iri, places[row].place) for iri, row in found if row in places]
    return sorted(references, key=lambda one: (*_order(one.place), one.entity, one.identifier))


def leading_out(store: Selecting, graph: str, others: Sequence[str], base: str) -> list[Hanging]:
    """Give the references in a graph to rows that neither it nor one of the others has."""
    # Asked for in steps: as one query with NOT EXISTS this takes minutes for 300,000 triples.
    query = """SELECT DISTINCT ?asked WHERE {
  ?from ?refers ?asked
  FILTER(isIRI(?asked) && STRSTARTS(STR(?asked), "%s") && !CONTAINS(STR(?asked), "#"))
}"""
    asked = {row["asked"].value for row in store.select(query % base, [graph])}
    strangers = sorted(asked - rows_of(store, graph))
    known = {iri for iri, _ in origins(store, strangers, others)}
    return referring(store, [iri for iri in strangers if iri not in known], [graph])


def _order(place: Place) -> tuple[str, str, int]:
    return place.file, place.sheet or "", place.row or 0


def hanging(iri: str, place: Place) -> Hanging:
    """Give a reference to a row from a place."""
    entity, _, name = iri.rpartition("/")
    return Hanging(entity.rpartition("/")[2], unquote(name), place)


def _asked(store: Selecting, query: str, iris: list[str], graphs: Sequence[str]) -> Iterator[Row]:
    """Run a query over graphs for each part of some IRIs; ``%s`` stands where they go."""
    if not graphs:
        return
    for start in range(0, len(iris), _AT_ONCE):
        values = " ".join(f"<{iri}>" for iri in iris[start : start + _AT_ONCE])
        yield from store.select(sparql_prologue() + query % values, graphs)


def _place(row: Row) -> Place:
    return Place(row["file"].value, row["sheet"].value, int(row["number"].value))
