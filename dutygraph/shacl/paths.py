"""Property paths: read from their RDF form (SHACL, section 2.3.1) and written as SPARQL."""

from __future__ import annotations

from pyoxigraph import BlankNode, NamedNode, Triple

from dutygraph.property_paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence
from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.model import SH, Node
from dutygraph.shacl.triples import FIRST, NIL, REST, Triples
from dutygraph.store.graphs import Term

_MARKS = {SH + "zeroOrMorePath": "*", SH + "oneOrMorePath": "+", SH + "zeroOrOnePath": "?"}
_INVERSE = SH + "inversePath"
_ALTERNATIVE = SH + "alternativePath"


def read_path(graph: Triples, node: Term, within: tuple[Term, ...] = ()) -> Path:
    """Read the path that a node stands for; raises ShapesError for one that is ill-formed.

    A node that is both a list and something else is read as a list.
    """
    if isinstance(node, NamedNode):
        return Predicate(node.value)
    if node in within:
        raise ShapesError(f"路径 {node} 包含自身 / path {node} contains itself")
    within = (*within, node)
    if graph.objects(node, FIRST):
        return Sequence(_several(graph, node, within))
    choices = graph.value(node, _ALTERNATIVE)
    if choices is not None:
        return Alternative(_several(graph, choices, within))
    inverse = graph.value(node, _INVERSE)
    if inverse is not None:
        return Inverse(read_path(graph, inverse, within))
    for predicate, mark in _MARKS.items():
        repeated = graph.value(node, predicate)
        if repeated is not None:
            return Repeated(read_path(graph, repeated, within), mark)
    raise ShapesError(f"{node} 不是 SHACL 路径 / {node} is no SHACL property path")


def _several(graph: Triples, head: Term, within: tuple[Term, ...]) -> tuple[Path, ...]:
    paths = tuple(read_path(graph, member, within) for member in graph.members(head))
    if len(paths) < 2:
        raise ShapesError(
            f"路径列表 {head} 至少要有两项 / the list of paths {head} needs two members or more"
        )
    return paths


def stepwise(path: Path) -> Path:
    """Give the same path with inverses at single properties only: each step is one pattern."""
    match path:
        case Inverse(inner):
            return _inverted(inner)
        case Sequence(steps):
            return Sequence(tuple(stepwise(step) for step in steps))
        case Alternative(choices):
            return Alternative(tuple(stepwise(choice) for choice in choices))
        case _:
            return path


def _inverted(path: Path) -> Path:
    match path:
        case Inverse(inner):
            return stepwise(inner)
        case Sequence(steps):
            return Sequence(tuple(_inverted(step) for step in reversed(steps)))
        case Alternative(choices):
            return Alternative(tuple(_inverted(choice) for choice in choices))
        case Predicate() | Repeated():
            return Inverse(path)


def sparql_path(path: Path) -> str:
    """Write a path as SPARQL 1.1 does (section 9.1)."""
    match path:
        case Predicate(iri):
            return f"<{iri}>"
        case Inverse(Inverse() as inner):
            return f"^({sparql_path(inner)})"
        case Inverse(inner):
            return f"^{sparql_path(inner)}"
        case Sequence(steps):
            return "(" + "/".join(sparql_path(step) for step in steps) + ")"
        case Alternative(choices):
            return "(" + "|".join(sparql_path(choice) for choice in choices) + ")"
        case Repeated(inner, mark):
            return f"({sparql_path(inner)}){mark}"


def may_be_empty(path: Path) -> bool:
    """Tell whether a path leads from every node to itself, of whatever data."""
    match path:
        case Predicate():
            return False
        case Inverse(inner):
            return may_be_empty(inner)
        case Sequence(steps):
            return all(may_be_empty(step) for step in steps)
        case Alternative(choices):
            return any(may_be_empty(choice) for choice in choices)
        case Repeated(inner, mark):
            return mark != "+" or may_be_empty(inner)


def path_triples(path: Path) -> tuple[Node, list[Triple]]:
    """Give the node that stands for a path in RDF, and the triples that say which it is."""
    match path:
        case Predicate(iri):
            return NamedNode(iri), []
        case Inverse(inner):
            return _wrapped(_INVERSE, inner)
        case Repeated(inner, mark):
            predicate = next(iri for iri, known in _MARKS.items() if known == mark)
            return _wrapped(predicate, inner)
        case Sequence(steps):
            return _list(steps)
        case Alternative(choices):
            head, triples = _list(choices)
            node = BlankNode()
            return node, [Triple(node, NamedNode(_ALTERNATIVE), head), *triples]


def _wrapped(predicate: str, inner: Path) -> tuple[Node, list[Triple]]:
    node, (head, triples) = BlankNode(), path_triples(inner)
    return node, [Triple(node, NamedNode(predicate), head), *triples]


def _list(paths: tuple[Path, ...]) -> tuple[Node, list[Triple]]:
    head: Node = NIL
    triples: list[Triple] = []
    for path in reversed(paths):
        member, inner = path_triples(path)
        cell = BlankNode()
        link = [Triple(cell, NamedNode(FIRST), member), Triple(cell, NamedNode(REST), head)]
        triples = [*link, *inner, *triples]
        head = cell
    return head, triples
