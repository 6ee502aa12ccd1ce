"""The intermediate form of a shapes graph: targets → paths → constraints.

Terms are those of the store. A shape refers to another one by its node, so that shapes may refer
to each other; ``Shapes`` finds the shape of a node. Section numbers are those of SHACL (W3C, 2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from dutygraph.property_paths import Path
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

SH = PREFIXES["sh"]
Node: TypeAlias = NamedNode | BlankNode


# Queries (section 5).


@dataclass(frozen=True)
class Query:
    """A SPARQL text as it stands in the shapes graph, with what is known before it runs.

    ``prefixes`` come from sh:prefixes; ``bindings`` are parameters, by variable.
    """

    text: str
    prefixes: Mapping[str, str] = field(hash=False)
    bindings: Mapping[str, Term] = field(hash=False)


# Targets (section 2.1.3; SHACL-AF section 3).


@dataclass(frozen=True)
class TargetNode:
    """A term, whether it is in the data or not."""

    term: Term


@dataclass(frozen=True)
class TargetClass:
    """The instances of a class and of its subclasses."""

    iri: str


@dataclass(frozen=True)
class TargetSubjectsOf:
    """The subjects of a property."""

    iri: str


@dataclass(frozen=True)
class TargetObjectsOf:
    """The objects of a property."""

    iri: str


@dataclass(frozen=True)
class TargetQuery:
    """What a SELECT gives as ``?this``: a SPARQL target, or a target type with its parameters."""

    query: Query


Target: TypeAlias = TargetNode | TargetClass | TargetSubjectsOf | TargetObjectsOf | TargetQuery


# Constraints (sections 4 to 6). ``component`` is the IRI of the constraint component.


@dataclass(frozen=True)
class Class:
    """Each value is an instance of a class (4.1.1)."""

    iri: str
    component: ClassVar[str] = SH + "ClassConstraintComponent"


@dataclass(frozen=True)
class Datatype:
    """Each value is a well-formed literal of a datatype (4.1.2)."""

    iri: str
    component: ClassVar[str] = SH + "DatatypeConstraintComponent"


@dataclass(frozen=True)
class NodeKind:
    """Each value is of one of some kinds: ``IRI``, ``BlankNode``, ``Literal`` (4.1.3)."""

    kinds: frozenset[str]
    component: ClassVar[str] = SH + "NodeKindConstraintComponent"


@dataclass(frozen=True)
class Range:
    """Each value stands in an order to a literal: ``<``, ``<=``, ``>``, ``>=`` (4.3)."""

    component: str
    operator: str
    bound: Literal


@dataclass(frozen=True)
class Length:
    """Each value's string has at least (``>=``) or at most (``<=``) so many characters (4.4)."""

    component: str
    operator: str
    length: int


@dataclass(frozen=True)
class Pattern:
    """Each value's string matches a regular expression (4.4.3)."""

    regex: str
    flags: str
    component: ClassVar[str] = SH + "PatternConstraintComponent"


@dataclass(frozen=True)
class LanguageIn:
    """Each value's language matches one of some ranges (4.4.4)."""

    ranges: tuple[str, ...]
    component: ClassVar[str] = SH + "LanguageInConstraintComponent"


@dataclass(frozen=True)
class In:
    """Each value is one of some terms (4.8.3)."""

    members: tuple[Term, ...]
    component: ClassVar[str] = SH + "InConstraintComponent"


@dataclass(frozen=True)
class Closed:
    """Each value has no other properties than these (4.8.1)."""

    allowed: tuple[str, ...]
    component: ClassVar[str] = SH + "ClosedConstraintComponent"


@dataclass(frozen=True)
class Not:
    """No value conforms to a shape (4.6.1)."""

    shape: Node
    component: ClassVar[str] = SH + "NotConstraintComponent"


@dataclass(frozen=True)
class And:
    """Each value conforms to all of some shapes (4.6.2)."""

    shapes: tuple[Node, ...]
    component: ClassVar[str] = SH + "AndConstraintComponent"


@dataclass(frozen=True)
class Or:
    """Each value conforms to one or more of some shapes (4.6.3)."""

    shapes: tuple[Node, ...]
    component: ClassVar[str] = SH + "OrConstraintComponent"


@dataclass(frozen=True)
class Xone:
    """Each value conforms to exactly one of some shapes (4.6.4)."""

    shapes: tuple[Node, ...]
    component: ClassVar[str] = SH + "XoneConstraintComponent"


@dataclass(frozen=True)
class Conforms:
    """Each value conforms to a shape: sh:node (4.7.1)."""

    shape: Node
    component: ClassVar[str] = SH + "NodeConstraintComponent"


@dataclass(frozen=True)
class Property:
    """Each value is a focus node of a property shape, whose results count (4.7.2)."""

    shape: Node
    component: ClassVar[str] = SH + "PropertyShapeComponent"


@dataclass(frozen=True)
class HasValue:
    """One of the values is this term (4.8.2)."""

    term: Term
    component: ClassVar[str] = SH + "HasValueConstraintComponent"


@dataclass(frozen=True)
class MinCount:
    """There are at least so many values (4.2.1)."""

    count: int
    component: ClassVar[str] = SH + "MinCountConstraintComponent"


@dataclass(frozen=True)
class MaxCount:
    """There are at most so many values (4.2.2)."""

    count: int
    component: ClassVar[str] = SH + "MaxCountConstraintComponent"


@dataclass(frozen=True)
class Qualified:
    """At least or at most so many values conform to a shape, and to no sibling's (4.7.3)."""

    component: str
    shape: Node
    count: int
    siblings: tuple[Node, ...]

    @property
    def is_minimum(self) -> bool:
        """Whether ``count`` is the least and not the most."""
        return self.component == QUALIFIED_MINIMUM


QUALIFIED_MINIMUM = SH + "QualifiedMinCountConstraintComponent"
QUALIFIED_MAXIMUM = SH + "QualifiedMaxCountConstraintComponent"


@dataclass(frozen=True)
class UniqueLang:
    """No two values have the same language (4.4.5)."""

    component: ClassVar[str] = SH + "UniqueLangConstraintComponent"


@dataclass(frozen=True)
class Equals:
    """The values are those of another property (4.5.1)."""

    iri: str
    component: ClassVar[str] = SH + "EqualsConstraintComponent"


@dataclass(frozen=True)
class Disjoint:
    """No value is one of another property (4.5.2)."""

    iri: str
    component: ClassVar[str] = SH + "DisjointConstraintComponent"


@dataclass(frozen=True)
class LessThan:
    """Each value is less than (``<``), or at most (``<=``), each of another property (4.5.3)."""

    component: str
    operator: str
    iri: str


@dataclass(frozen=True)
class Select:
    """Each row of a SELECT is a violation (5.2; 6.2.2). ``source`` is sh:sourceConstraint."""

    component: str
    query: Query
    messages: tuple[Literal, ...]
    source: Node | None


@dataclass(frozen=True)
class Ask:
    """Each value answers an ASK with true (6.2.1)."""

    component: str
    query: Query
    messages: tuple[Literal, ...]


@dataclass(frozen=True)
class Unknown:
    """A constraint that has no form here: of SHACL-AF, or of SHACL-JS, which nobody runs."""

    component: str
    what: str
    known_to_reference: bool


Constraint: TypeAlias = (
    Class
    | Datatype
    | NodeKind
    | Range
    | Length
    | Pattern
    | LanguageIn
    | In
    | Closed
    | Not
    | And
    | Or
    | Xone
    | Conforms
    | Property
    | HasValue
    | MinCount
    | MaxCount
    | Qualified
    | UniqueLang
    | Equals
    | Disjoint
    | LessThan
    | Select
    | Ask
    | Unknown
)


@dataclass(frozen=True)
class Shape:
    """A node shape, or with a path a property shape (section 2)."""

    node: Node
    targets: tuple[Target, ...]
    path: Path | None
    constraints: tuple[Constraint, ...]
    severity: str
    messages: tuple[Literal, ...]
    deactivated: bool


@dataclass(frozen=True)
class Shapes:
    """The shapes of a shapes graph that have targets, and those that they refer to, by node.

    ``functions`` are the IRIs of the SPARQL functions that the graph declares (SHACL-AF).
    """

    by_node: Mapping[Node, Shape]
    functions: frozenset[str] = frozenset()

    def targeted(self) -> list[Shape]:
        """Give the shapes that look for focus nodes themselves, in the order of their nodes."""
        found = [one for one in self.by_node.values() if one.targets and not one.deactivated]
        return sorted(found, key=lambda shape: str(shape.node))


def references(constraint: Constraint) -> tuple[Node, ...]:
    """Give the nodes of the shapes that a constraint refers to."""
    match constraint:
        case Not(shape) | Conforms(shape) | Property(shape):
            return (shape,)
        case And(shapes) | Or(shapes) | Xone(shapes):
            return shapes
        case Qualified(shape=shape, siblings=siblings):
            return (shape, *siblings)
        case _:
            return ()
