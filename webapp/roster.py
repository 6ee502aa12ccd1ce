"""What the records say of units, people and posts, as plain rows, kept beside the store.

To ask a store for all units of a province takes many seconds, and every process that serves the
site needs them. What was read holds until the store's files, or the questions here, are others.
Graphs of imports never change: where some came or went since, only what these tell of is read anew.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from dutygraph.files import whole_file
from dutygraph.records.subtrees import RELATED
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import DG, PREFIXES, sparql_prologue

Fields: TypeAlias = Mapping[str, str | None]
"""A row: what each variable of the query stands for, as text; None where it is unbound."""

_Rows: TypeAlias = dict[str, list[list[str | None]]]
_NAME: Final = re.compile(r"\?(\w+)")
FILE: Final = "roster.json"
_MOST: Final = 5000
"""Of how many things a change may tell before all are read anew."""
_TOLD_OF: Final = "SELECT DISTINCT ?s WHERE { ?s ?p ?o }"
_HOLDERS: Final = "SELECT ?person WHERE { ?person org:hasMembership ?post }"

_OF_UNITS: Final = {
    "name": PREFIXES["rdfs"] + "label",
    "kind": DG + "kind",
    "level": DG + "level",
    "application": DG + "application",
    "founded": DG + "founded",
    "dissolved": DG + "dissolved",
    "region": DG + "region",
    "file": DG + "sourceFile",
    "sheet": DG + "sourceSheet",
    "row": DG + "sourceRow",
}
# An OPTIONAL of several patterns makes the store go through all records: each has one.
_QUERIES: Final = {
    "units": "SELECT ?unit ?id "
    + " ".join(f"?{name}" for name in _OF_UNITS)
    + " WHERE { ?unit a dg:Unit ; dcterms:identifier ?id . "
    + " ".join(f"OPTIONAL {{ ?unit <{iri}> ?{name} }}" for name, iri in _OF_UNITS.items())
    + " }",
    "related": RELATED,
    "persons": """
SELECT ?person ?id ?name WHERE {
  ?person a dg:Person ; dcterms:identifier ?id . OPTIONAL { ?person rdfs:label ?name }
}""",
    "latest": "SELECT (MAX(?date) AS ?day) WHERE { ?record dg:recordKind ?kind ; dg:date ?date }",
    "years": """
SELECT DISTINCT ?year WHERE {
  ?record dg:recordKind ?kind ; dg:date ?date .
  OPTIONAL { ?record dg:year ?given }
  BIND(COALESCE(?given, YEAR(?date)) AS ?year)
} ORDER BY ?year""",
    "records": "SELECT (COUNT(DISTINCT ?record) AS ?number) WHERE { ?record dg:recordKind ?kind }",
    "posts": """
SELECT ?person ?unit ?post ?from ?until ?principal WHERE {
  ?person org:hasMembership ?membership .
  ?membership org:organization ?unit .
  OPTIONAL { ?membership dg:post ?post }
  OPTIONAL { ?membership dg:from ?from }
  OPTIONAL { ?membership dg:until ?until }
  OPTIONAL { ?membership dg:principalHead ?principal }
}""",
}


_OF_EACH: Final = {"units": "unit", "related": "unit", "persons": "person", "posts": "person"}
"""The queries whose rows are about one thing each, by the variable that it stands for."""


@dataclass(frozen=True)
class Place:
    """Where rows are kept: the folder of a store, and the state in which its files are."""

    folder: Path
    state: Hashable


@dataclass(frozen=True)
class _Kept:
    """Rows as they were kept: the fingerprint of the state they were read in, and the graphs."""

    state: str
    graphs: list[str]
    rows: _Rows


class Roster:
    """The rows of the graphs of some imports, by the name of the question that they answer."""

    def __init__(self, store: GraphStore, graphs: Sequence[str], place: Place | None) -> None:
        """Take a store, the names of its graphs, and where the rows are kept, if anywhere."""
        self._file = None if place is None else place.folder / FILE
        state = _fingerprint(place and place.state)
        kept, now = self._kept(), sorted(graphs)
        if kept is not None and (kept.state, kept.graphs) == (state, now):
            self._rows = kept.rows
            return
        changed = None if kept is None else _Change.between(store, kept.graphs, now)
        if kept is None or changed is None:
            self._rows = _read(store, now)
        else:
            self._rows = changed.applied(kept.rows)
        self._keep(_Kept(state, now, self._rows))

    def __getitem__(self, name: str) -> Iterator[Fields]:
        """Give the rows of units, related, persons, posts, latest, years or records."""
        names = _variables(_QUERIES[name])
        return (dict(zip(names, row, strict=True)) for row in self._rows[name])

    def _kept(self) -> _Kept | None:
        if self._file is None:
            return None
        try:
            kept = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict) or kept.get("queries") != _fingerprint(_QUERIES):
            return None
        return _Kept(kept["state"], kept["graphs"], kept["rows"])

    def _keep(self, kept: _Kept) -> None:
        if self._file is None:
            return
        written = json.dumps({"queries": _fingerprint(_QUERIES), **vars(kept)})
        # A folder that cannot be written costs time, no answer.
        with suppress(OSError), whole_file(self._file) as stream:
            stream.write(written.encode())


@dataclass(frozen=True)
class _Change:
    """The graphs that there were and are, and the things that those tell of that came or went."""

    store: GraphStore
    before: list[str]
    now: list[str]
    things: set[str]

    @classmethod
    def between(cls, store: GraphStore, before: list[str], now: list[str]) -> _Change | None:
        """Find it; None where too much has changed, or what went is no more to be asked."""
        changed = sorted({*before} ^ {*now})
        if not (before and now and set(changed) <= set(store.graph_names())):
            return None
        things = {str(row["s"]) for row in store.select(_TOLD_OF, changed)} if changed else set()
        named = all(one.startswith("<") for one in things)
        return cls(store, before, now, things) if named and len(things) <= _MOST else None

    def applied(self, rows: _Rows) -> _Rows:
        """Give rows as they now are: those of other things, and those of these read anew."""
        found = dict(rows)
        people = self.things | self._holders()
        for name, variable in _OF_EACH.items():
            things = people if variable == "person" else self.things
            place = _variables(_QUERIES[name]).index(variable)
            others = [row for row in rows[name] if f"<{row[place]}>" not in things]
            found[name] = others + self._asked(name, variable, things, self.now)
        were, are = (self._asked("records", "record", self.things, one) for one in self._sides)
        known = _number(were)
        found["records"] = [[str(_number(rows["records"]) - known + _number(are))]]
        for name in ("latest", "years"):
            if {*self.before} <= {*self.now} and not known:
                fresh = self._asked(name, "record", self.things, self.now)
                values = {value for (value,) in rows[name] + fresh if value is not None}
                found[name] = [[value] for value in sorted(values)]
            else:
                found[name] = _rows(self.store, _QUERIES[name], self.now, name)
        found["latest"] = found["latest"][-1:] or [[None]]
        return found

    @property
    def _sides(self) -> tuple[list[str], list[str]]:
        return self.before, self.now

    def _holders(self) -> set[str]:
        """Give the people whose posts are among the things."""
        query = _among(_HOLDERS, "post", self.things)
        graphs = sorted({*self.before, *self.now})
        return {str(row["person"]) for row in self.store.select(sparql_prologue() + query, graphs)}

    def _asked(
        self, name: str, variable: str, things: set[str], graphs: list[str]
    ) -> list[list[str | None]]:
        return _rows(self.store, _among(_QUERIES[name], variable, things), graphs, name)


def _among(query: str, variable: str, things: Iterable[str]) -> str:
    """Have a query answer of some things alone, which a variable stands for."""
    values = f"VALUES ?{variable} {{ {' '.join(sorted(things))} }} "
    return query.replace("WHERE {", "WHERE { " + values, 1)


def _number(rows: list[list[str | None]]) -> int:
    return int(rows[0][0] or 0) if rows else 0


def _fingerprint(thing: object) -> str:
    return hashlib.sha256(repr(thing).encode()).hexdigest()


def _read(store: GraphStore, graphs: Sequence[str]) -> _Rows:
    return {name: _rows(store, query, graphs, name) for name, query in _QUERIES.items()}


def _rows(
    store: GraphStore, query: str, graphs: Sequence[str], name: str
) -> list[list[str | None]]:
    names = _variables(_QUERIES[name])
    # No graphs at all would mean the default graph to the store, which holds no records.
    found = store.select(sparql_prologue() + query, list(graphs)) if graphs else ()
    return [[text(row, one) for one in names] for row in found]


def _variables(query: str) -> list[str]:
    return _NAME.findall(query.partition(" WHERE")[0].rpartition(" AS ")[2])
