"""A check run: shapes over a working graph, to findings and counts."""

from __future__ import annotations

import datetime as dt
import gc
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any

from pyoxigraph import Literal, NamedNode

from dutygraph.columns.algebra import RefusedError
from dutygraph.compliance.basis import Basis, basis
from dutygraph.compliance.citations import Citations
from dutygraph.compliance.findings import Finding
from dutygraph.compliance.rectification import OPEN, Key, State, states
from dutygraph.compliance.scribe import NOT_DUE, Judged, Scribe
from dutygraph.compliance.setquery import Result, SetEngine
from dutygraph.compliance.settings import Settings
from dutygraph.compliance.shapes import Shape, enforced, shapes
from dutygraph.compliance.subjects import Subject
from dutygraph.compliance.verdicts import Board, Counts
from dutygraph.compliance.working import working_columns, working_graph, working_scratch
from dutygraph.regulations.labels import Labels
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.regulations.provisions import within
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Asked, GraphStore, Reading
from dutygraph.store.scratch import Scratch
from dutygraph.terms import PREFIXES, sparql_prologue

_log = logging.getLogger(__name__)
_VERDICTS = {
    "violation": "breached",
    "advisory": "breached",
    "review": "unknown",
    "due_soon": "not_due",
    NOT_DUE: "not_due",
}
"""Which verdict a result of each status is on whom it is about."""

KEPT_BASES = 4
"""How many days and years a checker, or a planner, is ready for at a time."""
_AT_A_TIME = 20_000
"""How many results are held before what they name is read: a query takes a while for a start."""
COLUMNS_FROM = 80 << 20
"""From how many bytes of N-Triples on columns are quicker: those of some 3,000 units."""
FOLDED_FROM = 6 << 20
"""From how many on folding the constraints and threads pay: those of some 200 units."""

# What hangs on a unit: its government, the leading group that assesses it, that group's teams
# which assessed it by the day, and its people.
_HANGING = (
    sparql_prologue()
    + """
SELECT DISTINCT ?thing WHERE {
  VALUES ?asked { %(unit)s }
  ?unit a dg:Unit ; dcterms:identifier ?asked .
  { ?thing a dg:Unit ; dcterms:identifier ?asked }
  UNION { ?unit dg:govt|dg:upperLg ?thing }
  UNION {
    ?assessment dg:assessed ?unit ; dg:team ?thing ; dg:date ?date . FILTER(?date <= %(as_of)s)
  }
  UNION { ?thing org:hasMembership/org:organization ?unit }
}"""
)


# What lies in a region: its units, what hangs on them and has no region of its own, their people.
_IN_REGION = (
    sparql_prologue()
    + """
SELECT DISTINCT ?thing WHERE {
  ?unit a dg:Unit ; dg:region ?region . FILTER(STRSTARTS(STR(?region), %(region)s))
  { ?thing a dg:Unit ; dg:region ?region }
  UNION { ?unit dg:govt|dg:upperLg ?thing . FILTER NOT EXISTS { ?thing dg:region ?own } }
  UNION {
    ?assessment dg:assessed ?unit ; dg:team ?thing ; dg:date ?date . FILTER(?date <= %(as_of)s)
    FILTER NOT EXISTS { ?thing dg:region ?own }
  }
  UNION { ?thing org:hasMembership/org:organization ?unit }
}"""
)


class UnknownUnitError(ValueError):
    """The unit, or the region, asked for is not among the records."""


def unknown_unit(unit: str) -> UnknownUnitError:
    """Make the error for the id of a unit that is not among the records."""
    return UnknownUnitError(
        f"导入的记录中没有单位「{unit}」 / no unit {unit!r} in the imported records"
    )


def unknown_region(region: str) -> UnknownUnitError:
    """Make the error for a code that no unit's begins with."""
    return UnknownUnitError(
        f"没有区划代码以「{region}」开头的单位 / "
        f"no unit has a region code that begins with {region!r}"
    )


@dataclass(frozen=True)
class Question:
    """What a run asks: a day, a year, and optionally one unit, one provision, one region.

    ``year`` is the year in which the duties fall; the year of the day when not given. ``region`` is
    an administrative code or the beginning of one.
    """

    as_of: dt.date
    year: int
    unit: str | None = None
    provision: str | None = None
    region: str | None = None


@dataclass
class Report:
    """A check run's outcome; ``to_json`` is the stable JSON of `dutygraph check`.

    ``verdicts`` says of each check whom it looked at, by id, and what came of it; ``subjects``
    who they are. Both are left out of the JSON, which would grow with what is in order.
    """

    as_of: dt.date
    year: int
    settings: dict[str, str | None]
    checks: list[Counts] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    verdicts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give {as_of, year, settings, checks, findings}."""
        return {
            "as_of": self.as_of.isoformat(),
            "year": self.year,
            "settings": self.settings,
            "checks": [dict(vars(counts)) for counts in self.checks],
            "findings": [finding.to_json() for finding in self.findings],
        }

    @property
    def breached(self) -> bool:
        """Whether any finding is a violation."""
        return any(finding.status == "violation" for finding in self.findings)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector from going through all that a check finds, again and again.

    There are no cycles in it, and there may be millions.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Checker:
    """Runs the checks of one regulation."""

    def __init__(self, store: GraphStore, regulation: str, assignments: Iterable[str] = ()) -> None:
        """Take a store with the prepared graphs, a regulation and ``name=value`` settings.

        Raises SettingError for a setting that is unknown or ill-valued.
        """
        self._store = store
        self.regulation = regulation
        self.settings = Settings.of(store, prepared_graphs(), assignments)
        self._basis = lru_cache(KEPT_BASES)(self._made_basis)
        self._labels = Labels(store, prepared_graphs())
        self._citations = Citations(store, prepared_graphs(), regulation)

    def working_graph(self, records: Iterable[bytes], question: Question) -> EmbeddedStore:
        """Build the graph that the shapes look at, from org graphs as N-Triples."""
        return working_graph(self._basis(question.as_of, question.year), records)

    def _made_basis(self, as_of: dt.date, year: int) -> Basis:
        return basis(self._store, self.settings, as_of, year, enforced(self.regulation))

    def scribe(self, graph: Asked, question: Question) -> Scribe:
        """Give the scribe that writes what the shapes find in a working graph."""
        return Scribe(graph, self._labels, self._citations, self.settings.effective(), question)

    def check(
        self, records: Iterable[bytes], question: Question, among: Set[str] | None = None
    ) -> Report:
        """Check org graphs (N-Triples) and report, in columns where that is quicker.

        Of records that can be gone through again, not of an iterator, one graph is held at a time.
        ``among`` are the IRIs of the units and persons to look at, where not at all; the records
        may then be a slice of all there are (``slicing``). Raises UnknownUnitError for a unit or a
        region that is not among the records. A check that had nothing to look at says so with
        ``looked_at`` 0.
        """
        whole = tuple(records) if isinstance(records, Iterator) else records
        parts = iter(whole)
        first, size = _first(parts)
        if size >= COLUMNS_FROM:
            try:
                return self.check_in_columns(chain(_given_away(first), parts), question, among)
            except RefusedError as error:
                _log.info("not in columns: %s", error)
        else:
            whole = first
        graph, few = self.working_graph(whole, question), size < FOLDED_FROM
        engine = SetEngine(graph, few=few)
        return self._report(engine, question, among)

    def check_in_columns(
        self, records: Iterable[bytes], question: Question, among: Set[str] | None = None
    ) -> Report:
        """Check as ``check`` does, holding one graph at a time beside the columns.

        Raises RefusedError for records of which columns cannot tell exactly what the checks ask.
        """
        graph = working_columns(self._basis(question.as_of, question.year), records)
        return self._report(SetEngine(graph, folds=False), question, among)

    def check_there(self, scratch: Scratch, question: Question) -> Report:
        """Check as ``check`` does inside an endpoint, over a graph of it that holds the records.

        The graph is changed. Only what is found leaves the engine. Raises StoreError.
        """
        working_scratch(self._basis(question.as_of, question.year), scratch)
        return self._report(SetEngine(scratch), question, None)

    @_uncollected()
    def _report(self, engine: SetEngine, question: Question, among: Set[str] | None) -> Report:
        graph = engine.graph
        meant = wanted(graph, question, ())
        if among is not None:
            meant = among if meant is None else among & meant
        checks = {
            provision: group
            for provision, group in by_check(shapes(self.regulation)).items()
            if question.provision is None or within(provision, question.provision)
        }
        found = engine.run([shape for group in checks.values() for shape in group])
        looked_at = {
            provision: _meant(meant, *(engine.focus_nodes(shape) for shape in group))
            for provision, group in checks.items()
        }
        scribe = self.scribe(graph, question)
        subjects = scribe.subjects.of(frozenset().union(*looked_at.values()))
        board = Board({one.iri: one.id for one in subjects})
        meant_results = (
            (at, [one for _ in group for one in next(found) if one.focus in looked_at[at]])
            for at, group in checks.items()
        )
        findings, verdicts = [], {}
        for some in _batches(meant_results):
            scribe.learn(one for _, results in some for one in results)
            for provision, results in some:
                told = scribe.judge(results)
                verdicts[provision] = board.put(looked_at[provision], map(_verdict, told))
                findings += scribe.write(told)
        _follow(findings, states(graph))
        return Report(
            question.as_of,
            question.year,
            self.settings.effective(),
            [of_check.counts(provision) for provision, of_check in verdicts.items()],
            findings,
            verdicts,
            {one.id: one for one in subjects},
        )


def _meant(meant: Set[str] | None, *looked_at: frozenset[str]) -> Set[str]:
    """Give those that some shapes look at, no others than those that are meant."""
    every = frozenset().union(*looked_at)
    return every if meant is None else every & meant


def _batches(
    found: Iterable[tuple[str, list[Result]]],
) -> Iterator[list[tuple[str, list[Result]]]]:
    """Give the results of checks, those of several at a time until they are many."""
    some: list[tuple[str, list[Result]]] = []
    held = 0
    for provision, results in found:
        some.append((provision, results))
        held += len(results)
        if held >= _AT_A_TIME:
            yield some
            some, held = [], 0
    yield some


def _verdict(judged: Judged) -> tuple[str, str]:
    """Give whom a result is about, and which verdict it is."""
    return judged.result.focus, _VERDICTS[judged.status]


def _follow(findings: Iterable[Finding], followed: Mapping[Key, State]) -> None:
    """Say of each finding how far it has been followed: notified, reported, verified, closed."""
    for finding in findings:
        finding.follow_up = followed.get(finding.match, OPEN).to_json()


def _first(parts: Iterator[bytes]) -> tuple[list[bytes], int]:
    """Give as many parts of the records as tell that they are many, else all, and their size."""
    first: list[bytes] = []
    size = 0
    for part in parts:
        first.append(part)
        size += len(part)
        if size >= COLUMNS_FROM:
            break
    return first, size


def _given_away(parts: list[bytes]) -> Iterator[bytes]:
    """Give parts in their order, and hold none that was given."""
    parts.reverse()
    while parts:
        yield parts.pop()


def by_check(group: Sequence[Shape]) -> dict[str, list[Shape]]:
    """Group shapes by the provision that they check, in the order of articles."""
    checks: dict[str, list[Shape]] = defaultdict(list)
    for shape in sorted(group, key=lambda shape: _article_order(shape.check)):
        checks[shape.check].append(shape)
    return dict(checks)


def _article_order(key: str) -> tuple[int, str]:
    article = key.partition(".")[0].removeprefix("art").partition("-")[0]
    return int(article), key


def wanted(store: Reading, question: Question, graphs: Sequence[str]) -> Set[str] | None:
    """Give the things that a question is about, None when it is about all.

    Raises UnknownUnitError for a unit or a region that is not among the records of the graphs.
    """
    day = Literal(question.as_of.isoformat(), datatype=NamedNode(PREFIXES["xsd"] + "date"))
    found = None
    if question.unit is not None:
        asked = {"unit": Literal(question.unit), "as_of": day}
        found = {row["thing"].value for row in store.select(_HANGING % asked, graphs)}
        if not found:
            raise unknown_unit(question.unit)
    if question.region is not None:
        asked = {"region": Literal(question.region), "as_of": day}
        inside = {row["thing"].value for row in store.select(_IN_REGION % asked, graphs)}
        if not inside or not question.region:
            raise unknown_region(question.region)
        found = inside if found is None else found & inside
    return found
