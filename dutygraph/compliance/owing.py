"""What somebody owes in a working graph, towards whom, and what the shapes say has become of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from pyoxigraph import NamedNode

from dutygraph.compliance.proofs import IN_A_CASE, Proof, Proofs
from dutygraph.compliance.scribe import NOT_DUE, Scribe
from dutygraph.compliance.setquery import Result, SetEngine, of_duties
from dutygraph.compliance.shapes import Shape
from dutygraph.compliance.tasks import Tasks
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row, text
from dutygraph.terms import DG, sparql_prologue

_Period: TypeAlias = tuple[str, int, str | None, str | None]
_OWED = (
    sparql_prologue()
    + """
SELECT * WHERE {
  VALUES ?bearer { %s }
  ?bearer dg:owes ?duty . ?duty dg:ofNorm ?norm ; dg:phase ?phase ; dg:year ?year .
  OPTIONAL { ?duty dg:opens ?opens }
  OPTIONAL { ?duty dg:due ?due }
  OPTIONAL { ?duty dg:coveredYear ?covered }
  OPTIONAL { ?duty dg:halfYear ?half }
  OPTIONAL { ?duty dg:arisesFrom ?case }
  OPTIONAL { ?duty dg:involves ?involved }
  OPTIONAL { ?bearer a ?person . FILTER(?person = dg:Person) }
} ORDER BY ?bearer ?norm ?year ?duty ?due"""
)
_REACHED = (
    sparql_prologue()
    + """
SELECT DISTINCT ?from ?property ?to WHERE {
  VALUES ?from { %s } VALUES ?property { %s } ?from ?property ?to
} ORDER BY ?from ?property ?to"""
)
_IN_CASE = (
    sparql_prologue()
    + """
SELECT DISTINCT ?case ?property ?unit ?kind WHERE {
  VALUES ?case { %s } ?case ?property ?unit . ?unit a dg:Unit . OPTIONAL { ?unit dg:kind ?kind }
  FILTER(?property = dg:unit || ?kind IN (%s))
} ORDER BY ?case ?unit"""
)


def asked(towards: str, linked: str) -> tuple[str, ...]:
    """Give what is asked here of whoever owes something, as patterns about ``?focus``.

    The paths: ``towards`` leads to addressees, ``linked`` from a record to whatever it names.
    """
    return (
        "?focus dg:owes ?duty . ?duty dg:involves ?involved",
        f"{IN_A_CASE} ?case {linked} ?unit",
        f"?focus {towards} ?addressee",
        f"{IN_A_CASE} ?case dg:unit ?start . ?start {towards} ?addressee",
    )


@dataclass(frozen=True)
class Owed:
    """A duty of somebody: all IRIs but ``half``; ``case`` is the record or unit it arises from.

    ``duties`` are its names in the working graph: several where it is owed once a year although
    more than one record gives rise to it.
    """

    bearer: str
    norm: str
    duties: frozenset[str]
    phase: str
    opens: dt.date | None
    due: dt.date | None
    year: int
    covered: int | None
    half: str | None
    case: str | None
    involved: frozenset[str]
    checked: bool
    by_person: bool

    @cached_property
    def period(self) -> _Period:
        """What duties share that one and the same record can show done: bearer, time, case."""
        return self.bearer, self.year, self.half, self.case


class Owing:
    """Reads from a working graph who owes what, and towards whom."""

    def __init__(self, graph: EmbeddedStore, tasks: Tasks, enforced: set[str]) -> None:
        self._graph, self._tasks, self._enforced = graph, tasks, enforced

    def of(self, bearers: Iterable[str]) -> list[Owed]:
        """Give what some units and persons owe, of the norms that ask for something to be done."""
        found: dict[tuple[str, ...], Owed] = {}
        rounds = self._tasks.rounds
        for row in self._graph.select(_OWED % _values(bearers), ()):
            norm = row["norm"].value
            if norm not in self._tasks.to_do:
                continue
            owed = self._owed(row, once=norm in rounds)
            key = (owed.bearer, norm, *(owed.duties if norm not in rounds else (str(owed.year),)))
            before = found.get(key)
            found[key] = owed if before is None else _joined(before, owed)
        return list(found.values())

    def _owed(self, row: Row, *, once: bool) -> Owed:
        def day(name: str) -> dt.date | None:
            given = text(row, name)
            return None if given is None else dt.date.fromisoformat(given)

        norm, involved, covered = row["norm"].value, text(row, "involved"), text(row, "covered")
        return Owed(
            bearer=row["bearer"].value,
            norm=norm,
            duties=frozenset({row["duty"].value}),
            phase=row["phase"].value.removeprefix(DG),
            opens=day("opens"),
            due=day("due"),
            year=int(row["year"].value),
            covered=None if covered is None else int(covered),
            half=text(row, "half"),
            case=None if once else text(row, "case"),
            involved=frozenset({involved} if involved else ()),
            checked=norm in self._enforced,
            by_person="person" in row,
        )

    def addressees(self, owed: Iterable[Owed]) -> dict[Owed, list[tuple[str | None, str]]]:
        """Give the units that each duty is owed towards, with the role in which they are.

        They are found along the superior lines of the bearer, or of the unit that the case is
        about where a person owes it, or by their kind in the case; None where the data have none.
        """
        all_owed = list(owed)
        roles = self._tasks.addressees
        kinds = {role for one in all_owed for role, _ in roles.get(one.norm, ())}
        in_case: dict[str, list[Row]] = defaultdict(list)
        cases = _values(one.case for one in all_owed if one.case)
        asked = cases, ", ".join(f"<{kind}>" for kind in sorted(kinds))
        for row in self._graph.select(_IN_CASE % asked, ()):
            in_case[row["case"].value].append(row)
        starts = {one: self._start(one, in_case) for one in all_owed}
        ways = _values(way for one in all_owed for _, way in roles.get(one.norm, ()) if way)
        reached: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in self._graph.select(_REACHED % (_values(starts.values()), ways), ()):
            reached[row["from"].value, row["property"].value].append(row["to"].value)
        found: dict[Owed, list[tuple[str | None, str]]] = {}
        for one in all_owed:
            found[one] = []
            for role, way in roles.get(one.norm, ()):
                units = reached.get((starts[one], way), []) if way else []
                units = units or [
                    row["unit"].value
                    for row in in_case.get(one.case or "", ())
                    if text(row, "kind") == role
                ]
                found[one] += [(unit, role) for unit in units] or [(None, role)]
        return found

    def _start(self, owed: Owed, in_case: dict[str, list[Row]]) -> str:
        """Give the unit whose superiors are meant: the bearer, or the one a person owes it in."""
        for row in in_case.get(owed.case or "", ()) if owed.by_person else ():
            if row["property"].value == DG + "unit":
                return row["unit"].value
        return owed.bearer


@dataclass(frozen=True)
class State:
    """What has become of a duty: its status, the day and the records that show it, the findings."""

    status: str
    done_on: dt.date | None = None
    proofs: tuple[Proof, ...] = ()
    findings: tuple[tuple[str, str], ...] = field(default=())


class States:
    """Tells what has become of duties: what the shapes find, and the records that are there."""

    def __init__(
        self,
        graph: EmbeddedStore,
        tasks: Tasks,
        scribe: Scribe,
        proofs: Proofs,
        shapes: Iterable[Shape],
        owed: Sequence[Owed],
    ) -> None:
        self._tasks, self._scribe, self._proofs = tasks, scribe, proofs
        by_duty = {(one.bearer, duty): one for one in owed for duty in one.duties}
        # By what is looked for: the period of the duty that a result is about, else its bearer.
        self._found: dict[_Period | str, list[tuple[Result, Owed | None]]] = defaultdict(list)
        engine = SetEngine(graph, folds=False)
        for shape in shapes:
            # Who owes much, as a leading group does for each unit, is asked for no more than that.
            if bearers := {one.bearer for one in owed if one.norm in shape.norms}:
                for result in engine.results(of_duties(shape), bearers):
                    duty = text(result.row, "duty")
                    about = by_duty.get((result.focus, duty or ""))
                    if about is not None:
                        self._found[about.period].append((result, about))
                    elif duty is None:
                        self._found[result.focus].append((result, None))
        # All at once: to ask for those of each duty takes longer than all the rest.
        proofs.learn(
            iri for found in self._found.values() for one, _ in found for iri in _named_in(one)
        )
        self._siblings: dict[_Period, list[Owed]] = defaultdict(list)
        for one in owed:
            self._siblings[one.period].append(one)

    def of(self, owed: Owed, as_of: dt.date) -> State:
        """Tell what has become of a duty as of a day."""
        if not owed.checked:
            return State("unknown")
        found = self._results(owed)
        if not found and not self._done(owed) and _is_over(owed, as_of):
            found = self._of_siblings(owed)
        judged = {(one.shape.code, self._scribe.status(one)) for one in found}
        told = sorted(one for one in judged if one[1] != NOT_DUE)
        named = self._named(owed, found)
        status = _status(owed, told, as_of, pending=len(told) < len(judged), done=bool(named))
        done_on = None
        if named and status in ("done", "late"):
            in_time = [one.date for one in named if owed.due is None or one.date <= owed.due]
            done_on = min(in_time if status == "done" and in_time else [one.date for one in named])
        return State(status, done_on, tuple(named), tuple(told))

    def _named(self, owed: Owed, found: list[Result]) -> list[Proof]:
        """Give the records that show a duty done, or those that the results are about."""
        if not found:
            return self._done(owed)
        iris = {iri for one in found for iri in _named_in(one)} - {owed.case}
        return self._proofs.named(iris, self._tasks.evidence.get(owed.norm, ()))

    def _done(self, owed: Owed) -> list[Proof]:
        kinds = self._tasks.evidence.get(owed.norm, ())
        if owed.case is not None:
            answers = self._proofs.answers(owed.case, kinds)
            if self._proofs.record(owed.case) is None:
                answers = [one for one in answers if one.fits(owed.year, None, None)]
            own = [one for one in answers if one.unit == owed.bearer]
            return own or answers
        made = self._proofs.made(owed.bearer, kinds)
        fitting = [one for one in made if one.fits(owed.year, owed.covered, owed.half)]
        # What has to be there at any time may have been made in any year; the latest counts.
        return fitting or (made[-1:] if owed.due is None else [])

    def _results(self, owed: Owed) -> list[Result]:
        """Give what was found of a duty.

        A shape that enforces several norms looks at the duty of one; what it finds holds for the
        others of the same period and case.
        """
        return [
            result
            for key in (owed.bearer, owed.period)
            for result, about in self._found.get(key, ())
            if about is None or about is owed or about.norm != owed.norm
            if owed.norm in _norms(result)
        ]

    def _of_siblings(self, owed: Owed) -> list[Result]:
        """Give what was found of duties that the very record would show done which is not there."""
        kinds = set(self._tasks.evidence.get(owed.norm, ()))
        return [
            result
            for other in self._siblings[owed.period]
            if other != owed and kinds & set(self._tasks.evidence.get(other.norm, ()))
            for result in self._results(other)
        ]


def _norms(result: Result) -> tuple[str, ...]:
    norm = text(result.row, "norm")
    return (norm,) if norm else result.shape.norms


def _named_in(result: Result) -> Iterator[str]:
    """Give the IRIs that a result names."""
    return (term.value for term in result.row.values() if isinstance(term, NamedNode))


def _status(
    owed: Owed, told: list[tuple[str, str]], as_of: dt.date, *, pending: bool, done: bool
) -> str:
    statuses = {status for _, status in told}
    blamed = [code for code, status in told if status in ("violation", "advisory")]
    if blamed:
        if set(blamed) == {"LATE"}:
            return "late"
        return "overdue" if owed.due is not None and owed.due < as_of else "open"
    if "review" in statuses:
        return "unknown"
    if "due_soon" in statuses:
        return "due_soon"
    if done and not pending:
        return "done"
    if _is_over(owed, as_of):
        return "unknown"
    if owed.phase == "DueSoon" and not pending:
        return "due_soon"
    return "not_due" if owed.opens is not None and as_of < owed.opens else "open"


def _is_over(owed: Owed, as_of: dt.date) -> bool:
    """Tell whether the time for a duty is over, or was never set."""
    return owed.due is None or as_of > owed.due


def _joined(one: Owed, other: Owed) -> Owed:
    days = [owed.due for owed in (one, other) if owed.due is not None]
    return replace(
        one,
        duties=one.duties | other.duties,
        due=min(days, default=None),
        involved=one.involved | other.involved,
    )


def _values(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in sorted(set(iris)))
