"""pyshacl as the reference engine: the same shapes over the same working graph, node by node.

Slow and independent of the set queries; tests hold the two to equal results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_STRING = NamedNode(PREFIXES["xsd"] + "string")
Outcome = tuple[str, str, str]
"""Shape, focus node and value of a validation result, as IRIs or lexical forms."""


@cache
def _shapes(files: tuple[Path, ...]) -> Graph:
    """Read shapes once; validating does not change them."""
    import rdflib

    shapes = rdflib.Graph()
    for file in files:
        shapes.parse(file, format="turtle")
    return shapes


def _as_rdflib(graph: EmbeddedStore) -> Graph:
    """Give a working graph to rdflib; each term is made once, which parsing does not do."""
    import rdflib

    made: dict[Term, Node] = {}

    def term(of: Term) -> Node:
        if of not in made:
            if isinstance(of, NamedNode):
                made[of] = rdflib.URIRef(of.value)
            elif isinstance(of, BlankNode):
                made[of] = rdflib.BNode(of.value)
            elif of.language or of.datatype == _STRING:
                # To rdflib a string with its datatype spelled out is another term.
                made[of] = rdflib.Literal(of.value, lang=of.language)
            else:
                made[of] = rdflib.Literal(of.value, datatype=rdflib.URIRef(of.datatype.value))
        return made[of]

    data = rdflib.Graph()
    for quad in parse(graph.default_graph(), format=RdfFormat.N_TRIPLES):
        data.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    return data


def reference_results(graph: EmbeddedStore, files: Sequence[Path]) -> Counter[Outcome]:
    """Validate a working graph with pyshacl and give how often each outcome was reported."""
    import pyshacl
    import rdflib

    data = _as_rdflib(graph)
    _, report, _ = pyshacl.validate(
        data, shacl_graph=_shapes(tuple(files)), advanced=True, inplace=True, allow_warnings=True
    )
    assert isinstance(report, rdflib.Graph)  # noqa: S101 - a string only for serialised reports
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    return Counter(
        (
            str(report.value(result, sh.sourceShape)),
            str(report.value(result, sh.focusNode)),
            str(report.value(result, sh.value)),
        )
        for result in report.subjects(rdflib.RDF.type, sh.ValidationResult)
    )
