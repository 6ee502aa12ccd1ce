"""The orders that Oxigraph keeps its quads in: whether all of them hold the same.

RocksDB keeps six copies of each quad of a named graph, sorted by subject, predicate or object, with
the graph before them or after. Which of them answers depends on what is known of a pattern, so each
is read through by patterns that only it can answer, and the sums of what they give are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

_Node = NamedNode | BlankNode | Literal | Triple
_SUMS: Final = 1 << 64


@dataclass
class Tally:
    """How many quads an order gave, and a sum of their hashes that depends on no order."""

    quads: int = 0
    sum: int = 0

    def of(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """Give quads on, each taken note of."""
        for quad in quads:
            self.quads += 1
            self.sum = (self.sum + hash(quad)) % _SUMS
            yield quad

    def take(self, quads: Iterable[Quad]) -> None:
        """Take note of quads."""
        for _ in self.of(quads):
            pass


def tallies(store: Store) -> dict[str, Tally]:
    """Read a store through in every order; give what each gave, by its name (``POSG``).

    The quads of each graph are read in GSPO, which leads to what is asked for in the others. Of
    terms met before only the hash is kept. Raises OSError or RuntimeError for what cannot be read.
    """
    found = {name: Tally() for name in ("GSPO", "GPOS", "GOSP", "SPOG", "POSG", "OSPG")}
    predicates, subjects, objects = _New(), _New(), _New()
    for graph in store.named_graphs():
        predicates_there, objects_there = _New(), _New()
        for s, p, o, _ in found["GSPO"].of(store.quads_for_pattern(None, None, None, graph)):
            if subjects.has(s):
                found["SPOG"].take(store.quads_for_pattern(s, None, None, None))
            if predicates_there.has(p):
                found["GPOS"].take(store.quads_for_pattern(None, p, None, graph))
            if predicates.has(p):
                found["POSG"].take(store.quads_for_pattern(None, p, None, None))
            if objects_there.has(o):
                found["GOSP"].take(_of(o, store.quads_for_pattern(None, None, o, graph)))
            if objects.has(o):
                found["OSPG"].take(_of(o, store.quads_for_pattern(None, None, o, None)))
    return found


def _of(term: _Node, quads: Iterable[Quad]) -> Iterator[Quad]:
    """Give the quads with an object: of an integer like 255 Oxigraph gives its neighbours too."""
    return (quad for quad in quads if quad.object == term)


class _New:
    """Tells terms that are met for the first time; of those that were, it keeps the hash."""

    def __init__(self) -> None:
        self._met: set[int] = set()

    def has(self, term: _Node) -> bool:
        """Tell whether a term is new."""
        number = len(self._met)
        self._met.add(hash(term))
        return len(self._met) > number
