"""A run as a report that people read: what the Word document and the printable page both say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jinja2

from dutygraph.compliance.findings import STATUSES, Finding
from dutygraph.compliance.verdicts import Counts
from dutygraph.regulations.readings import Reading
from dutygraph.reports import cells
from dutygraph.reports.comparison import CHANGES, Entry
from dutygraph.reports.edition import Edition
from dutygraph.reports.grouping import Group, grouped
from dutygraph.reports.wording import CHANGE_WORDS, VERDICTS, Pair

DECIDES = Pair(
    "违反上述规定可能属于下列情形。情形是否存在、是否追究责任，由有权机关认定；本报告不作认定。",
    "A breach may be one of these situations. Whether one exists and whether anybody is held"
    " accountable is for the competent organ to decide; this report decides nothing.",
)
OPEN = Pair(
    "复核、提示、临期都不是违规：复核须由人判断，提示针对参照执行的单位，临期尚未到期。",
    "Review, advisory and due soon are no breach: review is for a person to decide, advisory is"
    " about bodies by reference, due soon is not due yet.",
)
EMPTY = Pair(
    "这次检查没有可检查的对象，不能说合规。",
    "This run had nothing to look at; that is not compliance.",
)


@dataclass(frozen=True)
class Setting:
    """A setting as it was set: its labels, its value and its default."""

    key: str
    label: Pair
    value: str
    default: str

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the default."""
        return self.value != self.default


@dataclass(frozen=True)
class Told:
    """A finding in words, its messages as (Chinese, English), its quotes as (words, norms)."""

    finding: Finding
    provision: Pair
    status: Pair
    code: Pair
    messages: list[tuple[str, str]]
    quotes: list[tuple[str, str]]
    due: str
    evidence: list[str]
    remedies: list[str]
    readings: list[str]
    consequences: list[tuple[Pair, str]]


class Narrative:
    """The parts of a report, each made as it is read, so that long ones need little memory."""

    decides, opens, empty = DECIDES, OPEN, EMPTY
    verdicts, change_words, statuses = VERDICTS, CHANGE_WORDS, STATUSES

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.wording = edition.wording

    @property
    def title(self) -> Pair:
        """The title: what was checked, for whom."""
        return Pair("检查报告", "Report on a check")

    @property
    def facts(self) -> list[tuple[Pair, str]]:
        """The regulation, the day, the year and what was asked for."""
        report = self.edition.report
        asked = self.edition.asked() or [(Pair("范围", "scope"), "全部单位 all units")]
        return [
            (Pair("法规", "regulation"), str(self.wording.regulation)),
            (Pair("截至", "as of"), report.as_of.isoformat()),
            (Pair("年度", "year"), str(report.year)),
            *asked,
        ]

    @property
    def totals(self) -> list[tuple[str, Pair, int]]:
        """How many findings there are of each status."""
        counts = dict.fromkeys(STATUSES, 0)
        for finding in self.edition.findings:
            counts[finding.status] += 1
        return [(status, self.wording.status(status), counts[status]) for status in STATUSES]

    @property
    def checks(self) -> list[tuple[Pair, Counts]]:
        """What each check counted."""
        return [
            (self.wording.provision(counts.provision), counts) for counts in self.edition.checks
        ]

    @property
    def units(self) -> list[Group]:
        """The findings by unit."""
        return grouped(self.edition.findings, "unit", self.wording)

    def place(self, group: Group) -> str:
        """Say where a unit stands: its id, level and region."""
        first = group.findings[0]
        level = first.subject_level and str(self.wording.concept(first.subject_level))
        return " · ".join(part for part in (group.key, level, first.subject_region) if part)

    def told(self, group: Group) -> Iterator[Told]:
        """Give the findings of a unit in words, in the order of the text."""
        for finding in group.findings:
            yield self._told(finding)

    def _told(self, finding: Finding) -> Told:
        wording = self.wording
        chinese, english = finding.message_zh.splitlines(), finding.message_en.splitlines()
        return Told(
            finding=finding,
            provision=wording.provision(finding.provision),
            status=wording.status(finding.status),
            code=wording.code(finding.code),
            messages=list(zip(chinese, english, strict=False)),
            quotes=_quotes(finding),
            due=f"{finding.due or ''} {cells.late(finding.days_late)}".strip(),
            evidence=list(cells.evidence(finding, wording)),
            remedies=list(cells.remedies(finding, wording)),
            readings=[self.followed(reading["reading"]) for reading in finding.readings],
            consequences=[
                (wording.provision(one["provision"]), one["quote"]) for one in finding.consequences
            ],
        )

    def followed(self, key: str) -> str:
        """Name a reading; what it says stands once, in its own section."""
        reading = self.wording.readings.get(key)
        return f"{key} {reading.title.zh}" if reading else key

    @cached_property
    def readings(self) -> list[tuple[Reading[Pair], int]]:
        """The readings that findings depend on, with how many do."""
        found = self.edition.readings()
        return [(self.wording.readings[key], number) for key, number in found.items()]

    @property
    def settings(self) -> list[Setting]:
        """Every setting of the run, those that were changed first."""
        found = []
        for key, value in self.edition.report.settings.items():
            known = self.wording.settings[key]
            shown, default = (self.wording.value(key, one) for one in (value, known.default))
            found.append(Setting(key, Pair(known.label_zh, known.label_en), shown, default))
        return sorted(found, key=lambda setting: not setting.is_changed)

    @property
    def changes(self) -> list[tuple[Pair, list[Entry]]]:
        """What became of findings since the earlier run, if one was given."""
        comparison = self.edition.comparison
        if comparison is None:
            return []
        return [(CHANGE_WORDS[change], comparison[change]) for change in CHANGES]


def _quotes(finding: Finding) -> list[tuple[str, str]]:
    """Give the words that a finding rests on, each once, with the norms that quote them."""
    norms: dict[str, list[str]] = {}
    for quote in finding.quotes:
        norms.setdefault(quote["quote"], []).append(quote["norm"])
    return [(words, "、".join(quoting)) for words, quoting in norms.items()]


def environment() -> jinja2.Environment:
    """Give the templates of this package; they escape everything that is put into them."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
