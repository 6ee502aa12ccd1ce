"""Duties drawn in columns: who, what, towards whom, by when, and the provision, joined by lines."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from flask import url_for

from webapp.cards import Card, Deadline
from webapp.concepts import Concept
from webapp.holdings import Holdings
from webapp.language import Words, gettext, language
from webapp.wording import month_day, norm_address, provision_address

WIDTH = 1180
_COLUMNS = ((0, 160), (210, 390), (650, 170), (860, 130), (1030, 150))
"""Where each column begins and how wide its boxes are, in pixels."""
_SIZE, _LINE, _PADDING, _GAP = 14, 20, 6, 10
_NARROW = 0.54
"""The width of a Latin letter on the average, as a share of a Chinese character's."""
_WIDE_FROM = "\u2e80"

Row = tuple[tuple[Concept, ...], Card]
"""Who bears a norm, and the norm's card."""


@dataclass(frozen=True)
class Box:
    """A box of the drawing: its words in lines, where it stands, and where it leads."""

    column: int
    words: Words
    address: str | None
    lines: tuple[str, ...] = ()
    top: float = 0

    @property
    def left(self) -> int:
        """Where the box begins."""
        return _COLUMNS[self.column][0]

    @property
    def width(self) -> int:
        """How wide the box is."""
        return _COLUMNS[self.column][1]

    @property
    def height(self) -> float:
        """How high the box is."""
        return len(self.lines) * _LINE + 2 * _PADDING

    @property
    def middle(self) -> float:
        """Where lines meet the box."""
        return self.top + self.height / 2

    @property
    def baselines(self) -> list[tuple[float, str]]:
        """Each line of the box with the height that it is written at."""
        first = self.top + _PADDING + _SIZE
        return [(first + place * _LINE, line) for place, line in enumerate(self.lines)]


@dataclass
class Drawing:
    """The drawing: boxes, the paths of the lines between them (SVG 2, 9.3), and its size."""

    boxes: list[Box] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    width: int = WIDTH
    height: int = 0


def drawing(held: Holdings, rows: Sequence[Row]) -> Drawing:
    """Draw rows: a box for each duty, and one for each party, time and provision however often."""
    chains = [_chain(held, row) for row in rows]
    duties: dict[str, Box] = {}
    top = float(_GAP)
    for _, duty, *_ in chains:
        key = duty[0].address or ""
        if key not in duties:
            duties[key] = replace(_wrapped(duty[0]), top=top)
            top += duties[key].height + _GAP
    placed: dict[tuple[int, str], Box] = {}
    for column in (0, 2, 3, 4):
        placed |= _column(column, chains, duties)
    found = Drawing(height=int(max([top, *(box.top + box.height for box in placed.values())])))
    found.height += _GAP
    found.boxes = [*duties.values(), *placed.values()]
    paths: dict[str, None] = {}
    for chain in chains:
        steps = [
            [
                duties[box.address or ""] if box.column == 1 else placed[box.column, str(box.words)]
                for box in boxes
            ]
            for boxes in chain
            if boxes
        ]
        for before, after in itertools.pairwise(steps):
            paths |= dict.fromkeys(_path(one, other) for one in before for other in after)
    found.paths = list(paths)
    return found


def _chain(held: Holdings, row: Row) -> list[list[Box]]:
    """Give the boxes of a row, column by column."""
    bearers, card = row
    provision = held.law.commentary.by_key[card.norm.provision]
    return [
        [_party(held, 0, one) for one in bearers],
        [Box(1, card.action, norm_address(card.norm.id))],
        [_party(held, 2, one) for one in card.addressees],
        [Box(3, time_words(card.deadline), None)] if card.deadline else [],
        [
            Box(
                4,
                Words(provision.label_zh, provision.label_en),
                provision_address(provision.key),
            )
        ],
    ]


def _party(held: Holdings, column: int, concept: Concept) -> Box:
    known = held.law.roles.get(concept.name)
    address = (
        url_for("roles.role", name=concept.name)
        if known
        else url_for("ontology.term", name=concept.name)
    )
    return Box(column, concept.label, address)


def time_words(deadline: Deadline) -> Words:
    """Give a deadline in few words: those of the text; in English what they mean."""
    if deadline.first and deadline.last:
        days = f"{month_day(deadline.first)}–{month_day(deadline.last)}"
        often = f"{deadline.frequency.label}, " if deadline.frequency else ""
        return Words(deadline.raw, often + days)
    meant = deadline.frequency or deadline.kind
    return Words(deadline.raw, meant.label.en)


def _column(
    column: int, chains: Iterable[list[list[Box]]], duties: dict[str, Box]
) -> dict[tuple[int, str], Box]:
    """Place the boxes of a column, each beside the middle of its duties, none over another."""
    boxes: dict[str, Box] = {}
    beside: dict[str, list[float]] = {}
    for chain in chains:
        duty = duties[chain[1][0].address or ""]
        for box in chain[column]:
            boxes.setdefault(str(box.words), _wrapped(box))
            beside.setdefault(str(box.words), []).append(duty.middle)
    top, found = float(_GAP), {}
    for name in sorted(boxes, key=lambda one: sum(beside[one]) / len(beside[one])):
        box = boxes[name]
        wanted = sum(beside[name]) / len(beside[name]) - box.height / 2
        box = replace(box, top=max(top, wanted))
        top = box.top + box.height + _GAP
        found[column, name] = box
    return found


def _path(one: Box, other: Box) -> str:
    return curve((one.left + one.width, one.middle), (other.left, other.middle))


def curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Give the path of a line that leaves one point and meets another level (SVG 2, 9.3)."""
    (left, one), (right, other) = start, end
    middle = (left + right) / 2
    before, after = f"{middle:.0f} {one:.1f}", f"{middle:.0f} {other:.1f}"
    return f"M{left:g} {one:.1f} C{before} {after} {right:g} {other:.1f}"


def _wrapped(box: Box) -> Box:
    room = (box.width - 2 * _PADDING) / _SIZE
    return replace(box, lines=tuple(_lines(str(box.words), room)))


def _lines(words: str, room: float) -> Iterator[str]:
    """Break words into lines of so many Chinese characters; Latin words stay whole."""
    line, used = "", 0.0
    for piece in _pieces(words):
        width = extent(piece)
        if line and used + width > room:
            yield line.rstrip()
            line, used = "", 0.0
        line, used = line + piece, used + width
    yield line.rstrip()


def extent(words: str) -> float:
    """Give how wide words are about, in Chinese characters."""
    return sum(1 if sign >= _WIDE_FROM else _NARROW for sign in words)


def _pieces(words: str) -> Iterator[str]:
    """Give Chinese characters one by one, runs of others up to the next space."""
    run = ""
    for sign in words:
        if sign >= _WIDE_FROM:
            yield from (run, sign) if run else (sign,)
            run = ""
        else:
            run += sign
            if sign == " ":
                yield run
                run = ""
    if run:
        yield run


def column_names() -> list[tuple[int, str]]:
    """Give the heading of each column and where it stands."""
    names = (gettext("义务人"), gettext("事项"), gettext("对象"), gettext("期限"), gettext("条款"))
    return [(left, name) for (left, _), name in zip(_COLUMNS, names, strict=True)]


def is_chinese(words: Words) -> bool:
    """Tell whether words stay Chinese on a page of another language."""
    return words.tag != language()
