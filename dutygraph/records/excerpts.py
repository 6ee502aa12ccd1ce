"""Excerpts: stores of their own that hold the regulation and the records of one remit.

Who sees but a part of the records works on an excerpt and on no other store: what is not in it no
page, no query and no export can show, whatever they ask. It is made anew when the records have
changed. An import's graph keeps its name and holds those of its rows that lie in the remit; past
versions stay out. Of units outside that these rows name, and of those above, it has id and name.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Triple

from dutygraph.accounts.remits import Remit
from dutygraph.files import whole_file
from dutygraph.records.committing import journal_of
from dutygraph.records.history import JOURNAL, History, Import
from dutygraph.records.locks import turn
from dutygraph.records.ownership import MEMBERSHIP, Ownership, entity, posts, row_of
from dutygraph.records.subtrees import Tree
from dutygraph.records.triples import import_graph, literal
from dutygraph.regulations.prepared import fingerprint, prepared_graphs, refresh
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.endpoint import beside
from dutygraph.store.graphs import GraphStore, text
from dutygraph.store.graphs import Row as Answer
from dutygraph.terms import DG, PREFIXES, sparql_prologue

NAMES: Final = "names"
"""What the import of an excerpt is called that holds ids and names of units outside."""

_VERSION: Final = "1"
_AT_ONCE: Final = 1000
_DONE: Final = "excerpt.json"
_SOURCE: Final = DG + "sourceFile"
_STAFF: Final = """SELECT DISTINCT ?node WHERE {
  VALUES ?unit { %s } ?node org:hasMembership/org:organization ?unit
}"""
_NAMING: Final = "SELECT DISTINCT ?node WHERE { VALUES ?named { %s } ?node ?how ?named }"
_SAID: Final = "SELECT ?graph ?s ?p ?o WHERE { VALUES ?s { %s } GRAPH ?graph { ?s ?p ?o } }"
_NAMED: Final = """SELECT ?unit ?id ?name WHERE {
  VALUES ?unit { %s } ?unit a dg:Unit ; dcterms:identifier ?id . OPTIONAL { ?unit rdfs:label ?name }
}"""
_COUNTED: Final = "SELECT (COUNT(DISTINCT ?row) AS ?n) WHERE { ?row dg:sourceRow ?number }"


@dataclass
class Row:
    """A unit, person or record of an import: its graph and all that is said of it and its parts."""

    graph: str
    triples: list[Triple] = field(default_factory=list)


def excerpt(location: str, store: GraphStore, remit: Remit) -> Path:
    """Give the directory of the excerpt of a store for a remit, made where it is not there yet.

    ``store`` is the one at the location. Raises OSError or StoreError where it cannot be written.
    """
    folder = beside(location) / "rooms" / remit.key
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    history = History.of(store)
    told = json.dumps([_VERSION, history.position, history.active, fingerprint(), remit.key])
    place = folder / hashlib.sha256(told.encode()).hexdigest()[:16]
    with turn(folder / "turn"):
        if not (place / _DONE).is_file():
            _write(place, store, history, remit)
            _sweep(folder, place)
    return place


def is_whole(place: Path, graph: str) -> bool:
    """Tell whether an excerpt holds all rows of an import, and all that they say."""
    return graph in json.loads((place / _DONE).read_text(encoding="utf-8"))["whole"]


def _write(place: Path, store: GraphStore, history: History, remit: Remit) -> None:
    part = place.with_suffix(".part")
    for old in (part, place):
        shutil.rmtree(old, ignore_errors=True)
    made = EmbeddedStore.open(part)
    refresh(made)
    found = _Finder(store, history.active, remit)
    by_graph: dict[str, dict[str, Row]] = defaultdict(dict)
    for iri, row in found.rows.items():
        by_graph[row.graph][iri] = row
    imports, whole = [], []
    for one in history.imports:
        rows = by_graph.get(one.graph)
        if not rows:
            continue
        is_all = one.rows == len(rows) and one.graph not in found.cut
        whole += [one.graph] if is_all else []
        imports.append(_shown(one, rows, is_all=is_all))
        made.fill(one.graph, _ntriples(triple for row in rows.values() for triple in row.triples))
    names = _names(found.outside())
    if names and imports:
        base = imports[0].graph.rpartition("import/")[0]
        graph = import_graph(base, NAMES)
        label = "本范围以外有关单位的名称 / names of units outside"
        imports.append(Import(graph, "active", label, recorded_at=imports[0].recorded_at))
        made.fill(graph, names)
    made.fill(JOURNAL, journal_of(imports))
    del made
    with whole_file(part / _DONE) as stream:
        stream.write(json.dumps({"whole": whole}).encode())
    part.rename(place)


def _sweep(folder: Path, place: Path) -> None:
    """Throw older excerpts away, but for the latest of them: somebody may be reading it."""
    others = [one for one in folder.iterdir() if (one / _DONE).is_file() and one != place]
    others.sort(key=lambda one: (one / _DONE).stat().st_mtime_ns)
    for old in others[:-1]:
        shutil.rmtree(old, ignore_errors=True)


class _Finder:
    """Finds the rows of a remit in the graphs of a store, and what they must not say."""

    def __init__(self, store: GraphStore, graphs: Sequence[str], remit: Remit) -> None:
        self._store, self._graphs = store, graphs
        self._tree = Tree(store, graphs, prepared_graphs())
        units = self._tree.within(remit)
        persons = set(self._nodes(_STAFF, units))
        own = Ownership(units, persons)
        naming = {row_of(node) for node in self._nodes(_NAMING, units | persons)}
        records = {node for node in naming if entity(node) == "record"}
        self._own = own
        self.cut: set[str] = set()
        """The graphs of which a row is shown in part."""
        self.rows = {
            iri: self._without_other_posts(row)
            for iri, row in self._read(units | persons | records).items()
            if own.has(iri, row.triples)
        }

    def outside(self) -> Iterator[tuple[str, str, str]]:
        """Give IRI, id and name of the units outside that the rows name, and of those above."""
        named = {
            triple.object.value
            for row in self.rows.values()
            for triple in row.triples
            if isinstance(triple.object, NamedNode) and entity(triple.object.value) == "unit"
        }
        wanted = (named | self._tree.above(self._own.units)) - self._own.units
        for row in self._asked(_NAMED, wanted):
            yield row["unit"].value, row["id"].value, text(row, "name") or row["id"].value

    def _without_other_posts(self, row: Row) -> Row:
        """Take away what is said of a person's posts elsewhere."""
        others = {post for post, unit in posts(row.triples).items() if unit not in self._own.units}
        if not others:
            return row
        self.cut.add(row.graph)
        kept = [
            one
            for one in row.triples
            if isinstance(one.subject, NamedNode)
            and one.subject.value not in others
            and not (one.predicate.value == MEMBERSHIP and _value(one) in others)
        ]
        return Row(row.graph, kept)

    def _read(self, rows: set[str]) -> dict[str, Row]:
        """Read all that is said of some rows and, in a second step, of their parts."""
        found: dict[str, Row] = {}
        asked = rows
        while asked:
            parts: set[str] = set()
            for answer in self._asked(_SAID, asked):
                subject, value = answer["s"], answer["o"]
                assert isinstance(subject, NamedNode)  # noqa: S101 - rows have no blank nodes
                assert isinstance(answer["p"], NamedNode)  # noqa: S101
                row = row_of(subject.value)
                there = found.setdefault(row, Row(answer["graph"].value))
                there.triples.append(Triple(subject, answer["p"], value))
                if isinstance(value, NamedNode) and value.value.startswith(f"{row}#"):
                    parts.add(value.value)
            asked = parts - asked
        return found

    def _nodes(self, query: str, values: set[str]) -> Iterator[str]:
        for row in self._asked(query, values):
            yield row["node"].value

    def _asked(self, query: str, values: Iterable[str]) -> Iterator[Answer]:
        names = sorted(values)
        if not self._graphs:
            return
        for start in range(0, len(names), _AT_ONCE):
            some = " ".join(f"<{name}>" for name in names[start : start + _AT_ONCE])
            yield from self._store.select(sparql_prologue() + query % some, self._graphs)


def _value(triple: Triple) -> str:
    return triple.object.value if isinstance(triple.object, NamedNode) else ""


def _ntriples(triples: Iterable[Triple]) -> bytes:
    return "".join(f"{one.subject} {one.predicate} {one.object} .\n" for one in triples).encode()


def _names(outside: Iterable[tuple[str, str, str]]) -> bytes:
    integer = PREFIXES["xsd"] + "integer"
    return "".join(
        f"<{iri}> <{predicate}> {term} .\n"
        for iri, identifier, name in outside
        for predicate, term in (
            (PREFIXES["dcterms"] + "identifier", literal(identifier)),
            (PREFIXES["rdfs"] + "label", literal(name)),
            (DG + "sourceFile", literal("—")),
            (DG + "sourceSheet", literal("—")),
            (DG + "sourceRow", literal("0", integer)),
        )
    ).encode()


def _shown(one: Import, rows: dict[str, Row], *, is_all: bool) -> Import:
    """Give an import as the excerpt tells of it: of one that is there in part, no more than that.

    The rows themselves say from which files they came; who imported them, what else there was and
    the fingerprints of the files stay out.
    """
    files = sorted(
        {
            triple.object.value
            for row in rows.values()
            for triple in row.triples
            if triple.predicate.value == _SOURCE and not isinstance(triple.object, Triple)
        }
    )
    return Import(
        graph=one.graph,
        state="active",
        label=one.label if is_all else "、".join(files),
        files={name: one.files.get(name, "") if is_all else "" for name in files},
        recorded_at=one.recorded_at,
        by=one.by if is_all else None,
        rows=len(rows),
    )
