"""Marked text: a provision's words cut where a norm's quote begins or ends.

Quotes overlap: one sentence is often the words of two norms, one for each addressee, and a clause
can be the words of one norm inside those of another. So the text is cut at every border, and each
segment knows all the norms whose words it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol


class Quoting(Protocol):
    """As much of a norm as marking its words needs: offsets in code points, the end exclusive."""

    @property
    def id(self) -> str:
        """The norm's id."""

    @property
    def start(self) -> int:
        """Where its quote begins."""

    @property
    def end(self) -> int:
        """Where its quote ends."""


@dataclass(frozen=True)
class Segment:
    """A stretch of text without a border inside: its place, its words, the norms that quote them.

    ``ending`` are those of the norms whose quote ends where the segment ends. Norms stand in the
    order in which they were given.
    """

    start: int
    text: str
    norms: tuple[str, ...]
    ending: tuple[str, ...]


def segments(text: str, norms: Sequence[Quoting], borders: Iterable[int] = ()) -> list[Segment]:
    """Cut a text at the borders of the norms' quotes, and at further borders if there are any.

    The segments joined give the text. Raises ValueError for a quote that is not inside the text.
    """
    for norm in norms:
        if not 0 <= norm.start < norm.end <= len(text):
            raise ValueError(f"{norm.id}: {norm.start}..{norm.end} is not within {len(text)}")
    cuts = {0, len(text), *(border for border in borders if 0 < border < len(text))}
    cuts.update(border for norm in norms for border in (norm.start, norm.end))
    places = sorted(cuts)
    return [
        Segment(
            start=start,
            text=text[start:end],
            norms=tuple(norm.id for norm in norms if norm.start <= start and end <= norm.end),
            ending=tuple(norm.id for norm in norms if norm.end == end),
        )
        for start, end in pairwise(places)
    ]
