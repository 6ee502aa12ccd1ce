"""The OWL 2 RL closure of ontology and regulation, computed by owlrl.

What is kept is what a reader can use: derived triples between named things, in our own terms, ELI
and rdf:type. owlrl also derives reflexive sameAs, self-equivalences and the like; they say nothing
and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, NamedNode, Triple

from dutygraph.terms import DG, PREFIXES

if TYPE_CHECKING:
    from rdflib.term import Node

_KEPT = (DG, PREFIXES["eli"])
_NOT_REASONED = frozenset(
    PREFIXES[prefix] + name
    for prefix, name in (("rdfs", "isDefinedBy"), ("skos", "inScheme"), ("dcterms", "license"))
)
_RDF_TYPE = PREFIXES["rdf"] + "type"


class InconsistentError(Exception):
    """The ontology and a regulation's norms contradict each other."""


def closure(triples: Iterable[Triple]) -> list[Triple]:
    """Give the derived triples, sorted, without those given.

    Literals take no part in any rule of ours (labels, quotes, definitions), so they are left out
    of the reasoning; that alone makes owlrl several times quicker. Raises InconsistentError with
    owlrl's words when the graph contradicts itself (OWL 2 Profiles, section 4.3, rules deriving
    false).
    """
    import rdflib
    from owlrl import OWLRL_Semantics

    given = {
        triple
        for triple in triples
        if isinstance(triple.object, NamedNode | BlankNode)
        and triple.predicate.value not in _NOT_REASONED
    }
    graph = rdflib.Graph()
    for triple in given:
        graph.add(
            (_node(triple.subject), rdflib.URIRef(triple.predicate.value), _node(triple.object))
        )
    asserted = set(graph)
    _run(OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False))
    derived = [
        Triple(NamedNode(str(s)), NamedNode(str(p)), NamedNode(str(o)))
        for s, p, o in graph
        if (s, p, o) not in asserted and _worth_keeping(s, p, o)
    ]
    return sorted(derived, key=str)


def _node(term: object) -> Node:
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    assert isinstance(term, BlankNode)  # noqa: S101 - literals were left out before
    return rdflib.BNode(term.value)


def _worth_keeping(subject: object, predicate: object, value: object) -> bool:
    import rdflib

    if not (isinstance(subject, rdflib.URIRef) and isinstance(value, rdflib.URIRef)):
        return False
    if str(predicate) == _RDF_TYPE:
        # A term is not an instance that anybody asks for; owl:Thing is everything's type.
        return str(value).startswith(_KEPT) and not str(subject).startswith(PREFIXES["owl"])
    return str(predicate).startswith(_KEPT) and subject != value


def _run(semantics: Any) -> None:
    """Run the rules; raise InconsistentError when one of them derives false."""
    try:
        semantics.closure()
    except AssertionError:
        # owlrl writes its error messages into the graph as subjects, which rdflib refuses since
        # a plain string is no RDF term; the messages themselves are there by then.
        if not semantics.error_messages:
            raise
    if semantics.error_messages:
        raise InconsistentError("; ".join(sorted(semantics.error_messages)))
