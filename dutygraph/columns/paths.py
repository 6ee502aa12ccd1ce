"""Property paths as triple patterns of single steps (SPARQL 1.1, sections 9.1 and 18.2.2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, product

from dutygraph.columns.algebra import (
    Constant,
    Element,
    Group,
    Node,
    Optional,
    RefusedError,
    Select,
    Subquery,
    Triple,
    Union,
    Variable,
)
from dutygraph.property_paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence


@dataclass(frozen=True)
class Link:
    """One node leads to another by any of some properties: once, or once and more often.

    Each property stands with whether it is taken backwards. A property by variable stands alone.
    """

    subject: Node
    steps: tuple[tuple[Node, bool], ...]
    object: Node
    many: bool = False


@dataclass(frozen=True)
class Same:
    """Two nodes are one: a path of no step."""

    one: Node
    other: Node


Spelled = Link | Same


class Paths:
    """Spells paths out; the variables that this takes have names that no query has."""

    def __init__(self) -> None:
        self._made = count()

    def alternatives(self, group: Group) -> Iterator[tuple[Element | Spelled, ...]]:
        """Give what a group says by single steps; where there are several, any of them may hold.

        To take them apart before what stands around the path is joined says the same, since a join,
        the left side of an OPTIONAL and a filter all can be done on each part.
        """
        each = [
            self._spelled(one.subject, one.path, one.object)
            if isinstance(one, Triple)
            else [(one,)]
            for one in group.elements
        ]
        for chosen in product(*each):
            yield tuple(one for some in chosen for one in some)

    def _spelled(
        self, subject: Node, path: Variable | Path, object_: Node
    ) -> list[tuple[Element | Spelled, ...]]:
        if isinstance(path, Inverse):
            return self._spelled(object_, path.path, subject)
        steps = _steps(path)
        if steps is not None:
            return [(Link(subject, steps, object_),)]
        match path:
            case Sequence((step,)):
                return self._spelled(subject, step, object_)
            case Sequence((first, *rest)):
                between = Variable(f".{next(self._made)}")
                return [
                    (*one, *other)
                    for one in self._spelled(subject, first, between)
                    for other in self._spelled(between, Sequence(tuple(rest)), object_)
                ]
            case Alternative(choices):
                return [
                    one for choice in choices for one in self._spelled(subject, choice, object_)
                ]
            case Repeated(inner, "?"):
                return [*self._spelled(subject, inner, object_), (Same(subject, object_),)]
            case Repeated(inner, mark) if steps := _steps(inner):
                many = Link(subject, steps, object_, many=True)
                return [(many,)] if mark == "+" else [(many,), (Same(subject, object_),)]
        raise RefusedError(f"many of a longer path: {path}")


def _steps(path: Variable | Path) -> tuple[tuple[Node, bool], ...] | None:
    """Give the properties of a path of one step, None for a longer one."""
    match path:
        case Variable():
            return ((path, False),)
        case Predicate(iri):
            return ((Constant(f"<{iri}>"), False),)
        case Inverse(inner):
            steps = _steps(inner)
            return steps and tuple((node, not inverse) for node, inverse in steps)
        case Alternative(choices):
            found = [_steps(choice) for choice in choices]
            return None if None in found else tuple(one for some in found for one in some or ())
    return None


def may_count_twice(group: Group) -> bool:
    """Tell whether a group has paths of which engines count the solutions differently.

    Of no step or of one by any of several properties: what two ways lead to is one solution (9.1)
    or two, and pyoxigraph goes by whether the ends are known before. What is in EXISTS is left out.
    """
    for one in (one for elements in Paths().alternatives(group) for one in elements):
        match one:
            case Same():
                return True
            case Link(steps=steps) if len(steps) > 1:
                return True
            case Optional(inner) if may_count_twice(inner):
                return True
            case Union(groups) if any(map(may_count_twice, groups)):
                return True
            case Subquery(Select(_, where, distinct)) if not distinct and may_count_twice(where):
                return True
    return False
