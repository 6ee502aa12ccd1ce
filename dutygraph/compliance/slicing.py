"""Slices of the records: what is enough to check somebody, and whom a change touches.

The ways of the checks (``reach``) lead from a unit or person to all that can bear on what is found
of it: the graph of these nodes gives the same findings for it as the whole. Followed backwards,
from what was changed, they lead to all whose findings can have changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from dutygraph.compliance.automata import HERE, Automaton
from dutygraph.store.graphs import Reading

_AT_ONCE: Final = 1000
"""How many nodes one query asks for."""
_FEW_SAID: Final = 2
_FEW_NAMING: Final = 8
"""How many properties of a node, or by which it is named, are asked for one by one."""


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
    """Where one gets from a state: by property along it or against it, and by tests of values."""

    along: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    against: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    tests: list[tuple[str, str, int]] = field(default_factory=list)

    @cached_property
    def looked_up(self) -> frozenset[str]:
        """The properties of a node itself that tell where one gets from it."""
        return frozenset({*self.along, *(name for name, *_ in self.tests)})

    def add(self, move: Move, to: int) -> None:
        """Add a move and the state that it leads to."""
        if move.value is not None:
            self.tests.append((move.predicate, move.value, to))
        else:
            (self.against if move.inverse else self.along)[move.predicate].append(to)


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
        self.states = range(len(ways))
        self.looked_at = frozenset({0, *(one for one in self.states if HERE in ways[one])})

    @cached_property
    def forward(self) -> Sequence[_Moves]:
        """Of each state, by number, the moves from it."""
        return self._laid_out((state, move, to) for state, move, to in self._moves)

    @cached_property
    def backward(self) -> Sequence[_Moves]:
        """Of each state, by number, the moves that lead back from it."""
        return self._laid_out((to, move.back, state) for state, move, to in self._moves)

    def _laid_out(self, moves: Iterable[tuple[int, Move, int]]) -> Sequence[_Moves]:
        found = [_Moves() for _ in self.states]
        for state, move, to in moves:
            found[state].add(move, to)
        return found


class _Links:
    """What links nodes of some graphs to others, in one direction, as far as it was asked for."""

    def __init__(self, store: Reading, graphs: Sequence[str], pattern: str, few: int) -> None:
        """Take a store, its graphs, the pattern of a link from ``?node`` to ``?other``.

        Of a node of which more than a ``few`` properties are wanted all links are asked for: each
        look in vain costs more than a link that nobody wants.
        """
        self._store, self._graphs = store, graphs
        self._pattern, self._few = pattern, few
        self._known: dict[str, dict[str, list[str]]] = {}
        self._in_full: set[str] = set()

    def __getitem__(self, node: str) -> Mapping[str, Sequence[str]]:
        """Give what is known of a node: the others by property."""
        return self._known[node]

    def through(self, name: str, nodes: Iterable[str]) -> set[str]:
        """Give where a property leads from some nodes."""
        known = self._known
        return {other for node in nodes if node in known for other in known[node].get(name, ())}

    def having(self, name: str, value: str, nodes: Iterable[str]) -> set[str]:
        """Give those of some nodes of which a property has a value."""
        known = self._known
        return {node for node in nodes if node in known and value in known[node].get(name, ())}

    def learn(self, wanted: Mapping[str, Set[str]]) -> None:
        """Ask for the links of some nodes along some properties, where that is not known."""
        in_full, pairs = list[str](), list[str]()
        for node in sorted(wanted.keys() - self._in_full):
            known = self._known.setdefault(node, {})
            new = wanted[node] - known.keys()
            if len(new) > self._few:
                in_full.append(node)
            else:
                known |= {name: [] for name in new}
                pairs += (f"({node} <{name}>)" for name in sorted(new))
        # Pairs, not two lists: of these Oxigraph makes a product of all that it finds.
        self._ask("(?node ?property)", pairs)
        self.learn_all(in_full)

    def learn_all(self, nodes: Iterable[str]) -> None:
        """Ask for all links of some nodes."""
        new = sorted(set(nodes) - self._in_full)
        self._in_full |= set(new)
        self._known |= {node: {} for node in new}
        self._ask("?node", new)

    def _ask(self, given: str, values: Sequence[str]) -> None:
        for start in range(0, len(values), _AT_ONCE):
            some = " ".join(values[start : start + _AT_ONCE])
            query = (
                f"SELECT ?node ?property ?other WHERE {{ VALUES {given} {{ {some} }} "
                f"{self._pattern} }}"
            )
            for row in self._store.select(query, self._graphs):
                known = self._known[str(row["node"])]
                known.setdefault(row["property"].value, []).append(str(row["other"]))


class Slicer:
    """Follows the ways of the checks through the records of some graphs.

    Nodes are written as in N-Triples: ``<IRI>``, or a literal with its datatype.
    """

    def __init__(self, store: Reading, graphs: Sequence[str], routes: Routes) -> None:
        """Take a store, the names of its graphs with records, and the ways of the checks."""
        self._routes = routes
        self._said = _Links(store, graphs, "?node ?property ?other", _FEW_SAID)
        self._naming = _Links(store, graphs, "?other ?property ?node", _FEW_NAMING)

    def around(self, focus: Iterable[str], without: Iterable[str] = ()) -> set[str]:
        """Give the nodes that bear on some units and persons, themselves among them.

        No way leads through those that it is to do ``without``.
        """
        found: dict[int, set[str]] = {0: set(focus)}
        self._walk(self._routes.forward, found, frozenset(without))
        return {
            node
            for state in self._routes.looked_at & found.keys()
            for node in found[state]
            if node.startswith("<")
        }

    def touched(self, changed: Iterable[str]) -> set[str]:
        """Give the nodes whose findings can depend on some that were changed.

        They are units and persons, and nodes of other kinds that are no focus node of any check.
        """
        nodes = set(changed)
        found = {state: set(nodes) for state in self._routes.looked_at}
        self._walk(self._routes.backward, found)
        return found.get(0, set())

    def triples(self, nodes: Iterable[str]) -> bytes:
        """Give all that the records say of some nodes, as N-Triples."""
        names = sorted(nodes)
        self._said.learn_all(names)
        return "".join(
            f"{name} <{predicate}> {value} .\n"
            for name in names
            for predicate, values in self._said[name].items()
            for value in values
        ).encode()

    def _walk(
        self,
        ways: Sequence[_Moves],
        found: dict[int, set[str]],
        without: Set[str] = frozenset(),
    ) -> None:
        """Add to the nodes found in each state those to which the ways lead from there."""
        fresh = {state: set(nodes) for state, nodes in found.items()}
        while fresh:
            self._learn(ways, fresh)
            further: dict[int, set[str]] = defaultdict(set)
            for state, nodes in fresh.items():
                for target, others in self._steps(ways[state], nodes):
                    further[target] |= others
            fresh = {}
            for state, nodes in further.items():
                there = found.setdefault(state, set())
                if new := nodes - there - without:
                    there |= new
                    fresh[state] = new

    def _steps(self, moves: _Moves, nodes: set[str]) -> Iterator[tuple[int, set[str]]]:
        """Give where the moves lead from some nodes: each state, with the nodes in it."""
        for links, ways in ((self._said, moves.along), (self._naming, moves.against)):
            for name, targets in ways.items():
                others = links.through(name, nodes)
                for target in targets:
                    yield target, others
        for name, value, target in moves.tests:
            yield target, self._said.having(name, value, nodes)

    def _learn(self, ways: Sequence[_Moves], fresh: Mapping[int, set[str]]) -> None:
        """Ask for all that has to be known to go on from some nodes; a literal says nothing."""
        said: dict[str, set[str]] = defaultdict(set)
        naming: dict[str, set[str]] = defaultdict(set)
        for state, nodes in fresh.items():
            along, against = ways[state].looked_up, ways[state].against.keys()
            for node in nodes:
                if along and node.startswith("<"):
                    said[node] |= along
                if against:
                    naming[node] |= against
        self._said.learn(said)
        self._naming.learn(naming)
