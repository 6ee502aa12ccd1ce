"""All orders that a store keeps its quads in are read, and one that has others is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from dutygraph.store.orders import tallies

A, B, P, Q = (NamedNode(f"https://e.example/{name}") for name in "abpq")
GRAPHS = (NamedNode("https://e.example/g1"), NamedNode("https://e.example/g2"))
QUADS = [
    quad
    for graph in GRAPHS
    for quad in (
        Quad(A, P, Literal("示例", language="zh"), graph),
        Quad(A, P, B, graph),
        Quad(A, Q, B, graph),
        Quad(B, P, A, graph),
        Quad(B, Q, Literal(2014), graph),
        Quad(BlankNode("x"), Q, A, graph),
    )
] + [Quad(A, P, Literal("only here"), GRAPHS[0])]

PATTERNS = {
    "GSPO": (False, False, False, True),
    "GPOS": (False, True, False, True),
    "GOSP": (False, False, True, True),
    "SPOG": (True, False, False, False),
    "POSG": (False, True, False, False),
    "OSPG": (False, False, True, False),
}
"""What is known of a pattern that an order answers: subject, predicate, object, graph."""


def store_of(quads: list[Quad]) -> Store:
    store = Store()
    store.extend(quads)
    return store


class Spoilt:
    """A store one of whose orders has lost a quad, or has another in its place."""

    def __init__(self, order: str, quad: Quad, instead: Quad | None) -> None:
        self._store = store_of(QUADS)
        self._known, self._quad, self._instead = PATTERNS[order], quad, instead

    def named_graphs(self) -> Iterator[NamedNode | BlankNode]:
        """Give the graphs as they are."""
        return self._store.named_graphs()

    def quads_for_pattern(self, *pattern: NamedNode | None) -> Iterator[Quad]:
        """Give what fits a pattern, as the order gives it that answers the pattern."""
        is_meant = tuple(term is not None for term in pattern) == self._known
        for quad in self._store.quads_for_pattern(*pattern):
            if is_meant and quad == self._quad:
                if self._instead is not None:
                    yield self._instead
            else:
                yield quad


def test_every_order_of_a_sound_store_gives_every_quad_once() -> None:
    found = tallies(store_of(QUADS))
    assert {name: tally.quads for name, tally in found.items()} == dict.fromkeys(
        PATTERNS, len(QUADS)
    )
    assert len({tally.sum for tally in found.values()}) == 1
    assert {tally.quads for tally in tallies(Store()).values()} == {0}


@pytest.mark.parametrize("instead", [None, Quad(B, P, Literal("another"), GRAPHS[1])])
@pytest.mark.parametrize("order", [name for name in PATTERNS if name != "GSPO"])
def test_an_order_that_has_other_quads_is_told(order: str, instead: Quad | None) -> None:
    for quad in QUADS:
        found = tallies(Spoilt(order, quad, instead))
        assert {name for name, tally in found.items() if tally != found["GSPO"]} == {order}
