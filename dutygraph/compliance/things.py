"""What results name: units, persons and records, with id, name and where a record was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dutygraph.regulations.labels import Labels
from dutygraph.store.graphs import Asked, Row, text
from dutygraph.terms import DG, sparql_prologue

_THINGS = (
    sparql_prologue()
    + """
SELECT ?thing ?id ?name ?application WHERE {
  VALUES ?thing { %s }
  ?thing dcterms:identifier ?id .
  OPTIONAL { ?thing rdfs:label ?name }
  OPTIONAL { ?thing dg:application ?application }
}"""
)
# Asked for by itself: an OPTIONAL of several patterns makes the store go through all records.
_RECORDS = (
    sparql_prologue()
    + """
SELECT ?thing ?kind ?date ?file ?sheet ?row WHERE {
  VALUES ?thing { %s }
  ?thing dg:recordKind ?kind ; dg:date ?date ;
    dg:sourceFile ?file ; dg:sourceSheet ?sheet ; dg:sourceRow ?row
}"""
)


@dataclass(frozen=True, eq=False, slots=True)
class Thing:
    """Whatever an IRI stands for; each is read once, so that none equals another.

    A unit, person or record has an ``id`` and is called by its name, or by the id where none is
    recorded; a term of the ontology has none, and is called by its label in either language.
    ``by_reference`` tells whether the regulation applies by reference (article 41); ``evidence`` is
    what a finding says of a record: {record, kind, date, file, sheet, row}.
    """

    id: str | None
    zh: str
    en: str
    by_reference: bool = False
    evidence: dict[str, Any] | None = None


class Things:
    """The things of a working graph by IRI, each read once, many at a time."""

    def __init__(self, graph: Asked, labels: Labels) -> None:
        self._graph = graph
        self._labels = labels
        self._found: dict[str, Thing] = {}

    def __getitem__(self, iri: str) -> Thing:
        """Give a thing."""
        if iri not in self._found:
            self.learn([iri])
        return self._found[iri]

    def learn(self, iris: Iterable[str]) -> None:
        """Read some things that are going to be asked for."""
        wanted = sorted(set(iris) - self._found.keys())
        records = {row["thing"].value: row for row in self._graph.about(wanted, _RECORDS)}
        for row in self._graph.about(wanted, _THINGS):
            iri = row["thing"].value
            self._found[iri] = self._recorded(row, records.get(iri))
        for iri in wanted:
            if iri not in self._found:
                self._found[iri] = Thing(None, self._labels.of(iri), self._labels.of(iri, "en"))

    def _recorded(self, row: Row, record: Row | None) -> Thing:
        identifier = row["id"].value
        name = text(row, "name") or identifier
        return Thing(
            identifier,
            name,
            name,
            text(row, "application") == DG + "ByReference",
            None if record is None else self._evidence(identifier, record),
        )

    def _evidence(self, identifier: str, record: Row) -> dict[str, Any]:
        return {
            "record": identifier,
            "kind": self._labels.of(record["kind"].value),
            "date": record["date"].value,
            "file": record["file"].value,
            "sheet": record["sheet"].value,
            "row": int(record["row"].value),
        }
