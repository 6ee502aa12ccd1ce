"""What is known of a query's variables where an expression or a pattern stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from dutygraph.columns.terms import Kinds


@dataclass(frozen=True)
class Column:
    """A variable, or what an expression gives, as SQL that gives the term's number.

    ``certain`` tells that it is never unbound, which is NULL in SQL. ``token`` is SQL that gives
    the term's text where that may not stand in the table of texts, and NULL where it does; ``among`` are the only numbers
    it can be, where they are known.
    """

    sql: str
    kinds: Kinds
    certain: bool = True
    token: str | None = None
    among: frozenset[int] | None = None

    def narrowed(self, other: Column) -> Column:
        """Give this column, known to be equal to another."""
        among = self.among if other.among is None else other.among & (self.among or other.among)
        return replace(self, kinds=self.kinds & other.kinds, among=among)


Scope: TypeAlias = Mapping[str, Column]
"""Columns by the names of their variables."""


@dataclass
class Rows:
    """A group on its way to SQL: what to read, under which conditions, and its variables."""

    sources: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    columns: dict[str, Column] = field(default_factory=dict)

    def select(self, what: str) -> str:
        """Write the SELECT of some expressions."""
        sources = " FROM " + ", ".join(self.sources) if self.sources else ""
        conditions = " WHERE " + " AND ".join(self.conditions) if self.conditions else ""
        return f"SELECT {what}{sources}{conditions}"


def any_of(each: Iterable[frozenset[int] | None]) -> frozenset[int] | None:
    known = list(each)
    found = [one for one in known if one is not None]
    return frozenset().union(*found) if len(found) == len(known) else None
