"""Whether a node conforms to a shape, as a SPARQL expression.

Expressions follow the shape: where SHACL looks at the values of a path, ``EXISTS`` does, one
triple pattern in each, and what is asked of a value stands in a FILTER beside it, with further
``EXISTS`` within. Every pattern then begins at a bound variable, whatever an engine makes of the
order of patterns, and the cost is that of the values looked at. Expressions never raise errors.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import BlankNode

from dutygraph.property_paths import Alternative, Path, Predicate, Sequence
from dutygraph.shacl import model
from dutygraph.shacl.asking import Queries
from dutygraph.shacl.errors import UnsupportedError, UntranslatableError
from dutygraph.shacl.expressions import (
    FALSE,
    TRUE,
    Condition,
    Scope,
    all_of,
    any_of,
    closed_pattern,
    instance_of,
    negated,
    pattern_of,
    same_language,
    value_pattern,
)
from dutygraph.shacl.model import Constraint, Node, Shape, Shapes
from dutygraph.shacl.paths import may_be_empty, stepwise
from dutygraph.shacl.probing import Dialect
from dutygraph.shacl.values import ValueTest, fulfilled, same_term
from dutygraph.store.graphs import Term

_SPELLED = 2
"""Up to how many values are counted by finding each of them; more are counted by grouping."""


class Conformance:
    """Writes the expressions for the shapes of one shapes graph.

    ``shapes_graph`` is the name under which the shapes can be queried, for ``$shapesGraph``.
    """

    def __init__(self, shapes: Shapes, dialect: Dialect, shapes_graph: str | None = None) -> None:
        self._shapes = shapes
        self._dialect = dialect
        self.queries = Queries(shapes.functions, shapes_graph)
        self._count = 0
        self._within: list[Node] = []
        self._in_graph: set[str] = set()

    def begin(self, in_graph: Iterable[str]) -> None:
        """Begin an expression over variables of which some are surely bound to nodes of the data.

        SPARQL finds no path at all from a node that is not among them, not even an empty one.
        """
        self._in_graph = set(in_graph)

    def fresh(self) -> str:
        """Give a variable that is used nowhere else."""
        self._count += 1
        return f"?_dg{self._count}"

    def suffix(self) -> str:
        """Give what makes the variables of a query different from all others."""
        return f"_{self.fresh()[4:]}"

    def shape(self, node: Node) -> Shape:
        """Give the shape of a node."""
        return self._shapes.by_node[node]

    # Values of a path.

    def exists(self, focus: str, path: Path, condition: Condition, scope: Scope) -> str:
        """Give the expression that a path leads from the focus to a value with a condition."""
        match path:
            case Sequence(steps):
                first, *rest = steps
                if not rest:
                    return self.exists(focus, first, condition, scope)
                remainder = Sequence(tuple(rest))
                return self.exists(
                    focus,
                    first,
                    lambda y, inner: self.exists(y, remainder, condition, inner),
                    scope,
                )
            case Alternative(choices) if _has_sequence(path):
                return any_of(self.exists(focus, one, condition, scope) for one in choices)
            case _ if may_be_empty(path) and focus not in self._in_graph:
                walked = self._one_pattern(focus, path, condition)
                return any_of((condition(focus, scope), walked))
            case _:
                return self._one_pattern(focus, path, condition)

    def _one_pattern(self, focus: str, path: Path, condition: Condition) -> str:
        value, scope = self.fresh(), Scope()
        self._in_graph.add(value)
        asked = condition(value, scope)
        if asked == FALSE:
            return FALSE
        tested = "" if asked == TRUE else f" FILTER({asked})"
        joins = "".join(" " + join for join in scope.joins)
        return f"EXISTS {{ {pattern_of(focus, path, value)}{joins}{tested} }}"

    def reaches(self, focus: str, path: Path | None, value: str, scope: Scope) -> str:
        """Give the expression that a variable is bound to a value of the path."""
        if path is None:
            return f"sameTerm({focus}, {value})"
        if isinstance(path, Predicate):
            return f"EXISTS {{ {focus} <{path.iri}> {value} }}"
        return self.exists(focus, path, lambda y, _: f"sameTerm({y}, {value})", scope)

    def at_least(
        self, number: int, focus: str, path: Path, condition: Condition, scope: Scope
    ) -> str:
        """Give the expression that so many values of a path have a condition."""
        if number <= 0:
            return TRUE
        if number <= _SPELLED or (may_be_empty(path) and scope.pattern is None):
            return self._found(number, focus, path, condition, scope, ())
        value, counted, inner = self.fresh(), self.fresh(), Scope()
        if focus in self._in_graph:
            self._in_graph.add(value)
        asked = condition(value, inner)
        tested = "" if asked == TRUE else f" FILTER({asked})"
        body = value_pattern(scope.pattern or "", focus, path, value)
        joins = "".join(" " + join for join in inner.joins)
        scope.joins.append(
            f"OPTIONAL {{ SELECT {focus} (COUNT(DISTINCT {value}) AS {counted}) "
            f"WHERE {{ {body}{joins}{tested} }} GROUP BY {focus} }}"
        )
        return f"COALESCE({counted} >= {number}, false)"

    def _found(
        self,
        number: int,
        focus: str,
        path: Path,
        condition: Condition,
        scope: Scope,
        others: tuple[str, ...],
    ) -> str:
        def one_more(value: str, inner: Scope) -> str:
            tests = [f"!sameTerm({value}, {other})" for other in others]
            tests.append(condition(value, inner))
            if number > 1:
                tests.append(
                    self._found(number - 1, focus, path, condition, inner, (*others, value))
                )
            return all_of(tests)

        return self.exists(focus, path, one_more, scope)

    # Shapes.

    def violates(self, node: Node, focus: str, scope: Scope) -> str:
        """Give the expression that a node does not conform to a shape.

        Raises UntranslatableError for a shape that refers to itself.
        """
        if node in self._within:
            raise UntranslatableError(f"recursion / 递归: {node}")
        shape = self.shape(node)
        if shape.deactivated:
            return FALSE
        self._within.append(node)
        try:
            return self._violates_shape(shape, focus, scope)
        finally:
            self._within.pop()

    def _violates_shape(self, shape: Shape, focus: str, scope: Scope) -> str:
        of_values = [one for one in shape.constraints if is_of_values(one)]
        of_focus = [one for one in shape.constraints if not is_of_values(one)]

        def value_is_bad(value: str, inner: Scope) -> str:
            return any_of(self.value_violates(one, value, inner) for one in of_values)

        if shape.path is None:
            found = value_is_bad(focus, scope)
        elif of_values:
            found = self.exists(focus, stepwise(shape.path), value_is_bad, scope)
        else:
            found = FALSE
        return any_of((found, *(self.focus_violates(shape, one, focus, scope) for one in of_focus)))

    def conforms(self, node: Node, focus: str, scope: Scope) -> str:
        """Give the expression that a node conforms to a shape."""
        return negated(self.violates(node, focus, scope))

    def value_violates(self, constraint: Constraint, value: str, scope: Scope) -> str:
        """Give the expression that a value violates a constraint of single values."""
        match constraint:
            case model.Class(iri):
                return negated(instance_of(value, iri, self.fresh()))
            case model.Not(shape):
                return self.conforms(shape, value, scope)
            case model.Conforms(shape) | model.Property(shape):
                return self.violates(shape, value, scope)
            case model.And(shapes):
                return any_of(self.violates(one, value, scope) for one in shapes)
            case model.Or(shapes):
                return all_of(self.violates(one, value, scope) for one in shapes)
            case model.Xone(shapes):
                counted = [f"IF({self.violates(one, value, scope)}, 0, 1)" for one in shapes]
                return f"({' + '.join(counted) or '0'}) != 1"
            case model.Closed():
                predicate, other = self.fresh(), self.fresh()
                return f"EXISTS {{ {closed_pattern(constraint, value, predicate, other)} }}"
            case _ if isinstance(constraint, ValueTest):
                return negated(fulfilled(constraint, value, self._dialect))
            case _:
                raise _unknown(constraint)

    def focus_violates(self, shape: Shape, constraint: Constraint, focus: str, scope: Scope) -> str:
        """Give the expression that a focus node violates a constraint of all its values."""
        path = None if shape.path is None else stepwise(shape.path)
        match constraint:
            case model.HasValue(term):
                return negated(self._has_value(focus, path, term, scope))
            case model.Equals(iri):
                return any_of(
                    (
                        self._some_value(focus, path, lambda v, _: _lacks(focus, iri, v), scope),
                        self.exists(
                            focus,
                            Predicate(iri),
                            lambda v, inner: negated(self.reaches(focus, path, v, inner)),
                            scope,
                        ),
                    )
                )
            case model.Disjoint(iri):
                return self._some_value(
                    focus, path, lambda v, _: f"EXISTS {{ {focus} <{iri}> {v} }}", scope
                )
            case model.Select():
                return self.queries.violates_select(shape, constraint, focus, self.suffix())
            case model.Ask():
                asks = self.queries.asks

                def refused(value: str, _scope: Scope) -> str:
                    return negated(asks(shape, constraint, focus, value, self.suffix()))

                return self._some_value(focus, path, refused, scope)
            case _ if path is not None:
                return self._values_violate(path, constraint, focus, scope)
            case _:
                raise _unknown(constraint)

    def _values_violate(self, path: Path, constraint: Constraint, focus: str, scope: Scope) -> str:
        match constraint:
            case model.MinCount(count):
                return negated(self.at_least(count, focus, path, _anything, scope))
            case model.MaxCount(count):
                return self.at_least(count + 1, focus, path, _anything, scope)
            case model.Qualified(_, node, count, siblings):
                counts = self._counts(node, siblings)
                if constraint.is_minimum:
                    return negated(self.at_least(count, focus, path, counts, scope))
                return self.at_least(count + 1, focus, path, counts, scope)
            case model.UniqueLang():
                return self.exists(focus, path, self._another(focus, path), scope)
            case model.LessThan(_, operator, iri):
                return self.exists(
                    focus,
                    path,
                    lambda v, inner: self.exists(
                        focus,
                        Predicate(iri),
                        lambda o, _: f"!COALESCE({v} {operator} {o}, false)",
                        inner,
                    ),
                    scope,
                )
            case _:
                raise _unknown(constraint)

    def _some_value(self, focus: str, path: Path | None, condition: Condition, scope: Scope) -> str:
        if path is None:
            return condition(focus, scope)
        return self.exists(focus, path, condition, scope)

    def _has_value(self, focus: str, path: Path | None, term: Term, scope: Scope) -> str:
        if isinstance(path, Predicate) and not isinstance(term, BlankNode):
            return f"EXISTS {{ {focus} <{path.iri}> {term} }}"
        return self._some_value(focus, path, lambda v, _: same_term(v, term), scope)

    def _counts(self, node: Node, siblings: tuple[Node, ...]) -> Condition:
        def condition(value: str, scope: Scope) -> str:
            return all_of(
                (
                    self.conforms(node, value, scope),
                    *(self.violates(one, value, scope) for one in siblings),
                )
            )

        return condition

    def _another(self, focus: str, path: Path) -> Condition:
        """Give the condition that another value has the language of a value."""

        def condition(value: str, scope: Scope) -> str:
            return all_of(
                (
                    f'COALESCE(LANG({value}) != "", false)',
                    self.exists(focus, path, lambda o, _: same_language(value, o), scope),
                )
            )

        return condition


def _unknown(constraint: Constraint) -> UntranslatableError:
    if isinstance(constraint, model.Unknown):
        error = UntranslatableError if constraint.known_to_reference else UnsupportedError
        return error(constraint.what)
    return UntranslatableError(constraint.component)


def _anything(_value: str, _scope: Scope) -> str:
    return TRUE


def _lacks(focus: str, iri: str, value: str) -> str:
    return f"!EXISTS {{ {focus} <{iri}> {value} }}"


def _has_sequence(path: Path) -> bool:
    """Tell whether some choice is a sequence, of which each step wants a pattern of its own."""
    match path:
        case Sequence():
            return True
        case Alternative(choices):
            return any(_has_sequence(choice) for choice in choices)
        case _:
            return False


_OF_VALUES = (
    model.Class,
    model.Not,
    model.Conforms,
    model.Property,
    model.And,
    model.Or,
    model.Xone,
    model.Closed,
    ValueTest,
)


def is_of_values(constraint: Constraint) -> bool:
    """Tell whether a constraint is about each value by itself."""
    return isinstance(constraint, _OF_VALUES)
