"""Slices of the records: what is enough to check somebody, and whom a change touches.

The ways of the checks (``reach``) lead from a unit or person to all that can bear on what is found
of it: the graph of these nodes gives the same findings for it as the whole. Followed backwards,
from what was changed, they lead to all whose findings can have changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from dutygraph.compliance.automata import HERE, Automaton
from dutygraph.store.graphs import Reading

_AT_ONCE = 1000
"""How many nodes one query asks for."""


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


_Ways: TypeAlias = Sequence[Sequence[tuple[Move, int]]]
"""Of each state, by number, the moves and where they lead."""
_Written: TypeAlias = tuple[tuple[tuple[str, int], ...], ...]
"""An automaton that can be a key."""


class Slicer:
    """Follows the ways of the checks through the records of some graphs.

    Nodes are written as in N-Triples: ``<IRI>``, or a literal with its datatype.
    """

    def __init__(self, store: Reading, graphs: Sequence[str], ways: Automaton) -> None:
        """Take a store, the names of its graphs with records, and the ways of the checks."""
        self._store = store
        self._graphs = list(graphs)
        self._looked_at = {0, *(state for state, moves in enumerate(ways) if HERE in moves)}
        self._automaton = tuple(tuple(moves.items()) for moves in ways)
        self._said: dict[str, dict[str, list[str]]] = {}
        self._named: dict[str, dict[str, list[str]]] = defaultdict(dict)

    def around(self, focus: Iterable[str], without: Iterable[str] = ()) -> set[str]:
        """Give the nodes that bear on some units and persons, themselves among them.

        No way leads through those that it is to do ``without``.
        """
        found: dict[int, set[str]] = {0: set(focus)}
        self._walk(_forward(self._automaton), found, frozenset(without))
        return {
            node
            for state in self._looked_at & found.keys()
            for node in found[state]
            if node.startswith("<")
        }

    def touched(self, changed: Iterable[str]) -> set[str]:
        """Give the nodes whose findings can depend on some that were changed.

        They are units and persons, and nodes of other kinds that are no focus node of any check.
        """
        nodes = set(changed)
        found = {state: set(nodes) for state in self._looked_at}
        self._walk(_backward(self._automaton), found)
        return found.get(0, set())

    def triples(self, nodes: Iterable[str]) -> bytes:
        """Give all that the records say of some nodes, as N-Triples."""
        names = sorted(nodes)
        self._describe(names)
        return "".join(
            f"{name} <{predicate}> {value} .\n"
            for name in names
            for predicate, values in self._said[name].items()
            for value in values
        ).encode()

    def _walk(
        self, ways: _Ways, found: dict[int, set[str]], without: Set[str] = frozenset()
    ) -> None:
        """Add to the nodes found in each state those to which the ways lead from there."""
        fresh = {state: set(nodes) for state, nodes in found.items()}
        while fresh:
            self._learn(ways, fresh)
            further: dict[int, set[str]] = defaultdict(set)
            for state, nodes in fresh.items():
                for move, target in ways[state]:
                    further[target] |= self._through(move, nodes)
            fresh = {}
            for state, nodes in further.items():
                there = found.setdefault(state, set())
                if new := nodes - there - without:
                    there |= new
                    fresh[state] = new

    def _through(self, move: Move, nodes: set[str]) -> set[str]:
        """Give where a step leads from some nodes, or those of them that pass a test."""
        name = move.predicate
        if move.inverse:
            known = self._named[name]
            return {other for node in nodes for other in known[node]}
        if move.value is not None:
            return {node for node in nodes if move.value in self._said[node].get(name, ())}
        return {other for node in nodes for other in self._said[node].get(name, ())}

    def _learn(self, ways: _Ways, fresh: Mapping[int, set[str]]) -> None:
        """Ask for all that has to be known to go on from some nodes."""
        described, pairs = set[str](), list[tuple[str, str]]()
        for state, nodes in fresh.items():
            for move, _ in ways[state]:
                if move.inverse:
                    known = self._named[move.predicate]
                    for node in nodes - known.keys():
                        known[node] = []
                        pairs.append((node, move.predicate))
                else:
                    described |= nodes
        self._describe(described)
        # Pairs, not two lists: of these Oxigraph makes a product of all that it finds.
        for some in _chunks([f"({node} <{predicate}>)" for node, predicate in sorted(pairs)]):
            query = (
                f"SELECT ?node ?property ?other WHERE {{ VALUES (?node ?property) {{ {some} }} "
                "?other ?property ?node }"
            )
            for row in self._store.select(query, self._graphs):
                self._named[row["property"].value][str(row["node"])].append(str(row["other"]))

    def _describe(self, nodes: Iterable[str]) -> None:
        """Ask for all that is said of some nodes; a literal says nothing."""
        unknown = sorted(node for node in nodes if node not in self._said)
        self._said |= {node: {} for node in unknown}
        for some in _chunks([node for node in unknown if node.startswith("<")]):
            query = (
                f"SELECT ?node ?property ?other WHERE {{ VALUES ?node {{ {some} }} "
                "?node ?property ?other }"
            )
            for row in self._store.select(query, self._graphs):
                said = self._said[str(row["node"])]
                said.setdefault(row["property"].value, []).append(str(row["other"]))


@lru_cache(maxsize=8)
def _forward(automaton: _Written) -> _Ways:
    return [
        [(Move.of(label), to) for label, to in moves if not label.startswith(HERE)]
        for moves in automaton
    ]


@lru_cache(maxsize=8)
def _backward(automaton: _Written) -> _Ways:
    back: list[list[tuple[Move, int]]] = [[] for _ in automaton]
    for state, moves in enumerate(_forward(automaton)):
        for move, to in moves:
            back[to].append((move.back, state))
    return back


def _chunks(names: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(names), _AT_ONCE):
        yield " ".join(names[start : start + _AT_ONCE])
