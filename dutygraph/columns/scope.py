"""What is known of a query's variables where an expression or a pattern stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from dutygraph.columns.algebra import Expression, RefusedError
from dutygraph.columns.terms import Kinds

_ALIAS = re.compile(r"\ba\d+\b")
_EQUAL = re.compile(r"(a\d+)\.\w+ = (a\d+)\.\w+")


@dataclass(frozen=True)
class Column:
    """A variable, or what an expression gives, as SQL that gives the term's number.

    ``certain`` tells that it is never unbound, which is NULL in SQL. ``token`` is SQL that gives
    the term's text where that may not stand in the table of texts, and NULL where it does;
    ``among`` are the only numbers it can be, where they are known; ``text`` is SQL that always
    gives the text, where it is at hand. ``is_node`` tells that some triple pattern binds it.
    """

    sql: str
    kinds: Kinds
    certain: bool = True
    token: str | None = None
    among: frozenset[int] | None = None
    text: str | None = None
    is_node: bool = False

    def narrowed(self, other: Column) -> Column:
        """Give this column, known to be equal to another."""
        among = self.among if other.among is None else other.among & (self.among or other.among)
        return replace(
            self,
            kinds=self.kinds & other.kinds,
            among=among,
            is_node=self.is_node or other.is_node,
        )


Scope: TypeAlias = Mapping[str, Column]
"""Columns by the names of their variables."""


@dataclass
class Rows:
    """A group on its way to SQL: what to read, under which conditions, and its variables.

    In EXISTS it may look at its surroundings: ``links`` are what it has equal to a column there
    (the variable, its own SQL); ``residues`` are tests that ask for columns there too, beside its
    own columns; ``correlated`` tells that some condition or source mentions them in another way.
    """

    sources: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    columns: dict[str, Column] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    residues: list[tuple[Expression, Scope]] = field(default_factory=list)
    correlated: bool = False

    def select(self, what: str) -> str:
        """Write the SELECT of some expressions."""
        sources = " FROM " + ", ".join(self.sources) if self.sources else ""
        conditions = " WHERE " + " AND ".join(self.conditions) if self.conditions else ""
        return f"SELECT {what}{sources}{conditions}"

    def parts(self) -> list[Rows]:
        """Give what has nothing in common but the surroundings each by itself."""
        if self.residues or self.correlated or not self.sources:
            return [self]
        parts = [Rows([source]) for source in self.sources]
        for condition in self.conditions:
            touched = [part for part in parts if part._has(condition)] or parts[:1]
            parts = [part for part in parts if part not in touched]
            parts.append(
                Rows(
                    [source for part in touched for source in part.sources],
                    [condition, *(one for part in touched for one in part.conditions)],
                )
            )
        for part in parts:
            part.links = [(name, own) for name, own in self.links if part._has(own)]
        return parts if sum(len(part.links) for part in parts) == len(self.links) else [self]

    def _has(self, sql: str) -> bool:
        return not {a for source in self.sources for a in _ALIAS.findall(source)}.isdisjoint(
            _ALIAS.findall(sql)
        )

    def tied(self) -> Rows:
        """Give the same with each variable around it named once: what equals it there is equal."""
        first: dict[str, str] = {}
        for name, own in self.links:
            first.setdefault(name, own)
        tied = [f"{first[name]} = {own}" for name, own in self.links if first[name] != own]
        return replace(self, conditions=[*self.conditions, *tied], links=list(first.items()))

    @property
    def is_connected(self) -> bool:
        """Whether its sources are joined to each other, not only to what is around them."""
        parts = [set(_ALIAS.findall(source)) for source in self.sources]
        for condition in self.conditions:
            joined = _EQUAL.fullmatch(condition)
            if joined:
                ends = set(joined.groups())
                touched = [part for part in parts if part & ends]
                parts = [part for part in parts if not part & ends]
                parts.append(set().union(ends, *touched))
        return len(parts) <= 1


def any_of(each: Iterable[frozenset[int] | None]) -> frozenset[int] | None:
    """Give what one of several columns can be, None where some could be anything."""
    known = list(each)
    found = [one for one in known if one is not None]
    return frozenset().union(*found) if len(found) == len(known) else None


def equate(rows: Rows, name: str, column: Column, outer: Scope) -> None:
    """Give a variable a column, or make the one that it has equal to it."""
    known = rows.columns.get(name) or outer.get(name)
    if known is None:
        rows.columns[name] = column
        return
    if not (known.certain and column.certain):
        raise RefusedError(f"?{name} may be unbound and is joined")
    if name in rows.columns:
        rows.conditions.append(f"{known.sql} = {column.sql}")
        rows.columns[name] = known.narrowed(column)
    else:
        rows.links.append((name, column.sql))


def derived(rows: Rows, alias: str, *, chained: bool = False) -> Rows:
    """Write rows as one source of a name; what looks outward stays outside of it.

    ``chained`` takes a source that is joined already, to which more can be joined.
    """
    if len(rows.sources) == 1 and not rows.conditions and _is_plain(rows, chained=chained):
        return replace(rows, sources=list(rows.sources))
    listed, places = list[str](), dict[str, str]()

    def outside(sql: str) -> str:
        if sql not in places:
            places[sql] = f"{alias}.c{len(places)}"
            listed.append(f"{sql} AS c{len(places) - 1}")
        return places[sql]

    def moved(columns: Scope) -> dict[str, Column]:
        return {
            name: replace(
                column,
                sql=outside(column.sql),
                token=column.token and outside(column.token),
                text=column.text and outside(column.text),
            )
            for name, column in columns.items()
        }

    columns = moved(rows.columns)
    links = [(name, outside(own)) for name, own in rows.links]
    residues: list[tuple[Expression, Scope]] = [(test, moved(own)) for test, own in rows.residues]
    sql = rows.select(", ".join(listed) or "1")
    return Rows([f"({sql}) {alias}"], [], columns, links, residues, rows.correlated)


def _is_plain(rows: Rows, *, chained: bool) -> bool:
    """Tell whether all columns of a single source can stay as they are."""
    names = [*(column.sql for column in rows.columns.values()), *(own for _, own in rows.links)]
    single = chained or re.fullmatch(r"[tn]\d+ a\d+", rows.sources[0])
    return bool(single) and all(re.fullmatch(r"a\d+\.\w+", name) for name in names)


def named(alias: str, sql: str, columns: Mapping[str, Column]) -> Rows:
    """Make a SELECT a source of a name, with its columns."""
    found = {
        name: replace(
            column,
            sql=f"{alias}.{column.sql}",
            token=column.token and f"{alias}.{column.token}",
        )
        for name, column in columns.items()
    }
    return Rows([f"({sql}) {alias}"], [], found)


def united(
    parts: Sequence[tuple[Rows, Sequence[Column | None]]],
) -> tuple[str, list[Column]]:
    """Write one SELECT, or the rows of several, with columns ``c0``, ``c1`` …

    A column that is unbound in a part is None there. Where the text of some may not be in the table
    of texts, ``c0_token`` has it.
    """
    width = len(parts[0][1])
    each = [[columns[place] for _, columns in parts] for place in range(width)]
    made = [any(column and column.token for column in columns) for columns in each]
    selects = []
    for rows, columns in parts:
        listed = []
        for place, column in enumerate(columns):
            listed.append(f"{column.sql if column else 'NULL::BIGINT'} AS c{place}")
            if made[place]:
                token = column.token if column and column.token else "NULL::VARCHAR"
                listed.append(f"{token} AS c{place}_token")
        selects.append(rows.select(", ".join(listed) or "1"))
    found = [
        Column(
            f"c{place}",
            frozenset[int]().union(*(column.kinds for column in columns if column)),
            all(column is not None and column.certain for column in columns),
            f"c{place}_token" if made[place] else None,
            any_of(column.among if column else frozenset() for column in columns),
            is_node=all(column is not None and column.is_node for column in columns),
        )
        for place, columns in enumerate(each)
    ]
    return " UNION ALL ".join(selects), found


def each_once(sql: str, columns: Sequence[Column]) -> str:
    """Write a SELECT that gives the rows of another each once.

    Rows are one whose numbers are, be a term's text at hand in one of them and in the table in the
    other.
    """
    numbers = ", ".join(column.sql for column in columns)
    texts = [f"max({column.token}) AS {column.token}" for column in columns if column.token]
    if not texts:
        return f"SELECT DISTINCT {numbers or '1'} FROM ({sql})"
    return f"SELECT {', '.join([numbers, *texts])} FROM ({sql}) GROUP BY {numbers}"
