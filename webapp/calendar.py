"""Duty calendars as pages show them: month by month, with the words and marks of each entry."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from dutygraph.compliance.calendar import STATE_WORDS, Calendar, Entry, Named
from dutygraph.terms import DG
from webapp.holdings import Holdings
from webapp.language import Words, gettext
from webapp.units import Unit

STATE_MARKS: Final = {
    "overdue": ("■", "violation"),
    "late": ("◆", "violation"),
    "due_soon": ("◔", "due_soon"),
    "open": ("□", "due_soon"),
    "not_due": ("○", "not_due"),
    "unknown": ("?", "review"),
    "done": ("✓", "advisory"),
}
"""The mark beside each state, so that none is known by its colour alone, and its class."""


@dataclass(frozen=True)
class State:
    """The state of an entry: its mark, its class in the style sheet, its words."""

    mark: str
    style: str
    words: Words


@dataclass(frozen=True)
class Party:
    """A bearer or an addressee: a unit of the data, or words."""

    words: Words
    unit: Unit | None = None


@dataclass(frozen=True)
class Line:
    """An entry with what its row needs."""

    entry: Entry
    state: State | None
    label: Words
    action: Words
    bearers: tuple[Party, ...]
    to: tuple[Party, ...]
    proof: tuple[Words, ...]
    codes: tuple[Words, ...]


@dataclass(frozen=True)
class Month:
    """The entries that fall due in a month, by the month's first day."""

    first: dt.date
    lines: tuple[Line, ...]


def months(calendar: Calendar, holdings: Holdings) -> list[Month]:
    """Lay out the dated entries of a calendar by month."""
    found = []
    for first, entries in groupby(calendar.dated, key=_month):
        found.append(Month(first, lines(entries, holdings)))
    return found


@dataclass(frozen=True)
class Glance:
    """A month at a glance: its first day, how many entries there are of each state, its lines."""

    first: dt.date
    states: tuple[tuple[State, int], ...]
    lines: tuple[Line, ...]


def year(calendar: Calendar, holdings: Holdings) -> list[Glance]:
    """Give the months of a calendar's year at a glance, and those beyond that have entries."""
    found = {month.first: month.lines for month in months(calendar, holdings)}
    firsts = {dt.date(calendar.year, number, 1) for number in range(1, 13)}
    return [_glance(first, found.get(first, ())) for first in sorted(firsts | found.keys())]


def _glance(first: dt.date, some: tuple[Line, ...]) -> Glance:
    counts = Counter(line.entry.status for line in some)
    counted = tuple((_state(name), counts[name]) for name in STATE_WORDS if counts[name])
    return Glance(first, counted, some)


def lines(entries: Iterable[Entry], holdings: Holdings) -> tuple[Line, ...]:
    """Lay out entries."""
    return tuple(_line(entry, holdings) for entry in entries)


def states(calendar: Calendar) -> list[tuple[State, int]]:
    """Give how many entries there are of each state, the most pressing first."""
    entries = [*calendar.dated, *calendar.undated]
    counted = [(name, sum(one.status == name for one in entries)) for name in STATE_WORDS]
    return [(_state(name), number) for name, number in counted if number]


def unit_asked(words: str, holdings: Holdings) -> Unit | None:
    """Give the unit with an id, else the only one of a name; None where there is none."""
    units = holdings.registry.units
    if words in units:
        return units[words]
    named = [unit for unit in units.values() if unit.name == words]
    return named[0] if len(named) == 1 else None


def not_in_force(calendar: Calendar) -> str | None:
    """Say why nothing is owed where the regulation is not, or not surely, in force."""
    if calendar.commencement == "InForce":
        return None
    return gettext("这一天本办法尚未施行，或者施行日期不明，没有应当履行的责任。")


def _month(entry: Entry) -> dt.date:
    assert entry.due is not None  # noqa: S101 - dated entries have a last day
    return entry.due.replace(day=1)


def _state(name: str) -> State:
    mark, style = STATE_MARKS[name]
    return State(mark, style, Words(*STATE_WORDS[name]))


def _line(entry: Entry, holdings: Holdings) -> Line:
    bearers = (entry.bearer,) if entry.bearer else entry.borne_as
    return Line(
        entry=entry,
        state=_state(entry.status) if entry.status else None,
        label=Words(entry.provision_zh, entry.provision_en),
        action=Words(entry.action_zh, entry.action_en[:1].upper() + entry.action_en[1:]),
        bearers=tuple(_party(one, holdings) for one in bearers),
        to=tuple(_party(one, holdings) for one in entry.to),
        proof=tuple(Words(one.zh, one.en) for one in entry.proof),
        codes=tuple(
            holdings.law.vocabulary.concept(DG + found["code"]).label for found in entry.findings
        ),
    )


def _party(named: Named, holdings: Holdings) -> Party:
    unit = holdings.registry.units.get(named.id) if named.id else None
    return Party(Words(named.zh, named.en), unit)
