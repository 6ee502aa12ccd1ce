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
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Triple

from dutygraph.accounts.remits import Remit
from dutygraph.files import whole_file
from dutygraph.records.committing import journal_of
from dutygraph.records.history import JOURNAL, History, Import
from dutygraph.records.locks import turn
from dutygraph.records.ownership import Ownership, entity, row_of
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

_VERSION: Final = "2"
_AT_ONCE: Final = 1000
_STEP: Final = 1 << 25
"""Bytes of triples in one load."""
_DONE: Final = "excerpt.json"
_STAFF: Final = """SELECT DISTINCT ?node WHERE {
  VALUES ?unit { %s } ?node org:hasMembership/org:organization ?unit
}"""
_POSTS: Final = """SELECT ?person ?post ?unit WHERE {
  VALUES ?person { %s } ?person org:hasMembership ?post . ?post org:organization ?unit
}"""
# Asked by the engine alone, whatever many there are: of two makers neither has a record.
_MADE: Final = """SELECT ?node WHERE {
  VALUES ?unit { %s } ?node dg:unit ?unit
  FILTER NOT EXISTS { ?node dg:unit ?other FILTER(?other != ?unit) }
}"""
_NAMING: Final = """SELECT DISTINCT ?node WHERE {
  VALUES ?named { %s } ?node ?how ?named . FILTER NOT EXISTS { ?node dg:unit ?maker }
}"""
_MAKERLESS: Final = """SELECT ?node WHERE {
  VALUES ?node { %s } ?node dg:recordKind ?kind . FILTER NOT EXISTS { ?node dg:unit ?maker }
}"""
_SAID: Final = "SELECT ?s ?p ?o WHERE { VALUES ?s { %s } ?s ?p ?o }"
_PLACE: Final = (
    "SELECT ?graph ?row WHERE { VALUES ?row { %s } GRAPH ?graph { ?row dg:sourceRow ?n } }"
)
_FILES: Final = "SELECT DISTINCT ?file WHERE { VALUES ?row { %s } ?row dg:sourceFile ?file }"
_ROWS: Final = "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s { %s } ?s ?p ?o }"
_PARTS: Final = """CONSTRUCT { ?part ?p ?o } WHERE {
  VALUES ?s { %s } ?s ?link ?part
  FILTER(isIRI(?part) && STRSTARTS(STR(?part), CONCAT(STR(?s), '#'))) ?part ?p ?o
}"""
_NAMED: Final = "SELECT DISTINCT ?unit WHERE { VALUES ?s { %s } ?s ?how ?unit . ?unit a dg:Unit }"
_NAMED_IN_PARTS: Final = """SELECT DISTINCT ?unit WHERE {
  VALUES ?s { %s } ?s ?link ?part
  FILTER(isIRI(?part) && STRSTARTS(STR(?part), CONCAT(STR(?s), '#'))) ?part ?how ?unit .
  ?unit a dg:Unit
}"""
_CALLED: Final = """SELECT ?unit ?id ?name WHERE {
  VALUES ?unit { %s } ?unit dcterms:identifier ?id . OPTIONAL { ?unit rdfs:label ?name }
}"""


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
    rows = _Rows(store, history.active, remit)
    imports, whole = [], []
    for one in history.imports:
        own = rows.by_graph.get(one.graph)
        if not own:
            continue
        is_all = one.rows == len(own) and one.graph not in rows.cut_graphs
        whole += [one.graph] if is_all else []
        imports.append(_shown(one, len(own), rows.files(one.graph), is_all=is_all))
        for ntriples in rows.ntriples(one.graph):
            made.fill(one.graph, ntriples)
    names = _names(rows.outside())
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


class _Rows:
    """The rows of a remit in the graphs of a store, by IRI, and what they must not say.

    What they say goes from engine to engine as N-Triples: a region's records never stand in memory.
    """

    def __init__(self, store: GraphStore, graphs: Sequence[str], remit: Remit) -> None:
        self._store, self._graphs = store, graphs
        self._tree = Tree(store, graphs, prepared_graphs())
        self._units = self._tree.within(remit)
        persons = set(self._nodes(_STAFF, self._units))
        self._others = {
            f"<{row['post'].value}>"
            for row in self._asked(_POSTS, persons)
            if row["unit"].value not in self._units
        }
        records = set(self._nodes(_MADE, self._units)) | self._makerless(persons)
        self.by_graph: dict[str, list[str]] = defaultdict(list)
        for row in self._asked(_PLACE, self._units | persons | records):
            self.by_graph[row["graph"].value].append(row["row"].value)
        self._cut = {row_of(post[1:-1]) for post in self._others}
        self.cut_graphs = {
            graph for graph, rows in self.by_graph.items() if not self._cut.isdisjoint(rows)
        }
        """The graphs of which a row is shown in part."""

    def _makerless(self, persons: set[str]) -> set[str]:
        """Give the records that do not say who made them and name nobody else."""
        own = Ownership(self._units, persons)
        naming = {row_of(node) for node in self._nodes(_NAMING, self._units | persons)}
        found = set(self._nodes(_MAKERLESS, {one for one in naming if entity(one) == "record"}))
        said = self._said(found)
        return {row for row in found if own.has(row, said[row])}

    def _said(self, rows: set[str]) -> dict[str, list[Triple]]:
        """Read all that is said of some rows and, in a second step, of their parts."""
        found: dict[str, list[Triple]] = defaultdict(list)
        asked = rows
        while asked:
            parts: set[str] = set()
            for answer in self._asked(_SAID, asked):
                subject, value = answer["s"], answer["o"]
                assert isinstance(subject, NamedNode)  # noqa: S101 - rows have no blank nodes
                assert isinstance(answer["p"], NamedNode)  # noqa: S101
                row = row_of(subject.value)
                found[row].append(Triple(subject, answer["p"], value))
                if isinstance(value, NamedNode) and value.value.startswith(f"{row}#"):
                    parts.add(value.value)
            asked = parts - asked
        return found

    def files(self, graph: str) -> list[str]:
        """Give the names of the files from which the rows in a graph came, sorted."""
        rows = self._asked(_FILES, self.by_graph[graph], [graph])
        return sorted({row["file"].value for row in rows})

    def ntriples(self, graph: str) -> Iterator[bytes]:
        """Give all that the rows in a graph say, some at a time, without posts elsewhere."""
        gathered = bytearray()
        rows = self.by_graph[graph]
        # Those of which something is kept back come by themselves.
        for some in (self._cut.intersection(rows), set(rows) - self._cut):
            for names in _chunks(sorted(some)):
                for query in (_ROWS, _PARTS):
                    found = self._store.construct(query % names, [graph])
                    gathered += self._without_others(found) if some <= self._cut else found
                if len(gathered) > _STEP:
                    yield bytes(gathered)
                    gathered.clear()
        if gathered:
            yield bytes(gathered)

    def _without_others(self, ntriples: bytes) -> bytes:
        """Take away what is said of a person's posts elsewhere, and that he has them."""
        kept = []
        for line in ntriples.splitlines(keepends=True):
            subject, _, rest = line.decode().partition(" ")
            _, _, value = rest.partition(" ")
            if self._others.isdisjoint((subject, value.removesuffix(" .\n"))):
                kept.append(line)
        return b"".join(kept)

    def outside(self) -> Iterator[tuple[str, str, str]]:
        """Give IRI, id and name of the units outside that the rows name, and of those above."""
        # Of people there are but posts within: no unit outside is named by them.
        rows = [row for some in self.by_graph.values() for row in some if entity(row) != "person"]
        named = {
            row["unit"].value
            for query in (_NAMED, _NAMED_IN_PARTS)
            for row in self._asked(query, rows)
        }
        for row in self._asked(_CALLED, (named | self._tree.above(self._units)) - self._units):
            yield row["unit"].value, row["id"].value, text(row, "name") or row["id"].value

    def _nodes(self, query: str, values: Iterable[str]) -> Iterator[str]:
        for row in self._asked(query, values):
            yield row["node"].value

    def _asked(
        self, query: str, values: Iterable[str], graphs: Sequence[str] | None = None
    ) -> Iterator[Answer]:
        if not self._graphs:
            return
        for some in _chunks(sorted(values)):
            asked = sparql_prologue() + query % some
            yield from self._store.select(asked, self._graphs if graphs is None else graphs)


def _chunks(names: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(names), _AT_ONCE):
        yield " ".join(f"<{name}>" for name in names[start : start + _AT_ONCE])


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


def _shown(one: Import, rows: int, files: Sequence[str], *, is_all: bool) -> Import:
    """Give an import as the excerpt tells of it: of one that is there in part, no more than that.

    The rows themselves say from which files they came; who imported them, what else there was and
    the fingerprints of the files stay out.
    """
    return Import(
        graph=one.graph,
        state="active",
        label=one.label if is_all else "、".join(files),
        files={name: one.files.get(name, "") if is_all else "" for name in files},
        recorded_at=one.recorded_at,
        by=one.by if is_all else None,
        rows=rows,
    )
