"""Findings: what a check says of one unit for one year, with its words, records and remedy."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pyoxigraph import Literal, NamedNode

from dutygraph.compliance.citations import Citations
from dutygraph.compliance.setquery import Result
from dutygraph.compliance.subjects import Subjects
from dutygraph.regulations.labels import Labels
from dutygraph.store.graphs import Asked, Row, Term, text
from dutygraph.terms import DG, sparql_prologue

STATUSES = ("violation", "review", "advisory", "due_soon")
_PLACE = re.compile(r"\{[?$](\w+)\}")

_THINGS = (
    sparql_prologue()
    + """
SELECT ?thing ?id ?name ?application ?level ?region WHERE {
  VALUES ?thing { %s }
  ?thing dcterms:identifier ?id .
  OPTIONAL { ?thing rdfs:label ?name }
  OPTIONAL { ?thing dg:application ?application }
  OPTIONAL { ?thing dg:level ?level }
  OPTIONAL { ?thing dg:region ?region }
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


class AsOf(Protocol):
    """As much of a check's question as its findings need: the day and the year looked at."""

    @property
    def as_of(self) -> dt.date:
        """The day as of which things are checked."""

    @property
    def year(self) -> int:
        """The year in which the duties fall."""


@dataclass(frozen=True)
class Ground:
    """One validation result behind a finding, as a W3C validation report tells it (SHACL, 3.6).

    Shape, constraint, focus node and norms are IRIs; ``value`` is an RDF term.
    """

    shape: str
    constraint: str
    focus: str
    value: Term
    norms: tuple[str, ...]
    due: str | None
    message_zh: str
    message_en: str


@dataclass
class Finding:
    """One finding; the JSON has these keys in this order.

    ``due`` is the last day, ``days_late`` how many days after it the act was done or, where it was
    not, the check looks. ``evidence`` are the records looked at, with file, sheet and row;
    ``remedy`` the records that would cure it, filled in as far as the data go. ``quotes`` are the
    words it rests on, ``readings`` the readings of the text that it depends on, and
    ``consequences`` the situations of article 29 that a breach of these norms may be. ``subject_``
    level, region and units say where the subject stands; a person stands where he has a post.
    ``grounds``, the validation results behind it, and ``named``, the units, persons and records
    that these name (IRI → id and name), are not part of the JSON.
    """

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
    days_late: int | None = None
    quotes: list[dict[str, str]] = field(default_factory=list)
    readings: list[dict[str, Any]] = field(default_factory=list)
    consequences: list[dict[str, str]] = field(default_factory=list)
    follow_up: dict[str, Any] = field(default_factory=dict)
    subject_level: str | None = None
    subject_region: str | None = None
    subject_units: list[dict[str, str | None]] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list, repr=False)
    named: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What makes two findings one: provision, code, status, subject and year."""
        return (self.provision, self.code, self.status, self.subject, self.year)

    @property
    def match(self) -> tuple[str, str, str, int]:
        """What makes findings of two runs the same, whatever their status: the key without it."""
        return (self.provision, self.code, self.subject, self.year)

    def to_json(self) -> dict[str, Any]:
        """Give the stable JSON of one finding."""
        told = dict(vars(self))
        del told["grounds"], told["named"]
        return told


class Scribe:
    """Writes results of shapes as findings: identifiers, labels, records, words and remedies."""

    def __init__(
        self,
        graph: Asked,
        labels: Labels,
        citations: Citations,
        settings: dict[str, str | None],
        question: AsOf,
    ) -> None:
        self._graph = graph
        self._labels = labels
        self._citations = citations
        self._settings = settings
        self._question = question
        self._things: dict[str, Row | None] = {}
        self.subjects = Subjects(graph, labels, question.as_of)
        self._open = {(row["unit"].value, row["norm"].value) for row in graph.select(_OPEN, ())}

    def learn(self, results: Sequence[Result]) -> None:
        """Read what is known of all that some results name, many at once."""
        self.subjects.learn(result.focus for result in results)
        named = {
            term.value
            for result in results
            for term in result.row.values()
            if isinstance(term, NamedNode)
        }
        self._learn(named | {result.focus for result in results})

    def write(self, results: Sequence[Result]) -> list[Finding]:
        """Write findings; results with the same provision, code, status, subject, year are one.

        A result of a duty that is not due soon yet is no finding: it is only counted.
        """
        self.learn(results)
        findings: dict[tuple[str, str, str, str, int], Finding] = {}
        for result in sorted(results, key=self._order):
            if is_pending(result):
                continue
            written = self._finding(result)
            if written.key in findings:
                _merge(findings[written.key], written)
            else:
                findings[written.key] = written
        return sorted(findings.values(), key=order)

    def status(self, result: Result) -> str:
        """Give the status of a result, in view of whom it is about.

        A would-be violation of somebody to whom the regulation applies by reference, or about a
        unit to which it does, is advisory (article 41, reading A35); one on a point that a reading
        leaves open for this kind of unit is for review.
        """
        if result.shape.status != "violation":
            return result.shape.status
        about = (result.focus, text(result.row, "involved"))
        by_reference = any(iri is not None and self._is_by_reference(iri) for iri in about)
        if by_reference and self._settings["reference_units"] == "advisory":
            return "advisory"
        if any((result.focus, norm) in self._open for norm in self._norms(result)):
            return "review"
        return "violation"

    def _is_by_reference(self, iri: str) -> bool:
        thing = self._thing(iri)
        return thing is not None and text(thing, "application") == DG + "ByReference"

    def _learn(self, iris: Iterable[str]) -> None:
        """Read what is known of some things, many at once."""
        wanted = sorted({iri for iri in iris if iri not in self._things})
        for start in range(0, len(wanted), self._graph.at_once):
            chunk = wanted[start : start + self._graph.at_once]
            self._things |= dict.fromkeys(chunk)
            names = " ".join(f"<{iri}>" for iri in chunk)
            for row in self._graph.select(_THINGS % names, ()):
                self._things[row["thing"].value] = row
            for row in self._graph.select(_RECORDS % names, ()):
                self._things[row["thing"].value] = (self._things[row["thing"].value] or {}) | row

    def _thing(self, iri: str) -> Row | None:
        if iri not in self._things:
            self._learn([iri])
        return self._things[iri]

    def _order(self, result: Result) -> tuple[str, ...]:
        """Give what results are sorted by, so that the engine's order never shows."""
        row = (str(result.row[name]) for name in sorted(result.row))
        return (result.shape.iri, result.focus, *self._norms(result), *row)

    def _norms(self, result: Result) -> list[str]:
        norm = text(result.row, "norm")
        return [norm] if norm else list(result.shape.norms)

    def _finding(self, result: Result) -> Finding:
        norms, status = self._norms(result), self.status(result)
        quotes = self._citations.quotes(norms)
        blamed = status in ("violation", "advisory")
        ground, subject = self._ground(result, norms), self.subjects[result.focus]
        return Finding(
            provision=result.shape.check,
            code=result.shape.code,
            status=status,
            subject=subject.id,
            subject_name=subject.name,
            year=int(text(result.row, "caseYear") or self._question.year),
            norms=[quote["norm"] for quote in quotes],
            due=ground.due,
            message_zh=ground.message_zh,
            message_en=ground.message_en,
            evidence=self._evidence(result),
            remedy=[self._remedy(result)] if result.shape.remedy else [],
            days_late=self._days_late(result.row) if blamed else None,
            quotes=quotes,
            readings=self._citations.readings(norms, self._settings),
            consequences=self._citations.consequences(norms) if blamed else [],
            subject_level=subject.level,
            subject_region=subject.region,
            subject_units=[unit.to_json() for unit in subject.units],
            grounds=[ground],
            named=self._named(result),
        )

    def _named(self, result: Result) -> dict[str, tuple[str, str]]:
        """Give the things that a result names, with id and name."""
        found = {}
        for term in result.row.values():
            thing = self._thing(term.value) if isinstance(term, NamedNode) else None
            if thing is not None and "id" in thing:
                identifier = thing["id"].value
                found[term.value] = identifier, text(thing, "name") or identifier
        return found

    def _ground(self, result: Result, norms: list[str]) -> Ground:
        return Ground(
            shape=result.shape.iri,
            constraint=result.constraint,
            focus=result.focus,
            value=result.row.get("value", NamedNode(result.focus)),
            norms=tuple(norms),
            due=text(result.row, "due"),
            message_zh=self._fill(result.shape.message_zh, result.row, "zh"),
            message_en=self._fill(result.shape.message_en, result.row, "en"),
        )

    def _days_late(self, row: Row) -> int | None:
        """Count from the last day to the act, or to the day that is looked at."""
        due = text(row, "due")
        if due is None:
            return None
        done = dt.date.fromisoformat(text(row, "date") or self._question.as_of.isoformat())
        return max((done - dt.date.fromisoformat(due)).days, 0) or None

    def _evidence(self, result: Result) -> list[dict[str, Any]]:
        """Give the records that a result names, each once."""
        found = {}
        for name in sorted(result.row):
            term = result.row[name]
            thing = self._thing(term.value) if isinstance(term, NamedNode) else None
            if thing is not None and "file" in thing:
                found[term.value] = {
                    "record": thing["id"].value,
                    "kind": self._labels.of(thing["kind"].value),
                    "date": thing["date"].value,
                    "file": thing["file"].value,
                    "sheet": thing["sheet"].value,
                    "row": int(thing["row"].value),
                }
        return list(found.values())

    def _name(self, term: Term, language: str) -> str:
        if isinstance(term, Literal):
            return term.value
        thing = self._thing(term.value)
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
        thing = self._thing(term.value)
        if thing is not None:
            return thing["id"].value
        return self._labels.of(term.value)


def order(finding: Finding) -> tuple[str, str, int, str, int]:
    """Give what findings are sorted by."""
    status = STATUSES.index(finding.status)
    return finding.provision, finding.subject, status, finding.code, finding.year


def is_pending(result: Result) -> bool:
    """Tell whether a result only says that a duty is still ahead and not even due soon."""
    return text(result.row, "phase") == DG + "NotDue"


def _merge(finding: Finding, other: Finding) -> None:
    finding.norms = sorted({*finding.norms, *other.norms})
    finding.due = min(filter(None, (finding.due, other.due)), default=None)
    finding.days_late = max(filter(None, (finding.days_late, other.days_late)), default=None)
    for language in ("message_zh", "message_en"):
        said, more = getattr(finding, language), getattr(other, language)
        if more not in said:
            setattr(finding, language, f"{said}\n{more}")
    for name in ("evidence", "remedy", "quotes", "readings", "consequences", "grounds"):
        there = getattr(finding, name)
        there += [item for item in getattr(other, name) if item not in there]
    finding.named |= other.named
