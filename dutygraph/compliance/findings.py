"""Findings: what a check says of one unit for one year, with its words, records and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode

from dutygraph.compliance.setquery import Result
from dutygraph.regulations.labels import Labels
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row, Term, text
from dutygraph.terms import DG, norm_id, sparql_prologue

STATUSES = ("violation", "review", "advisory", "due_soon")
_PLACE = re.compile(r"\{[?$](\w+)\}")

_SUBJECTS = (
    sparql_prologue()
    + """
SELECT ?thing ?id ?name ?class ?application WHERE {
  ?thing dcterms:identifier ?id ; a ?class .
  OPTIONAL { ?thing rdfs:label ?name }
  OPTIONAL { ?thing dg:application ?application }
}"""
)
_SOURCES = (
    sparql_prologue()
    + """
SELECT ?record ?id ?kind ?date ?file ?sheet ?row WHERE {
  ?record dg:recordKind ?kind ; dcterms:identifier ?id ; dg:date ?date ;
    dg:sourceFile ?file ; dg:sourceSheet ?sheet ; dg:sourceRow ?row .
}"""
)
# Reading A38 and its like: for these kinds of unit the text leaves open whether the norm's form
# can be demanded, so that a would-be violation is for a person to decide.
_OPEN = (
    sparql_prologue()
    + """
SELECT ?unit ?norm WHERE {
  ?reading dg:leavesOpen ?norm ; dg:openUnless ?party .
  ?unit dg:kind ?kind .
  FILTER NOT EXISTS { ?kind dg:kindOf ?party } FILTER(?kind != ?party)
}"""
)


@dataclass
class Finding:
    """One finding; the JSON keys are those of the specification, in this order."""

    provision: str
    code: str
    status: str
    subject: str
    subject_name: str
    year: int
    norms: list[str]
    due: str | None
    message_zh: str
    message_en: str
    evidence: list[dict[str, Any]] = field(default_factory=list)
    remedy: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Give the stable JSON of one finding."""
        return dict(vars(self))


class Scribe:
    """Writes results of shapes as findings: identifiers, labels, records and remedies."""

    def __init__(
        self, graph: EmbeddedStore, labels: Labels, regulation: str, settings: dict[str, str | None]
    ) -> None:
        self._labels = labels
        self._regulation = regulation
        self._settings = settings
        self._things = {row["thing"].value: row for row in graph.select(_SUBJECTS, ())}
        self._records = {row["record"].value: row for row in graph.select(_SOURCES, ())}
        self._open = {(row["unit"].value, row["norm"].value) for row in graph.select(_OPEN, ())}

    def write(self, results: Iterable[Result], year: int) -> list[Finding]:
        """Write findings; results with the same provision, code, status and subject are one.

        A result of a duty that is not due soon yet is no finding: it is only counted.
        """
        findings: dict[tuple[str, str, str, str], Finding] = {}
        for result in sorted(results, key=self._order):
            if is_pending(result):
                continue
            status = self.status(result)
            key = (result.shape.check, result.shape.code, status, result.focus)
            written = self._finding(result, status, year)
            if key in findings:
                _merge(findings[key], written)
            else:
                findings[key] = written
        return sorted(
            findings.values(),
            key=lambda f: (f.provision, f.subject, STATUSES.index(f.status), f.code),
        )

    def status(self, result: Result) -> str:
        """Give the status of a result, in view of whom it is about.

        A would-be violation of a unit to which the regulation applies by reference (article 41,
        reading A35) is advisory; one on a point that a reading leaves open for this kind of unit
        is for review.
        """
        if result.shape.status != "violation":
            return result.shape.status
        unit = self._things[result.focus]
        by_reference = text(unit, "application") == DG + "ByReference"
        if by_reference and self._settings["reference_units"] == "advisory":
            return "advisory"
        if any((result.focus, norm) in self._open for norm in self._norms(result)):
            return "review"
        return "violation"

    def _order(self, result: Result) -> tuple[str, ...]:
        """Give what results are sorted by, so that the engine's order never shows."""
        row = (str(result.row[name]) for name in sorted(result.row))
        return (result.shape.iri, result.focus, *self._norms(result), *row)

    def identifier(self, iri: str) -> str:
        """Give the id that a thing has in its import."""
        return self._things[iri]["id"].value

    def _norms(self, result: Result) -> list[str]:
        norm = text(result.row, "norm")
        return [norm] if norm else list(result.shape.norms)

    def _finding(self, result: Result, status: str, year: int) -> Finding:
        record = self._records.get(result.value)
        return Finding(
            provision=result.shape.check,
            code=result.shape.code,
            status=status,
            subject=self.identifier(result.focus),
            subject_name=self._name(NamedNode(result.focus), "zh"),
            year=year,
            norms=[norm_id(norm, self._regulation) for norm in self._norms(result)],
            due=text(result.row, "due"),
            message_zh=self._fill(result.shape.message_zh, result.row, "zh"),
            message_en=self._fill(result.shape.message_en, result.row, "en"),
            evidence=[self._evidence(record)] if record else [],
            remedy=[self._remedy(result)] if result.shape.remedy else [],
        )

    def _evidence(self, record: Row) -> dict[str, Any]:
        return {
            "record": record["id"].value,
            "kind": self._labels.of(record["kind"].value),
            "date": record["date"].value,
            "file": record["file"].value,
            "sheet": record["sheet"].value,
            "row": int(record["row"].value),
        }

    def _name(self, term: Term, language: str) -> str:
        if isinstance(term, Literal):
            return term.value
        thing = self._things.get(term.value)
        if thing is None:
            return self._labels.of(term.value, language)
        return text(thing, "name") or thing["id"].value

    def _fill(self, template: str, row: Row, language: str) -> str:
        return _PLACE.sub(
            lambda place: self._name(row[place[1]], language) if place[1] in row else "", template
        )

    def _remedy(self, result: Result) -> dict[str, Any]:
        return {
            key: filled
            for key, value in result.shape.remedy.items()
            if (filled := self._filled(value, result.row)) is not None
        }

    def _filled(self, value: object, row: Row) -> object:
        """Give a value of a record template, a ``{?variable}`` replaced by what it is bound to."""
        place = _PLACE.fullmatch(value) if isinstance(value, str) else None
        if place is None:
            return value
        term = row.get(place[1])
        if isinstance(term, Literal):
            return int(term.value) if term.datatype.value.endswith("#integer") else term.value
        if term is None:
            return None
        if term.value in self._things:
            return self.identifier(term.value)
        return self._labels.of(term.value)


def is_pending(result: Result) -> bool:
    """Tell whether a result only says that a duty is still ahead and not even due soon."""
    return text(result.row, "phase") == DG + "NotDue"


def _merge(finding: Finding, other: Finding) -> None:
    finding.norms = sorted({*finding.norms, *other.norms})
    finding.due = min(filter(None, (finding.due, other.due)), default=None)
    for language in ("message_zh", "message_en"):
        said, more = getattr(finding, language), getattr(other, language)
        if more not in said:
            setattr(finding, language, f"{said}\n{more}")
    for name in ("evidence", "remedy"):
        there = getattr(finding, name)
        there += [item for item in getattr(other, name) if item not in there]
