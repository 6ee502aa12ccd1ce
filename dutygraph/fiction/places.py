"""Which places a province of some size has: a real province's proportions, scaled.

A province has 11 prefectures, about 190 counties and about 2,360 townships; with their organs and
bodies about 15,000 units. Fewer units make fewer places, and as many bodies as are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dutygraph.fiction import names

SMALLEST: Final = 5
LARGEST: Final = 100_000
_WHOLE: Final = 15_000
_PREFECTURES: Final = 11
_COUNTIES: Final = 190
_TOWNSHIPS: Final = 2_360
# From this size on there is one of them at least.
_FROM: Final = {"设区市级": 14, "县级": 28, "乡级": 40}


@dataclass(frozen=True)
class Place:
    """A division with a Party committee, a government and a discipline commission.

    ``bodies`` is how many other bodies its Party committee has under it.
    """

    key: str
    name: str
    level: str
    region: str
    above: Place | None = None
    bodies: int = 0

    def organ(self, slug: str) -> str:
        """Give the id of an organ of the place: dangwei, zhengfu, jiwei, lingdao, bangongshi …"""
        return f"{self.key}-{slug}"


CORE: Final = ("dangwei", "zhengfu", "jiwei", "lingdao", "bangongshi", "kaohe", "paizhu")
"""The organs that a province, prefecture or county has by itself, the indispensable first."""
SMALL_CORE: Final = CORE[:3]
"""The organs of a township."""
_SHARES: Final = {"省级": 3, "设区市级": 2, "县级": 1}


def places(size: int) -> list[Place]:
    """Give the places of a province of so many units, from the province down.

    Raises ValueError for a size below 5 or above 100,000.
    """
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"a province has {SMALLEST} to {LARGEST} units, not {size}")
    province = Place("sheng", names.PROVINCE, "省级", "990000")
    prefectures = [
        Place(f"s{n + 1:02}", names.prefecture(n), "设区市级", f"99{n + 1:02}00", province)
        for n in range(_scaled(size, "设区市级", _PREFECTURES))
    ]
    counties = [
        _under(prefectures, n, "县级", names.county(n))
        for n in range(_scaled(size, "县级", _COUNTIES))
    ]
    townships = [
        _under(counties, n, "乡级", names.township(n // len(counties)))
        for n in range(_scaled(size, "乡级", _TOWNSHIPS))
    ]
    upper = [province, *prefectures, *counties]
    left = size - len(upper) * len(CORE) - len(townships) * len(SMALL_CORE)
    return [*_with_bodies(upper, left), *townships]


def _scaled(size: int, level: str, whole: int) -> int:
    return max(round(whole * size / _WHOLE), 1) if size >= _FROM[level] else 0


def _under(above: Sequence[Place], number: int, level: str, name: str) -> Place:
    """Give the place that comes next under places which take turns."""
    place, turn = above[number % len(above)], number // len(above)
    letter, code = ("x", f"{turn + 21:02}") if level == "县级" else ("z", f"{turn + 101:03}")
    region = place.region[:4] + code if level == "县级" else place.region + code
    named = name if level == "县级" else place.name + name
    return Place(f"{place.key}{letter}{turn + 1:02}", named, level, region, place)


def _with_bodies(upper: Sequence[Place], left: int) -> list[Place]:
    """Share the bodies out among places: a province has three times a county's, and the rest."""
    weights = [_SHARES[place.level] for place in upper]
    # A size too small for its core makes do without the last of its organs.
    counts = [max(left, 0) * weight // sum(weights) for weight in weights]
    rest = left - sum(counts)
    counts[0] += min(rest, 0)
    for number in range(max(rest, 0)):
        counts[number % len(counts)] += 1
    return [
        Place(place.key, place.name, place.level, place.region, place.above, bodies)
        for place, bodies in zip(upper, counts, strict=True)
    ]
