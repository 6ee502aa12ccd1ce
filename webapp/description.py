"""What the endpoint says of itself: SPARQL 1.1 Service Description (W3C, 2013)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, serialize

from dutygraph.terms import PREFIXES

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_GIVEN: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")

_SERIALIZATIONS: Final = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
}


def described(address: str, graphs: Iterable[str], form: str) -> bytes:
    """Describe the endpoint at an address: what it takes and gives, the graphs that queries see.

    The default graph is the union of the named ones. ``form`` is ``ttl``, ``jsonld``, ``nt`` or
    ``rdf``.
    """
    service, dataset, union = BlankNode("service"), BlankNode("dataset"), BlankNode("union")
    found = [
        Triple(service, _TYPE, _sd("Service")),
        Triple(service, _sd("endpoint"), NamedNode(address)),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        Triple(service, _sd("feature"), _sd("UnionDefaultGraph")),
        *(Triple(service, _sd("resultFormat"), NamedNode(_FORMATS + name)) for name in _GIVEN),
        Triple(service, _sd("defaultDataset"), dataset),
        Triple(dataset, _TYPE, _sd("Dataset")),
        Triple(dataset, _sd("defaultGraph"), union),
        Triple(union, _TYPE, _sd("Graph")),
    ]
    for number, graph in enumerate(graphs):
        entry, content = BlankNode(f"entry{number}"), BlankNode(f"graph{number}")
        found += [
            Triple(dataset, _sd("namedGraph"), entry),
            Triple(entry, _TYPE, _sd("NamedGraph")),
            Triple(entry, _sd("name"), NamedNode(graph)),
            Triple(entry, _sd("graph"), content),
            Triple(content, _TYPE, _sd("Graph")),
        ]
    prefixes = {} if form == "nt" else {"sd": _SD, "formats": _FORMATS}
    return serialize(found, format=_SERIALIZATIONS[form], prefixes=prefixes) or b""


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
