"""What a query says, as a tree: the part of SPARQL 1.1 that the columns can answer.

Groups keep the order in which they are written; what that means is section 18.2.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from dutygraph.property_paths import Path


class RefusedError(ValueError):
    """The columns cannot answer this exactly; another engine has to."""


@dataclass(frozen=True)
class Variable:
    """A variable, by its name without the question mark."""

    name: str


@dataclass(frozen=True)
class Constant:
    """A term, written as in N-Triples."""

    token: str


Node: TypeAlias = Variable | Constant


@dataclass(frozen=True)
class Triple:
    """A triple pattern, with a path for a predicate."""

    subject: Node
    path: Variable | Path
    object: Node


@dataclass(frozen=True)
class Call:
    """A function or an operator, by its name in capital letters or its sign."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Exists:
    """Whether a group has a solution."""

    group: Group


Expression: TypeAlias = Node | Call | Exists


@dataclass(frozen=True)
class Filter:
    """A test of the group that it stands in."""

    test: Expression


@dataclass(frozen=True)
class Optional:
    """A group that need not hold."""

    group: Group


@dataclass(frozen=True)
class Union:
    """Groups of which any may hold."""

    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Bind:
    """A variable that stands for what an expression gives."""

    value: Expression
    variable: Variable


@dataclass(frozen=True)
class Values:
    """One variable's possible values."""

    variable: Variable
    values: tuple[Constant, ...]


Element: TypeAlias = "Triple | Filter | Optional | Union | Bind | Values | Subquery"


@dataclass(frozen=True)
class Group:
    """What stands between braces."""

    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Select:
    """A SELECT: its columns, each with the expression that it is given by, and its WHERE.

    ``columns`` is None for all variables that can be seen. ``distinct`` tells whether of solutions
    that are equal there is one.
    """

    columns: tuple[tuple[str, Expression], ...] | None
    where: Group
    distinct: bool = True


@dataclass(frozen=True)
class Subquery:
    """A SELECT in a group."""

    select: Select


@dataclass(frozen=True)
class Change:
    """What an update inserts, or deletes, for each solution."""

    inserts: bool
    template: tuple[Triple, ...]
    where: Group


def seen(group: Group) -> Iterator[str]:
    """Give the variables that a group can bind (18.2.1), some more than once."""
    for one in group.elements:
        match one:
            case Triple(subject, path, object_):
                yield from (node.name for node in (subject, object_) if isinstance(node, Variable))
                if isinstance(path, Variable):
                    yield path.name
            case Optional(inner):
                yield from seen(inner)
            case Union(groups):
                for inner in groups:
                    yield from seen(inner)
            case Bind(_, variable) | Values(variable, _):
                yield variable.name
            case Subquery(Select(columns, where, _)):
                yield from seen(where) if columns is None else (name for name, _ in columns)


def mentioned(expression: Expression) -> Iterator[str]:
    """Give the variables that an expression asks for, outside of EXISTS."""
    match expression:
        case Variable(name):
            yield name
        case Call(_, arguments):
            for argument in arguments:
                yield from mentioned(argument)
