"""Slices of the records: what is enough to check somebody, and whom a change touches.

The ways of the checks (``reach``) lead from a unit or person to all that can bear on what is found
of it: the graph of these nodes gives the same findings for it as the whole. Followed backwards,
from what was changed, they lead to all whose findings can have changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Final

from dutygraph.compliance.automata import HERE, Automaton
from dutygraph.compliance.links import Links
from dutygraph.store.graphs import GraphStore

_SETS: Final = 4096
"""Of how many sets of states it is kept where one gets from them."""


@dataclass(frozen=True)
class Move:
    """A step along a property, against it if inverse; with a value, no step but a test for it."""

    predicate: str
    inverse: bool = False
    value: str | None = None

    @classmethod
    def of(cls, label: str) -> Move:
        """Read the label of an automaton."""
        predicate, _, value = label.partition(" ")
        return cls(predicate.removeprefix("^"), predicate.startswith("^"), value or None)

    @property
    def back(self) -> Move:
        """The move that undoes this one."""
        return self if self.value is not None else replace(self, inverse=not self.inverse)


@dataclass
class _Moves:
    """Where one gets from some states: along a property, against it, and by tests of its values.

    Sets of states are numbers, with a bit for each state. Properties are written as in N-Triples.
    """

    along: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    against: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tests: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, move: Move, to: int) -> None:
        """Add a move and the states that it leads to."""
        name = f"<{move.predicate}>"
        if move.value is not None:
            self.tests[name][move.value] = self.tests[name].get(move.value, 0) | to
        else:
            (self.against if move.inverse else self.along)[name] |= to


class Direction:
    """The ways of checks as they are followed from one of their ends."""

    def __init__(self, moves: Iterable[tuple[int, Move, int]]) -> None:
        """Take the moves: from which state, how, to which."""
        self._moves: dict[int, list[tuple[Move, int]]] = defaultdict(list)
        for state, move, to in moves:
            self._moves[state].append((move, 1 << to))
        # Nodes of a kind are in the same states, of one unit as of another.
        self.moves = lru_cache(_SETS)(self._joined)

    def _joined(self, states: int) -> _Moves:
        found = _Moves()
        for state, moves in self._moves.items():
            if states >> state & 1:
                for move, to in moves:
                    found.add(move, to)
        return found


class Routes:
    """The ways of checks, laid out to be followed from either end.

    Laying them out takes longer than following them from one unit, so it is done once.
    """

    def __init__(self, ways: Automaton) -> None:
        self._moves = [
            (state, Move.of(label), to)
            for state, moves in enumerate(ways)
            for label, to in moves.items()
            if not label.startswith(HERE)
        ]
        looked_at = (one for one, moves in enumerate(ways) if one == 0 or HERE in moves)
        self.looked_at = sum(1 << one for one in looked_at)

    @cached_property
    def forward(self) -> Direction:
        """The ways from units and persons to what is looked at."""
        return Direction(self._moves)

    @cached_property
    def backward(self) -> Direction:
        """The ways from what is looked at back to units and persons."""
        return Direction((to, move.back, state) for state, move, to in self._moves)


class Slicer:
    """Follows the ways of the checks through the records of some graphs.

    Nodes are written as in N-Triples: ``<IRI>``, or a literal with its datatype.
    """

    def __init__(self, store: GraphStore, graphs: Sequence[str], routes: Routes) -> None:
        """Take a store, the names of its graphs with records, and the ways of the checks."""
        self._routes = routes
        self._said = Links(store, graphs, "?node ?property ?other")
        self._naming = Links(store, graphs, "?other ?property ?node")

    def around(self, focus: Iterable[str], without: Iterable[str] = ()) -> set[str]:
        """Give the nodes that bear on some units and persons, themselves among them.

        No way leads through those that it is to do ``without``.
        """
        found = self._walk(self._routes.forward, dict.fromkeys(focus, 1), frozenset(without))
        looked_at = self._routes.looked_at
        return {
            node for node, states in found.items() if states & looked_at and node.startswith("<")
        }

    def touched(self, changed: Iterable[str]) -> set[str]:
        """Give the nodes whose findings can depend on some that were changed.

        They are units and persons, and nodes of other kinds that are no focus node of any check.
        """
        begun = dict.fromkeys(changed, self._routes.looked_at)
        found = self._walk(self._routes.backward, begun)
        return {node for node, states in found.items() if states & 1}

    def triples(self, nodes: Iterable[str]) -> bytes:
        """Give all that the records say of some nodes, as N-Triples."""
        names = sorted(nodes)
        self._said.learn_all(names)
        return "".join(
            f"{name} {predicate} {value} .\n"
            for name in names
            for predicate, values in self._said[name].items()
            for value in values
        ).encode()

    def _walk(
        self, ways: Direction, begun: Mapping[str, int], without: Set[str] = frozenset()
    ) -> dict[str, int]:
        """Give the nodes to which the ways lead from those begun at, each with its states."""
        found, fresh = dict(begun), dict(begun)
        while fresh:
            self._learn(ways, fresh)
            further, fresh = self._further(ways, fresh), {}
            for node, states in further.items():
                there = found.get(node, 0)
                if node not in without and (new := states & ~there):
                    found[node], fresh[node] = there | new, new
        return found

    def _further(self, ways: Direction, fresh: Mapping[str, int]) -> dict[str, int]:
        """Give where the ways lead from some nodes in some states: the nodes with their states."""
        found: dict[str, int] = defaultdict(int)
        for node, states in fresh.items():
            moves = ways.moves(states)
            for links, targets in ((self._said, moves.along), (self._naming, moves.against)):
                for name, others in links[node].items() if targets else ():
                    if to := targets.get(name):
                        for other in others:
                            found[other] |= to
            for name, tested in moves.tests.items():
                for value in self._said[node].get(name, ()):
                    found[node] |= tested.get(value, 0)
        return found

    def _learn(self, ways: Direction, fresh: Mapping[str, int]) -> None:
        """Ask for all that has to be known to go on from some nodes; a literal says nothing."""
        saying, naming = list[str](), dict[str, Set[str]]()
        for node, states in fresh.items():
            moves = ways.moves(states)
            if (moves.along or moves.tests) and node.startswith("<"):
                saying.append(node)
            if moves.against:
                naming[node] = moves.against.keys()
        # Nearly all of what bears on somebody is wanted in full in the end.
        self._said.learn_all(saying)
        self._naming.learn(naming)
