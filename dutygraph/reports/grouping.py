"""Findings put together: by unit, by provision, by level, by region, counted by status."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dutygraph.compliance.findings import STATUSES, Finding
from dutygraph.reports.wording import Pair, Wording

NOWHERE = Pair("未登记", "not recorded")
"""What findings stand under whose level or region is not in the data."""


@dataclass
class Group:
    """Findings that have something in common: its key, its label, and the findings."""

    key: str
    label: str
    findings: list[Finding] = field(default_factory=list)

    def count(self, status: str) -> int:
        """Count the findings of one status."""
        return sum(finding.status == status for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """Count the findings of each status."""
        counts = dict.fromkeys(STATUSES, 0)
        for finding in self.findings:
            counts[finding.status] += 1
        return counts


Sorter = Callable[[Finding, Wording], tuple[str, str]]
"""Gives the key and the label of the group that a finding belongs to."""


def unit_of(finding: Finding) -> tuple[str, str]:
    """Give the id and the name of the unit where the subject stands, itself when it is a unit."""
    if finding.subject_units:
        first = finding.subject_units[0]
        return str(first["id"]), str(first["name"])
    return finding.subject, finding.subject_name


def _by_unit(finding: Finding, _: Wording) -> tuple[str, str]:
    return unit_of(finding)


def _by_provision(finding: Finding, wording: Wording) -> tuple[str, str]:
    return finding.provision, str(wording.provision(finding.provision))


def _by_level(finding: Finding, wording: Wording) -> tuple[str, str]:
    level = finding.subject_level or ""
    return level, str(wording.concept(level) if level else NOWHERE)


def _by_region(finding: Finding, _: Wording) -> tuple[str, str]:
    return finding.subject_region or "", finding.subject_region or str(NOWHERE)


SORTERS: dict[str, Sorter] = {
    "unit": _by_unit,
    "provision": _by_provision,
    "level": _by_level,
    "region": _by_region,
}
"""What findings can be grouped by."""


def grouped(findings: Iterable[Finding], by: str, wording: Wording) -> list[Group]:
    """Put findings into groups ``by`` unit, provision, level or region.

    Provisions come in the order of the text; of the others, those with the most violations first.
    Raises KeyError for another ``by``.
    """
    sorter = SORTERS[by]
    groups: dict[str, Group] = {}
    for finding in findings:
        key, label = sorter(finding, wording)
        groups.setdefault(key, Group(key, label)).findings.append(finding)
    if by == "provision":
        return sorted(groups.values(), key=lambda group: wording.order(group.key))
    return sorted(groups.values(), key=_gravest_first)


def _gravest_first(group: Group) -> tuple[int, int, str]:
    return -group.count("violation"), -len(group.findings), group.key
