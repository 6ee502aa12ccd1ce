"""Units, and the tree in which they stand, as far as the data say who stands under whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from dutygraph.records.subtrees import Stated, place, superiors
from webapp.concepts import Concept


@dataclass(frozen=True)
class Source:
    """Where an imported row stands: file, sheet, row."""

    file: str
    sheet: str
    row: int


@dataclass(frozen=True)
class Post:
    """A post that a person holds or held in a unit; ``until`` is the first day after it.

    ``iri`` and ``person`` are the person's; a person without a post has an empty ``unit``.
    """

    iri: str
    person: str
    name: str
    unit: str
    title: str | None
    start: str | None
    until: str | None
    principal: bool

    def held_on(self, day: dt.date) -> bool:
        """Tell whether the post is held on a day."""
        iso = day.isoformat()
        return (self.start is None or self.start <= iso) and (
            self.until is None or iso < self.until
        )


@dataclass(eq=False)
class Unit:
    """A unit; ``related`` gives other units by the property that leads to them.

    ``ordinal`` is the rank of its level, the higher, the higher; ``above`` is the unit that it
    stands under in the tree, ``below`` are those that stand under it.
    """

    iri: str
    id: str
    name: str
    kind: Concept | None
    level: Concept | None
    application: Concept | None
    founded: str | None
    dissolved: str | None
    region: str | None
    ordinal: int
    source: Source | None
    depth: int = 0
    above: Unit | None = None
    related: dict[str, list[Unit]] = field(default_factory=dict)
    below: list[Unit] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    @property
    def stated(self) -> Stated:
        """What the data say of its place."""
        related = {how: [one.iri for one in others] for how, others in self.related.items()}
        return Stated(self.iri, self.id, self.region, self.ordinal, related)

    @property
    def place(self) -> tuple[int, bool, str]:
        """Where it stands among others."""
        return place(self.ordinal, self.related, self.id)

    @property
    def superiors(self) -> list[Unit]:
        """The units above it in the tree, the highest first."""
        chain: list[Unit] = []
        above = self.above
        while above is not None and above not in chain:
            chain.insert(0, above)
            above = above.above
        return chain


def arrange(units: Iterable[Unit]) -> None:
    """Put each unit under another, as ``dutygraph.records.subtrees`` has it.

    Fills ``above`` and ``below``.
    """
    by_iri = {unit.iri: unit for unit in sorted(units, key=attrgetter("place"))}
    above = superiors(unit.stated for unit in by_iri.values())
    for unit in by_iri.values():
        if unit.iri in above:
            unit.above = by_iri[above[unit.iri]]
            unit.above.below.append(unit)


def in_tree_order(units: Iterable[Unit]) -> dict[str, Unit]:
    """Give units by id, each after the one that it stands under; fills ``depth``."""
    found: dict[str, Unit] = {}

    def visit(unit: Unit, depth: int) -> None:
        if unit.id in found:
            return
        unit.depth = depth
        found[unit.id] = unit
        for below in unit.below:
            visit(below, depth + 1)

    ordered = sorted(units, key=attrgetter("place"))
    roots = [unit for unit in ordered if unit.above is None]
    # Those whose superiors go round in a circle hang on no root; they come last.
    for unit in [*roots, *ordered]:
        visit(unit, 0)
    return found
