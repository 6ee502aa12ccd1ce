"""Flows drawn as bands between two columns: where each name stands, and the path of each band."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from webapp.columns import extent

_ACROSS, _BAR = 410, 8
"""How far the columns stand apart, and how wide their bars are, in pixels."""
_LETTER, _BESIDE = 14, 60
"""How wide a letter of a name is, and what stands beside a name: its count, and some room."""
_UNIT, _LEAST, _GAP = 7, 20, 8
"""Height of one norm, of a name's line at least, and the gap between names, in pixels."""


@dataclass(frozen=True)
class End:
    """A name in one of the columns, its bar, and how many norms meet there."""

    name: str
    total: int
    x: int
    top: float
    height: float
    is_left: bool

    @property
    def middle(self) -> float:
        """Where the name's line stands."""
        return self.top + self.height / 2


@dataclass(frozen=True)
class Band:
    """A band between two names: its path (SVG 2, 9.3) and its width."""

    left: str
    right: str
    count: int
    path: str
    width: float


@dataclass(frozen=True)
class Drawing:
    """The whole drawing."""

    width: int
    height: int
    ends: tuple[End, ...]
    bands: tuple[Band, ...]


def sankey(flows: list[tuple[str, str, int]]) -> Drawing:
    """Lay out flows (from, to, count): names in the order of the flows, the right near the left."""
    start = _room(one for one, _, _ in flows)
    left = _column(((one, count) for one, _, count in flows), start, is_left=True)
    weighed: dict[str, list[float]] = defaultdict(list)
    for one, other, count in flows:
        weighed[other] += [left[one].middle] * count
    ordered = sorted(
        flows, key=lambda flow: (sum(weighed[flow[1]]) / len(weighed[flow[1]]), flow[1])
    )
    stop = start + _ACROSS
    right = _column(((other, count) for _, other, count in ordered), stop, is_left=False)
    height = max(end.top + end.height for column in (left, right) for end in column.values())
    return Drawing(
        stop + _BAR + _room(other for _, other, _ in flows),
        int(height) + _GAP,
        (*left.values(), *right.values()),
        _bands(flows, left, right, start + _BAR, stop),
    )


def _room(names: Iterable[str]) -> int:
    """Give how much room the longest of some names needs beside its bar."""
    return round(_LETTER * max(map(extent, names))) + _BESIDE


def _column(pairs: Iterable[tuple[str, int]], x: int, *, is_left: bool) -> dict[str, End]:
    totals: dict[str, int] = defaultdict(int)
    for name, count in pairs:
        totals[name] += count
    top, found = float(_GAP), {}
    for name, total in totals.items():
        height = float(max(total * _UNIT, _LEAST))
        found[name] = End(name, total, x, top, height, is_left)
        top += height + _GAP
    return found


def _bands(
    flows: list[tuple[str, str, int]],
    left: dict[str, End],
    right: dict[str, End],
    start: int,
    stop: int,
) -> tuple[Band, ...]:
    """Draw the bands; at each end they lie one under the other, in the order of the other ends."""
    starts = _places([(one, other, count, right[other].top) for one, other, count in flows], left)
    ends = _places([(other, one, count, left[one].top) for one, other, count in flows], right)
    stops = {(one, other): place for (other, one), place in ends.items()}
    middle = (start + stop) / 2
    return tuple(
        Band(
            one,
            other,
            count,
            f"M{start} {starts[one, other]:.1f} C{middle:.0f} {starts[one, other]:.1f} "
            f"{middle:.0f} {stops[one, other]:.1f} {stop} {stops[one, other]:.1f}",
            count * _UNIT,
        )
        for one, other, count in flows
    )


def _places(
    flows: list[tuple[str, str, int, float]], column: dict[str, End]
) -> dict[tuple[str, str], float]:
    """Give the middle of each band at one end: (name here, name there) → height."""
    used: dict[str, float] = {
        name: end.middle - end.total * _UNIT / 2 for name, end in column.items()
    }
    found = {}
    for here, there, count, _ in sorted(flows, key=lambda flow: (flow[0], flow[3])):
        found[here, there] = used[here] + count * _UNIT / 2
        used[here] += count * _UNIT
    return found
