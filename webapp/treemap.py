"""Squarified treemaps: a box is parted into boxes of given areas, each as square as can be.

After Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000): boxes are laid in rows along the
shorter side of what is left, and a row is closed when one more box would make its worst box worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle: its upper left corner, its width and its height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Its area."""
        return self.width * self.height

    def shrunk(self, by: float, top: float = 0) -> Box:
        """Give the box with a margin taken off all round, and more at its top."""
        return Box(
            self.x + by,
            self.y + by + top,
            max(0.0, self.width - 2 * by),
            max(0.0, self.height - 2 * by - top),
        )


def squarified(sizes: Sequence[float], box: Box) -> list[Box]:
    """Part a box into one for each size, in proportion to the sizes, in their order.

    Sizes are above 0; the larger ones first give the squarest boxes.
    """
    total = sum(sizes)
    if not sizes or not box.area:
        return [Box(box.x, box.y, 0.0, 0.0) for _ in sizes]
    areas = [size * box.area / total for size in sizes]
    found: list[Box] = []
    while areas:
        row = _row(areas, min(box.width, box.height))
        laid, box = _laid(row, box)
        found += laid
        areas = areas[len(row) :]
    return found


def _row(areas: Sequence[float], side: float) -> Sequence[float]:
    """Give as many of the areas as make the squarest row along a side."""
    number, worst = 1, _worst(areas[:1], side)
    while number < len(areas) and (with_next := _worst(areas[: number + 1], side)) <= worst:
        number, worst = number + 1, with_next
    return areas[:number]


def _worst(row: Sequence[float], side: float) -> float:
    """Give the ratio of the sides of a row's longest box; 1 is a square."""
    thickness = sum(row) / side
    return max(
        max(thickness / length, length / thickness) for length in (area / thickness for area in row)
    )


def _laid(row: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """Lay a row along the shorter side of a box; give its boxes, and what is left."""
    lies_upright = box.width >= box.height
    thickness = sum(row) / (box.height if lies_upright else box.width)
    found, place = [], 0.0
    for area in row:
        length = area / thickness
        if lies_upright:
            found.append(Box(box.x, box.y + place, thickness, length))
        else:
            found.append(Box(box.x + place, box.y, length, thickness))
        place += length
    if lies_upright:
        return found, Box(box.x + thickness, box.y, max(0.0, box.width - thickness), box.height)
    return found, Box(box.x, box.y + thickness, box.width, max(0.0, box.height - thickness))
