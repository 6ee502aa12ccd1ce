"""Planning: the calendar of a unit out of the working graph and the shapes of the checks.

Whoever owes what, and until when, stands in the working graph as for a check run; what has become
of it is what the shapes that enforce the norm find for this bearer and this duty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal

from dutygraph.compliance.basis import basis, commencement
from dutygraph.compliance.calendar import Calendar, Entry, Named, arranged
from dutygraph.compliance.checking import Checker, Question, UnknownUnitError
from dutygraph.compliance.duties import Duty, duties
from dutygraph.compliance.findings import Scribe
from dutygraph.compliance.owing import Owed, Owing, States
from dutygraph.compliance.proofs import Proofs
from dutygraph.compliance.shapes import shapes
from dutygraph.compliance.tasks import Tasks
from dutygraph.compliance.working import working_graph
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import sparql_prologue

# Asking for one unit asks for its government and its people too; and for what its leading group and
# the teams that assessed it owe on its account, not for all that they owe.
_SCOPE = (
    sparql_prologue()
    + """
SELECT DISTINCT ?unit ?thing ?hangs WHERE {
  VALUES ?asked { %s }
  ?unit a dg:Unit ; dcterms:identifier ?asked .
  { ?thing a dg:Unit ; dcterms:identifier ?asked } UNION { ?unit dg:govt ?thing }
  UNION { ?thing org:hasMembership/org:organization ?unit }
  UNION {
    { ?unit dg:upperLg ?thing } UNION { ?assessment dg:assessed ?unit ; dg:team ?thing }
    BIND(true AS ?hangs)
  }
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
        self.enforced = {norm for shape in shapes(regulation) for norm in shape.norms}

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

    def plan(self, records: Iterable[bytes], as_of: dt.date, year: int) -> Plan:
        """Build the plan of a year over org graphs (N-Triples), from which calendars are read."""
        enforced = self.enforced | self.tasks.dated
        known = basis(self._store, self.settings, as_of, year, enforced, carried_over=True)
        graph = working_graph(known, records)
        scribe = self._checker.scribe(graph, Question(as_of, year))
        return Plan(self, graph, scribe, as_of, year)

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
        scope = list(self._graph.select(_SCOPE % Literal(unit), ()))
        if not scope:
            raise UnknownUnitError(
                f"导入的记录中没有单位「{unit}」 / no unit {unit!r} in the imported records"
            )
        asked = scope[0]["unit"].value
        own = {row["thing"].value for row in scope if "hangs" not in row}
        hanging = {row["thing"].value for row in scope} - own
        owing = Owing(self._graph, self._tasks, self._planner.enforced)
        owed = [
            one
            for one in owing.of(own | hanging)
            if one.bearer in own or asked in one.involved
            if self._is_of_year(one)
        ]
        entries = [*self._entries(owed, owing), *self._of_members(asked)]
        return self._planner.calendar(self._names([asked])[asked], self._as_of, self._year, entries)

    def _is_of_year(self, owed: Owed) -> bool:
        """Tell whether a duty is owed for the year or falls due in it, or has no date at all."""
        if owed.due is None:
            return owed.year == self._year or (owed.checked and owed.year < self._year)
        return self._year in (owed.year, owed.due.year)

    def _entries(self, owed: list[Owed], owing: Owing) -> Iterator[Entry]:
        regulation = self._planner.regulation
        proofs = Proofs(
            self._graph,
            (one.bearer for one in owed),
            (one.case for one in owed if one.case is not None),
        )
        states = States(self._graph, self._tasks, self._scribe, proofs, shapes(regulation), owed)
        reached = owing.addressees(owed)
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
            row["thing"].value: Named(row["id"].value, text(row, "name") or row["id"].value)
            for row in self._graph.select(_NAMES % values, ())
        }
