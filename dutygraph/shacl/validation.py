"""Validation of a store's data against a shapes graph (SHACL, section 3.4)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode

from dutygraph.property_paths import Path, Predicate
from dutygraph.shacl import model
from dutygraph.shacl.errors import UnsupportedError, UntranslatableError
from dutygraph.shacl.model import Node, Shape
from dutygraph.shacl.prebinding import substituted
from dutygraph.shacl.probing import Dialect, dialect_of
from dutygraph.shacl.reading import read_shapes
from dutygraph.shacl.reference import Reference, RefusedError
from dutygraph.shacl.report import Fallback, Report, Result
from dutygraph.shacl.syntax import Parts, written
from dutygraph.shacl.translation import SetQuery, Translation
from dutygraph.shacl.triples import Triples
from dutygraph.store.graphs import Queried, Row, StoreError, Term

_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")
_BATCH = 50
"""Nodes in one request, where a query has to be run for each node by itself."""


class Validator:
    """Validates the data of a store; ``graphs`` are as for ``GraphStore.select``.

    ``among`` restricts all targets to some nodes. ``shapes_graph`` is the name of the graph in
    which the shapes stand in the store, if they do, for queries that ask for ``$shapesGraph``.
    ``dialect`` is how the store reads literals, which it is asked where that is not given.
    Raises ShapesError for an ill-formed shapes graph, StoreError for an engine that cannot be
    relied on.
    """

    def __init__(
        self,
        shapes: Triples,
        store: Queried,
        graphs: Sequence[str] | None = None,
        *,
        dialect: Dialect | None = None,
        among: Sequence[Term] | None = None,
        shapes_graph: str | None = None,
    ) -> None:
        self._store, self._graphs = store, graphs
        self.shapes = read_shapes(shapes)
        self._among = None if among is None else set(among)
        self._translation = Translation(
            self.shapes, dialect or dialect_of(store), shapes_graph, among
        )
        self._reference = Reference(shapes, store, graphs)
        self._counts: dict[str, int] = {}

    def report(self) -> Report:
        """Validate all shapes that have targets."""
        results: list[Result] = []
        fallbacks: list[Fallback] = []
        looked_at: dict[Node, int] = {}
        for shape in self.shapes.targeted():
            try:
                looked_at[shape.node] = self._count(shape)
                results += self.results(shape)
            except UntranslatableError as obstacle:
                fallback, found = self._by_reference(shape, obstacle)
                fallbacks.append(fallback)
                results += found
                looked_at.setdefault(shape.node, len(shape.targets))
        return Report(tuple(results), tuple(fallbacks), looked_at)

    def focus_nodes(self, shape: Shape) -> list[Term]:
        """Give the focus nodes of a shape, each once."""
        pattern = self._translation.focus_pattern(shape)
        return [row["this"] for row in self._select(f"SELECT ?this WHERE {{ {pattern} }}")]

    def results(self, shape: Shape) -> list[Result]:
        """Give the results of one shape by set queries; raises UntranslatableError."""
        queries = self._translation.queries(shape)
        if not self._count(shape):
            return []
        return [result for query in queries for result in self._of_query(query)]

    def _of_query(self, query: SetQuery) -> list[Result]:
        try:
            return [_result(query, row) for row in self._rows(query)]
        except StoreError as error:
            where = f"{query.shape.node} ({query.constraint.component})"
            raise StoreError(f"{where}: {error}") from error

    def _count(self, shape: Shape) -> int:
        """Give the number of focus nodes; shapes with the same targets are counted once."""
        pattern = self._translation.focus_pattern(shape)
        if pattern not in self._counts:
            sparql = f"SELECT (COUNT(?this) AS ?count) WHERE {{ {pattern} }}"
            (row,) = self._select(sparql)
            self._counts[pattern] = int(row["count"].value)
        return self._counts[pattern]

    def _select(self, sparql: str) -> Iterator[Row]:
        return self._store.select(sparql, self._graphs)

    def _rows(self, query: SetQuery) -> Iterator[Row]:
        if query.apart is None:
            yield from self._select(query.sparql)
            return
        names = ("this", query.value or "this")
        nodes = Counter(tuple(row[name] for name in names) for row in self._select(query.sparql))
        keys = list(nodes)
        for start in range(0, len(keys), _BATCH):
            some = {key: nodes[key] for key in keys[start : start + _BATCH]}
            yield from self._apart(query, query.apart, some)

    def _apart(
        self, query: SetQuery, parts: Parts, nodes: Mapping[tuple[Term, ...], int]
    ) -> Iterator[Row]:
        """Run a query for each of some nodes by itself, all in one request."""
        union = []
        for this, value in nodes:
            if not isinstance(this, NamedNode) or isinstance(value, BlankNode):
                raise UntranslatableError(f"{query.reason}; 节点不能写入查询 / {this} is no IRI")
            union.append(f"{{ {_placed(query, parts, this, value)} }}")
        for row in self._select(f"SELECT * WHERE {{ {' UNION '.join(union)} }}"):
            key = (row["this"], row[query.value] if query.value else row["this"])
            for _ in range(nodes.get(key, nodes.get((row["this"], row["this"]), 1))):
                yield row

    def _by_reference(
        self, shape: Shape, obstacle: UntranslatableError
    ) -> tuple[Fallback, list[Result]]:
        reason = str(obstacle)
        if isinstance(obstacle, UnsupportedError):
            return Fallback(shape.node, reason, "SHACL-JS"), []
        try:
            found = self._reference.results(shape)
        except RefusedError as error:
            return Fallback(shape.node, reason, str(error)), []
        if self._among is not None:
            found = [one for one in found if one.focus in self._among]
        return Fallback(shape.node, reason), found


def _placed(query: SetQuery, parts: Parts, this: Term, value: Term) -> str:
    """Write a query with the terms in the places of the pre-bound variables."""
    if parts.form == "SELECT":
        placed = substituted(parts, {"this": str(this)})
        return (
            f"SELECT {placed.distinct} {written(placed.projection)} "
            f"WHERE {written((placed.pattern,))} {written(placed.modifiers)}"
        )
    placed = substituted(parts, {"this": str(this), "value": str(value)})
    both = {"?this": this, f"?{query.value}": value}
    head = " ".join(f"({term} AS {name})" for name, term in both.items())
    return f"SELECT {head} WHERE {{ FILTER(!EXISTS {written((placed.pattern,))}) }}"


def _result(query: SetQuery, row: Row) -> Result:
    shape, constraint = query.shape, query.constraint
    value = row.get("value") if isinstance(constraint, model.Select) else None
    if value is None and query.value is not None:
        value = row.get(query.value)
    path: Path | None = shape.path
    found = row.get("path")
    if isinstance(found, NamedNode) and isinstance(constraint, model.Select | model.Closed):
        path = Predicate(found.value)
    messages, solution = shape.messages, Row()
    if isinstance(constraint, model.Select | model.Ask):
        messages, solution = _messages(shape, constraint, row), row
    return Result(
        focus=row["this"],
        path=path,
        value=value,
        component=constraint.component,
        severity=shape.severity,
        shape=shape.node,
        constraint=constraint.source if isinstance(constraint, model.Select) else None,
        messages=messages,
        row=solution,
    )


def _messages(shape: Shape, constraint: model.Select | model.Ask, row: Row) -> tuple[Literal, ...]:
    """Give a result's messages (5.3.2): the row's, else the constraint's, else the shape's."""
    own = row.get("message")
    if isinstance(own, Literal):
        return (own,)
    known = {**constraint.query.bindings, **row}

    def filled(message: Literal) -> Literal:
        def term(match: re.Match[str]) -> str:
            found = known.get(match[1])
            return match[0] if found is None else found.value

        words = _PLACEHOLDER.sub(term, message.value)
        if message.language:
            return Literal(words, language=message.language)
        return Literal(words, datatype=message.datatype)

    return tuple(filled(message) for message in constraint.messages or shape.messages)
