"""Small graphs and shapes drawn at random, of every construct that SHACL Core has."""

from __future__ import annotations

from itertools import count

from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dutygraph.property_paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence
from dutygraph.shacl.model import SH
from dutygraph.shacl.paths import path_triples
from dutygraph.shacl.triples import FIRST, NIL, REST, SUBCLASS, TYPE, Triples
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

EX = "http://example.org/"
_XSD = PREFIXES["xsd"]


def _ex(name: str) -> NamedNode:
    return NamedNode(EX + name)


def _typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=NamedNode(_XSD + datatype))


NODES = [_ex(name) for name in "abcd"]
PROPERTIES = [_ex(name) for name in "pqr"]
CLASSES = [_ex(name) for name in ("A", "B")]
NUMBERS = [_typed("1", "integer"), _typed("2", "integer"), _typed("1.5", "decimal")]
WORDS = [Literal("a"), Literal("abc"), Literal("a", language="en"), Literal("b", language="en")]
UNORDERED = [
    _typed("x", "integer"),
    _typed("true", "boolean"),
    _typed("2014-01-01", "date"),
    Literal("a", language="de-at"),
]
"""Literals that pyshacl puts into an order with others where SPARQL does not."""

TERMS = [*NODES, *NUMBERS, *WORDS]


def graphs(*, ordered: bool) -> st.SearchStrategy[Triples]:
    """Give graphs; where they are to be ordered, of terms that both engines order alike.

    Values of the property ``r`` are numbers then, and no value is of a type that is none.
    """
    values = st.sampled_from(TERMS if ordered else [*TERMS, *UNORDERED])
    numbers = st.sampled_from(NUMBERS) if ordered else values
    nodes, types = st.sampled_from(NODES), st.just(NamedNode(TYPE))
    facts = st.one_of(
        st.builds(Triple, nodes, st.sampled_from(PROPERTIES[:2]), values),
        st.builds(Triple, nodes, st.just(PROPERTIES[2]), numbers),
        st.builds(Triple, nodes, types, st.sampled_from(CLASSES)),
    )
    subclass = Triple(CLASSES[1], NamedNode(SUBCLASS), CLASSES[0])
    return st.lists(facts, min_size=6, max_size=24).map(lambda some: Triples([subclass, *some]))


_predicates = st.sampled_from([Predicate(one.value) for one in PROPERTIES])


_repeated = st.builds(Repeated, _predicates, st.sampled_from("*+?"))


def _longer(paths: st.SearchStrategy[Path]) -> st.SearchStrategy[Path]:
    pairs = st.tuples(paths, paths)
    return st.one_of(
        pairs.map(Sequence),
        pairs.map(Alternative),
        _repeated,
        _repeated.map(Inverse),
    )


paths = st.recursive(st.one_of(_predicates, _predicates.map(Inverse)), _longer, max_leaves=3)


class _Shapes:
    """A shapes graph in the making."""

    def __init__(self, draw: st.DrawFn, *, ordered: bool) -> None:
        self._draw = draw
        self._ordered = ordered
        self._numbers = count()
        self.triples: list[Triple] = []

    def say(self, node: NamedNode | BlankNode, name: str, term: Term) -> None:
        self.triples.append(Triple(node, NamedNode(SH + name), term))

    def members(self, terms: list[Term]) -> Term:
        head: Term = NIL
        for term in reversed(terms):
            cell = BlankNode()
            self.triples += [
                Triple(cell, NamedNode(FIRST), term),
                Triple(cell, NamedNode(REST), head),
            ]
            head = cell
        return head

    def shape(self, depth: int, *, with_path: bool | None = None) -> NamedNode:
        draw = self._draw
        node = _ex(f"S{next(self._numbers)}")
        has_path = draw(st.booleans()) if with_path is None else with_path
        self.triples.append(
            Triple(
                node,
                NamedNode(TYPE),
                NamedNode(SH + ("PropertyShape" if has_path else "NodeShape")),
            )
        )
        if has_path:
            head, triples = path_triples(draw(paths))
            self.triples += triples
            self.say(node, "path", head)
        if draw(st.integers(0, 7)) == 0:
            self.say(node, "severity", NamedNode(SH + "Warning"))
        if draw(st.integers(0, 12)) == 0:
            self.say(node, "deactivated", _typed("true", "boolean"))
        names = {*_OF_VALUES, *(_OF_PROPERTIES if has_path else ()), *(_NESTED if depth else ())}
        if not self._ordered:
            names -= _ORDER
        for name in draw(
            st.lists(st.sampled_from(sorted(names)), min_size=1, max_size=3, unique=True)
        ):
            self._constraint(node, name, depth)
        return node

    def _constraint(self, node: NamedNode, name: str, depth: int) -> None:
        draw = self._draw
        if name in _OF_VALUES:
            self.say(node, name, draw(_OF_VALUES[name]))
        elif name in _OF_PROPERTIES:
            self.say(node, name, draw(_OF_PROPERTIES[name]))
        elif name == "closed":
            self.say(node, "closed", _typed("true", "boolean"))
            allowed = draw(st.lists(st.sampled_from([*PROPERTIES, NamedNode(TYPE)]), unique=True))
            self.say(node, "ignoredProperties", self.members(list(allowed)))
        elif name == "in":
            self.say(node, "in", self.members(draw(st.lists(st.sampled_from(TERMS), unique=True))))
        elif name == "languageIn":
            tags = draw(st.lists(st.sampled_from(["en", "de", "de-AT"]), unique=True))
            self.say(node, "languageIn", self.members([Literal(tag) for tag in tags]))
        elif name in ("and", "or", "xone"):
            several = [self.shape(depth - 1) for _ in range(draw(st.integers(1, 3)))]
            self.say(node, name, self.members(list(several)))
        elif name == "property":
            for _ in range(draw(st.integers(1, 2))):
                self.say(node, "property", self.shape(depth - 1, with_path=True))
        elif name == "qualified":
            self._qualified(node, depth)
        elif name == "node":
            self.say(node, name, self.shape(depth - 1, with_path=False))
        else:
            self.say(node, name, self.shape(depth - 1))

    def _qualified(self, node: NamedNode, depth: int) -> None:
        """Give a node two property shapes with qualified counts, perhaps disjoint."""
        disjoint = self._draw(st.booleans())
        path, triples = path_triples(self._draw(paths))
        self.triples += triples
        for _ in range(2):
            beside = _ex(f"S{next(self._numbers)}")
            self.say(node, "property", beside)
            self.say(beside, "path", path)
            self.say(beside, "qualifiedValueShape", self.shape(depth - 1))
            which = self._draw(st.sampled_from(["qualifiedMinCount", "qualifiedMaxCount"]))
            self.say(beside, which, _typed(str(self._draw(st.integers(0, 6))), "integer"))
            if disjoint:
                self.say(beside, "qualifiedValueShapesDisjoint", _typed("true", "boolean"))

    def target(self, node: NamedNode) -> None:
        name = self._draw(st.sampled_from(sorted(_TARGETS)))
        self.say(node, name, self._draw(_TARGETS[name]))


_kinds = ["IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]
_numbers = st.sampled_from([_typed("1", "integer"), _typed("1.5", "decimal")])
_counts = st.integers(0, 6).map(lambda number: _typed(str(number), "integer"))
_OF_VALUES: dict[str, st.SearchStrategy[Term]] = {
    "class": st.sampled_from(CLASSES),
    "datatype": st.sampled_from(
        [NamedNode(_XSD + one) for one in ("integer", "string", "decimal", "boolean", "date")]
    ),
    "nodeKind": st.sampled_from([NamedNode(SH + kind) for kind in _kinds]),
    "minExclusive": _numbers,
    "minInclusive": _numbers,
    "maxExclusive": _numbers,
    "maxInclusive": _numbers,
    "minLength": st.integers(0, 4).map(lambda number: _typed(str(number), "integer")),
    "maxLength": st.integers(0, 20).map(lambda number: _typed(str(number), "integer")),
    "pattern": st.sampled_from([Literal("^a"), Literal("b"), Literal("[a-c]{3}")]),
    "equals": st.sampled_from(PROPERTIES),
    "disjoint": st.sampled_from(PROPERTIES),
    "hasValue": st.sampled_from(TERMS),
}
_OF_PROPERTIES: dict[str, st.SearchStrategy[Term]] = {
    "minCount": _counts,
    "maxCount": _counts,
    "lessThan": st.just(PROPERTIES[2]),
    "lessThanOrEquals": st.just(PROPERTIES[2]),
    "uniqueLang": st.just(_typed("true", "boolean")),
}
_NESTED = (
    "and",
    "closed",
    "in",
    "languageIn",
    "node",
    "not",
    "or",
    "property",
    "qualified",
    "xone",
)
_ORDER = {"minExclusive", "minInclusive", "maxExclusive", "maxInclusive", "lessThan"}
_ORDER.add("lessThanOrEquals")
_TARGETS: dict[str, st.SearchStrategy[Term]] = {
    "targetNode": st.sampled_from([*NODES[:2], *NUMBERS[:1], *WORDS[:1]]),
    "targetClass": st.sampled_from(CLASSES),
    "targetSubjectsOf": st.sampled_from(PROPERTIES),
    "targetObjectsOf": st.sampled_from(PROPERTIES),
}


@st.composite
def shapes_graphs(draw: st.DrawFn, *, ordered: bool) -> Triples:
    """Give a shapes graph with one or two shapes that have targets."""
    shapes = _Shapes(draw, ordered=ordered)
    for _ in range(draw(st.integers(1, 2))):
        node = shapes.shape(2)
        for _ in range(draw(st.integers(1, 2))):
            shapes.target(node)
    return Triples(shapes.triples)
