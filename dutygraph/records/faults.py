"""Faults: what is wrong with imported records, where it stands, and what would put it right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from dutygraph.records.fault_texts import TEXTS, Severity

_EXACT: Final = 2**53
SEEN_LENGTH: Final = 60
"""How much of a value a message shows, in characters."""


class Wording(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str


class Heading(NamedTuple):
    """Where a column of a sheet is: its letters (``D``), and its header as it stands there."""

    letters: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, a sheet (for JSON its list) and a 1-based row in it.

    ``prefix`` leads to a nested row (``roles[2].``). ``sequence`` counts the rows of the file from
    1 in the order of reading; it only serves to put faults in file order. ``headings`` tells where
    the columns of a sheet are, for all its rows together; ``subject`` is the IRI of the resource
    that is the row, in RDF.
    """

    file: str
    sheet: str | None = None
    row: int | None = None
    prefix: str = ""
    sequence: int = 0
    headings: Mapping[str, Heading] | None = field(default=None, compare=False, repr=False)
    subject: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Give the place in words that read the same in both languages."""
        row = None if self.row is None else f"第{self.row}行"
        subject = None if self.subject is None else f"<{self.subject}>"
        parts = [self.file, self.sheet, row, subject]
        return _visible(" · ".join(part for part in parts if part is not None))

    def heading(self, column: str) -> Heading | None:
        """Give where a column stands in the sheet, None where there is no sheet or column."""
        return None if self.headings is None else self.headings.get(column)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. An error refuses the whole batch, a warning does not.

    ``line`` and ``position`` are given where the text itself cannot be read; both count from 1.
    ``count`` is above 1 for a fault that stands for so many of the same kind.
    """

    code: str
    severity: Severity
    place: Place
    message: Wording
    column: str | None = None
    line: int | None = None
    position: int | None = None
    seen: str | None = None
    expected: Wording | None = None
    nearest: str | None = None
    count: int = 1

    @property
    def cell(self) -> str | None:
        """Give the cell of a sheet as a spreadsheet calls it (``D3``)."""
        heading = self.place.heading(self.column or "")
        return None if heading is None else f"{heading.letters}{self.place.row}"

    @property
    def is_error(self) -> bool:
        """Tell whether the fault refuses the batch."""
        return self.severity == "error"

    def __str__(self) -> str:
        """Give the fault on one line: place, column, then the message in both languages."""
        parts = [str(self.place)]
        if self.line is not None:
            parts.append(f"第{self.line}行第{self.position}列")
        if self.column is not None:
            heading = self.place.heading(self.column)
            parts.append(self.column if heading is None else f"{self.cell} {show(heading.text)}")
        return f"{' · '.join(parts)}：{self.message.zh} / {self.message.en}"

    def to_json(self) -> dict[str, str | int | None]:
        """Give the fault as a flat JSON object; every key is always there."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.place.file,
            "sheet": self.place.sheet,
            "row": self.place.row,
            "column": self.column,
            "cell": self.cell,
            "line": self.line,
            "position": self.position,
            "seen": self.seen,
            "expected_zh": None if self.expected is None else self.expected.zh,
            "expected_en": None if self.expected is None else self.expected.en,
            "nearest": self.nearest,
            "count": self.count,
            "message_zh": self.message.zh,
            "message_en": self.message.en,
        }


class ImportRefused(Exception):  # noqa: N818 - a refusal is an answer, not a breakdown
    """A batch has errors, so nothing of it was imported; ``faults`` holds them all."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        errors = [fault for fault in self.faults if fault.is_error]
        number = error_count(errors)
        super().__init__(
            f"未导入任何内容：{number} 处错误，第一处：{errors[0].message.zh} / "
            f"nothing was imported: {number} errors, the first: {errors[0]}"
        )


def error_count(faults: Iterable[Fault]) -> int:
    """Give how many errors faults stand for."""
    return sum(fault.count for fault in faults if fault.is_error)


CODES: Final = frozenset(TEXTS)
"""Every code that a fault can have."""

Detail: TypeAlias = str | int | Wording


def show(value: object) -> str:
    """Give a value as a message shows it: on one line, shortened, nothing invisible in it."""
    text = value if isinstance(value, str) else _as_json(value)
    short = text if len(text) <= SEEN_LENGTH else text[: SEEN_LENGTH - 1] + "…"
    return _visible(short)


def _visible(text: str) -> str:
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def _told(detail: Detail) -> Detail:
    match detail:
        case str():
            return _visible(detail)
        case Wording(zh, en):
            return Wording(_visible(zh), _visible(en))
    return detail


def _as_json(value: object) -> str:
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        # Lists in lists are not followed: they may be as deep as the interpreter allows.
        items = ["[…]" if isinstance(item, list) else show(item) for item in value[:5]]
        return f"[{', '.join(items)}{', …' if len(value) > 5 else ''}]"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        # Excel holds every number as a float, and nobody typed the .0 of 2013.0.
        return str(int(value))
    if isinstance(value, bool | int | float | None):
        return json.dumps(value)
    return str(value)


def fault(
    code: str,
    place: Place,
    column: str | None = None,
    *,
    seen: object = None,
    expected: Wording | None = None,
    nearest: str | None = None,
    line: int | None = None,
    position: int | None = None,
    count: int = 1,
    **details: Detail,
) -> Fault:
    """Make the fault of a code at a place, with its message in both languages.

    ``seen`` is the value found, shown shortened; ``nearest`` is a valid value that was perhaps
    meant; ``details`` fill what else the code's message names. Raises KeyError for an unknown code
    or a missing detail.
    """
    text = TEXTS[code]
    shown = None if seen is None else show(seen)
    path = None if column is None else place.prefix + show(column)
    told = {name: _told(value) for name, value in details.items()}
    known = {"seen": shown, "nearest": nearest, "column": path, "count": count, **told}
    wanted = expected or Wording("", "")
    if nearest is None:
        zh, en = text.zh + text.zh_else, text.en + text.en_else
    else:
        zh, en = text.zh + "；是否为「{nearest}」？", text.en + "; did you mean “{nearest}”?"
    message = Wording(
        zh.format(expected=wanted.zh, **known), en.format(expected=wanted.en, **known)
    )
    return Fault(
        code=code,
        severity=text.severity,
        place=place,
        message=message,
        column=path,
        line=line,
        position=position,
        seen=shown,
        expected=expected,
        nearest=nearest,
        count=count,
    )
