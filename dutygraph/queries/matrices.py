"""Answers laid out as matrices: what stands in a row and a column, all of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class Matrix(Generic[Value]):
    """The head of each column, and each row's head with its cells; a cell holds all its values."""

    heads: list[Value]
    rows: list[tuple[Value, list[list[Value]]]]


def matrix(cells: Iterable[tuple[Value, Value, Value | None]]) -> Matrix[Value]:
    """Lay out (row, column, value) triples; rows and columns stand in the order they are met.

    Where several values meet in a cell each stands there once; None leaves it empty.
    """
    heads: dict[Value, None] = {}
    lines: dict[Value, dict[Value, dict[Value, None]]] = {}
    for line, head, value in cells:
        heads.setdefault(head)
        held = lines.setdefault(line, {}).setdefault(head, {})
        if value is not None:
            held.setdefault(value)
    return Matrix(
        list(heads),
        [(line, [list(held.get(head, ())) for head in heads]) for line, held in lines.items()],
    )
