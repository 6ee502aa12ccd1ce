"""Constraints that are written in SPARQL, made ready to be joined with focus nodes."""

from __future__ import annotations

from collections.abc import Iterable

from dutygraph.shacl.errors import ShapesError, UntranslatableError
from dutygraph.shacl.model import Ask, Query, Select, Shape
from dutygraph.shacl.paths import sparql_path
from dutygraph.shacl.prebinding import (
    obstacle,
    obstacle_within_exists,
    read_query,
    renamed,
    substituted,
    terms_text,
)
from dutygraph.shacl.syntax import Parts, iris, variables, written


class Queries:
    """Reads the queries of a shapes graph; expressions make all their variables their own.

    ``functions`` are those that no engine knows; ``shapes_graph`` is the name under which the
    shapes can be queried, for ``$shapesGraph``.
    """

    def __init__(self, functions: frozenset[str], shapes_graph: str | None) -> None:
        self._functions = functions
        self._shapes_graph = shapes_graph

    def query(self, query: Query, known: Iterable[str], where: str) -> Parts:
        """Read a query; raises as ``read`` does."""
        parts = read_query(query, {*known, *query.bindings}, where)
        called = iris((*parts.projection, parts.pattern, *parts.modifiers))
        if called & self._functions:
            raise UntranslatableError(f"sh:SPARQLFunction: {min(called & self._functions)}")
        return parts

    def read(self, shape: Shape, constraint: Select | Ask) -> Parts:
        """Read the query of a constraint, with everything but ``this`` and ``value`` in place.

        Raises ShapesError for a query that breaks the rules, UntranslatableError for one that
        names what cannot be written in a query.
        """
        known = ("this", "value") if isinstance(constraint, Ask) else ("this",)
        parts = self.query(constraint.query, known, f"{constraint.component} ({shape.node})")
        used = variables((*parts.projection, parts.pattern, *parts.modifiers))
        terms = terms_text(constraint.query.bindings)
        if "currentShape" in used:
            terms["currentShape"] = str(shape.node)
        if "shapesGraph" in used:
            if self._shapes_graph is None:
                raise UntranslatableError("$shapesGraph")
            terms["shapesGraph"] = f"<{self._shapes_graph}>"
        if "PATH" in used:
            if shape.path is None:
                raise ShapesError(
                    f"{shape.node}：$PATH 只能用于属性形状 / $PATH is for property shapes"
                )
            terms["PATH"] = sparql_path(shape.path)
        for name, term in terms.items():
            if name in used and term.startswith("_:"):
                raise UntranslatableError(f"${name}: a blank node")
        return substituted(parts, terms)

    def violates_select(self, shape: Shape, constraint: Select, focus: str, suffix: str) -> str:
        """Give the expression that a SELECT gives rows for a focus node."""
        parts = self.read(shape, constraint)
        reason = obstacle(parts, {"this"}) or _not_as_expression(parts)
        if reason is not None:
            raise UntranslatableError(f"nested: {reason}")
        own = renamed(parts, {"this": focus}, suffix)
        return f"EXISTS {written((own.pattern,))}"

    def asks(self, shape: Shape, constraint: Ask, focus: str, value: str, suffix: str) -> str:
        """Give the expression that a value answers an ASK with true."""
        parts = self.read(shape, constraint)
        reason = _not_as_expression(parts)
        if reason is not None:
            raise UntranslatableError(f"ASK: {reason}")
        own = renamed(parts, {"this": focus, "value": value}, suffix)
        return f"EXISTS {written((own.pattern,))}"


def _not_as_expression(parts: Parts) -> str | None:
    if parts.aggregates or parts.is_cut:
        return "an aggregate, LIMIT or OFFSET"
    return obstacle_within_exists(parts.pattern, {"this", "value"})
