"""What the records say of units, people and posts, as plain rows, kept beside the store.

To ask a store for all units of a province takes many seconds, and every process that serves the
site needs them. What was read holds until the store's files, or the questions here, are others.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True)
class Place:
    """Where rows are kept: the folder of a store, and the state in which its files are."""

    folder: Path
    state: Hashable


class Roster:
    """The rows of the graphs of some imports, by the name of the question that they answer."""

    def __init__(self, store: GraphStore, graphs: Sequence[str], place: Place | None) -> None:
        """Take a store, the names of its graphs, and where the rows are kept, if anywhere."""
        self._file = None if place is None else place.folder / FILE
        asked = repr((place and place.state, sorted(graphs), _QUERIES))
        self._key = hashlib.sha256(asked.encode()).hexdigest()
        rows = self._kept()
        if rows is None:
            rows = _read(store, graphs)
            self._keep(rows)
        self._rows = rows

    def __getitem__(self, name: str) -> Iterator[Fields]:
        """Give the rows of units, related, persons, posts, latest, years or records."""
        names = _variables(_QUERIES[name])
        return (dict(zip(names, row, strict=True)) for row in self._rows[name])

    def _kept(self) -> _Rows | None:
        if self._file is None:
            return None
        try:
            kept = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return None
        return kept["rows"] if isinstance(kept, dict) and kept.get("key") == self._key else None

    def _keep(self, rows: _Rows) -> None:
        if self._file is None:
            return
        # A folder that cannot be written costs time, no answer.
        with suppress(OSError), whole_file(self._file) as stream:
            stream.write(json.dumps({"key": self._key, "rows": rows}).encode())


def _read(store: GraphStore, graphs: Sequence[str]) -> _Rows:
    found: _Rows = {}
    for name, query in _QUERIES.items():
        names = _variables(query)
        # No graphs at all would mean the default graph to the store, which holds no records.
        rows = store.select(sparql_prologue() + query, list(graphs)) if graphs else ()
        found[name] = [[text(row, one) for one in names] for row in rows]
    return found


def _variables(query: str) -> list[str]:
    return _NAME.findall(query.partition(" WHERE")[0].rpartition(" AS ")[2])
