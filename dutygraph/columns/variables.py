"""Which variables the parts of a query name, and which of them a pattern can bind."""

from __future__ import annotations

from collections.abc import Iterable

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
    Subquery,
    Triple,
    Union,
    Values,
    Variable,
    seen,
)
from dutygraph.columns.paths import Link, Same, Spelled


def bound(one: Element | Spelled) -> set[str]:
    """Give the variables that an element can bind."""
    match one:
        case Link() as link:
            return set(ends(link)) | {n.name for n, _ in link.steps if isinstance(n, Variable)}
        case Same(first, second):
            return {node.name for node in (first, second) if isinstance(node, Variable)}
        case Filter():
            return set()
    return set(seen(Group((one,))))


def iris(each: Iterable[Expression]) -> tuple[Constant, ...]:
    """Give expressions that are IRIs one and all, each once; nothing when some is none."""
    found = dict.fromkeys(one for one in each if isinstance(one, Constant))
    every = len(found) == len(set(each)) and all(one.token.startswith("<") for one in found)
    return tuple(found) if every else ()


def ends(link: Link) -> set[str]:
    """Give the variables at the ends of a step."""
    return {node.name for node in (link.subject, link.object) if isinstance(node, Variable)}


def by_variable(link: Link) -> bool:
    """Tell whether a step's property is a variable."""
    return any(isinstance(node, Variable) for node, _ in link.steps)


def conjuncts(test: Expression) -> Iterable[Expression]:
    """Give the tests of which all must hold for one to hold."""
    match test:
        case Call("&&", parts):
            for part in parts:
                yield from conjuncts(part)
        case _:
            yield test


def has_exists(test: Expression) -> bool:
    """Tell whether EXISTS stands anywhere in an expression."""
    match test:
        case Exists():
            return True
        case Call(_, arguments):
            return any(map(has_exists, arguments))
    return False


def variables(test: Expression) -> set[str]:
    """Give all variables in an expression, those of its groups too."""
    match test:
        case Variable(name):
            return {name}
        case Call(_, arguments):
            return {name for one in arguments for name in variables(one)}
        case Exists(group):
            return {name for one in group.elements for name in _of_element(one)}
    return set()


def matched(group: Group) -> set[str]:
    """Give the variables of a group's patterns, those of its own EXISTS too."""
    found = set(seen(group))
    for one in group.elements:
        match one:
            case Filter(test):
                found |= _matched_in(test)
            case Optional(inner):
                found |= matched(inner)
            case Union(groups):
                found |= {name for inner in groups for name in matched(inner)}
    return found


def _matched_in(test: Expression) -> set[str]:
    match test:
        case Exists(group):
            return matched(group)
        case Call(_, arguments):
            return {name for one in arguments for name in _matched_in(one)}
    return set()


def _of_element(one: Element) -> set[str]:
    match one:
        case Filter(test):
            return variables(test)
        case Bind(value, variable):
            return variables(value) | {variable.name}
        case Optional(group):
            return variables(Exists(group))
        case Union(groups):
            return {name for group in groups for name in variables(Exists(group))}
        case Triple():
            return set(seen(Group((one,))))
        case Subquery(select):
            return variables(Exists(select.where)) | set(seen(Group((one,))))
        case Values(variable, _):
            return {variable.name}
    return set()
