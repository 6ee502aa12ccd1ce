"""The history of imports: a journal of events (PROV-O), and what is in force after the last one.

The journal is a named graph that only grows. An import generates a named graph and invalidates the
one that it takes the place of; an undo does the reverse. Graphs never change once they are in: what
was replaced or undone stays, out of sight of queries and checks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, Protocol, TypeAlias

from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.damage import DamagedError
from dutygraph.store.graphs import Row
from dutygraph.store.journal import FOLLOWS
from dutygraph.terms import PREFIXES, REGULATIONS, sparql_prologue

JOURNAL: Final = REGULATIONS + "imports"
"""The named graph of the journal. It depends on no base: whoever reads a store finds it."""

_PROV, _DCTERMS = PREFIXES["prov"], PREFIXES["dcterms"]
GENERATED: Final = _PROV + "generated"
INVALIDATED: Final = _PROV + "invalidated"
ENDED: Final = _PROV + "endedAtTime"
DERIVED: Final = _PROV + "wasDerivedFrom"
AGENT: Final = _PROV + "wasAssociatedWith"
GENERATED_AT: Final = _PROV + "generatedAtTime"
LABEL: Final = PREFIXES["rdfs"] + "label"
EVENT_TYPE: Final = _DCTERMS + "type"
SUBJECT: Final = _DCTERMS + "subject"
IDENTIFIER: Final = _DCTERMS + "identifier"
EXTENT: Final = _DCTERMS + "extent"

State: TypeAlias = Literal["active", "replaced", "undone", "unfinished"]
_Facts: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]


def import_id(graph: str) -> str:
    """Give what the import with a graph is called: the last step of the graph's IRI."""
    return graph.rpartition("/")[2]


class HistoryError(Exception):
    """An import cannot be named, replaced or undone; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import: its named graph, what it was made from, when, by whom, and what became of it.

    ``files`` gives name → SHA-256 (hexadecimal); ``rows`` counts units, persons and records
    together; ``replaces`` is the graph whose next version this one is. Facts that the journal does
    not have, as of a graph from before there was one, are empty or None.
    """

    graph: str
    state: State
    label: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    recorded_at: str = ""
    by: str | None = None
    rows: int | None = None
    replaces: str | None = None

    @property
    def id(self) -> str:
        """Give what the import is called on the command line."""
        return import_id(self.graph)

    def to_json(self) -> dict[str, Any]:
        """Give the stable JSON of `dutygraph imports`."""
        facts = asdict(self)
        del facts["graph"]
        replaces = None if self.replaces is None else import_id(self.replaces)
        return {"id": self.id} | facts | {"replaces": replaces, "graph": self.graph}


class Reading(Protocol):
    """As much of a graph store as the history needs."""

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT; see ``dutygraph.store.graphs.GraphStore``."""


@dataclass(frozen=True)
class History:
    """All imports of a store, the oldest first, as they stand after the journal's last entry.

    ``position`` is the IRI of that entry, of the journal itself while there is none.
    """

    imports: tuple[Import, ...] = ()
    position: str = JOURNAL

    @classmethod
    def of(cls, store: Reading) -> History:
        """Read the history of a store.

        Raises StoreError when the store cannot answer, DamagedError for a journal with a gap, or
        with an entry that says nothing.

        A graph that no entry mentions but that tells of itself as an import, from before there was
        a journal, is active.
        """
        facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", [JOURNAL]):
            facts[row["s"].value][row["p"].value].append(row["o"].value)
        _refuse_gaps(facts)
        entries = list(_chain(facts))
        told = {JOURNAL, *prepared_graphs()}
        for entry in entries:
            if facts[entry][EVENT_TYPE] != ["undo"]:
                told.update(facts[entry][SUBJECT], facts[entry][GENERATED])
        try:
            found = _fold(facts, entries, _from_before(store, told))
        except (LookupError, ValueError) as error:
            raise DamagedError(JOURNAL, "有的条目不完整", "an entry of it is not whole") from error
        return cls(tuple(found.values()), entries[-1] if entries else JOURNAL)

    @property
    def active(self) -> list[str]:
        """Give the graphs that are in force, sorted."""
        return sorted(one.graph for one in self.imports if one.state == "active")

    def find(self, name: str) -> Import:
        """Give an import by its id, or the beginning of it where that tells it from the others.

        Raises HistoryError when there is none or more than one.
        """
        found = [one for one in self.imports if one.id == name]
        found = found or [one for one in self.imports if name and one.id.startswith(name)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = "、".join(one.id for one in found)
            raise HistoryError(
                f"「{name}」可指多次导入：{ids}；请写全 / "
                f"{name!r} may be any of {ids}; write more of it"
            )
        raise HistoryError(
            f"没有导入「{name}」；dutygraph imports 列出全部 / "
            f"there is no import {name!r}; dutygraph imports lists them"
        )

    def with_graph(self, graph: str) -> Import:
        """Give the import of a graph. Raises KeyError when it is no import's."""
        return {one.graph: one for one in self.imports}[graph]

    def of_content(self, digest_graph: str) -> Import | None:
        """Give the active import of some content, named by ``Batch.graph``, None if there is none.

        The first import of content has the graph of that name, a later one a number after it.
        """
        for one in self.imports:
            if one.state == "active" and digest_graph in (one.graph, one.graph.rpartition("-v")[0]):
                return one
        return None

    def free_graph(self, digest_graph: str) -> str:
        """Give the name of the graph for a new import of some content: never one used before."""
        names = {one.graph for one in self.imports}
        number, name = 1, digest_graph
        while name in names:
            number += 1
            name = f"{digest_graph}-v{number}"
        return name


def record_graphs(store: Reading) -> list[str]:
    """Give the names of a store's graphs that hold the records in force, sorted."""
    return History.of(store).active


def position(store: Reading) -> str:
    """Give the journal's last entry, the journal itself while there is none.

    It tells whether anything was imported or undone since one looked, without reading it all.
    """
    last = store.select(_LAST, [JOURNAL])
    return next((row["entry"].value for row in last), JOURNAL)


def live_graphs(store: Reading) -> list[str]:
    """Give the graphs that queries read: prepared ones, journal, records in force."""
    return [*prepared_graphs(), JOURNAL, *record_graphs(store)]


def _chain(facts: _Facts) -> Iterator[str]:
    """Give the journal's entries in order."""
    following = {before: entry for entry, told in facts.items() for before in told.get(FOLLOWS, ())}
    entry = following.get(JOURNAL)
    while entry is not None:
        yield entry
        entry = following.get(entry)


def _refuse_gaps(facts: _Facts) -> None:
    """Raise DamagedError where what an entry follows is not there."""
    for told in facts.values():
        for before in told.get(FOLLOWS, ()):
            if before != JOURNAL and before not in facts:
                raise DamagedError(JOURNAL, f"缺少条目 {before}", f"its entry {before} is missing")


def _fold(facts: _Facts, entries: list[str], before: Mapping[str, Import]) -> dict[str, Import]:
    found = dict(before)
    for entry in entries:
        told = facts[entry]
        (kind,) = told[EVENT_TYPE]
        gone, come = told.get(INVALIDATED, ()), told.get(GENERATED, ())
        for graph in gone:
            found[graph] = replace(found[graph], state="undone" if kind == "undo" else "replaced")
        if kind == "start":
            for graph in told[SUBJECT]:
                found[graph] = Import(graph, "unfinished")
        elif kind == "undo":
            for graph in come:
                found[graph] = replace(found[graph], state="active")
        else:
            for graph in come:
                found[graph] = _imported(facts, entry, graph, gone[0] if gone else None)
    return found


def _imported(facts: _Facts, entry: str, graph: str, replaces: str | None) -> Import:
    told = facts[graph]
    who = [name for agent in facts[entry].get(AGENT, ()) for name in facts[agent][LABEL]]
    return Import(
        graph,
        "active",
        told[LABEL][0],
        {facts[file][LABEL][0]: _sha256(facts[file][IDENTIFIER][0]) for file in told[DERIVED]},
        told[GENERATED_AT][0],
        who[0] if who else None,
        int(told[EXTENT][0]),
        replaces,
    )


def _sha256(identifier: str) -> str:
    return identifier.removeprefix("sha256:")


_LAST: Final = (
    f"SELECT ?entry WHERE {{ ?entry <{FOLLOWS}> ?before "
    f"FILTER NOT EXISTS {{ ?later <{FOLLOWS}> ?entry }} }}"
)
_OF_BEFORE: Final = (
    sparql_prologue()
    + """
SELECT ?graph ?label ?at ?name ?identifier WHERE {
  GRAPH ?graph {
    ?graph prov:wasDerivedFrom ?file ; rdfs:label ?label ; prov:generatedAtTime ?at .
    ?file rdfs:label ?name ; dcterms:identifier ?identifier .
  }
}
ORDER BY ?at ?graph ?name"""
)


def _from_before(store: Reading, told: Container[str]) -> dict[str, Import]:
    """Give the imports from before the journal; they tell of themselves in their own graphs.

    Other graphs are none of ours: an endpoint may hold what others keep there.
    """
    found: dict[str, Import] = {}
    # Asked for by what only such a graph has: naming all graphs takes some servers half a minute.
    for row in store.select(_OF_BEFORE, ()):
        graph = row["graph"].value
        if graph in told:
            continue
        files = {row["name"].value: _sha256(row["identifier"].value)}
        earlier = found[graph].files if graph in found else {}
        found[graph] = Import(
            graph,
            "active",
            row["label"].value,
            {**earlier, **files},
            row["at"].value,
        )
    return found
