"""What the project publishes as linked data: the ontology, its alignments, each regulation."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from dutygraph import artefacts
from dutygraph.regulations.prepared import (
    closure_graph,
    ontology_files,
    prepared,
    read_turtle,
    regulation_graph,
    regulations,
    sources,
)
from dutygraph.terms import PREFIXES

FORMATS = {
    "ttl": (RdfFormat.TURTLE, "text/turtle; charset=utf-8"),
    "jsonld": (RdfFormat.JSON_LD, "application/ld+json"),
    "nt": (RdfFormat.N_TRIPLES, "application/n-triples"),
}
"""File extension → serialization and media type."""

ONTOLOGY, ALIGNMENTS = "ontology", "alignments"


def publications() -> list[str]:
    """Give the names of what can be had: ontology, alignments, each regulation and its closure."""
    return [ONTOLOGY, ALIGNMENTS, *_with_closures()]


def _with_closures() -> list[str]:
    return [name for one in regulations() for name in (one, f"{one}-closure")]


def published(name: str, form: str) -> bytes:
    """Give one publication in a form (``ttl``, ``jsonld`` or ``nt``), its triples sorted.

    A regulation is what is written of it: text, norms, declarations, readings, settings. Its
    closure adds what follows: keys, Web Annotation anchors, and the triples that owlrl derives.
    Raises KeyError for a name or form that there is not.
    """
    serialization, _ = FORMATS[form]
    triples = sorted(set(_triples(name)), key=str)
    prefixes = {} if form == "nt" else PREFIXES
    return serialize(triples, format=serialization, prefixes=prefixes) or b""


def _triples(name: str) -> Iterable[Triple]:
    if name == ONTOLOGY:
        return read_turtle(ontology_files())
    if name == ALIGNMENTS:
        return read_turtle([artefacts.room("ontology") / "alignments.ttl"])
    if name in regulations():
        return read_turtle(sources(name))
    if name in _with_closures():
        regulation = name.removesuffix("-closure")
        wanted = {regulation_graph(regulation), closure_graph(regulation)}
        return [
            quad.triple
            for quad in parse(prepared(), format=RdfFormat.N_QUADS)
            if isinstance(quad.graph_name, NamedNode) and quad.graph_name.value in wanted
        ]
    raise KeyError(name)
