"""Neighbours of a complete year: one record less, one date moved, and the findings that it makes.

Made for tests of a check engine: whatever it finds in a complete province it must find in a
neighbour too, and beside it just what stands here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from dutygraph.fiction.drawing import Row, later
from dutygraph.fiction.evidence import months_later, year_of
from dutygraph.fiction.findings import Finding
from dutygraph.fiction.province import Province
from dutygraph.fiction.register import Register

Found: TypeAlias = frozenset[tuple[str, str, str, str]]
"""Findings as (provision, code, status, subject)."""
AS_OF: Final = "as_of"
"""The key of a shift that moves the day of the check and no date of a record."""


@dataclass(frozen=True)
class Absence:
    """A record that some check needs, and what is found without it."""

    record: str
    findings: Found


@dataclass(frozen=True)
class Side:
    """One side of a boundary: a day, and what is found on it beside what was found anyway."""

    day: str
    findings: Found


@dataclass(frozen=True)
class Shift:
    """A boundary: the last good day and the first bad one, or from a lesser fault to a graver.

    With ``key`` ``date`` the record is dated on either day and the check run as of ``as_of``. With
    ``as_of`` the record is left out, and the check run as of either day.
    """

    record: str
    key: str
    year: int
    as_of: str
    good: Side
    bad: Side


def without(records: Sequence[Row], identifier: str) -> list[Row]:
    """Give records without one of them, and without any reference to it."""
    kept = []
    for row in records:
        if row["id"] == identifier:
            continue
        gone = [key for key in ("ref", "reply_to") if row.get(key) == identifier]
        kept.append({key: value for key, value in row.items() if key not in gone})
    return kept


def moved(records: Sequence[Row], identifier: str, day: str) -> list[Row]:
    """Give records with one of them dated otherwise."""
    return [row | {"date": day} if row["id"] == identifier else row for row in records]


def absences(made: Province, as_of: dt.date, year: int) -> Iterator[Absence]:
    """Give each record of a complete province that the checks of a run need."""
    for place in _places(made):
        for row in place.here.records:
            findings = place.added(without(place.here.records, row["id"]), as_of.isoformat(), year)
            if findings:
                yield Absence(row["id"], findings)


def shifts(made: Province, year: int) -> Iterator[Shift]:
    """Give the boundaries of the records of a complete year, by date and by day of the check."""
    late = f"{max(made.roster.years) + 2}-12-31"
    for place in _places(made):
        for row in (each for each in place.here.records if _year(each) == year):
            for good, bad in _DATES.get(row["kind"], _none)(place.here, row):
                yield from place.shift(row, good, bad, late, year)
            for good, bad in _DAYS.get(row["kind"], _none)(place.here, row):
                yield from place.turn(row, good, bad, year)


class _Place:
    """A place of a complete province, judged again and again with other records."""

    def __init__(self, made: Province, here: Register) -> None:
        self.here = here
        self._made = made
        self._plain = cache(lambda as_of, year: self._judged(here.records, as_of, year))

    def _judged(self, records: Sequence[Row], as_of: str, year: int) -> list[Finding]:
        return self._made.judged_place(self.here.staff, records, as_of, year).findings

    def added(self, records: Sequence[Row], as_of: str, year: int) -> Found:
        """Give what is found with other records and is not found with those of the place."""
        found = {each.key for each in self._judged(records, as_of, year)}
        return frozenset(found - {each.key for each in self._plain(as_of, year)})

    def shift(self, row: Row, good: str, bad: str, as_of: str, year: int) -> Iterator[Shift]:
        """Give the boundary between two dates of a record, if there is one."""
        sides = [
            Side(day, self.added(moved(self.here.records, row["id"], day), as_of, year))
            for day in (good, bad)
        ]
        if sides[0].findings != sides[1].findings:
            yield Shift(row["id"], "date", year, as_of, *sides)

    def turn(self, row: Row, good: str, bad: str, year: int) -> Iterator[Shift]:
        """Give the boundary between two days of the check without a record, if there is one."""
        records = without(self.here.records, row["id"])
        sides = [Side(day, self.added(records, day, year)) for day in (good, bad)]
        if sides[0].findings != sides[1].findings:
            yield Shift(row["id"], AS_OF, year, good, *sides)


def _places(made: Province) -> Iterator[_Place]:
    for here in made.registers():
        yield _Place(made, here)


# Boundaries --------------------------------------------------------------------------------------

Days: TypeAlias = Iterator[tuple[str, str]]
Boundary: TypeAlias = Callable[[Register, Row], Days]


def _none(_: Register, __: Row) -> Days:
    yield from ()


def _ends(*days: str) -> Boundary:
    """Give a boundary after each of some days of the record's year, ``MM-DD``."""

    def boundaries(_: Register, row: Row) -> Days:
        for day in days:
            last = f"{_year(row)}-{day}"
            yield last, later(last, 1)

    return boundaries


def _window(first: str, last: str, *outer: str) -> Boundary:
    """Give the boundaries of a window of the record's year, and of those days around it."""

    def boundaries(_: Register, row: Row) -> Days:
        year = _year(row)
        yield f"{year}-{first}", later(f"{year}-{first}", -1)
        yield f"{year}-{last}", later(f"{year}-{last}", 1)
        if outer:
            yield f"{year}-{outer[0]}", later(f"{year}-{outer[0]}", -1)
            yield f"{year}-{outer[1]}", later(f"{year}-{outer[1]}", 1)

    return boundaries


def _year(row: Row) -> int:
    """Give the year in which what a record fulfils is checked."""
    if row["kind"] == "责任制年度报告":
        return int(row["covers"]) + 1
    return int(row["period"][:4]) if "period" in row else year_of(row)


def _limit(key: str) -> Boundary:
    """Give the boundary after the limit that stands in what the record answers."""

    def boundaries(here: Register, row: Row) -> Days:
        matter = row.get("ref") or row.get("reply_to")
        for each in here.records:
            if key in each and matter in (each["id"], each.get("ref")):
                yield each[key], later(each[key], 1)

    return boundaries


def _bar(here: Register, row: Row) -> Days:
    """Give the boundary before the anniversary of a removal or demotion (article 38)."""
    for each in here.records:
        if each["kind"] != "责任追究决定" or each["subject"] != row.get("person"):
            continue
        months = {"免职": 12, "责令辞职": 12, "降职": 24}
        for measure in each["measures"]:
            if measure in months:
                end = months_later(each["date"], months[measure])
                yield end, later(end, -1)


def _assessed(_: Register, row: Row) -> Days:
    """Give the boundary after the 90 days that follow the year assessed (article 24)."""
    last = later(f"{row['assess_year']}-12-31", 90)
    yield last, later(last, 1)


def _half_year(_: Register, row: Row) -> Days:
    """Give the boundaries after the half-year and after the 31 days that follow it (article 40)."""
    end = f"{row['period'][:4]}-{'06-30' if row['period'].endswith('H1') else '12-31'}"
    yield end, later(end, 1)
    yield later(end, 31), later(end, 32)


def _soon(*days: str) -> Boundary:
    """Give the boundary after each day, and the one where each becomes due soon."""

    def boundaries(_: Register, row: Row) -> Days:
        for day in days:
            last = f"{_year(row)}-{day}"
            yield later(last, -31), later(last, -30)
            yield last, later(last, 1)

    return boundaries


_DATES: Final[Mapping[str, Boundary]] = {
    "责任分解": _ends("03-31"),
    "动员部署": _ends("03-31"),
    "专题党委常委会议": _window("01-01", "12-31"),
    "专题党组会议": _window("01-01", "12-31"),
    "政府廉政工作会议": _window("01-01", "12-31"),
    "年中专题会议": _window("06-01", "07-31", "05-01", "08-31"),
    "责任制年度报告": _window("01-01", "03-31"),
    "纠正情况报告": _limit("report_by"),
    "任职": _bar,
}
"""Which dates of which records have a boundary."""
_DAYS: Final[Mapping[str, Boundary]] = {
    "责任分解": _soon("03-31"),
    "动员部署": _soon("03-31"),
    "责任分解备案": _ends("03-31"),
    "专题党委常委会议": _soon("12-31"),
    "专题党组会议": _soon("12-31"),
    "政府廉政工作会议": _soon("12-31"),
    "年中专题会议": _soon("07-31", "08-31"),
    "责任制年度报告": _soon("03-31"),
    "立法协调": _ends("12-31"),
    "答复代表": _ends("12-31"),
    "落实计划": _ends("12-31"),
    "落实计划备案": _ends("12-31"),
    "提供情况": _limit("reply_by"),
    "纠正情况报告": _limit("report_by"),
    "责任制考核": _assessed,
    "责任追究半年报告": _half_year,
}
"""On which days of a check it begins to matter that a record is not there."""
