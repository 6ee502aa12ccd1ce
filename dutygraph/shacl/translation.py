"""A shape as set queries: one SELECT for each constraint, which gives all its violations at once.

A query joins the focus nodes, found by the targets, with the values of the path, and leaves those
that violate the constraint. What SHACL says of a property shape within a shape is said of the
values of the outer one, which become its focus nodes (section 4.7.2); the nodes on the way are
kept in variables of their own, so that a value reached twice is reported twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode

from dutygraph.property_paths import Path
from dutygraph.shacl import model
from dutygraph.shacl.conformance import Conformance, is_of_values
from dutygraph.shacl.errors import UntranslatableError
from dutygraph.shacl.expressions import Scope, closed_pattern, value_pattern
from dutygraph.shacl.model import Constraint, Node, Shape, Shapes, Target
from dutygraph.shacl.paths import may_be_empty, stepwise
from dutygraph.shacl.prebinding import (
    joined,
    obstacle,
    obstacle_within_exists,
    substituted,
    terms_text,
)
from dutygraph.shacl.probing import Dialect
from dutygraph.shacl.syntax import Parts, written
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

_RDF, _RDFS = PREFIXES["rdf"], PREFIXES["rdfs"]
_THIS, _VALUE = "?this", "?value"


@dataclass(frozen=True)
class SetQuery:
    """A query whose rows are the violations of a constraint.

    ``?this`` is the focus node, ``value`` the variable of the value (None: there is none), and
    ``?path`` the path where it is not the shape's. With ``apart`` the query only gives the nodes
    to look at, and ``apart`` is run for each of them by itself, the terms in their places.
    """

    shape: Shape
    constraint: Constraint
    sparql: str
    value: str | None
    apart: Parts | None = None
    reason: str | None = None


@dataclass(frozen=True)
class _Focus:
    """The pattern that binds ``?this``, and the variables of the nodes on the way to it.

    ``in_graph`` tells whether the focus nodes are surely nodes of the data.
    """

    pattern: str
    in_graph: bool
    way: tuple[str, ...] = ()

    def has_values_in_graph(self, path: Path | None) -> bool:
        """Tell whether the values of a path are surely nodes of the data."""
        return self.in_graph or (path is not None and not may_be_empty(path))


class Translation:
    """Translates the shapes of a shapes graph for an engine."""

    def __init__(
        self,
        shapes: Shapes,
        dialect: Dialect,
        shapes_graph: str | None = None,
        among: Sequence[Term] | None = None,
    ) -> None:
        self._shapes = shapes
        self._conformance = Conformance(shapes, dialect, shapes_graph)
        self._among = among

    def queries(self, shape: Shape) -> list[SetQuery]:
        """Give the queries of a shape that has targets.

        Raises UntranslatableError for a shape that has no form as set queries.
        """
        found_in_graph = model.TargetClass | model.TargetSubjectsOf | model.TargetObjectsOf
        in_graph = all(isinstance(target, found_in_graph) for target in shape.targets)
        return list(self._of_shape(shape, _Focus(self.focus_pattern(shape), in_graph), ()))

    def focus_pattern(self, shape: Shape) -> str:
        """Give the pattern that binds ``?this`` to each focus node of a shape, once."""
        nodes = [one.term for one in shape.targets if isinstance(one, model.TargetNode)]
        if any(isinstance(node, BlankNode) for node in nodes):
            raise UntranslatableError("sh:targetNode: a blank node")
        patterns = [f"VALUES {_THIS} {{ {' '.join(map(str, nodes))} }}"] if nodes else []
        patterns += [pattern for target in shape.targets for pattern in self._target(target)]
        union = " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)
        if self._among is not None:
            wanted = " ".join(str(node) for node in self._among)
            union = f"VALUES {_THIS} {{ {wanted} }} {union}"
        return f"{{ SELECT DISTINCT {_THIS} WHERE {{ {union} }} }}"

    def _target(self, target: Target) -> Iterator[str]:
        """Give the patterns that bind ``?this`` to what a target finds."""
        match target:
            case model.TargetClass(iri):
                yield f"{_THIS} <{_RDF}type> <{iri}>"
                yield (f"?_dgclass <{_RDFS}subClassOf>+ <{iri}> . {_THIS} <{_RDF}type> ?_dgclass")
            case model.TargetSubjectsOf(iri):
                yield f"{_THIS} <{iri}> ?_dgother"
            case model.TargetObjectsOf(iri):
                yield f"?_dgother <{iri}> {_THIS}"
            case model.TargetQuery(query):
                parts = self._conformance.queries.query(query, (), "sh:target")
                parts = substituted(parts, terms_text(query.bindings))
                yield (
                    f"SELECT {parts.distinct} {written(parts.projection)} "
                    f"WHERE {written((parts.pattern,))} {written(parts.modifiers)}"
                )

    def _of_shape(
        self, shape: Shape, focus: _Focus, within: tuple[Node, ...]
    ) -> Iterator[SetQuery]:
        if shape.node in within:
            raise UntranslatableError(f"recursion / 递归: {shape.node}")
        if shape.deactivated:
            return
        within = (*within, shape.node)
        for constraint in shape.constraints:
            if isinstance(constraint, model.Property):
                inner = self._shapes.by_node[constraint.shape]
                yield from self._of_shape(inner, self._inner(shape, focus), within)
            elif isinstance(constraint, model.Select):
                yield self._of_select(shape, constraint, focus)
            elif isinstance(constraint, model.Ask):
                yield self._of_ask(shape, constraint, focus)
            else:
                yield self._of_constraint(shape, constraint, focus)

    def _inner(self, shape: Shape, focus: _Focus) -> _Focus:
        """Give the values of a shape as focus nodes of another."""
        if shape.path is None:
            return focus
        outer = f"?_dgway{len(focus.way)}"
        way = (*focus.way, outer)
        kept = " ".join(focus.way)
        before = f"{{ SELECT ({_THIS} AS {outer}) {kept} WHERE {{ {focus.pattern} }} }}"
        walked = value_pattern(before, outer, shape.path, _THIS)
        pattern = f"{{ SELECT DISTINCT {_THIS} {' '.join(way)} WHERE {{ {walked} }} }}"
        return _Focus(pattern, focus.has_values_in_graph(shape.path), way)

    def _values(self, shape: Shape, focus: _Focus) -> tuple[str, str]:
        """Give the pattern of all focus nodes with their values, and the values' variable."""
        if shape.path is None:
            return focus.pattern, _THIS
        return value_pattern(focus.pattern, _THIS, shape.path, _VALUE), _VALUE

    def _of_constraint(self, shape: Shape, constraint: Constraint, focus: _Focus) -> SetQuery:
        values, value = self._values(shape, focus)
        in_graph = [_THIS] if focus.in_graph else []
        if focus.has_values_in_graph(shape.path):
            in_graph.append(value)
        self._conformance.begin(in_graph)
        match constraint:
            case model.Closed():
                body = f"{values} {closed_pattern(constraint, value, '?path', '?object')}"
                return self._query(shape, constraint, focus, body, "?object", "?path", value)
            case model.UniqueLang():
                return self._unique_language(shape, constraint, focus, values)
            case model.Equals(iri):
                return self._query(
                    shape, constraint, focus, self._unequal(shape, iri, focus), _VALUE
                )
            case model.Disjoint(iri):
                body = f"{values} FILTER(EXISTS {{ {_THIS} <{iri}> {value} }})"
                return self._query(shape, constraint, focus, body, value)
            case model.LessThan(_, operator, iri):
                compared = f"FILTER(!COALESCE({value} {operator} ?object, false))"
                body = f"{{ {values} }} {_THIS} <{iri}> ?object . {compared}"
                return self._query(shape, constraint, focus, body, value, "?object")
        if is_of_values(constraint):
            scope = Scope(values)
            violated = self._conformance.value_violates(constraint, value, scope)
            return self._query(shape, constraint, focus, _filtered(values, scope, violated), value)
        scope = Scope(focus.pattern)
        violated = self._conformance.focus_violates(shape, constraint, _THIS, scope)
        return self._query(
            shape, constraint, focus, _filtered(focus.pattern, scope, violated), None
        )

    def _query(
        self,
        shape: Shape,
        constraint: Constraint,
        focus: _Focus,
        body: str,
        value: str | None,
        *more: str,
    ) -> SetQuery:
        wanted = dict.fromkeys((_THIS, *focus.way, *([value] if value else []), *more))
        sparql = f"SELECT DISTINCT {' '.join(wanted)} WHERE {{ {body} }}"
        return SetQuery(shape, constraint, sparql, value[1:] if value else None)

    def _unequal(self, shape: Shape, iri: str, focus: _Focus) -> str:
        """Give the pattern of the values that one of two properties has and the other has not."""
        values, value = self._values(shape, focus)
        path = None if shape.path is None else stepwise(shape.path)
        reached = self._conformance.reaches(_THIS, path, _VALUE, Scope())
        same = f" BIND({_THIS} AS {_VALUE})" if value == _THIS else ""
        return (
            f"{{ {values} FILTER(!EXISTS {{ {_THIS} <{iri}> {value} }}){same} }} UNION "
            f"{{ {focus.pattern} {_THIS} <{iri}> {_VALUE} . FILTER(!({reached})) }}"
        )

    def _unique_language(
        self, shape: Shape, constraint: Constraint, focus: _Focus, values: str
    ) -> SetQuery:
        keys = " ".join((_THIS, *focus.way, "?language"))
        sparql = (
            f"SELECT {keys} WHERE {{ {{ {values} }} FILTER(isLiteral({_VALUE}))"
            f' BIND(LCASE(LANG({_VALUE})) AS ?language) FILTER(?language != "") }} '
            f"GROUP BY {keys} HAVING(COUNT(DISTINCT {_VALUE}) > 1)"
        )
        return SetQuery(shape, constraint, sparql, None)

    def _of_select(self, shape: Shape, constraint: model.Select, focus: _Focus) -> SetQuery:
        parts = self._conformance.queries.read(shape, constraint)
        value = None if shape.path is not None else "this"
        reason = obstacle(parts, {"this"})
        if reason is not None:
            nodes = f"SELECT {_THIS} WHERE {{ {focus.pattern} }}"
            return SetQuery(shape, constraint, nodes, value, parts, reason)
        way = " ".join(focus.way)
        head = written(parts.projection)
        if "this" not in parts.projected and head.strip() != "*":
            head = f"{_THIS} {head}"
        modifiers = _modifiers(parts, way)
        body = f"{focus.pattern} {joined(parts.pattern, frozenset({'this'}), focus.pattern)}"
        projection = head if head.strip() == "*" else f"{head} {way}"
        sparql = f"SELECT {parts.distinct} {projection} WHERE {{ {body} }} {modifiers}"
        return SetQuery(shape, constraint, sparql, value)

    def _of_ask(self, shape: Shape, constraint: model.Ask, focus: _Focus) -> SetQuery:
        values, value = self._values(shape, focus)
        parts = self._conformance.queries.read(shape, constraint)
        reason = obstacle_within_exists(parts.pattern, {"this", "value"})
        if reason is None and not (parts.aggregates or parts.is_cut):
            asked = self._conformance.queries.asks(
                shape, constraint, _THIS, value, self._conformance.suffix()
            )
            return self._query(shape, constraint, focus, f"{values} FILTER(!{asked})", value)
        query = self._query(shape, constraint, focus, values, value)
        return SetQuery(
            shape, constraint, query.sparql, query.value, parts, reason or "an aggregate or LIMIT"
        )


def _filtered(pattern: str, scope: Scope, violated: str) -> str:
    return " ".join((pattern, *scope.joins, f"FILTER({violated})"))


def _modifiers(parts: Parts, way: str) -> str:
    """Write the modifiers of a SELECT; nodes on the way are grouped by too."""
    items = []
    for number, item in enumerate(parts.modifiers):
        items.append(written((item,)))
        if item.keyword == "BY" and parts.modifiers[number - 1].keyword == "GROUP":
            items.append(way)
    return " ".join(items)
