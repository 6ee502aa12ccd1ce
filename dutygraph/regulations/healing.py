"""Healing: source lines joined across page breaks, parentheses widened, list marks taken off.

A copy of a regulation taken from a paged document breaks sentences at page ends, mixes （） with
(), and may carry the list marks of a converter. Each repair is recorded with its line, what was
found and what it became; only white space may differ without a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

PAGE_BREAK_JOINED = "PageBreakJoined"
PARENTHESIS_WIDENED = "ParenthesisWidened"
LIST_MARK_REMOVED = "ListMarkRemoved"
HEADING_RESTORED = "HeadingRestored"
GARBLED_REFERENCE = "GarbledReference"

NUMBER, TITLE, TEXT = "number", "title", "text"
PARTS = (NUMBER, TITLE, TEXT)

# How many characters on either side of a page break a repair shows.
CONTEXT = 6

_LINE_END = re.compile(r"\r\n|\r|\n")
_DASHED_PAGE_NUMBER = re.compile(r"[-—–－―]\s*[0-9０-９]{1,4}\s*[-—–－―]")
_WORDED_PAGE_NUMBER = re.compile(
    r"第\s*[0-9０-９]{1,4}\s*页(?:\s*[/，,]?\s*共\s*[0-9０-９]{1,4}\s*页)?"
)
_BARE_PAGE_NUMBER = re.compile(r"[0-9０-９]{1,3}")
_PAIR = re.compile(r"[(（][^()（）]*[)）]")
_WIDE = str.maketrans("()", "（）")
_ENDS = "。；：！？;:!?"
CLOSERS = "”’』」）)》〉】]\"'"


@dataclass(frozen=True)
class SourceLine:
    """A source line with words on it: its number from 1, its text without outer white space."""

    number: int
    text: str
    indented: bool = False
    after_break: bool = False
    restored: bool = False


@dataclass(frozen=True)
class Fragment:
    """The stretch of a passage that stands on one source line."""

    line: int
    text: str
    after_break: bool = False


@dataclass(frozen=True)
class Passage:
    """A run of text over source lines, joined without white space; it knows its lines."""

    fragments: tuple[Fragment, ...] = ()

    @property
    def text(self) -> str:
        """The joined text, as the source has it."""
        return "".join(fragment.text for fragment in self.fragments)

    def joined(self, other: Passage) -> Passage:
        """Put another passage after this one."""
        return Passage(self.fragments + other.fragments)

    def cut(self, start: int, end: int) -> Passage:
        """Take the characters start to end (0-based, end exclusive), outer white space left off."""
        text = self.text
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        kept, offset = [], 0
        for fragment in self.fragments:
            piece = fragment.text[max(start - offset, 0) : max(end - offset, 0)]
            if piece:
                kept.append(replace(fragment, text=piece))
            offset += len(fragment.text)
        return Passage(tuple(kept))


@dataclass(frozen=True)
class Span:
    """Which source line the characters start to end (exclusive) of a provision's part came from."""

    part: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Repair:
    """A listed difference between source and text.

    `kind` is one of the five constants above, `line` the source line (for a page break, the line
    broken off; for a restored heading, the line it stands before), `part` one of PARTS and `start`
    the offset of `restored` in that part of the provision `key`.
    """

    kind: str
    line: int
    found: str
    restored: str
    part: str = TEXT
    start: int = 0
    key: str = ""


@dataclass(frozen=True)
class Healed:
    """A part of a provision as published, with where it came from and what was repaired."""

    text: str = ""
    spans: tuple[Span, ...] = ()
    repairs: tuple[Repair, ...] = ()


def source_lines(raw: str) -> tuple[list[SourceLine], list[SourceLine]]:
    """Split raw text into the lines with words on them, and the page numbers that stood between.

    Lines are counted from 1 by their line feeds, as editors do. A blank line, a form feed at a
    line's edge and a page number are breaks; a line of bare digits is a page number only between
    blank lines.
    """
    pieces = _LINE_END.split(raw)
    lines: list[SourceLine] = []
    page_numbers: list[SourceLine] = []
    broken = False
    for index, piece in enumerate(pieces):
        text = piece.strip()
        edges = piece[: len(piece) - len(piece.lstrip())]
        line = SourceLine(index + 1, text, bool(edges), bool(lines) and (broken or "\f" in edges))
        if not text:
            broken = True
        elif _is_page_number(text, alone=not "".join(_neighbours(pieces, index)).strip()):
            page_numbers.append(line)
            broken = True
        else:
            lines.append(line)
            broken = piece.rstrip(" \t").endswith("\f")
    return lines, page_numbers


def _neighbours(pieces: Sequence[str], index: int) -> list[str]:
    return [*pieces[max(index - 1, 0) : index], *pieces[index + 1 : index + 2]]


def _is_page_number(text: str, *, alone: bool) -> bool:
    return bool(
        _DASHED_PAGE_NUMBER.fullmatch(text)
        or _WORDED_PAGE_NUMBER.fullmatch(text)
        or (alone and _BARE_PAGE_NUMBER.fullmatch(text))
    )


def is_finished(text: str) -> bool:
    """Tell whether text ends as a paragraph or an item does: with 。；：！？ and closing marks.

    >>> is_finished("应当及时报告。”"), is_finished("以及业务工作紧")
    (True, False)
    """
    return text.rstrip().rstrip(CLOSERS).endswith(tuple(_ENDS))


def healed(part: str, passage: Passage, spaces: re.Pattern[str] | None = None) -> Healed:
    """Heal a passage into a provision's part: join its lines, widen parentheses, and list both.

    `spaces` is the white space to take out inside a line (labels and headings: 总　则 is 总则).
    Joins without a page break are white space only and not listed.
    """
    text = ""
    spans: list[Span] = []
    repairs: list[Repair] = []
    for fragment in passage.fragments:
        found = spaces.sub("", fragment.text) if spaces else fragment.text
        if fragment.after_break and spans:
            repairs.append(_joined(part, spans[-1].line, text, found))
        repairs.extend(_widened(part, fragment.line, len(text), found))
        spans.append(Span(part, fragment.line, len(text), len(text) + len(found)))
        text += found
    return Healed(text.translate(_WIDE), tuple(spans), tuple(repairs))


def _joined(part: str, line: int, before: str, after: str) -> Repair:
    """Record a page break between two texts, with a few characters on either side."""
    tail, head = before[-CONTEXT:], after[:CONTEXT]
    restored = (tail + head).translate(_WIDE)
    start = len(before) - len(tail)
    return Repair(PAGE_BREAK_JOINED, line, f"{tail}\n\n{head}", restored, part, start)


def _widened(part: str, line: int, offset: int, text: str) -> Iterator[Repair]:
    """Record each pair with a half-width parenthesis, then each single one outside such pairs."""
    stretches = [match.span() for match in _PAIR.finditer(text)]
    covered = {i for start, end in stretches for i in range(start, end)}
    stretches += [(i, i + 1) for i in range(len(text)) if i not in covered]
    for start, end in sorted(stretches):
        found = text[start:end]
        restored = found.translate(_WIDE)
        if found != restored:
            yield Repair(PARENTHESIS_WIDENED, line, found, restored, part, offset + start)


def as_found(
    part: str, text: str, spans: Iterable[Span], repairs: Iterable[Repair]
) -> Iterator[tuple[int, str]]:
    """Undo the repairs of a provision's part: its stretches as in the source, each with its line.

    A page break's repair changed white space only, so there is nothing to undo in it.
    """
    undone = [r for r in repairs if r.part == part and r.kind != PAGE_BREAK_JOINED]
    for span in spans:
        if span.part != part:
            continue
        stretch = text[span.start : span.end]
        within = [r for r in undone if span.start <= r.start < span.end]
        within.sort(key=lambda repair: repair.start)
        for repair in reversed(within):
            at = repair.start - span.start
            stretch = stretch[:at] + repair.found + stretch[at + len(repair.restored) :]
        yield span.line, stretch
