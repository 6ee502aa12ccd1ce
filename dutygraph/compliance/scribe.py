"""The scribe: writes what shapes find as findings, with identifiers, labels, records and words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pyoxigraph import Literal, NamedNode

from dutygraph.compliance.citations import Citations, Cited
from dutygraph.compliance.findings import Finding, Ground, order
from dutygraph.compliance.setquery import Result
from dutygraph.compliance.shapes import Shape
from dutygraph.compliance.subjects import Subject, Subjects
from dutygraph.compliance.templates import Message, Remedy
from dutygraph.compliance.things import Thing, Things
from dutygraph.regulations.labels import Labels
from dutygraph.store.graphs import Asked, Row, Term, text
from dutygraph.terms import DG, sparql_prologue

NOT_DUE = "not_due"
"""The status of a result that only says that a duty is still ahead, and not even due soon."""
_BLAMED = ("violation", "advisory")

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
class Judged:
    """A result with its status, and the things that it names, by variable."""

    result: Result
    status: str
    named: Mapping[str, Thing | None]


class _Form:
    """How a shape's findings are worded."""

    def __init__(self, shape: Shape) -> None:
        self.zh, self.en = Message(shape.message_zh), Message(shape.message_en)
        self.remedy = Remedy(shape.remedy) if shape.remedy else None


class Scribe:
    """Writes results of shapes as findings."""

    def __init__(
        self,
        graph: Asked,
        labels: Labels,
        citations: Citations,
        settings: dict[str, str | None],
        question: AsOf,
    ) -> None:
        self._labels = labels
        self._citations = citations
        self._settings = settings
        self._question = question
        self._things = Things(graph, labels)
        self._forms: dict[str, _Form] = {}
        self._cited: dict[tuple[str, ...], Cited] = {}
        self._units: dict[str, list[dict[str, str | None]]] = {}
        self.subjects = Subjects(graph, labels, question.as_of)
        self._open = {(row["unit"].value, row["norm"].value) for row in graph.select(_OPEN, ())}

    def judge(self, results: Sequence[Result]) -> list[Judged]:
        """Give some results with their statuses; what they name is read, many at once."""
        self.subjects.learn(result.focus for result in results)
        named = {
            term.value
            for result in results
            for term in result.row.values()
            if isinstance(term, NamedNode)
        }
        self._things.learn(named | {result.focus for result in results})
        return [Judged(result, self.status(result), self._named(result.row)) for result in results]

    def write(self, judged: Iterable[Judged]) -> list[Finding]:
        """Write findings; results with the same provision, code, status, subject, year are one.

        A result of a duty that is not due soon yet is no finding: it is only counted.
        """
        findings: dict[tuple[str, str, str, str, int], Finding] = {}
        for one in sorted(judged, key=_order):
            if one.status == NOT_DUE:
                continue
            written = self._finding(one)
            there = findings.setdefault(written.key, written)
            if there is not written:
                there.merge(written)
        return sorted(findings.values(), key=order)

    def status(self, result: Result) -> str:
        """Give the status of a result, in view of whom it is about.

        A would-be violation of somebody to whom the regulation applies by reference, or about a
        unit to which it does, is advisory (article 41, reading A35); one on a point that a reading
        leaves open for this kind of unit is for review. One of a duty that is still ahead, and not
        even due soon, is ``NOT_DUE``.
        """
        if text(result.row, "phase") == DG + "NotDue":
            return NOT_DUE
        if result.shape.status != "violation":
            return result.shape.status
        about = (result.focus, text(result.row, "involved"))
        by_reference = any(iri is not None and self._is_by_reference(iri) for iri in about)
        if by_reference and self._settings["reference_units"] == "advisory":
            return "advisory"
        if any((result.focus, norm) in self._open for norm in _norms(result)):
            return "review"
        return "violation"

    def _is_by_reference(self, iri: str) -> bool:
        thing = self._things[iri]
        return thing is not None and thing.by_reference

    def _named(self, row: Row) -> dict[str, Thing | None]:
        return {
            name: self._things[term.value]
            for name, term in row.items()
            if isinstance(term, NamedNode)
        }

    def _finding(self, judged: Judged) -> Finding:
        result, norms = judged.result, _norms(judged.result)
        cited, form = self._cites(norms), self._form(result.shape)
        blamed = judged.status in _BLAMED
        ground, subject = self._ground(judged, norms, form), self.subjects[result.focus]
        remedy = form.remedy
        return Finding(
            provision=result.shape.check,
            code=result.shape.code,
            status=judged.status,
            subject=subject.id,
            subject_name=subject.name,
            year=int(text(result.row, "caseYear") or self._question.year),
            norms=cited.norms,
            due=ground.due,
            message_zh=ground.message_zh,
            message_en=ground.message_en,
            evidence=_evidence(judged.named),
            remedy=[remedy.fill(lambda name: self._value(judged, name))] if remedy else [],
            days_late=self._days_late(result.row) if blamed else None,
            quotes=cited.quotes,
            readings=cited.readings,
            consequences=cited.consequences if blamed else [],
            subject_level=subject.level,
            subject_region=subject.region,
            subject_units=self._places(subject),
            grounds=[ground],
            named={
                result.row[name].value: (thing.id, thing.name)
                for name, thing in judged.named.items()
                if thing is not None
            },
        )

    def _cites(self, norms: tuple[str, ...]) -> Cited:
        if norms not in self._cited:
            self._cited[norms] = self._citations.of(norms, self._settings)
        return self._cited[norms]

    def _form(self, shape: Shape) -> _Form:
        if shape.iri not in self._forms:
            self._forms[shape.iri] = _Form(shape)
        return self._forms[shape.iri]

    def _places(self, subject: Subject) -> list[dict[str, str | None]]:
        if subject.iri not in self._units:
            self._units[subject.iri] = [unit.to_json() for unit in subject.units]
        return self._units[subject.iri]

    def _ground(self, judged: Judged, norms: tuple[str, ...], form: _Form) -> Ground:
        result = judged.result
        return Ground(
            shape=result.shape.iri,
            constraint=result.constraint,
            focus=result.focus,
            value=result.row.get("value", NamedNode(result.focus)),
            norms=norms,
            due=text(result.row, "due"),
            message_zh=form.zh.fill(lambda name: self._word(judged, name, "zh")),
            message_en=form.en.fill(lambda name: self._word(judged, name, "en")),
        )

    def _days_late(self, row: Row) -> int | None:
        """Count from the last day to the act, or to the day that is looked at."""
        due = text(row, "due")
        if due is None:
            return None
        done = dt.date.fromisoformat(text(row, "date") or self._question.as_of.isoformat())
        return max((done - dt.date.fromisoformat(due)).days, 0) or None

    def _word(self, judged: Judged, variable: str, language: str) -> str:
        """Give what a sentence says for a variable; nothing where it is unbound."""
        term: Term | None = judged.result.row.get(variable)
        if term is None:
            return ""
        if isinstance(term, Literal):
            return term.value
        thing = judged.named.get(variable)
        return self._labels.of(term.value, language) if thing is None else thing.name

    def _value(self, judged: Judged, variable: str) -> object:
        """Give what a record to complete has for a variable."""
        term: Term | None = judged.result.row.get(variable)
        if isinstance(term, Literal):
            return int(term.value) if term.datatype.value.endswith("#integer") else term.value
        if term is None:
            return None
        thing = judged.named.get(variable)
        return self._labels.of(term.value) if thing is None else thing.id


def _norms(result: Result) -> tuple[str, ...]:
    norm = text(result.row, "norm")
    return (norm,) if norm else result.shape.norms


def _order(judged: Judged) -> tuple[str, ...]:
    """Give what results are sorted by, so that the engine's order never shows."""
    result = judged.result
    row = (str(result.row[name]) for name in sorted(result.row))
    return (result.shape.iri, result.focus, *_norms(result), *row)


def _evidence(named: Mapping[str, Thing | None]) -> list[dict[str, Any]]:
    """Give the records among what a result names, each once."""
    things = dict.fromkeys(named[name] for name in sorted(named))
    return [thing.evidence for thing in things if thing is not None and thing.evidence is not None]
