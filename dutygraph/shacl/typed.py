"""Values of properties in a shapes graph, of the type that SHACL asks for, or a ShapesError."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.model import SH, Node
from dutygraph.shacl.triples import Triples
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

_TRUE = Literal("true", datatype=NamedNode(PREFIXES["xsd"] + "boolean"))


def wrong(node: Node, name: str, term: Term, zh: str, en: str) -> ShapesError:
    """Give the error that a value of ``sh:name`` is not what it should be."""
    return ShapesError(
        f"{node} 的 sh:{name} 应为{zh}，不是 {term} / sh:{name} of {node} must be {en}, not {term}"
    )


def iri(term: Term, node: Node, name: str) -> str:
    """Give the IRI that a value is."""
    if not isinstance(term, NamedNode):
        raise wrong(node, name, term, " IRI", "an IRI")
    return term.value


def resource(term: Term, node: Node, name: str) -> Node:
    """Give the IRI or blank node that a value is."""
    if isinstance(term, Literal):
        raise wrong(node, name, term, " IRI 或空白节点", "an IRI or a blank node")
    return term


def integer(term: Term, node: Node, name: str) -> int:
    """Give the number that a value is."""
    try:
        if isinstance(term, Literal):
            return int(term.value)
    except ValueError:
        pass
    raise wrong(node, name, term, "整数", "an integer")


def text(term: Term, node: Node, name: str) -> str:
    """Give the string that a value is."""
    if not isinstance(term, Literal):
        raise wrong(node, name, term, "文字", "a string")
    return term.value


def is_true(graph: Triples, node: Node, name: str) -> bool:
    """Tell whether ``sh:name`` is the term ``true``; ``"1"^^xsd:boolean`` is another term."""
    return graph.value(node, SH + name) == _TRUE


def messages(graph: Triples, node: Node, name: str = "message") -> tuple[Literal, ...]:
    """Give the values of sh:message, or of another property, in one order."""
    found = graph.objects(node, SH + name)
    return tuple(sorted((one for one in found if isinstance(one, Literal)), key=str))
