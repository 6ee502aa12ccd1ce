"""The pieces that SPARQL expressions and patterns of shapes are put together from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dutygraph.property_paths import Inverse, Path, Predicate
from dutygraph.shacl.model import Closed
from dutygraph.shacl.paths import may_be_empty, sparql_path
from dutygraph.terms import PREFIXES

_RDF, _RDFS = PREFIXES["rdf"], PREFIXES["rdfs"]
TRUE, FALSE = "true", "false"


@dataclass
class Scope:
    """The group that an expression stands in the FILTER of.

    ``pattern`` binds the variables of the group where that is known; ``joins`` are patterns that
    expressions want beside their FILTER.
    """

    pattern: str | None = None
    joins: list[str] = field(default_factory=list)


Condition = Callable[[str, Scope], str]
"""Gives the expression for a variable that is bound in a scope."""


def negated(expression: str) -> str:
    """Give the opposite of an expression."""
    return {TRUE: FALSE, FALSE: TRUE}.get(expression, f"!({expression})")


def any_of(expressions: Iterable[str]) -> str:
    """Join expressions with or."""
    found = [one for one in expressions if one != FALSE]
    if TRUE in found:
        return TRUE
    return found[0] if len(found) == 1 else "(" + (" || ".join(found) or FALSE) + ")"


def all_of(expressions: Iterable[str]) -> str:
    """Join expressions with and."""
    found = [one for one in expressions if one != TRUE]
    if FALSE in found:
        return FALSE
    return found[0] if len(found) == 1 else "(" + (" && ".join(found) or TRUE) + ")"


def same_language(value: str, other: str) -> str:
    """Give the expression that two values are different and have the same language."""
    return (
        f"!sameTerm({value}, {other}) && "
        f"COALESCE(LCASE(LANG({value})) = LCASE(LANG({other})), false)"
    )


def pattern_of(focus: str, path: Path, value: str) -> str:
    """Give the one triple pattern of a path that is no sequence."""
    if isinstance(path, Inverse) and isinstance(path.path, Predicate):
        return f"{value} <{path.path.iri}> {focus}"
    return f"{focus} {sparql_path(path)} {value}"


def value_pattern(pattern: str, focus: str, path: Path, value: str) -> str:
    """Give the pattern of a focus node's values; a path that may be empty leads to itself too.

    SPARQL looks for such a node among those of the graph only, where SHACL need not find it.
    """
    walked = f"{pattern} {pattern_of(focus, path, value)} ."
    if not may_be_empty(path):
        return walked
    return f"{{ {walked} }} UNION {{ {pattern} BIND({focus} AS {value}) }}"


def instance_of(value: str, iri: str, between: str) -> str:
    """Give the expression that a value is a SHACL instance of a class (section 1.1)."""
    return (
        f"(EXISTS {{ {value} <{_RDF}type> <{iri}> }} || EXISTS {{ {value} <{_RDF}type> {between} "
        f"FILTER(EXISTS {{ {between} <{_RDFS}subClassOf>+ <{iri}> }}) }})"
    )


def closed_pattern(constraint: Closed, focus: str, predicate: str, value: str) -> str:
    """Give the pattern of the triples of a node that a closed shape does not allow."""
    pattern = f"{focus} {predicate} {value}"
    if not constraint.allowed:
        return pattern
    allowed = ", ".join(f"<{iri}>" for iri in constraint.allowed)
    return f"{pattern} FILTER({predicate} NOT IN ({allowed}))"
