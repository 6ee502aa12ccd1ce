"""Regions: the units of the data by their administrative codes, and how each region fares.

A code of six digits (GB/T 2260) ends in 00 for a prefecture and in 0000 for a province; three more
(GB/T 10114) tell a township. What stands under what is seen from how codes begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from webapp.runs import Tally
from webapp.treemap import Box, squarified
from webapp.units import Unit

_STEPS: Final = (2, 4, 6, 9, 12)
"""How many digits tell a province, a prefecture, a county, a township, a village."""

_SHARES: Final = (0.0, 0.1, 0.25, 0.5)
_HEADING, _MARGIN = 24.0, 2.0
_LETTER: Final = 14.0
_LINE: Final = 18.0


@dataclass(eq=False)
class Region:
    """A region: the beginning of its code, the units that have its code, the regions in it.

    What has regions in it has its own units in a region of their own, which ``is_own`` tells.
    """

    prefix: str
    code: str = ""
    own: list[Unit] = field(default_factory=list)
    below: list[Region] = field(default_factory=list)
    size: int = 0
    troubled: int = 0
    tally: Tally = field(default_factory=Tally)
    is_own: bool = False

    def count(self, tally: Tally | None) -> None:
        """Count one more unit, with its findings."""
        self.size += 1
        if tally is not None:
            self.troubled += bool(tally.by_status["violation"])
            for status, number in tally.by_status.items():
                self.tally.by_status[status] += number

    @property
    def name(self) -> str:
        """What it is called: after its local committee, by its code where there is none."""
        committees = [unit for unit in self.own if "govt" in unit.related]
        return committees[0].name if committees else self.code or self.prefix

    @property
    def share(self) -> float:
        """The share of its units that have a violation."""
        return self.troubled / self.size if self.size else 0.0

    @property
    def grade(self) -> int:
        """The grade of that share, from 0 (none) to 4 (more than half)."""
        return sum(self.share > bound for bound in _SHARES)


class Regions:
    """The regions of some units, with what a check found of each unit."""

    def __init__(self, units: Iterable[Unit], tallies: Mapping[str, Tally]) -> None:
        """Take the units, and the tally of each that has findings by the unit's id."""
        self._by_prefix: dict[str, Region] = {"": Region("")}
        self.nowhere: list[Unit] = []
        for unit in units:
            if unit.region:
                region = self._region(_prefix(unit.region))
                region.code = unit.region
                region.own.append(unit)
                self._count(region, tallies.get(unit.id))
            else:
                self.nowhere.append(unit)
        for region in list(self._by_prefix.values()):
            if region.below and region.own:
                region.below.append(_own(region, tallies))
            region.below.sort(key=lambda one: (-one.size, one.prefix))

    def _region(self, prefix: str) -> Region:
        if prefix not in self._by_prefix:
            region = self._by_prefix[prefix] = Region(prefix)
            self._region(_above(prefix)).below.append(region)
        return self._by_prefix[prefix]

    def _count(self, region: Region, tally: Tally | None) -> None:
        prefixes = [region.prefix]
        while prefixes[-1]:
            prefixes.append(_above(prefixes[-1]))
        for prefix in prefixes:
            self._by_prefix[prefix].count(tally)

    def get(self, prefix: str) -> Region | None:
        """Give the region whose code begins so; without one, the smallest that holds all units."""
        if prefix:
            return self._by_prefix.get(prefix)
        region = self._by_prefix[""]
        while len(region.below) == 1 and not region.own:
            region = region.below[0]
        return region

    def trail(self, region: Region) -> list[Region]:
        """Give the regions in which one lies, the largest first."""
        top = self.get("")
        found: list[Region] = []
        prefix = region.prefix
        while prefix and top is not None and prefix != top.prefix:
            prefix = _above(prefix)
            if (above := self._by_prefix.get(prefix)) is not None and above.size:
                found.insert(0, above)
        return [one for one in found if top is None or len(one.prefix) >= len(top.prefix)]


def _own(region: Region, tallies: Mapping[str, Tally]) -> Region:
    found = Region(region.prefix, region.code, region.own, is_own=True)
    for unit in region.own:
        found.count(tallies.get(unit.id))
    return found


def _prefix(code: str) -> str:
    """Give the digits that tell a region: 990100 is a prefecture, and 9901 tells it."""
    if len(code) != 6:
        return code
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def _above(prefix: str) -> str:
    shorter = list(takewhile(lambda step: step < len(prefix), _STEPS))
    return prefix[: shorter[-1]] if shorter else ""


@dataclass(frozen=True)
class Tile:
    """A region's place on the map, and what of its name and its figures finds room there.

    ``inner`` are the tiles of the regions in it, as far as the map shows them.
    """

    region: Region
    box: Box
    label: str
    figures: str
    inner: tuple[Tile, ...] = ()


def tiles(region: Region, width: float, height: float, own: str) -> list[Tile]:
    """Lay the regions in a region out on a map, and in each those in it; areas count units.

    ``own`` is what the units of a region itself are called.
    """
    box = Box(0, 0, width, height)
    if not region.below:
        return [_tile(region, box, own)]
    return list(_parted(region, box, own, depth=2))


def _parted(region: Region, box: Box, own: str, depth: int) -> Iterator[Tile]:
    boxes = squarified([one.size for one in region.below], box)
    for one, place in zip(region.below, boxes, strict=True):
        inner: tuple[Tile, ...] = ()
        if depth > 1 and one.below:
            heading = _HEADING if place.height > 3 * _HEADING else 0.0
            inner = tuple(_parted(one, place.shrunk(_MARGIN, heading), own, depth - 1))
        yield _tile(one, place, own, inner)


def _tile(region: Region, box: Box, own: str, inner: tuple[Tile, ...] = ()) -> Tile:
    fitting = int((box.width - 8) / _LETTER)
    name = own if region.is_own else region.name
    shown = name if len(name) <= fitting else name[: fitting - 1] + "…" if fitting > 2 else ""
    figures = f"{region.troubled}/{region.size}"
    if inner or box.height < 2 * _LINE + 4 or len(figures) * 8 > box.width - 8:
        figures = ""
    return Tile(region, box, shown if box.height > _LINE + 4 else "", figures, inner)
