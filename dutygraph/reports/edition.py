"""An edition: what an export hands out, namely a run, the findings asked for, and the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dutygraph.compliance.checking import Report
from dutygraph.compliance.findings import STATUSES, Finding
from dutygraph.compliance.verdicts import Counts
from dutygraph.regulations.provisions import within
from dutygraph.reports.comparison import Comparison
from dutygraph.reports.wording import Pair, Wording


@dataclass(frozen=True)
class Scope:
    """What was asked for: one unit, provision or region, some statuses, some words; None is all."""

    unit: str | None = None
    provision: str | None = None
    region: str | None = None
    statuses: tuple[str, ...] = ()
    words: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give {unit, provision, region, status, words}."""
        return {
            "unit": self.unit,
            "provision": self.provision,
            "region": self.region,
            "status": list(self.statuses),
            "words": self.words,
        }


@dataclass(frozen=True)
class Edition:
    """A check run as it is handed out.

    ``report`` counts everybody in ``scope``; ``findings`` are those of them that it shows, in the
    order of the text.
    """

    report: Report
    wording: Wording
    findings: list[Finding]
    scope: Scope = field(default_factory=Scope)
    comparison: Comparison | None = None

    @classmethod
    def of(
        cls,
        report: Report,
        wording: Wording,
        scope: Scope | None = None,
        comparison: Comparison | None = None,
    ) -> Edition:
        """Make the edition of a report: the findings of the statuses asked for."""
        scope = scope or Scope()
        wanted = scope.statuses or STATUSES
        shown = [finding for finding in report.findings if finding.status in wanted]
        shown.sort(key=lambda finding: wording.order(finding.provision))
        return cls(report, wording, shown, scope, comparison and comparison.narrowed(wanted))

    @property
    def checks(self) -> list[Counts]:
        """The counts of each check, in the order of the text."""
        return sorted(self.report.checks, key=lambda counts: self.wording.order(counts.provision))

    @property
    def looked_at(self) -> int:
        """How often some check looked at somebody; 0 means that nothing can be said."""
        return sum(counts.looked_at for counts in self.report.checks)

    @property
    def breached(self) -> bool:
        """Whether any finding shown is a violation."""
        return any(finding.status == "violation" for finding in self.findings)

    def readings(self) -> dict[str, int]:
        """Give the readings that findings depend on, with how many do, sorted by key."""
        found: dict[str, int] = {}
        for finding in self.findings:
            for reading in finding.readings:
                found[reading["reading"]] = found.get(reading["reading"], 0) + 1
        return dict(sorted(found.items()))

    def asked(self) -> list[tuple[Pair, str]]:
        """Say what was asked for, as label and value each."""
        scope = self.scope
        told = [
            (Pair("单位", "unit"), scope.unit and self._named(scope.unit)),
            (
                Pair("条款", "provision"),
                scope.provision and f"{self.wording.provision(scope.provision)}",
            ),
            (Pair("区划", "region"), scope.region and f"{scope.region}…"),
            (
                Pair("状态", "status"),
                "、".join(str(self.wording.status(status)) for status in scope.statuses),
            ),
            (Pair("文字", "words"), scope.words),
        ]
        return [(label, value) for label, value in told if value]

    def _named(self, unit: str) -> str:
        subject = self.report.subjects.get(unit)
        return f"{subject.name}（{unit}）" if subject else unit


def narrowed(report: Report, unit: str | None = None, provision: str | None = None) -> Report:
    """Give a report of fewer subjects: one unit with its people, one provision; None is all.

    The counts are made anew from the verdicts, so that they count those that are left.
    """
    kept = {
        identifier: subject
        for identifier, subject in report.subjects.items()
        if unit is None or any(place.id == unit for place in subject.units)
    }
    verdicts = {
        key: _among(of_check, kept)
        for key, of_check in report.verdicts.items()
        if provision is None or within(key, provision)
    }
    return replace(
        report,
        checks=[Counts.of(key, of_check.values()) for key, of_check in verdicts.items()],
        findings=[
            one for one in report.findings if one.provision in verdicts and one.subject in kept
        ],
        verdicts=verdicts,
        subjects=kept,
    )


def _among(verdicts: Mapping[str, str], kept: Iterable[str]) -> dict[str, str]:
    return {subject: verdicts[subject] for subject in kept if subject in verdicts}
