"""Property paths as triple patterns of single steps (SPARQL 1.1, sections 9.1 and 18.2.2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, product

from dutygraph.columns.algebra import (
    Constant,
    Either,
    Element,
    Group,
    Inverse,
    Many,
    MaybeNone,
    Node,
    Path,
    RefusedError,
    Sequence,
    Triple,
    Variable,
)


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
        self, subject: Node, path: Path, object_: Node
    ) -> list[tuple[Element | Spelled, ...]]:
        match path:
            case Variable() | Constant():
                return [(Link(subject, ((path, False),), object_),)]
            case Inverse(inner):
                return self._spelled(object_, inner, subject)
            case Sequence(first, then):
                between = Variable(f".{next(self._made)}")
                return [
                    (*one, *other)
                    for one in self._spelled(subject, first, between)
                    for other in self._spelled(between, then, object_)
                ]
            case Either(one, other):
                steps = _steps(path)
                if steps is not None:
                    return [(Link(subject, steps, object_),)]
                return [
                    *self._spelled(subject, one, object_),
                    *self._spelled(subject, other, object_),
                ]
            case Many(inner):
                steps = _steps(inner)
                if steps is None:
                    raise RefusedError(f"many of a longer path: {inner}")
                return [(Link(subject, steps, object_, many=True),)]
            case MaybeNone(inner):
                return [*self._spelled(subject, inner, object_), (Same(subject, object_),)]


def may_be_empty(path: Path) -> bool:
    """Tell whether a path, or a part of it, may be taken without a step."""
    match path:
        case MaybeNone():
            return True
        case Inverse(inner) | Many(inner):
            return may_be_empty(inner)
        case Sequence(one, other) | Either(one, other):
            return may_be_empty(one) or may_be_empty(other)
    return False


def _steps(path: Path) -> tuple[tuple[Node, bool], ...] | None:
    """Give the properties of a path of one step, None for a longer one."""
    match path:
        case Constant():
            return ((path, False),)
        case Inverse(inner):
            steps = _steps(inner)
            return steps and tuple((node, not inverse) for node, inverse in steps)
        case Either(one, other):
            first, second = _steps(one), _steps(other)
            return None if first is None or second is None else (*first, *second)
    return None
