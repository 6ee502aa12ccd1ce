"""Groups of patterns in SQL (SPARQL 1.1, sections 5, 6, 8 and 18).

A variable that is bound in every solution is a column of which two are joined by being equal. One
that may be unbound must not be joined: in SPARQL it would be compatible with anything. Nor may a
group ask for a variable that only its surroundings bind, but for that of an EXISTS, whose patterns
have the values of the solution put in (18.6). Both are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count

from dutygraph.columns import terms
from dutygraph.columns.algebra import (
    Bind,
    Call,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    Optional,
    RefusedError,
    Select,
    Subquery,
    Union,
    Values,
    Variable,
    mentioned,
    seen,
)
from dutygraph.columns.expressions import Expressions, spoken
from dutygraph.columns.frame import Frame
from dutygraph.columns.links import Links
from dutygraph.columns.paths import Link, Paths, Same, Spelled, may_count_twice
from dutygraph.columns.scope import Column, Rows, Scope, derived, each_once, equate, named, united
from dutygraph.columns.terms import INTEGER, kind_of
from dutygraph.columns.texts import quoted
from dutygraph.columns.variables import bound, conjuncts, has_exists, iris, matched, variables

_AGGREGATES = {"MIN", "COUNT"}
_MANY = 64
"""From how many VALUES on they are put into a table: DuckDB plans a list of them at length."""


class Groups:
    """Writes groups and SELECTs as SQL, over one frame; one for each query."""

    def __init__(
        self, frame: Frame, about: frozenset[int] = frozenset(), *, narrows: bool = True
    ) -> None:
        """Take the frame, and the numbers of what the query is about: an empty VALUES has them.

        For ``narrows`` see ``Links``.
        """
        self._frame = frame
        self._about = about
        self._expressions = Expressions(frame, self._exists)
        self._paths = Paths()
        self._names = count()
        self._links = Links(frame, self._name, narrows=narrows)
        self.tables: list[str] = []
        """What was made for this query and is of no use after it."""

    # SELECT -------------------------------------------------------------------------------------

    def select(self, select: Select) -> tuple[str, dict[str, Column]]:
        """Write a SELECT; the columns are named after their places, ``c0``, ``c1`` …

        A column whose terms may have no text in the table has it beside it: ``c0_token``.
        """
        columns = select.columns
        if columns is None:
            names = dict.fromkeys(seen(select.where))
            columns = tuple((name, Variable(name)) for name in names)
        if any(isinstance(value, Call) and value.name in _AGGREGATES for _, value in columns):
            return self._aggregate(columns, select.where)
        if not select.distinct and may_count_twice(select.where):
            raise RefusedError("a path that may count twice in a SELECT that is not DISTINCT")
        parts = [
            (
                rows,
                [
                    self._expressions.term(value, rows.columns)
                    if not isinstance(value, Variable) or value.name in rows.columns
                    else None
                    for _, value in columns
                ],
            )
            for rows in self._alternatives(select.where, {})
        ]
        sql, found = united(parts)
        if select.distinct:
            sql = each_once(sql, found)
        return sql, dict(zip((name for name, _ in columns), found, strict=True))

    def _aggregate(
        self, columns: Sequence[tuple[str, Expression]], where: Group
    ) -> tuple[str, dict[str, Column]]:
        """Write a SELECT of one MIN or COUNT over all solutions; the least of none is unbound."""
        rows = self._only(where, {})
        match columns:
            case [(name, Call("MIN", (Variable(least),)))]:
                column = rows.columns[least]
                if len(column.kinds) > 1 or not column.certain:
                    raise RefusedError("the least of terms of several kinds")
                found = Column("c0", column.kinds, certain=False)
                return rows.select(f"min({column.sql}) AS c0"), {name: found}
            case [(name, Call("COUNT", (Variable(counted),)))] if not may_count_twice(where):
                number = terms.of_integer(f"count({rows.columns[counted].sql})")
                return rows.select(f"{number} AS c0"), {name: Column("c0", frozenset({INTEGER}))}
        raise RefusedError("an aggregate")

    # Groups -------------------------------------------------------------------------------------

    def _exists(self, group: Group, scope: Scope) -> str:
        for name in sorted(matched(group) & scope.keys()):
            if not scope[name].certain:
                return self._if_bound(name, group, scope)
        either = [
            " AND ".join(
                f"EXISTS ({self._looking_out(part, scope).select('1')})" for part in rows.parts()
            )
            for rows in self._alternatives(group, scope, nested=True)
        ]
        return "(" + " OR ".join(either) + ")"

    def _looking_out(self, rows: Rows, scope: Scope) -> Rows:
        """Write as conditions what rows have in common with their surroundings."""
        conditions = [
            *rows.conditions,
            *(f"{scope[name].sql} = {own}" for name, own in rows.links),
            *(self._expressions.test(test, {**scope, **own}) for test, own in rows.residues),
        ]
        outward = rows.correlated or bool(rows.links or rows.residues)
        return Rows(rows.sources, conditions, rows.columns, correlated=outward)

    def _if_bound(self, name: str, group: Group, scope: Scope) -> str:
        """Write EXISTS about a variable that may be unbound: then it can be anything in there."""
        column = scope[name]
        bound = self._exists(group, {**scope, name: replace(column, certain=True)})
        free = self._exists(group, {other: scope[other] for other in scope if other != name})
        return f"({column.sql} IS NOT NULL AND {bound} OR {column.sql} IS NULL AND {free})"

    def _only(self, group: Group, outer: Scope) -> Rows:
        """Write a group as rows, those of its alternatives put together."""
        either = list(self._alternatives(group, outer))
        if len(either) == 1:
            return either[0]
        if outer:
            raise RefusedError("alternatives in an OPTIONAL in EXISTS")
        return self._together(either)

    def _together(self, either: Sequence[Rows]) -> Rows:
        """Write a UNION; a variable that some group does not have is unbound in what it gives."""
        names = list(dict.fromkeys(name for rows in either for name in rows.columns))
        if not names:
            raise RefusedError("a UNION without variables")
        parts = [(rows, [rows.columns.get(name) for name in names]) for rows in either]
        sql, columns = united(parts)
        return named(self._name(), sql, dict(zip(names, columns, strict=True)))

    def _alternatives(self, group: Group, outer: Scope, *, nested: bool = False) -> Iterable[Rows]:
        """Write a group; ``nested``, in EXISTS, its UNIONs are taken apart too."""
        for elements in self._paths.alternatives(group):
            chosen = _apart(elements, outer) if nested else [elements]
            for some in chosen:
                yield self._rows(some, outer, nested=nested)

    def _rows(
        self, elements: Sequence[Element | Spelled], outer: Scope, *, nested: bool = False
    ) -> Rows:
        rows, links = Rows(), list[Link | Same]()
        filters = [one.test for one in elements if isinstance(one, Filter)]
        for one in elements:
            if isinstance(one, Link | Same):
                links.append(one)
            elif not isinstance(one, Filter):
                self._links.join(rows, links, filters, outer)
                links = []
                rows = self._joined_with(rows, one, outer, nested=nested)
        self._links.join(rows, links, filters, outer)
        self._speak(rows, {name for test in filters for name in spoken(test)})
        for test in (part for whole in filters for part in conjuncts(whole)):
            rows = self._tested(rows, test, outer, nested=nested)
        return rows

    def _speak(self, rows: Rows, names: Iterable[str]) -> None:
        """Join the texts of some variables, which is quicker than to look up each."""
        for name in sorted(rows.columns.keys() & set(names)):
            column = rows.columns[name]
            at_hand = column.token or column.text or column.kinds & terms.VALUES
            if column.certain and not at_hand:
                alias = self._name()
                rows.sources.append(f"text {alias}")
                rows.conditions.append(f"{column.sql} = {alias}.number")
                rows.columns[name] = replace(column, text=f"{alias}.token")

    def _tested(self, rows: Rows, test: Expression, outer: Scope, *, nested: bool) -> Rows:
        """Take the rows that pass a test."""
        match test:
            case Exists(group) if nested:
                return self._merged(rows, group, outer)
            case Exists(group):
                joined = self._semijoin(rows, group, outer, "SEMI")
            case Call("!", (Exists(group),)):
                joined = self._semijoin(rows, group, outer, "ANTI")
            case Call("IN", (Variable(name), *each)) if (
                (column := rows.columns.get(name)) and column.is_node and column.certain
            ) and (choice := iris(each)):
                # Of what is joined DuckDB knows better how much is left than of what is tested.
                self._values(rows, name, choice, outer)
                return rows
            case _:
                joined = None
        if joined is not None:
            return joined
        outward = bool(variables(test) & (outer.keys() - rows.columns.keys()))
        if outward and not has_exists(test):
            rows.residues.append((test, dict(rows.columns)))
            return rows
        rows.conditions.append(self._expressions.test(test, {**outer, **rows.columns}))
        rows.correlated |= outward
        return rows

    def _merged(self, rows: Rows, group: Group, outer: Scope) -> Rows:
        """Join what must exist to rows of which one is enough: there it says the same."""
        scope = {**outer, **rows.columns}
        unsure = any(not scope[name].certain for name in matched(group) & scope.keys())
        either = [] if unsure else list(self._alternatives(group, scope, nested=True))
        if len(either) != 1:
            rows.conditions.append(self._exists(group, scope))
            rows.correlated |= bool(variables(Exists(group)) & (outer.keys() - rows.columns.keys()))
            return rows
        (inner,) = either
        rows.sources += inner.sources
        rows.conditions += inner.conditions
        rows.correlated |= inner.correlated and bool(
            variables(Exists(group)) & (outer.keys() - rows.columns.keys())
        )
        for name, own in inner.links:
            if name in rows.columns:
                rows.conditions.append(f"{rows.columns[name].sql} = {own}")
            else:
                rows.links.append((name, own))
        for test, own_columns in inner.residues:
            own_columns = {**rows.columns, **own_columns}
            if set(mentioned(test)) <= own_columns.keys():
                rows.conditions.append(self._expressions.test(test, own_columns))
            else:
                rows.residues.append((test, own_columns))
        return rows

    def _semijoin(self, rows: Rows, group: Group, outer: Scope, kind: str) -> Rows | None:
        """Write EXISTS, or NOT EXISTS, as a join with all for which the group has a solution.

        DuckDB plans that several times as fast as EXISTS. None where the group asks for more of its
        surroundings than what a join can have.
        """
        scope = {**outer, **rows.columns}
        if any(not scope[name].certain for name in matched(group) & scope.keys()):
            return None
        either = list(self._alternatives(group, scope, nested=True))
        if len(either) > 1 and kind == "SEMI":
            return None
        for inner in either:
            asked = {name for name, _ in inner.links}
            asked |= {
                name for test, own in inner.residues for name in {*mentioned(test)} - own.keys()
            }
            if inner.correlated or not asked or not asked <= rows.columns.keys():
                return None
            if not inner.is_connected:
                return None
        for inner in either:
            left, right = (
                derived(rows, self._name(), chained=True),
                derived(inner.tied(), self._name()),
            )
            on = [f"{left.columns[name].sql} = {own}" for name, own in right.links]
            for test, own in right.residues:
                on.append(self._expressions.test(test, {**left.columns, **own}))
            left.sources[0] += f" {kind} JOIN {right.sources[0]} ON {' AND '.join(on)}"
            rows = left
        return rows

    def _joined_with(self, rows: Rows, one: Element, outer: Scope, *, nested: bool) -> Rows:
        match one:
            case Optional(group):
                return self._optional(rows, group, outer)
            case Union(groups):
                if nested and len(groups) > 1:
                    raise RefusedError("a UNION that looks at its surroundings")
                if outer:
                    raise RefusedError("a UNION in an OPTIONAL in EXISTS")
                either = [self._only(group, outer) for group in groups]
                inner = either[0] if len(either) == 1 else self._together(either)
                self._join(rows, derived(inner, self._name()))
            case Subquery(select):
                sql, columns = self.select(select)
                if outer:
                    raise RefusedError("a subquery in EXISTS")
                self._join(rows, named(self._name(), sql, columns))
            case Values(variable, constants):
                self._values(rows, variable.name, constants, outer)
            case Bind(value, variable):
                if variable.name in rows.columns or variable.name in outer:
                    raise RefusedError(f"?{variable.name} is bound already")
                self._speak(rows, spoken(value))
                column = self._expressions.term(value, {**outer, **rows.columns})
                rows.columns[variable.name] = column
                rows.correlated |= bool(variables(value) & (outer.keys() - rows.columns.keys()))
                # Named once, it is worked out once, however often it is asked for.
                return derived(rows, self._name())
        return rows

    def _values(self, rows: Rows, name: str, constants: Sequence[Constant], outer: Scope) -> None:
        numbers = frozenset(self._frame.number(one.token) for one in constants) or self._about
        if len(numbers) < len(constants):
            raise RefusedError("a value that stands twice")
        alias = self._name()
        # What is no node of the graph has no text in the table of texts.
        texts = {self._frame.number(one.token): one.token for one in constants}
        if len(numbers) > _MANY or not texts:
            self.tables.append(self._frame.keep(numbers, texts))
            source = f"{self.tables[-1]} {alias}"
        else:
            listed = ", ".join(f"({number}, {quoted(token)})" for number, token in texts.items())
            source = f"(VALUES {listed}) {alias}(c, t)"
        text, kinds = f"{alias}.t" if texts else None, frozenset(map(kind_of, numbers))
        column = Column(f"{alias}.c", kinds, token=text, among=numbers, text=text)
        self._join(rows, Rows([source], [], {name: column}), outer)

    def _join(self, rows: Rows, other: Rows, outer: Scope | None = None) -> None:
        """Join rows to rows by the variables that both have."""
        rows.sources += other.sources
        rows.conditions += other.conditions
        for name, column in other.columns.items():
            equate(rows, name, column, outer or {})

    def _optional(self, rows: Rows, group: Group, outer: Scope) -> Rows:
        """Write a LeftJoin (18.2.2.6): the group's own filters see both sides."""
        inner = Group(tuple(one for one in group.elements if not isinstance(one, Filter)))
        tests = [one.test for one in group.elements if isinstance(one, Filter)]
        right = self._only(inner, outer)
        within = [one for one in tests if has_exists(one)]
        for test in within:
            # SQL takes no EXISTS where two sides are joined: it must be about the right one.
            if not variables(test).isdisjoint(rows.columns.keys() - right.columns.keys()):
                raise RefusedError("EXISTS in OPTIONAL about what is outside of it")
            right.conditions.append(self._expressions.test(test, {**outer, **right.columns}))
        left, right = (
            derived(rows, self._name(), chained=True),
            derived(self._looking_out(right, outer), self._name()),
        )
        on = []
        columns = dict(left.columns)
        for name, column in right.columns.items():
            if name not in columns:
                columns[name] = replace(column, certain=False)
            elif columns[name].certain and column.certain:
                on.append(f"{columns[name].sql} = {column.sql}")
            else:
                raise RefusedError(f"?{name} may be unbound and is joined")
        scope = {**outer, **right.columns, **left.columns}
        on += [self._expressions.test(test, scope) for test in tests if test not in within]
        left.correlated |= right.correlated or any(
            variables(test) & (outer.keys() - left.columns.keys() - right.columns.keys())
            for test in tests
        )
        source = f"{left.sources[0]} LEFT JOIN {right.sources[0]} ON {' AND '.join(on) or 'TRUE'}"
        return replace(left, sources=[source], columns=columns)

    def _name(self) -> str:
        return f"a{next(self._names)}"


def _apart(
    elements: Sequence[Element | Spelled], outer: Scope
) -> Iterable[Sequence[Element | Spelled]]:
    """Take the UNIONs of a group apart: each choice of theirs is a group of its own.

    Raises RefusedError where a part asks for what only its surroundings bind: it would see it then.
    """
    for place, one in enumerate(elements):
        if isinstance(one, Union):
            around = [*elements[:place], *elements[place + 1 :]]
            outside = {name for other in around for name in bound(other)}
            for group in one.groups:
                inside = variables(Exists(group)) - set(seen(group)) - outer.keys()
                if len(one.groups) > 1 and not inside.isdisjoint(outside):
                    raise RefusedError("a part of a UNION that asks for what is outside of it")
                for parts in Paths().alternatives(group):
                    yield from _apart([*elements[:place], *parts, *elements[place + 1 :]], outer)
            return
    yield elements
