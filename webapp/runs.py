"""Check runs as pages ask for them: a day, a year and settings, out of an address and back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dutygraph.compliance import days
from dutygraph.compliance.checking import Report
from dutygraph.compliance.findings import STATUSES, Finding
from dutygraph.compliance.settings import Setting, SettingError
from webapp.language import gettext

SETTING_PREFIX = "set."
"""How the name of a query parameter begins that changes a setting: ``set.joint_addressee``."""


class RunError(ValueError):
    """A day, a year or a setting in an address cannot be used; the message says what can."""


@dataclass(frozen=True)
class Run:
    """What a check run is asked: the day, the year, and the settings that differ from the default.

    ``usual_year`` is the year that is checked for the day unless another is asked for;
    ``parameters`` is what an address must carry for the same run: what is as usual is left out.
    Runs are equal that are asked the same, whatever addresses ask for them.
    """

    as_of: dt.date
    year: int
    usual_year: int
    assignments: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def query(self) -> dict[str, str]:
        """The query parameters that ask for this run."""
        return dict(self.parameters)

    @property
    def chooses(self) -> bool:
        """Whether its address chooses settings that are not those of the site."""
        return any(name.startswith(SETTING_PREFIX) for name, _ in self.parameters)

    def in_year(self, year: int) -> dict[str, str]:
        """Give the query parameters that ask for the same run in another year."""
        others = {name: value for name, value in self.parameters if name != "year"}
        return others if year == self.usual_year else others | {"year": str(year)}

    @classmethod
    def asked(
        cls,
        given: Mapping[str, str],
        known: Mapping[str, Setting],
        as_of: dt.date,
        year: int | None,
        saved: Mapping[str, str] | None = None,
    ) -> Run:
        """Read a run out of query parameters; ``as_of`` and ``year`` hold where none are given.

        ``saved`` are the settings of the site: they hold, too, where an address sets no others.

        Raises RunError for a day that is none, a year out of range, a setting that is unknown or
        does not take the value.
        """
        parameters: list[tuple[str, str]] = []
        day = as_of
        if given.get("as_of"):
            day = _day(given["as_of"])
            if day != as_of:
                parameters.append(("as_of", day.isoformat()))
        usual = day.year if day != as_of or year is None else year
        checked = usual
        if given.get("year"):
            checked = _year(given["year"])
            if checked != usual:
                parameters.append(("year", str(checked)))
        defaults = {key: setting.default for key, setting in known.items()}
        usually = defaults | dict(saved or {})
        chosen = usually | _chosen(given, known)
        assignments = _differing(chosen, defaults)
        parameters += [(SETTING_PREFIX + key, value) for key, value in _differing(chosen, usually)]
        return cls(day, checked, usual, assignments, tuple(parameters))


def _day(given: str) -> dt.date:
    try:
        return days.day(given.strip())
    except ValueError as error:
        raise RunError(gettext("“%(given)s”不是日期，应写作 2014-12-10。", given=given)) from error


def _year(given: str) -> int:
    try:
        return days.year(given.strip())
    except ValueError as error:
        raise RunError(
            gettext("“%(given)s”不是年份，应为 1900 至 9998 的数字。", given=given)
        ) from error


def _differing(
    chosen: Mapping[str, str | None], usually: Mapping[str, str | None]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (key, value)
        for key, value in sorted(chosen.items())
        if value is not None and value != usually[key]
    )


def _chosen(given: Mapping[str, str], known: Mapping[str, Setting]) -> dict[str, str]:
    found = {}
    for name, value in given.items():
        if not name.startswith(SETTING_PREFIX) or not value.strip():
            continue
        key = name.removeprefix(SETTING_PREFIX)
        if key not in known:
            raise RunError(gettext("没有名为 %(key)s 的设置。", key=key))
        try:
            found[key] = known[key].checked(value.strip())
        except SettingError as error:
            raise RunError(str(error)) from error
    return found


@dataclass
class Tally:
    """How many findings of each status something has."""

    by_status: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))

    def add(self, finding: Finding) -> None:
        """Count one more."""
        self.by_status[finding.status] += 1

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_status.values())


class Outcome:
    """A check run's report, with its findings laid out for pages."""

    def __init__(self, run: Run, report: Report, order: Mapping[str, int]) -> None:
        """Take the run, its report and the place of each provision key in the text."""
        self.run = run
        self.report = report
        last = len(order)
        self.findings = sorted(report.findings, key=lambda one: order.get(one.provision, last))
        self.checks = sorted(report.checks, key=lambda one: order.get(one.provision, last))

    @cached_property
    def tally(self) -> Tally:
        """How many findings there are of each status."""
        tally = Tally()
        for finding in self.findings:
            tally.add(finding)
        return tally

    @cached_property
    def by_subject(self) -> dict[str, list[Finding]]:
        """The findings by the id of the unit or person that they are about."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            found[finding.subject].append(finding)
        return dict(found)
