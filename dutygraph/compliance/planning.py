"""Planning: the calendar of a unit out of the working graph and the shapes of the checks.

Whoever owes what, and until when, stands in the working graph as for a check run; what has become
of it is what the shapes that enforce the norm find for this bearer and this duty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pyoxigraph import Literal

from dutygraph.compliance import owing, proofs
from dutygraph.compliance.basis import Basis, basis, commencement
from dutygraph.compliance.calendar import Calendar, Entry, Named, arranged
from dutygraph.compliance.checking import KEPT_BASES, Checker, Question, UnknownUnitError
from dutygraph.compliance.duties import Duty, duties
from dutygraph.compliance.owing import Owed, Owing, States
from dutygraph.compliance.proofs import Proofs
from dutygraph.compliance.scribe import Scribe
from dutygraph.compliance.shapes import enforced, shapes
from dutygraph.compliance.slicing import Routes, Slicer
from dutygraph.compliance.tasks import Tasks
from dutygraph.compliance.ways import WaysError, links, ways_of
from dutygraph.compliance.working import working_graph
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import sparql_prologue

_UNIT = sparql_prologue() + "SELECT ?unit WHERE { ?unit dcterms:identifier %s ; a dg:Unit }"
# Asking for one unit asks for its government and its people too; and for what its leading group and
# the teams that assessed it owe on its account, not for all that they owe.
_SCOPE = (
    sparql_prologue()
    + """
SELECT DISTINCT ?thing ?hangs WHERE {
  { <%(unit)s> dg:govt ?thing } UNION { ?thing org:hasMembership/org:organization <%(unit)s> }
  UNION { <%(unit)s> dg:upperLg ?thing . BIND(true AS ?hangs) }
  UNION { ?assessment dg:assessed <%(unit)s> ; dg:team ?thing . BIND(true AS ?hangs) }
}"""
)
_OTHERS = (
    sparql_prologue()
    + """
SELECT DISTINCT ?other WHERE {
  VALUES ?thing { %(hanging)s }
  { ?other dg:upperLg ?thing } UNION { ?assessment dg:team ?thing ; dg:assessed ?other }
  UNION { ?other dg:team ?thing ; dg:assessed ?unit }
  FILTER(?other != <%(unit)s>) FILTER NOT EXISTS { ?other dg:assessed <%(unit)s> }
}"""
)
_NAMES = (
    sparql_prologue()
    + """
SELECT ?thing ?id ?name WHERE {
  VALUES ?thing { %s } ?thing dcterms:identifier ?id . OPTIONAL { ?thing rdfs:label ?name }
}"""
)
_BODIES = (
    sparql_prologue()
    + """
SELECT DISTINCT ?body WHERE {
  dg:thisRun dg:commencement dg:InForce .
  <%s> dg:kind/dg:kindOf? ?body .
  FILTER NOT EXISTS {
    ?setting dg:key "reference_units" ; dg:effective "skip" . <%s> dg:application dg:ByReference
  }
}"""
)


@dataclass(frozen=True)
class Scope:
    """Whose duties the calendar of a unit shows: its ``own``, and those on its account of others.

    All by IRI; its own are those of its government and its people, too.
    """

    unit: str
    own: frozenset[str]
    hanging: frozenset[str]

    @classmethod
    def of(cls, store: GraphStore, id_: str, graphs: Sequence[str]) -> Scope:
        """Find it for a unit's id. Raises UnknownUnitError when there is no such unit."""
        unit = next((row["unit"].value for row in store.select(_UNIT % Literal(id_), graphs)), None)
        if unit is None:
            raise UnknownUnitError(
                f"导入的记录中没有单位「{id_}」 / no unit {id_!r} in the imported records"
            )
        rows = list(store.select(_SCOPE % {"unit": unit}, graphs))
        own = frozenset({unit, *(row["thing"].value for row in rows if "hangs" not in row)})
        return cls(unit, own, frozenset(row["thing"].value for row in rows) - own)

    @staticmethod
    def written(iris: Iterable[str]) -> Iterator[str]:
        """Write IRIs as in N-Triples."""
        return (f"<{iri}>" for iri in iris)

    def others(self, store: GraphStore, graphs: Sequence[str]) -> set[str]:
        """Give the other units on whose account the hanging ones have duties, too.

        With them come the assessments of these alone. They are nothing to this unit's calendar, and
        of a leading group there are hundreds.
        """
        hanging = " ".join(self.written(self.hanging))
        rows = store.select(_OTHERS % {"unit": self.unit, "hanging": hanging}, graphs)
        return set(self.written(row["other"].value for row in rows))


class Planner:
    """Makes the calendars of one regulation."""

    def __init__(self, store: GraphStore, regulation: str, assignments: Iterable[str] = ()) -> None:
        """Take a store with the prepared graphs, a regulation and ``name=value`` settings.

        Raises SettingError for a setting that is unknown or ill-valued.
        """
        self._store, self.regulation = store, regulation
        self._checker = Checker(store, regulation, assignments)
        self.settings = self._checker.settings
        self.tasks = Tasks(store, regulation, self.settings)
        self.enforced = enforced(regulation)
        self._basis = lru_cache(KEPT_BASES)(self._made_basis)

    def general(self, as_of: dt.date, year: int) -> Calendar:
        """Give what the text asks of everybody in a year; nothing in it is done or not."""
        tasks, entries = self.tasks, []
        with_date: set[str] = set()
        for duty in self._of_everybody(as_of, year):
            with_date.add(duty.norm)
            entries.append(
                tasks.entry(
                    duty.norm,
                    year=duty.year,
                    due=duty.due,
                    opens=duty.opens,
                    half=f"{duty.year}H{duty.half}" if duty.half else None,
                    checked=duty.norm in self.enforced,
                )
            )
        for norm in tasks.dated - with_date:
            entries.append(tasks.entry(norm, year=year, checked=norm in self.enforced))
        return self.calendar(None, as_of, year, entries)

    def _of_everybody(self, as_of: dt.date, year: int) -> Iterator[Duty]:
        graphs = prepared_graphs()
        for of_year in (year - 1, year):
            for duty in duties(
                self._store, graphs, self.settings, as_of, of_year, self.tasks.occasions
            ):
                falls_due = duty.due is not None and (of_year == year or duty.due.year == year)
                if falls_due and duty.norm in self.tasks.to_do:
                    yield duty

    def calendar_of(
        self, unit: str, store: GraphStore, graphs: Sequence[str], as_of: dt.date, year: int
    ) -> Calendar:
        """Give the calendar of a unit, by its id, from what some graphs of a store say around it.

        Raises UnknownUnitError when there is none.
        """
        scope = Scope.of(store, unit, graphs)
        try:
            slicer = Slicer(store, graphs, self._routes)
        except WaysError:
            records: Iterable[bytes] = (store.graph(name) for name in graphs)
        else:
            nodes = slicer.around(scope.written(scope.own))
            nodes |= slicer.around(scope.written(scope.hanging), scope.others(store, graphs))
            records = [slicer.triples(nodes)]
        return self.plan(records, as_of, year, scope.own | scope.hanging).of(unit)

    @cached_property
    def _routes(self) -> Routes:
        """The ways of the checks, and of what a calendar asks beside."""
        tasks = self.tasks
        towards = {way for found in tasks.addressees.values() for _, way in found if way}
        linked = _path(links())
        asked = (*owing.asked(_path(towards), linked), *proofs.asked(linked))
        return Routes(ways_of(f"calendar-{self.regulation}", self.regulation, self._norms, asked))

    @cached_property
    def _norms(self) -> set[str]:
        return self.enforced | self.tasks.dated

    def plan(
        self,
        records: Iterable[bytes],
        as_of: dt.date,
        year: int,
        bearers: Collection[str] | None = None,
    ) -> Plan:
        """Build the plan of a year over org graphs (N-Triples), from which calendars are read.

        Where ``bearers`` are given, by IRI, only what these owe can be read from it.
        """
        graph = working_graph(self._basis(as_of, year), records, bearers)
        scribe = self._checker.scribe(graph, Question(as_of, year))
        return Plan(self, graph, scribe, as_of, year)

    def _made_basis(self, as_of: dt.date, year: int) -> Basis:
        return basis(self._store, self.settings, as_of, year, self._norms, carried_over=True)

    def calendar(
        self, unit: Named | None, as_of: dt.date, year: int, entries: Iterable[Entry]
    ) -> Calendar:
        """Put entries into a calendar."""
        places = {norm.id: place for place, norm in enumerate(self.tasks.norms.all)}
        dated, undated = arranged(
            sorted(entries, key=lambda entry: (places[entry.norm], entry.year, entry.key))
        )
        state, _ = commencement(self.settings, as_of)
        effective = self.settings.effective()
        return Calendar(self.regulation, unit, year, as_of, state, effective, dated, undated)


class Plan:
    """A year's working graph, from which the calendar of any unit can be read."""

    def __init__(
        self, planner: Planner, graph: EmbeddedStore, scribe: Scribe, as_of: dt.date, year: int
    ) -> None:
        self._planner, self._tasks = planner, planner.tasks
        self._graph, self._scribe = graph, scribe
        self._as_of, self._year = as_of, year

    def of(self, unit: str) -> Calendar:
        """Give the calendar of a unit by its id; raises UnknownUnitError when there is none."""
        scope = Scope.of(self._graph, unit, ())
        debts = Owing(self._graph, self._tasks, self._planner.enforced)
        owed = [
            one
            for one in debts.of(scope.own | scope.hanging)
            if one.bearer in scope.own or scope.unit in one.involved
            if self._is_of_year(one)
        ]
        entries = [*self._entries(owed, debts), *self._of_members(scope.unit)]
        return self._planner.calendar(
            self._names([scope.unit])[scope.unit], self._as_of, self._year, entries
        )

    def _is_of_year(self, owed: Owed) -> bool:
        """Tell whether a duty is owed for the year or falls due in it, or has no date at all."""
        if owed.due is None:
            return owed.year == self._year or (owed.checked and owed.year < self._year)
        return self._year in (owed.year, owed.due.year)

    def _entries(self, owed: list[Owed], debts: Owing) -> Iterator[Entry]:
        regulation = self._planner.regulation
        proofs = Proofs(
            self._graph,
            (one.bearer for one in owed),
            (one.case for one in owed if one.case is not None),
            (kind for one in owed for kind in self._tasks.evidence.get(one.norm, ())),
        )
        states = States(self._graph, self._tasks, self._scribe, proofs, shapes(regulation), owed)
        reached = debts.addressees(owed)
        names = self._names(
            {
                *(one.bearer for one in owed),
                *(one.case for one in owed if one.case is not None),
                *(unit for found in reached.values() for unit, _ in found if unit),
            }
        )
        for one in owed:
            state = states.of(one, self._as_of)
            if one.due is None and one.year < self._year and state.status == "done":
                # What a case of an earlier year asked for stays only until it is done.
                continue
            case = proofs.record(one.case) if one.case else None
            yield self._tasks.entry(
                one.norm,
                year=one.year,
                due=one.due,
                opens=one.opens,
                half=one.half,
                status=state.status,
                bearer=names[one.bearer],
                to=[
                    names[unit] if unit else self._tasks.named(role) for unit, role in reached[one]
                ],
                done_on=state.done_on,
                evidence=[proof.to_json(self._tasks.labels) for proof in state.proofs],
                case=case.to_json(self._tasks.labels) if case else None,
                about=names[one.case] if one.case and not case else None,
                findings=[{"code": code, "status": status} for code, status in state.findings],
                checked=one.checked,
            )

    def _of_members(self, unit: str) -> Iterator[Entry]:
        """Give what the people in a body owe at any time; no record shows who did it."""
        bodies = {row["body"].value for row in self._graph.select(_BODIES % (unit, unit), ())}
        for norm, role, body in self._tasks.members:
            if body in bodies and norm not in self._planner.enforced:
                yield self._tasks.entry(
                    norm,
                    year=self._year,
                    status="unknown",
                    bearer=self._names([unit])[unit],
                    borne_as=[self._tasks.named(role)],
                    checked=False,
                )

    def _names(self, iris: Iterable[str]) -> dict[str, Named]:
        values = " ".join(f"<{iri}>" for iri in sorted(set(iris)))
        return {
            row["thing"].value: Named(
                id=row["id"].value,
                zh=text(row, "name") or row["id"].value,
                iri=row["thing"].value,
            )
            for row in self._graph.select(_NAMES % values, ())
        }


def _path(properties: Iterable[str]) -> str:
    """Give the path of one step along any of some properties."""
    return "|".join(f"<{iri}>" for iri in sorted(properties))
