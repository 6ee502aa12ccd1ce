"""Groups of patterns in SQL (SPARQL 1.1, sections 5, 6, 8 and 18).

A variable that is bound in every solution is a column of which two are joined by being equal. One
that may be unbound must not be joined: in SPARQL it would be compatible with anything. Nor may a
group ask for a variable that only its surroundings bind, but for that of an EXISTS, whose patterns
have the values of the solution put in (18.6). Both are refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    Node,
    Optional,
    RefusedError,
    Select,
    Subquery,
    Triple,
    Union,
    Values,
    Variable,
    mentioned,
    seen,
)
from dutygraph.columns.expressions import Expressions, spoken
from dutygraph.columns.frame import Frame, Table
from dutygraph.columns.paths import Link, Paths, Same, Spelled
from dutygraph.columns.scope import Column, Rows, Scope, any_of
from dutygraph.columns.terms import IRI, kind_of

_MANY = 64
"""From how many VALUES on they are put into a table: DuckDB plans a list of them at length."""
_FEW = 4096
"""How many pairs a property has at most to be asked which properties others are."""


class Groups:
    """Writes groups and SELECTs as SQL, over one frame; one for each query."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._expressions = Expressions(frame, self._exists)
        self._paths = Paths()
        self._names = count()
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
        if any(isinstance(value, Call) and value.name == "MIN" for _, value in columns):
            return self._least(columns, select.where)
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
        sql, found = _united(parts, "UNION")
        if len(parts) == 1:
            sql = sql.replace("SELECT", "SELECT DISTINCT", 1)
        return sql, dict(zip((name for name, _ in columns), found, strict=True))

    def _least(
        self, columns: Sequence[tuple[str, Expression]], where: Group
    ) -> tuple[str, dict[str, Column]]:
        """Write a SELECT of one MIN over all solutions; over none it gives none."""
        match columns:
            case [(name, Call("MIN", (Variable(least),)))]:
                rows = self._only(where, {})
                column = rows.columns[least]
                if len(column.kinds) > 1 or not column.certain:
                    raise RefusedError("the least of terms of several kinds")
                found = Column("c0", column.kinds, certain=False)
                return rows.select(f"min({column.sql}) AS c0"), {name: found}
        raise RefusedError("an aggregate")

    # Groups -------------------------------------------------------------------------------------

    def _exists(self, group: Group, scope: Scope) -> str:
        for name in sorted(_matched(group) & scope.keys()):
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
        sql, columns = _united(parts, "UNION ALL")
        return self._named(sql, dict(zip(names, columns, strict=True)))

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
                self._link(rows, links, filters, outer)
                links = []
                rows = self._joined_with(rows, one, outer, nested=nested)
        self._link(rows, links, filters, outer)
        self._speak(rows, {name for test in filters for name in spoken(test)})
        for test in (part for whole in filters for part in _conjuncts(whole)):
            rows = self._tested(rows, test, outer, nested=nested)
        return rows

    def _speak(self, rows: Rows, names: Iterable[str]) -> None:
        """Join the texts of some variables, which is quicker than to look up each."""
        for name in sorted(rows.columns.keys() & set(names)):
            column = rows.columns[name]
            if column.certain and column.token is None and not column.kinds & terms.VALUES:
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
            case _:
                joined = None
        if joined is not None:
            return joined
        outward = bool(_variables(test) & (outer.keys() - rows.columns.keys()))
        if outward and not _has_exists(test):
            rows.residues.append((test, dict(rows.columns)))
            return rows
        rows.conditions.append(self._expressions.test(test, {**outer, **rows.columns}))
        rows.correlated |= outward
        return rows

    def _merged(self, rows: Rows, group: Group, outer: Scope) -> Rows:
        """Join what must exist to rows of which one is enough: there it says the same."""
        scope = {**outer, **rows.columns}
        unsure = any(not scope[name].certain for name in _matched(group) & scope.keys())
        either = [] if unsure else list(self._alternatives(group, scope, nested=True))
        if len(either) != 1:
            rows.conditions.append(self._exists(group, scope))
            rows.correlated |= bool(
                _variables(Exists(group)) & (outer.keys() - rows.columns.keys())
            )
            return rows
        (inner,) = either
        rows.sources += inner.sources
        rows.conditions += inner.conditions
        rows.correlated |= inner.correlated and bool(
            _variables(Exists(group)) & (outer.keys() - rows.columns.keys())
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
        if any(not scope[name].certain for name in _matched(group) & scope.keys()):
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
            left, right = self._derived(rows, chained=True), self._derived(inner.tied())
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
                self._join(rows, self._derived(inner))
            case Subquery(select):
                sql, columns = self.select(select)
                if outer:
                    raise RefusedError("a subquery in EXISTS")
                self._join(rows, self._named(sql, columns))
            case Values(variable, constants):
                self._values(rows, variable.name, constants, outer)
            case Bind(value, variable):
                if variable.name in rows.columns or variable.name in outer:
                    raise RefusedError(f"?{variable.name} is bound already")
                self._speak(rows, spoken(value))
                column = self._expressions.term(value, {**outer, **rows.columns})
                rows.columns[variable.name] = column
                rows.correlated |= bool(_variables(value) & (outer.keys() - rows.columns.keys()))
                # Named once, it is worked out once, however often it is asked for.
                return self._derived(rows)
        return rows

    def _values(self, rows: Rows, name: str, constants: Sequence[Constant], outer: Scope) -> None:
        self._frame.learn(one.token for one in constants)
        numbers = frozenset(self._frame.number(one.token) for one in constants)
        alias = self._name()
        listed = ", ".join(f"({number})" for number in sorted(numbers)) or "(NULL)"
        source = f"(VALUES {listed}) {alias}(c)"
        if len(numbers) > _MANY:
            self.tables.append(self._frame.keep(numbers))
            source = f"{self.tables[-1]} {alias}"
        column = Column(f"{alias}.c", frozenset(map(kind_of, numbers)), among=numbers)
        self._join(rows, Rows([source], [], {name: column}), outer)

    def _join(self, rows: Rows, other: Rows, outer: Scope | None = None) -> None:
        """Join rows to rows by the variables that both have."""
        rows.sources += other.sources
        rows.conditions += other.conditions
        for name, column in other.columns.items():
            self._equate(rows, name, column, outer or {})

    def _equate(self, rows: Rows, name: str, column: Column, outer: Scope) -> None:
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

    def _optional(self, rows: Rows, group: Group, outer: Scope) -> Rows:
        """Write a LeftJoin (18.2.2.6): the group's own filters see both sides."""
        inner = Group(tuple(one for one in group.elements if not isinstance(one, Filter)))
        tests = [one.test for one in group.elements if isinstance(one, Filter)]
        right = self._only(inner, outer)
        within = [one for one in tests if _has_exists(one)]
        for test in within:
            # SQL takes no EXISTS where two sides are joined: it must be about the right one.
            if not _variables(test).isdisjoint(rows.columns.keys() - right.columns.keys()):
                raise RefusedError("EXISTS in OPTIONAL about what is outside of it")
            right.conditions.append(self._expressions.test(test, {**outer, **right.columns}))
        left, right = (
            self._derived(rows, chained=True),
            self._derived(self._looking_out(right, outer)),
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
            _variables(test) & (outer.keys() - left.columns.keys() - right.columns.keys())
            for test in tests
        )
        source = f"{left.sources[0]} LEFT JOIN {right.sources[0]} ON {' AND '.join(on) or 'TRUE'}"
        return replace(left, sources=[source], columns=columns)

    def _derived(self, rows: Rows, *, chained: bool = False) -> Rows:
        """Write rows as one source; what looks outward stays outside of it.

        ``chained`` takes a source that is joined already, to which more can be joined.
        """
        if len(rows.sources) == 1 and not rows.conditions and _is_plain(rows, chained=chained):
            return replace(rows, sources=list(rows.sources))
        alias, listed, places = self._name(), list[str](), dict[str, str]()

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
        residues: list[tuple[Expression, Scope]] = [
            (test, moved(own)) for test, own in rows.residues
        ]
        sql = rows.select(", ".join(listed) or "1")
        return Rows([f"({sql}) {alias}"], [], columns, links, residues, rows.correlated)

    def _named(self, sql: str, columns: Mapping[str, Column]) -> Rows:
        alias = self._name()
        found = {
            name: replace(
                column,
                sql=f"{alias}.{column.sql}",
                token=column.token and f"{alias}.{column.token}",
            )
            for name, column in columns.items()
        }
        return Rows([f"({sql}) {alias}"], [], found)

    def _name(self) -> str:
        return f"a{next(self._names)}"

    # Triples ------------------------------------------------------------------------------------

    def _link(
        self,
        rows: Rows,
        links: Sequence[Link | Same],
        filters: Sequence[Expression],
        outer: Scope,
    ) -> None:
        """Join the triple patterns that stand side by side; their order says nothing."""
        plain = [one for one in links if isinstance(one, Link) and not _by_variable(one)]
        for link in plain:
            self._step(rows, link, outer)
        for link in (one for one in links if isinstance(one, Link) and _by_variable(one)):
            self._any_step(rows, link, plain, filters, outer)
        left = [one for one in links if isinstance(one, Same)]
        # Of a term that is no node of the graph engines say different things.
        while left:
            known = {**outer, **rows.columns}
            nodes = {name for name, column in known.items() if column.is_node}
            ready = [one for one in left if nodes & _bound(one)]
            if not ready:
                raise RefusedError("a path of no step between nodes that nothing binds")
            for same in ready:
                self._same(rows, same, nodes, outer)
            left = [one for one in left if one not in ready]

    def _step(self, rows: Rows, link: Link, outer: Scope) -> None:
        either = []
        subjects, objects = frozenset[int](), frozenset[int]()
        for node, inverse in link.steps:
            table = self._table(node)
            if table is None:
                continue
            ends = "o AS s, s AS o" if inverse else "s, o"
            either.append(table.name if not inverse else f"(SELECT {ends} FROM {table.name})")
            subjects |= table.objects if inverse else table.subjects
            objects |= table.subjects if inverse else table.objects
        alias = self._name()
        if not either:
            source = "(SELECT NULL::BIGINT AS s, NULL::BIGINT AS o WHERE FALSE)"
        elif len(either) == 1:
            source = either[0]
        else:
            source = "(" + " UNION ALL ".join(f"SELECT s, o FROM {one}" for one in either) + ")"
        if link.many and either:
            source = (
                f"(WITH RECURSIVE way(s, o) AS (SELECT s, o FROM {source} UNION "
                f"SELECT way.s, step.o FROM way JOIN {source} AS step ON way.o = step.s) "
                "SELECT s, o FROM way)"
            )
        rows.sources.append(f"{source} {alias}")
        self._end(rows, link.subject, Column(f"{alias}.s", subjects, is_node=True), outer)
        self._end(rows, link.object, Column(f"{alias}.o", objects, is_node=True), outer)

    def _any_step(
        self,
        rows: Rows,
        link: Link,
        plain: Sequence[Link],
        filters: Sequence[Expression],
        outer: Scope,
    ) -> None:
        """Join a triple pattern whose property is a variable: it goes over all that it can be."""
        ((property_, _),) = link.steps
        assert isinstance(property_, Variable)  # noqa: S101
        among = self._among(property_.name, rows, plain, filters, outer)
        tables = [one for one in self._frame.tables if among is None or one.property in among]
        alias = self._name()
        each = [f"SELECT {one.property} AS p, s, o FROM {one.name}" for one in tables]
        source = (
            " UNION ALL ".join(each)
            or "SELECT NULL::BIGINT p, NULL::BIGINT s, NULL::BIGINT o WHERE FALSE"
        )
        rows.sources.append(f"({source}) {alias}")
        numbers = frozenset(one.property for one in tables)
        self._end(rows, property_, Column(f"{alias}.p", frozenset({IRI}), among=numbers), outer)
        subjects = frozenset[int]().union(*(one.subjects for one in tables))
        objects = frozenset[int]().union(*(one.objects for one in tables))
        self._end(rows, link.subject, Column(f"{alias}.s", subjects, is_node=True), outer)
        self._end(rows, link.object, Column(f"{alias}.o", objects, is_node=True), outer)

    def _among(
        self,
        name: str,
        rows: Rows,
        plain: Sequence[Link],
        filters: Sequence[Expression],
        outer: Scope,
    ) -> frozenset[int] | None:
        """Give what a variable can be, as far as a filter or a few triples tell; else None."""
        known = rows.columns.get(name) or outer.get(name)
        if known is not None and known.among is not None:
            return known.among
        for test in filters:
            for part in _conjuncts(test):
                match part:
                    case Call("IN", (Variable(asked), *constants)) if asked == name:
                        if all(isinstance(one, Constant) for one in constants):
                            return frozenset(
                                self._frame.number(one.token)
                                for one in constants
                                if isinstance(one, Constant)
                            )
        few = [one for one in plain if self._is_few(one)]
        linked, names = list[Link](), {name}
        while more := [
            one for one in few if one not in linked and not names.isdisjoint(_ends(one))
        ]:
            linked += more
            names |= {end for one in more for end in _ends(one)}
        if not linked:
            return None
        inner = Rows()
        for link in linked:
            self._step(inner, link, {})
        if name not in inner.columns:
            return None
        found = self._frame.run(inner.select(f"DISTINCT {inner.columns[name].sql}"))
        return frozenset(number for (number,) in found)

    def _is_few(self, link: Link) -> bool:
        tables = [self._table(node) for node, _ in link.steps]
        if link.many or sum(one.rows for one in tables if one) <= _FEW:
            return not link.many
        if not any(isinstance(end, Constant) for end in (link.subject, link.object)):
            return False
        rows = Rows()
        self._step(rows, link, {})
        return len(self._frame.run(f"{rows.select('1')} LIMIT {_FEW + 1}")) <= _FEW

    def _table(self, node: Node) -> Table | None:
        assert isinstance(node, Constant)  # noqa: S101
        return self._frame.table(self._frame.number(node.token))

    def _end(self, rows: Rows, node: Node, column: Column, outer: Scope) -> None:
        if isinstance(node, Constant):
            rows.conditions.append(f"{column.sql} = {self._frame.number(node.token)}")
        else:
            self._equate(rows, node.name, column, outer)

    def _same(self, rows: Rows, same: Same, nodes: Collection[str], outer: Scope) -> None:
        first, second = same.one, same.other
        if not (isinstance(first, Variable) and first.name in nodes):
            first, second = second, first
        assert isinstance(first, Variable)  # noqa: S101
        column = rows.columns.get(first.name) or outer[first.name]
        if not column.certain:
            raise RefusedError("a path from what may be unbound")
        if first.name not in rows.columns:
            if isinstance(second, Variable) and second.name in rows.columns:
                rows.links.append((first.name, rows.columns[second.name].sql))
                return
            rows.correlated = True
        self._end(rows, second, column, outer)


def _is_plain(rows: Rows, *, chained: bool) -> bool:
    """Tell whether all columns of a single source can stay as they are."""
    names = [*(column.sql for column in rows.columns.values()), *(own for _, own in rows.links)]
    single = chained or re.fullmatch(r"t\d+ a\d+", rows.sources[0])
    return bool(single) and all(re.fullmatch(r"a\d+\.\w+", name) for name in names)


def _apart(
    elements: Sequence[Element | Spelled], outer: Scope
) -> Iterable[Sequence[Element | Spelled]]:
    """Take the UNIONs of a group apart: each choice of theirs is a group of its own.

    Raises RefusedError where a part asks for what only its surroundings bind: it would see it then.
    """
    for place, one in enumerate(elements):
        if isinstance(one, Union):
            around = [*elements[:place], *elements[place + 1 :]]
            bound = {name for other in around for name in _bound(other)}
            for group in one.groups:
                inside = _variables(Exists(group)) - set(seen(group)) - outer.keys()
                if len(one.groups) > 1 and not inside.isdisjoint(bound):
                    raise RefusedError("a part of a UNION that asks for what is outside of it")
                for parts in Paths().alternatives(group):
                    yield from _apart([*elements[:place], *parts, *elements[place + 1 :]], outer)
            return
    yield elements


def _bound(one: Element | Spelled) -> set[str]:
    match one:
        case Link() as link:
            return set(_ends(link)) | {n.name for n, _ in link.steps if isinstance(n, Variable)}
        case Same(first, second):
            return {node.name for node in (first, second) if isinstance(node, Variable)}
        case Filter():
            return set()
    return set(seen(Group((one,))))


def _ends(link: Link) -> set[str]:
    return {node.name for node in (link.subject, link.object) if isinstance(node, Variable)}


def _by_variable(link: Link) -> bool:
    return any(isinstance(node, Variable) for node, _ in link.steps)


def _conjuncts(test: Expression) -> Iterable[Expression]:
    match test:
        case Call("&&", parts):
            for part in parts:
                yield from _conjuncts(part)
        case _:
            yield test


def _has_exists(test: Expression) -> bool:
    match test:
        case Exists():
            return True
        case Call(_, arguments):
            return any(map(_has_exists, arguments))
    return False


def _variables(test: Expression) -> set[str]:
    """Give all variables in an expression, those of its groups too."""
    match test:
        case Variable(name):
            return {name}
        case Call(_, arguments):
            return {name for one in arguments for name in _variables(one)}
        case Exists(group):
            return {name for one in group.elements for name in _of_element(one)}
    return set()


def _matched(group: Group) -> set[str]:
    """Give the variables of a group's patterns, those of its own EXISTS too."""
    found = set(seen(group))
    for one in group.elements:
        match one:
            case Filter(test):
                found |= _matched_in(test)
            case Optional(inner):
                found |= _matched(inner)
            case Union(groups):
                found |= {name for inner in groups for name in _matched(inner)}
    return found


def _matched_in(test: Expression) -> set[str]:
    match test:
        case Exists(group):
            return _matched(group)
        case Call(_, arguments):
            return {name for one in arguments for name in _matched_in(one)}
    return set()


def _of_element(one: Element) -> set[str]:
    match one:
        case Filter(test):
            return _variables(test)
        case Bind(value, variable):
            return _variables(value) | {variable.name}
        case Optional(group):
            return _variables(Exists(group))
        case Union(groups):
            return {name for group in groups for name in _variables(Exists(group))}
        case Triple():
            return set(seen(Group((one,))))
        case Subquery(select):
            return _variables(Exists(select.where)) | set(seen(Group((one,))))
        case Values(variable, _):
            return {variable.name}
    return set()


def _united(
    parts: Sequence[tuple[Rows, Sequence[Column | None]]], word: str
) -> tuple[str, list[Column]]:
    """Write one SELECT, or several put together by a word, with columns ``c0``, ``c1`` …

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
    return f" {word} ".join(selects), found
