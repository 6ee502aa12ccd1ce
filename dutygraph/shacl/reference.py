"""pyshacl, the reference engine, for the shapes that have no form as set queries.

It sees one shape's targets at a time, so that each shape's outcome is told by itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from dutygraph.shacl.model import SH, Shape
from dutygraph.shacl.reading import TARGETS
from dutygraph.shacl.report import Result, read_results
from dutygraph.shacl.triples import TYPE, Triples
from dutygraph.shacl.values import XSD
from dutygraph.store.graphs import Queried, Term
from dutygraph.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rdflib import Graph

_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class RefusedError(Exception):
    """The reference engine cannot validate a shape either; the message is its reason."""


class Reference:
    """The reference engine over a shapes graph and the data of a store, which are read once."""

    def __init__(self, shapes: Triples, store: Queried, graphs: Sequence[str] | None) -> None:
        self._shapes = shapes
        self._store = store
        self._graphs = graphs

    @cached_property
    def _data(self) -> Graph:
        quads = parse(self._store.construct(_ALL, self._graphs), RdfFormat.N_TRIPLES)
        data = as_rdflib(quad.triple for quad in quads)
        for prefix, namespace in self._shapes.prefixes.items():
            data.bind(prefix, namespace)
        return data

    def results(self, shape: Shape) -> list[Result]:
        """Validate the focus nodes of one shape; raises RefusedError when that fails."""
        import pyshacl
        from pyshacl.errors import ShapeRecursionWarning

        alone = as_rdflib(self._with_target_of(shape))
        try:
            with warnings.catch_warnings():
                # On coming to a shape again pyshacl only warns, and takes it for conforming.
                warnings.simplefilter("error", ShapeRecursionWarning)
                _, report, words = pyshacl.validate(
                    self._data, shacl_graph=alone, advanced=True, inplace=True, inference="none"
                )
        except Exception as error:
            words = " ".join(str(error).split())[:200]
            raise RefusedError(f"{type(error).__name__}: {words}") from error
        if isinstance(report, Exception) or not hasattr(report, "triples"):
            raise RefusedError(" ".join(str(words).split()))
        found = Triples(from_rdflib(report))
        (node,) = found.having(TYPE, NamedNode(SH + "ValidationReport"))
        return read_results(found, node)

    def _with_target_of(self, shape: Shape) -> Iterable[Triple]:
        """Give the shapes graph in which no other shape has a target, and nothing has a rule."""
        classes = set(self._shapes.instances(PREFIXES["rdfs"] + "Class"))
        for triple in self._shapes:
            if triple.predicate.value == SH + "rule":
                continue
            if triple.subject != shape.node:
                if triple.predicate.value in TARGETS:
                    continue
                # A class that is a shape is its own target as long as it is known to be both.
                is_type = triple.predicate.value == TYPE and triple.subject in classes
                if is_type and not str(triple.object).startswith(f"<{SH}"):
                    continue
            yield triple


def as_rdflib(triples: Iterable[Triple]) -> Graph:
    """Give triples as a graph of rdflib, terms as they are: lexical forms and labels are kept."""
    import rdflib

    graph = rdflib.Graph()
    term = rdflib_terms()
    for triple in triples:
        graph.add((term(triple.subject), term(triple.predicate), term(triple.object)))
    return graph


def rdflib_terms() -> Callable[..., Any]:
    """Give what gives the term of rdflib for one of the store; each is made once."""
    import rdflib

    @cache
    def term(one: Term) -> Any:
        match one:
            case NamedNode():
                return rdflib.URIRef(one.value)
            case BlankNode():
                return rdflib.BNode(one.value)
            case Literal() if one.language:
                return rdflib.Literal(one.value, lang=one.language)
            case Literal() if one.datatype.value == XSD + "string":
                # To rdflib a string that is said to be one is another term.
                return rdflib.Literal(one.value)
            case _:
                return rdflib.Literal(
                    one.value, datatype=rdflib.URIRef(one.datatype.value), normalize=False
                )

    return term


def from_rdflib(graph: Graph) -> Iterable[Triple]:
    """Give the triples of a graph of rdflib as terms of the store."""
    import rdflib

    def term(one: Any) -> Any:
        if isinstance(one, rdflib.URIRef):
            return NamedNode(str(one))
        if isinstance(one, rdflib.BNode):
            return BlankNode(str(one))
        if one.language:
            return Literal(str(one), language=one.language)
        return Literal(str(one), datatype=NamedNode(str(one.datatype)) if one.datatype else None)

    for subject, predicate, value in graph:
        yield Triple(term(subject), term(predicate), term(value))
