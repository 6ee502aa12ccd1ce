"""A check run: shapes over a working graph, to findings and counts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal

from dutygraph.compliance.findings import Finding, Scribe, is_pending
from dutygraph.compliance.setquery import Result, focus_nodes, results
from dutygraph.compliance.settings import Settings
from dutygraph.compliance.shapes import Shape, shapes
from dutygraph.compliance.working import working_graph
from dutygraph.regulations.labels import Labels
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.regulations.provisions import within
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import sparql_prologue

# What hangs on a unit: its government, the leading group that assesses it, that group's teams
# which assessed it, and its people.
_HANGING = (
    sparql_prologue()
    + """
SELECT DISTINCT ?thing WHERE {
  VALUES ?asked { %s }
  ?unit a dg:Unit ; dcterms:identifier ?asked .
  { ?thing a dg:Unit ; dcterms:identifier ?asked }
  UNION { ?unit dg:govt|dg:upperLg ?thing }
  UNION { ?assessment dg:assessed ?unit ; dg:team ?thing }
  UNION { ?thing org:hasMembership/org:organization ?unit }
}"""
)


class UnknownUnitError(ValueError):
    """The unit asked for is not among the records."""


@dataclass(frozen=True)
class Question:
    """What a run asks: a day, a year, and optionally one unit or one provision.

    ``year`` is the year in which the duties fall; the year of the day when not given.
    """

    as_of: dt.date
    year: int
    unit: str | None = None
    provision: str | None = None


@dataclass
class Counts:
    """How many subjects one check looked at, and what came of each; the four add up to it."""

    provision: str
    looked_at: int = 0
    met: int = 0
    breached: int = 0
    not_due: int = 0
    unknown: int = 0


@dataclass
class Report:
    """A check run's outcome; ``to_json`` is the stable JSON of `dutygraph check`."""

    as_of: dt.date
    year: int
    settings: dict[str, str | None]
    checks: list[Counts] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

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


class Checker:
    """Runs the checks of one regulation."""

    def __init__(self, store: GraphStore, regulation: str, assignments: Iterable[str] = ()) -> None:
        """Take a store with the prepared graphs, a regulation and ``name=value`` settings.

        Raises SettingError for a setting that is unknown or ill-valued.
        """
        self._store = store
        self._regulation = regulation
        self.settings = Settings.of(store, prepared_graphs(), assignments)
        self._labels = Labels(store, prepared_graphs())

    def working_graph(self, records: Iterable[bytes], question: Question) -> EmbeddedStore:
        """Build the graph that the shapes look at, from org graphs as N-Triples."""
        enforced = {norm for shape in shapes(self._regulation) for norm in shape.norms}
        return working_graph(
            self._store, records, self.settings, question.as_of, question.year, enforced
        )

    def check(self, records: Iterable[bytes], question: Question) -> Report:
        """Check org graphs (N-Triples) and report; raises UnknownUnitError for ``question.unit``.

        A check that had nothing to look at says so with ``looked_at`` 0.
        """
        graph = self.working_graph(records, question)
        wanted = None if question.unit is None else _hanging(graph, question.unit)
        scribe = Scribe(graph, self._labels, self._regulation, self.settings.effective())
        report = Report(question.as_of, question.year, self.settings.effective())
        for provision, group in by_check(shapes(self._regulation)).items():
            if question.provision is not None and not within(provision, question.provision):
                continue
            looked_at = {node for shape in group for node in focus_nodes(shape, graph)}
            found = [result for shape in group for result in results(shape, graph)]
            if wanted is not None:
                looked_at &= wanted
                found = [result for result in found if result.focus in looked_at]
            report.checks.append(_count(provision, looked_at, found, scribe))
            report.findings += scribe.write(found, question.year)
        return report


def by_check(group: Sequence[Shape]) -> dict[str, list[Shape]]:
    """Group shapes by the provision that they check, in the order of articles."""
    checks: dict[str, list[Shape]] = defaultdict(list)
    for shape in sorted(group, key=lambda shape: _article_order(shape.check)):
        checks[shape.check].append(shape)
    return dict(checks)


def _article_order(key: str) -> tuple[int, str]:
    article = key.partition(".")[0].removeprefix("art").partition("-")[0]
    return int(article), key


def _hanging(graph: EmbeddedStore, unit: str) -> set[str]:
    found = {row["thing"].value for row in graph.select(_HANGING % Literal(unit), ())}
    if not found:
        raise UnknownUnitError(
            f"导入的记录中没有单位「{unit}」 / no unit {unit!r} in the imported records"
        )
    return found


def _count(provision: str, looked_at: set[str], found: list[Result], scribe: Scribe) -> Counts:
    """Put each subject into one verdict: breached before unknown before not due before met."""
    verdicts: dict[str, set[str]] = defaultdict(set)
    for result in found:
        pending = is_pending(result)
        verdicts[result.focus].add("not_due" if pending else scribe.status(result))
    breached = {node for node in looked_at if verdicts[node] & {"violation", "advisory"}}
    unknown = {node for node in looked_at if "review" in verdicts[node]} - breached
    not_due = {node for node in looked_at if verdicts[node]} - breached - unknown
    return Counts(
        provision,
        looked_at=len(looked_at),
        met=len(looked_at) - len(breached) - len(unknown) - len(not_due),
        breached=len(breached),
        not_due=len(not_due),
        unknown=len(unknown),
    )
