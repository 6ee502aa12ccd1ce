"""The duty calendar: what a unit has to do in a year, when, to whom, on which words; done or not.

An entry is one duty of one bearer: one norm for one year, half-year or case. Whether it is done is
no second opinion: the check engine's results for the very duty say so (see ``planning``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any
from urllib.parse import quote

STATE_WORDS = {
    "overdue": ("逾期", "overdue"),
    "late": ("迟办", "late"),
    "due_soon": ("临期", "due soon"),
    "open": ("待办", "open"),
    "not_due": ("未到期", "not due yet"),
    "unknown": ("无法判断", "cannot tell"),
    "done": ("已办", "done"),
}
"""What may be said of a duty as of a day, the most pressing first, in words.

``done``: a record shows it and no check objects. ``late``: done, but after the last day.
``overdue``: the last day has passed, and it was not done, or not as the text demands. ``due_soon``:
not done, and the last day is near. ``open``: not done yet, and it may be done now; a duty without a
date stays open. ``not_due``: the time for it has not begun. ``unknown``: the text or the data leave
it open, or no check looks at it.
"""


@dataclass(frozen=True)
class Named:
    """Somebody or something: its id and name, or the labels of a kind (then ``id`` is None).

    A unit and a person may have the same id; their IRIs differ.
    """

    id: str | None
    zh: str
    en: str | None = None
    iri: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """Give {id, name_zh, name_en}; the names of units and persons are as they were imported."""
        return {"id": self.id, "name_zh": self.zh, "name_en": self.en or self.zh}


@dataclass(frozen=True)
class Entry:
    """One duty in a calendar; the JSON has these keys in this order.

    ``opens`` to ``due`` is the time for it, None where the text sets no date. ``words`` are those
    of the deadline. ``bearer`` is None in the general calendar, which knows only ``borne_as``: as
    what the bearer owes it. ``any_of`` says that one of several addressees is enough. ``proof``
    are the kinds of record that show it done. ``done_on`` is the date of the record that did.
    ``case`` is the record that the duty arises from, ``about`` the unit for which it is owed where
    it is owed once for each. ``year`` and ``half`` are what it is owed for, which may be over when
    it falls due. ``date_settings`` are the settings that move the date. ``findings`` are the codes
    that checks report of it, with their status; ``checked`` says whether any check looks at it.
    """

    due: dt.date | None
    opens: dt.date | None
    status: str | None
    provision: str
    provision_zh: str
    provision_en: str
    norm: str
    quote: str
    words: str | None
    action_zh: str
    action_en: str
    bearer: Named | None
    borne_as: tuple[Named, ...]
    to: tuple[Named, ...]
    any_of: bool
    proof: tuple[Named, ...]
    done_on: dt.date | None
    evidence: tuple[dict[str, Any], ...]
    case: dict[str, Any] | None
    about: Named | None
    year: int
    half: str | None
    readings: tuple[dict[str, Any], ...]
    date_settings: dict[str, str | None]
    findings: tuple[dict[str, str], ...]
    checked: bool

    @cached_property
    def key(self) -> str:
        """What the duty is known by from one run to the next: norm, bearer, period, case."""
        parts = [self.norm, self.bearer.id if self.bearer else None, self.half or str(self.year)]
        parts.append(str(self.case["record"]) if self.case else None)
        parts.append(self.about.id if self.about else None)
        return "-".join(quote(part, safe="") for part in parts if part)

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do, as far as is known."""
        return self.status not in ("done", "late")

    def to_json(self) -> dict[str, Any]:
        """Give the stable JSON of one entry."""
        return {"key": self.key} | {
            one.name: _plain(getattr(self, one.name)) for one in fields(self)
        }


@dataclass(frozen=True)
class Calendar:
    """What is due in a year: dated entries in the order of their last day, the others apart.

    ``unit`` is None in the general calendar, which says what the text asks of everybody.
    ``commencement`` tells whether the regulation was in force as of the day (article 43): InForce,
    or NotInForce or CommencementUnknown, when nothing is owed.
    """

    regulation: str
    unit: Named | None
    year: int
    as_of: dt.date
    commencement: str
    settings: dict[str, str | None]
    dated: tuple[Entry, ...]
    undated: tuple[Entry, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the stable JSON of `dutygraph calendar`."""
        return {
            "regulation": self.regulation,
            "unit": self.unit.to_json() if self.unit else None,
            "year": self.year,
            "as_of": self.as_of.isoformat(),
            "commencement": self.commencement,
            "settings": self.settings,
            "dated": [entry.to_json() for entry in self.dated],
            "undated": [entry.to_json() for entry in self.undated],
        }


def due_in_month(calendar: Calendar) -> list[Entry]:
    """Give the dated entries whose last day is in the month of the calendar's day."""
    day = calendar.as_of
    return [
        one
        for one in calendar.dated
        if one.due is not None and (one.due.year, one.due.month) == (day.year, day.month)
    ]


def due_after_month(calendar: Calendar) -> list[Entry]:
    """Give the dated entries whose last day is in a later month than the calendar's day."""
    day = calendar.as_of
    return [
        one
        for one in calendar.dated
        if one.due is not None and (one.due.year, one.due.month) > (day.year, day.month)
    ]


def arranged(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Give the dated entries in the order of their last day, and the undated, in that of the text.

    The entries come in the order of the text, which holds among those of the same day.
    """
    found = list(entries)
    dated = [entry for entry in found if entry.due is not None]
    dated.sort(key=lambda entry: entry.due or dt.date.max)
    return tuple(dated), tuple(entry for entry in found if entry.due is None)


def _plain(value: object) -> object:
    """Give a value as JSON has it."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Named):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
