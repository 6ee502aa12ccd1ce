"""What there is to judge by on a day: the records of a place that exist, its units and people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from dutygraph.fiction.assumed import USUAL, Assumed
from dutygraph.fiction.drawing import Row, later
from dutygraph.fiction.findings import PROVISIONS, Book, Finding
from dutygraph.fiction.roster import BY_REFERENCE, DEPARTMENTS

IN_FORCE: Final = "2012-01-01"
"""Reading A36: the day by which the regulation was surely in force."""
_ALWAYS: Final = "9999-12-31"
_CALLED: Final = ("上一级党委（党组）", "上一级纪委")


@dataclass(frozen=True)
class World:
    """The units and people of the whole province, by id."""

    units: Mapping[str, Row]
    people: Mapping[str, Row]

    @cached_property
    def posts(self) -> Mapping[str, list[tuple[str, Row]]]:
        """The posts in each unit: whose, and which."""
        found: dict[str, list[tuple[str, Row]]] = defaultdict(list)
        for person in self.people.values():
            for role in person["roles"]:
                found[role["unit"]].append((person["id"], role))
        return found


@dataclass(frozen=True)
class Line:
    """A unit's next-higher superiors of one kind, and those of them that there were on a day."""

    called: str
    superiors: frozenset[str]
    stood: frozenset[str]


class Evidence:
    """The records of a place as of a day, and the book that findings about them are written in.

    Records dated after the day do not exist; ``year`` is the year checked, ``assumed`` the readings
    that are followed.
    """

    def __init__(
        self,
        world: World,
        records: Iterable[Row],
        as_of: str,
        year: int,
        assumed: Assumed = USUAL,
    ) -> None:
        self.assumed = assumed
        self.units = world.units
        self.people = world.people
        self._posts = world.posts
        self.as_of = as_of
        self.year = year
        self.book = Book()
        self._by_kind: dict[str, list[Row]] = defaultdict(list)
        self._by_unit: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._by_ref: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._by_subject: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._by_id: dict[str, Row] = {}
        for row in records:
            if row["date"] > as_of:
                continue
            kind = row["kind"]
            self._by_id[row["id"]] = row
            self._by_kind[kind].append(row)
            self._by_unit[row.get("unit", ""), kind].append(row)
            self._by_ref[row.get("ref", ""), kind].append(row)
            self._by_subject[row.get("subject", ""), kind].append(row)

    # Records ---------------------------------------------------------------------------------

    def of_kind(self, kind: str) -> list[Row]:
        """Give the records of a kind."""
        return self._by_kind.get(kind, [])

    def cases(self, kind: str) -> list[Row]:
        """Give the records of a kind dated from the day on which the regulation was in force."""
        return [row for row in self.of_kind(kind) if row["date"] >= IN_FORCE]

    def by_unit(self, unit: str, kind: str) -> list[Row]:
        """Give a unit's records of a kind."""
        return self._by_unit.get((unit, kind), [])

    def of_year(self, unit: str, kind: str, year: int) -> list[Row]:
        """Give a unit's records of a kind that are of a year."""
        return [row for row in self.by_unit(unit, kind) if year_of(row) == year]

    def about(self, ref: str, kind: str) -> list[Row]:
        """Give the records of a kind that refer to a record."""
        return self._by_ref.get((ref, kind), [])

    def on(self, subject: str, kind: str) -> list[Row]:
        """Give the records of a kind whose subject is a unit or person."""
        return self._by_subject.get((subject, kind), [])

    def record(self, identifier: str) -> Row | None:
        """Give a record by its id, None when it does not exist on the day."""
        return self._by_id.get(identifier)

    def happened(self, row: Row, key: str) -> bool:
        """Tell whether a record's event (implemented, finished, concluded, closed) has happened."""
        return key in row and row[key] <= self.as_of

    # Units and people ------------------------------------------------------------------------

    def heads(self, unit: str, day: str) -> list[str]:
        """Give who was a unit's principal head on a day (reading A17)."""
        return [
            who
            for who, role in self._posts.get(unit, ())
            if self.assumed.is_head(role) and holds(role, day)
        ]

    def lines(self, unit: Row, day: str) -> tuple[Line, Line]:
        """Give a unit's next-higher Party body and discipline body (readings A37 and A40)."""
        party, discipline = (
            Line(called, found, frozenset(one for one in found if self.stood(one, day)))
            for called, keys in zip(_CALLED, self.assumed.lines, strict=True)
            for found in [frozenset(unit[key] for key in keys if unit.get(key))]
        )
        return party, discipline

    def above(self, unit: str, kind: int) -> set[str]:
        """Give all superiors at any step (A37): of Party bodies (0) or discipline bodies (1)."""
        found: set[str] = set()
        below, keys = {unit}, self.assumed.lines[kind]
        while below:
            units = [self.units[one] for one in below]
            below = {one[key] for one in units for key in keys if one.get(key)} - found
            found |= below
        return found

    def stood(self, unit: str, day: str) -> bool:
        """Tell whether a unit had been founded by a day (readings A39 and A40)."""
        return bool(self.units[unit].get("founded", "") <= day)

    def is_out(self, *subjects: str | None) -> bool:
        """Tell whether nothing is asked of, or about, somebody, as by reference (A35, R3)."""
        skips = self.assumed.reference_units == "skip"
        return skips and any(self.by_reference(one) for one in subjects if one)

    def _skips(self, provision: str, *subjects: str | None) -> bool:
        """Tell whether a check leaves somebody out; that of article 43 looks at every unit."""
        return provision != "art43" and self.is_out(*subjects)

    def by_reference(self, subject: str) -> bool:
        """Tell whether the regulation applies to a unit or person by reference only (article 41).

        To a person when all the posts held on the day, else all ever held, are in such units.
        """
        if subject in self.units:
            return application_by_reference(self.units[subject])
        roles = self.people[subject]["roles"]
        current = [role for role in roles if holds(role, self.as_of)] or roles
        return bool(current) and all(
            application_by_reference(self.units[role["unit"]]) for role in current
        )

    # Findings --------------------------------------------------------------------------------

    def look_at(self, provision: str, subject: str) -> None:
        """Note that a check looked at a subject."""
        if not self._skips(provision, subject):
            self.book.look_at(provision, subject)

    def pending(
        self,
        provision: str,
        subject: str,
        due: str | None,
        why: str,
        *,
        soon: bool = True,
        soon_from: str | None = None,
        year: int | None = None,
    ) -> None:
        """Note a duty that is still ahead: a finding when it is due soon, else only a verdict.

        It is so from a day on where one is given, else as many days before its last as are set.
        """
        if self._skips(provision, subject):
            return
        if due is not None and soon_from is None:
            soon_from = later(due, -int(self.assumed.due_soon_days))
        if soon and soon_from is not None and self.as_of >= soon_from:
            self._write(provision, "DUE_SOON", "due_soon", subject, year or self.year, why)
        else:
            self.book.look_at(provision, subject, "not_due")

    def find(
        self,
        provision: str,
        code: str,
        subject: str,
        why: str,
        *,
        status: str = "violation",
        year: int | None = None,
        involved: str | None = None,
    ) -> None:
        """Write a finding down; a violation is advisory or for review where readings say so.

        ``involved`` is a unit whose application decides as well as the subject's.
        """
        if self._skips(provision, subject, involved):
            return
        if code == "UNVERIFIABLE":
            status = "review"
        if status == "violation":
            status = self._status(provision, subject, involved)
        self._write(provision, code, status, subject, year or self.year, why)

    def _status(self, provision: str, subject: str, involved: str | None) -> str:
        referred = any(self.by_reference(each) for each in (subject, involved) if each)
        if referred and self.assumed.reference_units == "advisory":
            return "advisory"
        # Reading A38: article 11 speaks of Party documents; of departments without a Party group
        # it leaves open what can be asked.
        unit = self.units.get(subject)
        if provision == "art11" and unit and unit["kind"] in DEPARTMENTS:
            return "review"
        return "violation"

    def _write(
        self, provision: str, code: str, status: str, subject: str, year: int, why: str
    ) -> None:
        thing = self.units.get(subject) or self.people.get(subject) or {}
        words = f"{PROVISIONS[provision]}：{thing.get('name', subject)}{why}"
        self.book.write(Finding(provision, code, status, subject, year, words))


def year_of(row: Row) -> int:
    """Give a record's year: as recorded, else that of its date."""
    return int(row.get("assess_year") or row.get("year") or row["date"][:4])


def holds(role: Mapping[str, Any], day: str) -> bool:
    """Tell whether a post was held on a day: from its first day to before its last."""
    return bool(role["from"] <= day < role.get("to", _ALWAYS))


def application_by_reference(unit: Row) -> bool:
    """Tell whether the regulation applies to a unit by reference: as recorded, else by kind."""
    if "application" in unit:
        return bool(unit["application"] == "参照执行")
    return unit["kind"] in BY_REFERENCE


def alive(unit: Row, founded_by: str, stands_on: str) -> bool:
    """Tell whether a unit was founded by one day and not yet dissolved on another (A39)."""
    return bool(
        unit.get("founded", "") <= founded_by and stands_on < unit.get("dissolved", _ALWAYS)
    )


def months_later(day: str, months: int) -> str:
    """Give the same day so many months later, the month's last where it has no such day."""
    start = dt.date.fromisoformat(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(start.day, last)).isoformat()


def chinese(day: str) -> str:
    """Write an ISO day as 2013年4月9日."""
    year, month, date = day.split("-")
    return f"{year}年{int(month)}月{int(date)}日"
