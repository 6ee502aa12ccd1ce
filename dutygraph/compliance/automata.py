"""Automata over links: the ways through a graph as the states that one passes on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Automaton: TypeAlias = tuple[Mapping[str, int], ...]
"""Of each state, by number, where its labels lead; the first is state 0.

A label is a step along a property (``IRI``, against it ``^IRI``), the test for a value (``IRI``
and, after a space, the term as in N-Triples), or a mark (``!``), which leads nowhere.
"""
HERE = "!"
"""Marks a state in which one is at something that the query looks at, not only on the way to it.

With a variable after it, it marks where that variable of a rule's head stands.
"""
_Edges: TypeAlias = Sequence[set[tuple[str, int]]]
_FREELY = ""
"""The label of what leads on without a step."""


class Drawing:
    """An automaton being made: states, and labels that may lead from one to several."""

    def __init__(self) -> None:
        """Begin with state 0."""
        self._edges: list[set[tuple[str, int]]] = [set()]

    def state(self) -> int:
        """Add a state."""
        self._edges.append(set())
        return len(self._edges) - 1

    def join(self, here: int, there: int, label: str = _FREELY) -> None:
        """Let a label lead from one state to another; without one it leads on without a step."""
        self._edges[here].add((label, there))

    def mark(self, state: int, variable: str = "") -> None:
        """Mark a state with HERE, or as the one where a variable stands."""
        self.join(state, self.state(), HERE + variable)

    def copy(self, automaton: Automaton) -> int:
        """Copy an automaton without its marks of variables; give its first state here."""
        first = len(self._edges)
        for moves in automaton:
            self._edges.append(
                {
                    (label, first + to)
                    for label, to in moves.items()
                    if label == HERE or not label.startswith(HERE)
                }
            )
        return first

    def automaton(self) -> Automaton:
        """Give the smallest automaton with the same ways."""
        return _smallest(_deterministic(self._edges))


def _deterministic(edges: _Edges) -> list[dict[str, int]]:
    """Make moves definite: each leads to one state (subset construction)."""
    first = _closed(edges, [0])
    numbers, waiting = {first: 0}, [first]
    result: list[dict[str, int]] = [{}]
    while waiting:
        group = waiting.pop()
        targets: dict[str, set[int]] = defaultdict(set)
        for state in group:
            for label, target in edges[state]:
                if label != _FREELY:
                    targets[label].add(target)
        for label, found in targets.items():
            key = _closed(edges, found)
            if key not in numbers:
                numbers[key] = len(numbers)
                result.append({})
                waiting.append(key)
            result[numbers[group]][label] = numbers[key]
    return result


def _closed(edges: _Edges, states: Iterable[int]) -> frozenset[int]:
    found, waiting = set(states), list(states)
    while waiting:
        for label, target in edges[waiting.pop()]:
            if label == _FREELY and target not in found:
                found.add(target)
                waiting.append(target)
    return frozenset(found)


def _smallest(automaton: Sequence[Mapping[str, int]]) -> Automaton:
    """Put together the states from which the same ways lead (partition refinement)."""
    block, count = [0] * len(automaton), 1
    while True:
        signs: dict[Any, int] = {}
        block = [
            signs.setdefault(
                (block[state], frozenset((label, block[to]) for label, to in moves.items())),
                len(signs),
            )
            for state, moves in enumerate(automaton)
        ]
        if len(signs) == count:
            break
        count = len(signs)
    of_block = {block[state]: moves for state, moves in enumerate(automaton)}
    # Numbered as they are met from the first, so that the same ways make the same automaton.
    numbers, order = {block[0]: 0}, [block[0]]
    for one in order:
        for label in sorted(of_block[one]):
            to = block[of_block[one][label]]
            if to not in numbers:
                numbers[to] = len(order)
                order.append(to)
    return tuple(
        {label: numbers[block[to]] for label, to in of_block[one].items()} for one in order
    )
