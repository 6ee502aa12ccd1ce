"""Triple patterns in SQL: each step is a table of pairs (SPARQL 1.1, section 18.2.2.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from dutygraph.columns.algebra import Call, Constant, Expression, Node, RefusedError, Variable
from dutygraph.columns.frame import Frame, Table
from dutygraph.columns.paths import Link, Same
from dutygraph.columns.scope import Column, Rows, Scope, any_of, equate
from dutygraph.columns.terms import IRI
from dutygraph.columns.variables import bound, by_variable, ends, iris

_LARGE = 10_000
"""From how many pairs on a property is narrowed to those that are asked for."""
_FEW = 4096
"""How many pairs a property has at most to be asked which properties others are."""


class Links:
    """Joins the triple patterns of a query to its rows, over one frame."""

    def __init__(self, frame: Frame, name: Callable[[], str], *, narrows: bool) -> None:
        """Take the frame, and what gives a source its name.

        ``narrows`` tells whether tables are narrowed to what is asked for, which pays if nothing
        changes for a while.
        """
        self._frame = frame
        self._name = name
        self._narrows = narrows

    def join(
        self,
        rows: Rows,
        links: Sequence[Link | Same],
        filters: Sequence[Expression],
        outer: Scope,
    ) -> None:
        """Join the triple patterns that stand side by side; their order says nothing."""
        plain = [one for one in links if isinstance(one, Link) and not by_variable(one)]
        for link in plain:
            self._step(rows, link, outer, self._narrowed(link, plain, filters))
        for link in (one for one in links if isinstance(one, Link) and by_variable(one)):
            self._any_step(rows, link, plain, filters, outer)
        left = [one for one in links if isinstance(one, Same)]
        # Of a term that is no node of the graph engines say different things.
        while left:
            known = {**outer, **rows.columns}
            nodes = {name for name, column in known.items() if column.is_node}
            ready = [one for one in left if nodes & bound(one)]
            if not ready:
                raise RefusedError("a path of no step between nodes that nothing binds")
            for same in ready:
                self._same(rows, same, nodes, outer)
            left = [one for one in left if one not in ready]

    def _narrowed(
        self, link: Link, plain: Sequence[Link], filters: Sequence[Expression]
    ) -> str | None:
        """Give a smaller table for a step along a large one to what some property is known of."""
        table = self._along(link)
        if not self._narrows or table is None or table.rows < _LARGE:
            return None
        for other in plain:
            by = self._along(other)
            if by is None or other.subject != link.object or isinstance(other.subject, Constant):
                continue
            asked = self._asked(other.object, filters)
            if asked:
                return self._frame.narrowed(table, by, asked)
        return None

    def _along(self, link: Link) -> Table | None:
        """Give the table of a single step forwards, None for other ways and for no table."""
        ((node, inverse), *more) = link.steps
        return None if inverse or more or link.many else self._table(node)

    def _asked(self, node: Node, filters: Sequence[Expression]) -> frozenset[int]:
        """Give what a node must be one of, nothing when that is not known."""
        if isinstance(node, Constant):
            return frozenset({self._frame.number(node.token)})
        each = (iris(_allowed(node.name, test) or ()) for test in filters)
        return frozenset(self._frame.number(one.token) for one in next(filter(None, each), ()))

    def _step(self, rows: Rows, link: Link, outer: Scope, narrowed: str | None = None) -> None:
        either = []
        subjects, objects = frozenset[int](), frozenset[int]()
        among = list[frozenset[int] | None]()
        for node, inverse in link.steps:
            table = self._table(node)
            if table is None:
                continue
            among.append(None if inverse else self._frame.objects(table))
            ends = "o AS s, s AS o" if inverse else "s, o"
            name = narrowed or table.name
            either.append(name if not inverse else f"(SELECT {ends} FROM {name})")
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
        object_ = Column(f"{alias}.o", objects, among=any_of(among), is_node=True)
        self._end(rows, link.object, object_, outer)

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
        for test in filters:
            allowed = _allowed(name, test)
            if allowed is not None:
                return frozenset(self._frame.number(one.token) for one in allowed)
        few = [one for one in plain if self._is_few(one)]
        linked, names = list[Link](), {name}
        while more := [one for one in few if one not in linked and not names.isdisjoint(ends(one))]:
            linked += more
            names |= {end for one in more for end in ends(one)}
        inner = Rows()
        for link in linked:
            self._step(inner, link, {})
        if name in inner.columns:
            found = self._frame.run(inner.select(f"DISTINCT {inner.columns[name].sql}"))
            return frozenset(number for (number,) in found)
        known = rows.columns.get(name) or outer.get(name)
        return None if known is None else known.among

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
            equate(rows, node.name, column, outer)

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


def _allowed(name: str, test: Expression) -> frozenset[Constant] | None:
    """Give what a variable can be at most where a test is passed; None where it does not say."""
    match test:
        case Call("=", (Variable(asked), Constant() as one)) if asked == name:
            return frozenset({one})
        case Call("IN", (Variable(asked), *each)) if asked == name:
            constants = frozenset(one for one in each if isinstance(one, Constant))
            return constants if len(constants) == len(set(each)) else None
        case Call("||", (left, right)):
            first, second = _allowed(name, left), _allowed(name, right)
            return None if first is None or second is None else first | second
        case Call("&&", (left, right)):
            first, second = _allowed(name, left), _allowed(name, right)
            return second if first is None else first
    return None
