"""What two parties carry, side by side: shared, one's alone, and alike but worded differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from dutygraph.regulations.norms import Norm

LEAST_LIKENESS: Final = 0.5
"""From which likeness two norms are shown beside each other as the same matter in other words."""
_SHORTEST: Final = 2
"""How many characters have to be the same in a row to count as the same words."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a quote, and whether the other quote has the same words there."""

    text: str
    shared: bool


@dataclass(frozen=True)
class Pair:
    """Two norms about the same matter: each norm with its quote in pieces."""

    norms: tuple[Norm, Norm]
    pieces: tuple[tuple[Piece, ...], tuple[Piece, ...]]
    likeness: float


@dataclass(frozen=True)
class Contrast:
    """The norms of two parties: each of either party's stands in exactly one of the parts.

    ``shared`` has both parties' norm, which is one, but may have come to them in different ways.
    """

    shared: tuple[tuple[Norm, Norm], ...]
    alike: tuple[Pair, ...]
    alone: tuple[tuple[Norm, ...], tuple[Norm, ...]]


def contrast(one: Sequence[Norm], other: Sequence[Norm]) -> Contrast:
    """Set two parties' norms against each other; all parts keep the order of the norms given."""
    by_iri = {norm.iri: norm for norm in other}
    shared = tuple((norm, by_iri[norm.iri]) for norm in one if norm.iri in by_iri)
    both = {norm.iri for norm, _ in shared}
    rest = [[norm for norm in norms if norm.iri not in both] for norms in (one, other)]
    alike = _alike(rest[0], rest[1])
    paired = {norm.iri for pair in alike for norm in pair.norms}
    alone = [tuple(norm for norm in norms if norm.iri not in paired) for norms in rest]
    return Contrast(shared, alike, (alone[0], alone[1]))


def _bigrams(words: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(words))


def _likeness(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    """Give how alike two texts are, from 0 to 1: Dice's coefficient of their character pairs."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


def _alike(one: list[Norm], other: list[Norm]) -> tuple[Pair, ...]:
    """Pair norms of one kind, the most alike first, each norm at most once."""
    left, right = ([(norm, _bigrams(norm.quote)) for norm in norms] for norms in (one, other))
    found = []
    for first, (a, bigrams_a) in enumerate(left):
        for second, (b, bigrams_b) in enumerate(right):
            near = _likeness(bigrams_a, bigrams_b)
            if near >= LEAST_LIKENESS and a.kind == b.kind:
                found.append((-near, first, second))
    taken: tuple[set[int], set[int]] = set(), set()
    chosen = []
    for negative, first, second in sorted(found):
        if first not in taken[0] and second not in taken[1]:
            taken[0].add(first)
            taken[1].add(second)
            chosen.append((first, second, -negative))
    return tuple(
        Pair((one[first], other[second]), marked(one[first].quote, other[second].quote), near)
        for first, second, near in sorted(chosen)
    )


def marked(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Cut two texts into what they share and what only one has; the pieces joined give the text.

    Single characters that happen to be the same between words that differ count as different:
    marks character by character cannot be read.
    """
    blocks = [
        block
        for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
        if block.size >= _SHORTEST
    ]
    return (
        tuple(_cut(one, [(block.a, block.a + block.size) for block in blocks])),
        tuple(_cut(other, [(block.b, block.b + block.size) for block in blocks])),
    )


def _cut(words: str, shared: list[tuple[int, int]]) -> Iterator[Piece]:
    place = 0
    for start, end in shared:
        if start > place:
            yield Piece(words[place:start], shared=False)
        yield Piece(words[start:end], shared=True)
        place = end
    if place < len(words):
        yield Piece(words[place:], shared=False)
