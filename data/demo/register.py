"""The demo's register: takes in record after record, each as the plan of breaches changes it."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from roster import people, units

Row: TypeAlias = dict[str, Any]

SEED: Final = "云棠市"

HOLIDAYS: Final = (
    ("2012-01-01", "2012-01-03"), ("2012-01-22", "2012-01-28"), ("2012-04-02", "2012-04-04"),
    ("2013-01-01", "2013-01-03"), ("2013-02-09", "2013-02-15"), ("2013-04-04", "2013-04-06"),
    ("2013-04-29", "2013-05-01"), ("2013-06-10", "2013-06-12"), ("2013-09-19", "2013-09-21"),
    ("2013-10-01", "2013-10-07"), ("2014-01-01", "2014-01-01"), ("2014-01-31", "2014-02-06"),
    ("2014-04-05", "2014-04-07"), ("2014-05-01", "2014-05-03"), ("2014-05-31", "2014-06-02"),
    ("2014-09-06", "2014-09-08"), ("2014-10-01", "2014-10-07"),
)  # fmt: skip

# Kind → record type and the middle of the record's id.
KINDS: Final = {
    "责任分解": ("document", "breakdown"),
    "动员部署": ("meeting", "mobilisation"),
    "责任分解备案": ("filing", "breakdown-filing"),
    "专题党委常委会议": ("meeting", "meeting"),
    "专题党组会议": ("meeting", "meeting"),
    "政府廉政工作会议": ("meeting", "meeting"),
    "年中专题会议": ("meeting", "midyear"),
    "责任制年度报告": ("report", "annual-report"),
    "领导小组成立": ("document", "leading-group"),
    "检查制度": ("document", "inspection-system"),
    "考核制度": ("document", "assessment-system"),
    "结果运用制度": ("document", "results-system"),
    "实施细则": ("document", "rules"),
    "工作计划": ("document", "work-plan"),
    "常委会向全委会工作报告": ("report", "plenary-report"),
    "任务分解意见": ("document", "tasks"),
    "落实计划": ("document", "plan"),
    "落实计划备案": ("filing", "plan-filing"),
    "具体措施": ("document", "measures"),
    "责任制考核": ("assessment", "assessment"),
    "考核反馈": ("document", "feedback"),
    "考核汇报": ("report", "briefing"),
    "干部年度材料": ("assessment", "cadre-file"),
    "责任追究半年报告": ("report", "half-year"),
    "任职": ("appointment", "appointment"),
}
LISTS: Final = ("to", "covers")
UNIT_KEYS: Final = (
    "id", "name", "kind", "level", "region", "founded", "dissolved", "parent_party", "parent_disc",
    "vertical_party", "vertical_disc", "disc", "govt", "upper_lg", "office", "legislative_power",
)  # fmt: skip


@dataclass
class Change:
    """A line of the plan: what becomes of a unit's record of a kind (in a year, where yearly)."""

    unit: str
    kind: str
    year: str
    change: str
    fields: Row
    used: bool = False


def read_plan(path: Path) -> list[Change]:
    """Read the plan of breaches and of cases that only look like breaches."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Change(row["unit"], row["kind"], row["year"], row["change"], _fields(row["fields"]))
            for row in csv.DictReader(lines)
        ]


def _fields(text: str) -> Row:
    fields: Row = {}
    for part in filter(None, text.split(";")):
        key, _, value = part.strip().partition("=")
        known = {"-": None, "true": True, "false": False}
        fields[key] = value.split() if key in LISTS else known.get(value, value)
    return fields


class Prefecture:
    """The prefecture as it fills up: units, people, then record after record."""

    def __init__(self, plan: Sequence[Change]) -> None:
        self._plan = plan
        self.records: list[Row] = []
        self.units = {unit["id"]: unit for unit in units()}
        for unit in self.units.values():
            for change in self._changes(unit["id"], "单位", "改"):
                unit |= change.fields
        self.new_heads = {
            change.unit: change.fields["date"]
            for unit in self.units
            for change in self._changes(unit, "主要负责人", "换")
        }
        self.people = people(SEED, self.new_heads)

    def to_json(self) -> Row:
        """Give the whole in the import model's JSON form. Raises ValueError for an idle plan."""
        idle = [f"{change.unit} {change.kind}" for change in self._plan if not change.used]
        if idle:
            raise ValueError(f"plan.csv: no such record to change: {', '.join(idle)}")
        rows = ({key: unit.get(key) for key in UNIT_KEYS} for unit in self.units.values())
        return {
            "units": [_known(row) for row in rows],
            "persons": self.people,
            "records": self.records,
        }

    def enter(
        self, kind: str, about: str, when: int | str | None, first: str, last: str, **fields: Any
    ) -> list[Row]:
        """Enter a record dated on a working day between two days, as the plan changes it.

        ``about`` is the unit whose record it is and ``when`` its year or half-year, unless
        ``fields`` say otherwise. Gives the rows entered: none where the unit did not exist on
        those days, none or more than one where the plan says so.
        """
        stem = "-".join(str(part) for part in (about, when, KINDS[kind][1]) if part)
        day = self._draw(stem, about, first, last)
        year = when if isinstance(when, int) else None
        common = {"type": KINDS[kind][0], "kind": kind, "date": day, "unit": about, "year": year}
        regular: Row = {}
        for change in self._changes(about, kind, "改", year):
            regular |= change.fields
        wanted = [regular] if day or "date" in regular else []
        if self._changes(about, kind, "缺", year):
            wanted = []
        wanted += [change.fields for change in self._changes(about, kind, "另", year)]
        entered = []
        for number, planned in enumerate(wanted, start=1):
            suffix = "" if number == 1 else f"-{number}"
            row = {"id": stem + suffix, **common, **fields, **planned}
            if kind == "领导小组成立" and "head" not in planned:
                row["head"] = self.head(about, row["date"])
            entered.append(_known(row))
        self.records += entered
        return entered

    def head(self, unit: str, day: str) -> str:
        """Give who was a unit's principal head on a day. Raises ValueError when nobody was."""
        for person in self.people:
            for role in person["roles"]:
                until = role["to"] or "9999"
                heads = role["unit"] == unit and role.get("principal_head")
                if heads and role["from"] <= day < until:
                    return str(person["id"])
        raise ValueError(f"roster.py: {unit} has no principal head on {day}")

    def of_kind(self, *kinds: str) -> Iterator[Row]:
        """Give the units of some kinds, in the order of the roster."""
        return (unit for unit in self.units.values() if unit["kind"] in kinds)

    def _changes(self, unit: str, kind: str, change: str, year: int | None = None) -> list[Change]:
        wanted = (unit, kind, str(year or ""), change)
        found = [c for c in self._plan if (c.unit, c.kind, c.year, c.change) == wanted]
        for each in found:
            each.used = True
        return found

    def _draw(self, stem: str, unit: str, first: str, last: str) -> str | None:
        """Draw a working day on which the unit existed; None when there is none."""
        life = self.units[unit]
        day, end = (dt.date.fromisoformat(text) for text in (first, last))
        days = []
        while day <= end:
            text = day.isoformat()
            exists = life.get("founded", "") <= text < life.get("dissolved", "9999")
            if exists and day.weekday() < 5 and not any(a <= text <= b for a, b in HOLIDAYS):
                days.append(text)
            day += dt.timedelta(days=1)
        draw = random.Random(f"{SEED}/{stem}")  # noqa: S311 - drawn to be repeated
        return draw.choice(days) if days else None


def _known(row: Row) -> Row:
    """Leave out what is not recorded: the import model has no value for it."""
    return {key: value for key, value in row.items() if value is not None}


def later(day: str, days: int) -> str:
    """Give the day that comes so many days after another, both in ISO 8601."""
    return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()
