"""The scribe: writes what shapes find as findings, with identifiers, labels, records and words."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from pyoxigraph import Literal, NamedNode

from dutygraph.compliance.citations import Citations, Cited
from dutygraph.compliance.findings import Finding, Ground, Key, order
from dutygraph.compliance.setquery import Result
from dutygraph.compliance.shapes import Shape
from dutygraph.compliance.subjects import Subject, Subjects
from dutygraph.compliance.templates import Message, Remedy
from dutygraph.compliance.things import Thing, Things
from dutygraph.regulations.labels import Labels
from dutygraph.store.graphs import Asked, Row, text
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


class Judged(NamedTuple):
    """A result with its status and the norms that it is about, by IRI."""

    result: Result
    status: str
    norms: tuple[str, ...]


class _Told(NamedTuple):
    """What one result says: its ground, the things that it names by IRI, what would cure it."""

    ground: Ground
    named: dict[str, Thing]
    remedy: dict[str, Any] | None


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

    def learn(self, results: Iterable[Result]) -> None:
        """Read what some results name, that are going to be judged: many at once."""
        named = set[str]()
        for result in results:
            terms = result.row.values()
            named.update(term.value for term in terms if isinstance(term, NamedNode))
            named.add(result.focus)
        self._things.learn(named)

    def judge(self, results: Iterable[Result]) -> list[Judged]:
        """Give some results with their statuses."""
        return [Judged(one, self.status(one), _norms(one)) for one in results]

    def write(self, judged: Iterable[Judged]) -> list[Finding]:
        """Write findings; results with the same provision, code, status, subject, year are one.

        A result of a duty that is not due soon yet is no finding: it is only counted.
        """
        alike: dict[Key, list[Judged]] = defaultdict(list)
        for one in judged:
            if one.status != NOT_DUE:
                alike[self._key(one)].append(one)
        findings = (self._finding(sorted(some, key=_order), key) for key, some in alike.items())
        return sorted(findings, key=order)

    def _key(self, judged: Judged) -> Key:
        result = judged.result
        year = int(text(result.row, "caseYear") or self._question.year)
        subject = self.subjects[result.focus].id
        return result.shape.check, result.shape.code, judged.status, subject, year

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
        by_reference = any(iri is not None and self._things[iri].by_reference for iri in about)
        if by_reference and self._settings["reference_units"] == "advisory":
            return "advisory"
        if self._open and any((result.focus, norm) in self._open for norm in _norms(result)):
            return "review"
        return "violation"

    def _finding(self, judged: Sequence[Judged], key: Key) -> Finding:
        """Write what some results say together, in their order."""
        provision, code, status, _, year = key
        subject = self.subjects[judged[0].result.focus]
        cited = self._cites(tuple(dict.fromkeys(norm for one in judged for norm in one.norms)))
        told = [self._told(one) for one in judged]
        grounds = list(dict.fromkeys(one.ground for one in told))
        named = {iri: thing for one in told for iri, thing in one.named.items()}
        blamed = status in _BLAMED
        late = [self._days_late(one.result.row) for one in judged] if blamed else []
        return Finding(
            provision=provision,
            code=code,
            status=status,
            subject=subject.id,
            subject_name=subject.name,
            year=year,
            norms=cited.norms,
            due=min((one.due for one in grounds if one.due), default=None),
            message_zh=_together(one.message_zh for one in grounds),
            message_en=_together(one.message_en for one in grounds),
            evidence=[one.evidence for one in named.values() if one.evidence],
            remedy=_once(one.remedy for one in told if one.remedy),
            days_late=max(late, default=0) or None,
            quotes=cited.quotes,
            readings=cited.readings,
            consequences=cited.consequences if blamed else [],
            subject_level=subject.level,
            subject_region=subject.region,
            subject_units=self._places(subject),
            grounds=grounds,
            named={iri: (one.id, one.zh) for iri, one in named.items() if one.id is not None},
        )

    def _told(self, judged: Judged) -> _Told:
        """Write what one result says."""
        result, _, norms = judged
        form, row = self._form(result.shape), result.row
        named, zh, en, values = {}, dict[str, str](), dict[str, str](), dict[str, object]()
        for name in sorted(row):
            term = row[name]
            if isinstance(term, NamedNode):
                thing = named[term.value] = self._things[term.value]
                zh[name], en[name], values[name] = thing.zh, thing.en, thing.id or thing.zh
            else:
                zh[name] = en[name] = values[name] = term.value
                if isinstance(term, Literal) and term.datatype.value.endswith("#integer"):
                    values[name] = int(term.value)
        ground = Ground(
            shape=result.shape.iri,
            constraint=result.constraint,
            focus=result.focus,
            value=row.get("value") or NamedNode(result.focus),
            norms=norms,
            due=text(row, "due"),
            message_zh=form.zh.fill(zh),
            message_en=form.en.fill(en),
        )
        return _Told(ground, named, form.remedy.fill(values) if form.remedy else None)

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

    def _days_late(self, row: Row) -> int:
        """Count from the last day to the act, or to the day that is looked at."""
        due = text(row, "due")
        if due is None:
            return 0
        done = text(row, "date")
        until = dt.date.fromisoformat(done) if done else self._question.as_of
        return max((until - dt.date.fromisoformat(due)).days, 0)


def _norms(result: Result) -> tuple[str, ...]:
    norm = text(result.row, "norm")
    return (norm,) if norm else result.shape.norms


def _order(judged: Judged) -> tuple[object, ...]:
    """Give what results are sorted by, so that the engine's order never shows."""
    result, _, norms = judged
    row = [str(result.row[name]) for name in sorted(result.row)]
    return result.shape.iri, result.focus, norms, row


def _together(messages: Iterable[str]) -> str:
    """Put sentences together, each once."""
    said = ""
    for message in messages:
        if message not in said:
            said = f"{said}\n{message}" if said else message
    return said


def _once(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    found += (one for one in records if one not in found)
    return found
