"""Values of cells: dates, integers, booleans and text, each in one lexical form.

Readers hand over what the file holds: text, numbers, truth values, Excel dates. A converter gives
the XML Schema lexical form (``2013-03-05``, ``2013``, ``true``) or raises ``Unfit``, which says
what was expected and, where one can be told, the nearest value that would do.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from dutygraph.records.faults import Wording

_DATE: Final = Wording("2013-03-05 这样的日期", "a date such as 2013-03-05")
_BOOLEAN: Final = Wording("true 或 false（是 或 否）", "true or false (是 or 否)")
_INTEGER: Final = Wording("整数", "a whole number")
_TEXT: Final = Wording("文字", "text")

_TRUTH: Final = {"true": "true", "false": "false", "是": "true", "否": "false"}
_WRITTEN_DATE: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})"
    r"|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))(?:[T ]00:00(?::00(?:\.0+)?)?)?"
)
_DOTTED_DATE: Final = re.compile(r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})")
_WHOLE_NUMBER: Final = re.compile(r"([+-]?)(0*)([0-9]{1,18})(?:\.0+|年)?")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]+)?")
# C0 except tab and line ends, C1, and surrogates without their other half: nothing that a name
# or an id holds on purpose, and not all of it can be written as N-Triples.
_UNFIT_CHARACTERS: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)

_EXCEL_EPOCH: Final = date(1899, 12, 31)
_EXCEL_FALSE_LEAP_DAY: Final = 60
_EXCEL_LAST: Final = 2_958_465
_LIKELY_YEARS: Final = range(1900, 2200)
_EXACT: Final = 2**53

_LONGEST: Final = 32_000
"""Characters of a text: as many as a cell of a workbook holds, so that each can be given back."""


class Unfit(ValueError):  # noqa: N818 - it is the value that is unfit, nothing failed
    """A value is not of the datatype; ``code`` is that of the fault it makes."""

    def __init__(self, code: str, expected: Wording, nearest: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.expected = expected
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that a reader met and could not represent: ``NaN``, a number of 400 digits."""

    text: str

    def __str__(self) -> str:
        return self.text


class NoValue(Unreadable):
    """A cell of a sheet that shows an error, or a formula that was never calculated."""


@dataclass(frozen=True, slots=True)
class Datatype:
    """A datatype description of CSVW: a base and what restricts it.

    ``hint`` says in words what ``pattern`` asks for.
    """

    base: str
    pattern: re.Pattern[str] | None = None
    hint: Wording | None = None
    minimum: str | None = None
    maximum: str | None = None
    max_length: int | None = None

    def read(self, raw: object) -> str:
        """Give the lexical form of a raw value. Raises Unfit."""
        return _READERS[self.base](raw, self)

    @property
    def expected(self) -> Wording:
        """Say in words what a value of this datatype is."""
        if self.hint is not None:
            return self.hint
        words, low, high = _EXPECTED[self.base], self.minimum, self.maximum
        return Wording(
            words.zh + (f"，不小于 {low}" if low else "") + (f"，不大于 {high}" if high else ""),
            words.en + (f", at least {low}" if low else "") + (f", at most {high}" if high else ""),
        )


def is_missing(raw: object) -> bool:
    """Tell whether a raw value means "not recorded": null, or text that is blank."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def _plain(text: str) -> str:
    """Fold full-width digits and marks, as typed with a Chinese keyboard, into ASCII."""
    return unicodedata.normalize("NFKC", text).strip()


def _within(value: str, datatype: Datatype) -> str:
    low, high = datatype.minimum, datatype.maximum
    if datatype.base == "integer":
        fits = (low is None or int(low) <= int(value)) and (high is None or int(value) <= int(high))
    else:
        fits = (low is None or low <= value) and (high is None or value <= high)
    if not fits:
        raise Unfit("out-of-range", datatype.expected)
    return value


# Dates -----------------------------------------------------------------------------------------


def day_of_serial(serial: int) -> date:
    """Give the day of a serial number of Excel's 1900 date system.

    Day 1 is 1900-01-01. Excel holds 1900 for a leap year: its day 60, 29 February 1900, never was,
    and the days after it are one too high. Raises Unfit for that day and for what no day has.
    """
    if serial == _EXCEL_FALSE_LEAP_DAY:
        raise Unfit("impossible-date", _DATE, "1900-03-01")
    if not 1 <= serial <= _EXCEL_LAST:
        raise Unfit("unreadable-date", _DATE)
    return _EXCEL_EPOCH + timedelta(days=serial - (serial > _EXCEL_FALSE_LEAP_DAY))


def _nearest_day(year: int, month: int, day: int) -> str | None:
    """Give the day perhaps meant: the last of the month, or with day and month swapped."""
    if year == 0:
        return None
    if 1 <= month <= 12:
        last = calendar.monthrange(year, month)[1]
        return date(year, month, min(max(day, 1), last)).isoformat()
    if 1 <= day <= 12 and month <= calendar.monthrange(year, day)[1]:
        return date(year, day, max(month, 1)).isoformat()
    return None


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unfit("impossible-date", _DATE, _nearest_day(year, month, day)) from None


def _day_of_number(number: float) -> date:
    """Read a bare number: a serial, unless it looks like a year, which no serial of ours is."""
    if not abs(number) <= _EXCEL_LAST + 1:
        raise Unfit("unreadable-date", _DATE)
    serial = int(number // 1)
    if serial in _LIKELY_YEARS:
        raise Unfit("unreadable-date", _DATE)
    return day_of_serial(serial)


def _day_of_text(text: str) -> date:
    plain = _plain(text)
    if written := _WRITTEN_DATE.fullmatch(plain):
        year, month, day = (int(part) for part in written.groups() if part is not None)
        return _day(year, month, day)
    if _NUMBER.fullmatch(plain):
        return _day_of_number(float(plain))
    if dotted := _DOTTED_DATE.fullmatch(plain):
        year, month, day = (int(part) for part in dotted.groups())
        raise Unfit("unreadable-date", _DATE, _nearest_day(year, month, day))
    raise Unfit("unreadable-date", _DATE)


def _read_date(raw: object, datatype: Datatype) -> str:
    """Read a date: ISO 8601, 2013/3/5, 2013年3月5日, 20130305, or a serial number of Excel."""
    if isinstance(raw, str):
        found = _day_of_text(raw)
    elif isinstance(raw, datetime):
        found = raw.date()
    elif isinstance(raw, date):
        found = raw
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        # A number such as 20130305 is beyond every serial and can only be a written date.
        whole = _whole(raw)
        found = _day_of_number(raw) if whole is None else _day_of_text(str(whole))
    else:
        raise Unfit("unreadable-date", _DATE)
    return _within(found.isoformat(), datatype)


# Numbers and truth values ----------------------------------------------------------------------


def _read_integer(raw: object, datatype: Datatype) -> str:
    """Read a whole number; 2013.0, as Excel hands it over, is one, and so is 2013年."""
    if isinstance(raw, str):
        written = _WHOLE_NUMBER.fullmatch(_plain(raw))
        value = None if written is None else int(written[1] + written[3])
        # What reads it next would not say the same of 02024: it is a slip, not a year.
        if written is not None and written[2]:
            raise Unfit("not-integer", datatype.expected, str(value))
    else:
        value = _whole(raw)
    if value is None:
        raise Unfit("not-integer", datatype.expected)
    return _within(str(value), datatype)


def _whole(raw: object) -> int | None:
    """Give a number as an integer when it is one; a float only as far as it is exact."""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) <= _EXACT:
        return int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _read_boolean(raw: object, datatype: Datatype) -> str:
    """Read true or false, 是 or 否, in any case of letters."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str) and (truth := _TRUTH.get(_plain(raw).casefold())):
        return truth
    raise Unfit("not-boolean", datatype.expected)


# Text ------------------------------------------------------------------------------------------


def _read_string(raw: object, datatype: Datatype) -> str:
    """Read text without the blanks around it; a whole number, such as a code, is its digits."""
    if isinstance(raw, str):
        text = raw.strip()
    elif (number := _whole(raw)) is not None:
        text = str(number)
    else:
        raise Unfit("not-text", datatype.expected)
    if _UNFIT_CHARACTERS.search(text):
        raise Unfit("control-character", datatype.expected)
    most = datatype.max_length or _LONGEST
    if len(text) > most:
        raise Unfit("too-long", Wording(f"至多 {most} 个字", f"{most} characters at most"))
    if datatype.pattern is not None and not datatype.pattern.fullmatch(text):
        raise Unfit("wrong-pattern", datatype.expected)
    return text


_READERS: Final[Mapping[str, Callable[[object, Datatype], str]]] = {
    "string": _read_string,
    "date": _read_date,
    "integer": _read_integer,
    "boolean": _read_boolean,
}

_EXPECTED: Final[Mapping[str, Wording]] = {
    "string": _TEXT,
    "date": _DATE,
    "integer": _INTEGER,
    "boolean": _BOOLEAN,
}

BASES: Final = frozenset(_READERS)
"""The CSVW base datatypes that columns may have."""
