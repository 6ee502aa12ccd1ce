"""Chains of superiors: none may come back to where it began, whichever columns it runs through."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

Step: TypeAlias = tuple[str, str]
"""A column, and the id that it leads to."""


def cycles(steps: Mapping[str, Sequence[Step]]) -> Iterator[list[Step]]:
    """Give the cycles of a map from ids to the steps that lead on from them, each told once.

    A cycle is the list of (column, id) from the id that the map holds first among its ids: the
    first step is the column of that id, and the id that it leads to. A chain that stays in one
    column is told before one that changes between columns; of those that share an id and are
    through several columns the shortest is told, as correcting it may be enough.
    Linear in the steps, but for one breadth-first search in each knot that is left.
    """
    told: set[str] = set()
    for column in dict.fromkeys(column for each in steps.values() for column, _ in each):
        one = {
            start: next((leads for name, leads in each if name == column), None)
            for start, each in steps.items()
        }
        for found in _simple_cycles(one):
            told.update(found)
            yield [(column, leads) for leads in [*found[1:], found[0]]]
    for knot in _knots(steps):
        if told.isdisjoint(knot):
            first = next(start for start in steps if start in knot)
            yield _shortest(first, knot, steps)


def onward(
    steps: Mapping[str, Sequence[Step]],
    ask: Callable[[Collection[str]], Mapping[str, Sequence[Step]]],
) -> dict[str, Sequence[Step]]:
    """Give the steps on from where a map leads out of itself, as far as they can be asked for."""
    found: dict[str, Sequence[Step]] = {}
    ahead = {leads for each in steps.values() for _, leads in each} - steps.keys()
    while ahead:
        known = ask(ahead)
        found.update(known)
        ahead = {leads for each in known.values() for _, leads in each}
        ahead -= steps.keys() | found.keys()
    return found


def _simple_cycles(following: Mapping[str, str | None]) -> Iterator[list[str]]:
    """Give each cycle of a map in which every id leads to one other at most.

    A cycle starts with that of its ids which the map holds first.
    """
    order = {identifier: position for position, identifier in enumerate(following)}
    done: set[str] = set()
    for start in following:
        path: dict[str, None] = {}
        step: str | None = start
        while step in order and step not in done and step not in path:
            path[step] = None
            step = following[step]
        if step in path:
            found = list(path)
            cycle = found[found.index(step) :]
            first = cycle.index(min(cycle, key=order.__getitem__))
            yield cycle[first:] + cycle[:first]
        done.update(path)


def _knots(steps: Mapping[str, Sequence[Step]]) -> Iterator[set[str]]:
    """Give the strongly connected parts of more than one id (R. Tarjan 1972, without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    waiting: list[str] = []
    on_stack: set[str] = set()
    for root in steps:
        if root in number:
            continue
        path: list[tuple[str, Iterator[Step]]] = []

        def enter(name: str, path: list[tuple[str, Iterator[Step]]] = path) -> None:
            number[name] = low[name] = len(number)
            waiting.append(name)
            on_stack.add(name)
            path.append((name, iter(steps[name])))

        enter(root)
        while path:
            here, rest = path[-1]
            for _, there in rest:
                if there not in steps:
                    continue
                if there not in number:
                    enter(there)
                    break
                if there in on_stack:
                    low[here] = min(low[here], number[there])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[here])
                if low[here] == number[here]:
                    knot = {here}
                    while (name := waiting.pop()) != here:
                        knot.add(name)
                    on_stack.difference_update(knot)
                    if len(knot) > 1:
                        yield knot


def _shortest(first: str, knot: set[str], steps: Mapping[str, Sequence[Step]]) -> list[Step]:
    """Give the shortest way from an id back to it, within its knot."""
    came: dict[str, tuple[str, Step]] = {}
    queue = deque([first])
    while first not in came:
        here = queue.popleft()
        for step in steps[here]:
            if step[1] in knot and step[1] not in came:
                came[step[1]] = (here, step)
                queue.append(step[1])
    way: list[Step] = []
    at = first
    while not way or at != first:
        at, step = came[at]
        way.append(step)
    return way[::-1]
