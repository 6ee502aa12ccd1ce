"""The constraints of SHACL Core, read from a shapes graph (SHACL, section 4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from dutygraph.shacl import model, typed
from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.model import SH, Constraint, Node
from dutygraph.shacl.triples import Triples
from dutygraph.store.graphs import Term

_OPERATORS = {
    "minExclusive": ">",
    "minInclusive": ">=",
    "maxExclusive": "<",
    "maxInclusive": "<=",
    "minLength": ">=",
    "maxLength": "<=",
    "lessThan": "<",
    "lessThanOrEquals": "<=",
}
_Reader: TypeAlias = Callable[[Triples, Node, str, Term], Constraint]


def core_constraints(graph: Triples, node: Node) -> Iterator[Constraint]:
    """Read the Core constraints of a shape, in the order of their properties and values.

    Raises ShapesError for a value of the wrong type, and for constraints of property shapes on a
    node shape.
    """
    has_path = bool(graph.objects(node, SH + "path"))
    for name, reader in _READERS.items():
        for term in sorted(graph.objects(node, SH + name), key=str):
            if name in _OF_PROPERTIES and not has_path:
                raise ShapesError(
                    f"{node}：sh:{name} 只能用于有 sh:path 的形状 / "
                    f"{node}: sh:{name} is for shapes with sh:path only"
                )
            yield reader(graph, node, name, term)
    if typed.is_true(graph, node, "closed"):
        yield _closed(graph, node)
    if has_path:
        if typed.is_true(graph, node, "uniqueLang"):
            yield model.UniqueLang()
        yield from _qualified(graph, node)


def _component(name: str) -> str:
    return f"{SH}{name[0].upper()}{name[1:]}ConstraintComponent"


def _class(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.Class(typed.iri(term, node, name))


def _datatype(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.Datatype(typed.iri(term, node, name))


def _node_kind(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    kinds = frozenset(re.findall("BlankNode|IRI|Literal", typed.iri(term, node, name)))
    if not kinds:
        raise typed.wrong(node, name, term, " sh:IRI 等六者之一", "one of sh:IRI and its like")
    return model.NodeKind(kinds)


def _range(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    if not isinstance(term, Literal):
        raise typed.wrong(node, name, term, "字面量", "a literal")
    return model.Range(_component(name), _OPERATORS[name], term)


def _length(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.Length(_component(name), _OPERATORS[name], typed.integer(term, node, name))


def _pattern(graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    flags = graph.value(node, SH + "flags")
    return model.Pattern(
        typed.text(term, node, name),
        "" if flags is None else typed.text(flags, node, "flags"),
    )


def _language_in(graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.LanguageIn(tuple(typed.text(one, node, name) for one in graph.members(term)))


def _in(graph: Triples, _node: Node, _name: str, term: Term) -> Constraint:
    return model.In(tuple(graph.members(term)))


def _has_value(_graph: Triples, _node: Node, _name: str, term: Term) -> Constraint:
    return model.HasValue(term)


def _equals(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.Equals(typed.iri(term, node, name))


def _disjoint(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.Disjoint(typed.iri(term, node, name))


def _less_than(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.LessThan(_component(name), _OPERATORS[name], typed.iri(term, node, name))


def _min_count(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.MinCount(typed.integer(term, node, name))


def _max_count(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.MaxCount(typed.integer(term, node, name))


def _not(_graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.Not(typed.resource(term, node, name))


def _conforms(graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    shape = typed.resource(term, node, name)
    if graph.objects(shape, SH + "path"):
        raise typed.wrong(node, name, term, "节点形状", "a node shape")
    return model.Conforms(shape)


def _property(graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    shape = typed.resource(term, node, name)
    if not graph.objects(shape, SH + "path"):
        raise ShapesError(
            f"{node} 的 sh:property {shape} 没有 sh:path / "
            f"{shape}, a sh:property of {node}, has no sh:path"
        )
    return model.Property(shape)


def _several(graph: Triples, node: Node, name: str, term: Term) -> tuple[Node, ...]:
    return tuple(typed.resource(one, node, name) for one in graph.members(term))


def _and(graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.And(_several(graph, node, name, term))


def _or(graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.Or(_several(graph, node, name, term))


def _xone(graph: Triples, node: Node, name: str, term: Term) -> Constraint:
    return model.Xone(_several(graph, node, name, term))


_READERS: dict[str, _Reader] = {
    "class": _class,
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "minCount": _min_count,
    "maxCount": _max_count,
    "minExclusive": _range,
    "minInclusive": _range,
    "maxExclusive": _range,
    "maxInclusive": _range,
    "minLength": _length,
    "maxLength": _length,
    "pattern": _pattern,
    "languageIn": _language_in,
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": _less_than,
    "lessThanOrEquals": _less_than,
    "not": _not,
    "and": _and,
    "or": _or,
    "xone": _xone,
    "node": _conforms,
    "property": _property,
    "hasValue": _has_value,
    "in": _in,
}
_OF_PROPERTIES = {"minCount", "maxCount", "lessThan", "lessThanOrEquals"}


def _closed(graph: Triples, node: Node) -> model.Closed:
    allowed = [
        path.value
        for shape in graph.objects(node, SH + "property")
        for path in graph.objects(shape, SH + "path")
        if isinstance(path, NamedNode)
    ]
    ignored = graph.value(node, SH + "ignoredProperties")
    if ignored is not None:
        allowed += [typed.iri(one, node, "ignoredProperties") for one in graph.members(ignored)]
    return model.Closed(tuple(sorted(set(allowed))))


def _qualified(graph: Triples, node: Node) -> Iterator[Constraint]:
    for term in sorted(graph.objects(node, SH + "qualifiedValueShape"), key=str):
        shape = typed.resource(term, node, "qualifiedValueShape")
        siblings: tuple[Node, ...] = ()
        if typed.is_true(graph, node, "qualifiedValueShapesDisjoint"):
            siblings = _siblings(graph, node, shape)
        for component, name in (
            (model.QUALIFIED_MINIMUM, "qualifiedMinCount"),
            (model.QUALIFIED_MAXIMUM, "qualifiedMaxCount"),
        ):
            count = graph.value(node, SH + name)
            if count is not None:
                number = typed.integer(count, node, name)
                yield model.Qualified(component, shape, number, siblings)


def _siblings(graph: Triples, node: Node, shape: Node) -> tuple[Node, ...]:
    """Give the qualified value shapes of the property shapes beside this one (4.7.3)."""
    found = [
        typed.resource(term, node, "qualifiedValueShape")
        for parent in graph.having(SH + "property", node)
        for beside in graph.objects(parent, SH + "property")
        for term in graph.objects(beside, SH + "qualifiedValueShape")
    ]
    return tuple(one for one in dict.fromkeys(found) if one != shape)
