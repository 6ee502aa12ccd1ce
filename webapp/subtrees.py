"""The tree of units with the findings of everything under each, as far as a page can show it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dutygraph.compliance.findings import Finding
from webapp.registry import Registry
from webapp.runs import Tally
from webapp.units import Unit


@dataclass
class Node:
    """A unit of the tree; ``hidden`` counts the units right under it that are not shown."""

    unit: Unit
    below: list[Node] = field(default_factory=list)
    hidden: int = 0


def tree(roots: Sequence[Unit], most: int) -> tuple[list[Node], int]:
    """Give the tree below some units, level by level until there are ``most`` nodes.

    Units under one another come whole or not at all. Also gives how many roots were left out.
    """
    shown = [Node(unit) for unit in roots[:most]]
    number, waiting = len(shown), deque(shown)
    while waiting:
        node = waiting.popleft()
        if number + len(node.unit.below) > most:
            node.hidden = len(node.unit.below)
            continue
        node.below = [Node(unit) for unit in node.unit.below]
        number += len(node.below)
        waiting.extend(node.below)
    return shown, max(0, len(roots) - most)


@dataclass(frozen=True)
class Tallies:
    """The findings of each unit, and of each with all that stands under it, by the unit's id.

    A finding about a person with posts in several units counts in each of them, and once in what
    stands above them all. Units without findings are left out.
    """

    own: Mapping[str, Tally]
    whole: Mapping[str, Tally]


def tallies(findings: Iterable[Finding], registry: Registry) -> Tallies:
    """Count the findings of a run for every unit."""
    own: dict[str, Tally] = {}
    whole: dict[str, Tally] = {}
    for finding in findings:
        concerned = registry.concerned(finding.subject)
        above = {one.id for unit in concerned for one in (unit, *unit.superiors)}
        for unit in concerned:
            own.setdefault(unit.id, Tally()).add(finding)
        for identifier in above:
            whole.setdefault(identifier, Tally()).add(finding)
    return Tallies(own, whole)


def sizes(units: Mapping[str, Unit]) -> dict[str, int]:
    """Count the units that stand under each, however deep, by id; ``units`` are in tree order."""
    found = dict.fromkeys(units, 0)
    for unit in reversed(list(units.values())):
        if unit.above is not None and unit.above.depth < unit.depth:
            found[unit.above.id] += found[unit.id] + 1
    return found
