"""A SPARQL 1.1 endpoint as a graph store, reached through SPARQLWrapper.

Query and Update over the SPARQL 1.1 Protocol (W3C, 2013), by form POST, which every server takes.
Only standard SPARQL is sent; what a server refuses comes back as a StoreError with its words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Self
from urllib.error import URLError

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse, serialize
from SPARQLWrapper import CSV, JSON, POST, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from dutygraph.store.graphs import Row, StoreError, Term
from dutygraph.store.journal import FOLLOWS, Content, Entry, MovedError, write
from dutygraph.terms import sparql_prologue

_TIMEOUT = 60
"""Seconds to wait for a server's answer."""

_STEP = 1 << 20
"""Bytes of triples in one update request; servers bound its length."""

_RESULT_FORMS = {"json": JSON, "csv": CSV, "tsv": TSV, "xml": XML}
_GRAPH_FORMS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
_GRAPH_NAMES = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"


def is_endpoint(location: str) -> bool:
    """Tell whether a store's location is the address of an endpoint, not a directory."""
    return location.startswith(("http://", "https://"))


class RemoteStore:
    """A GraphStore behind an endpoint's address.

    Servers give the query's and the update's address differently: ``…/sparql`` for both, or
    ``…/query`` with ``…/update`` beside it. The address given is the query's.
    """

    def __init__(self, address: str, union: Sequence[str] | None = None) -> None:
        self._address = address
        self._union = union
        self._query_address = address
        self._update_address = (
            address.removesuffix("/query") + "/update" if address.endswith("/query") else address
        )

    def showing(self, graphs: Sequence[str]) -> Self:
        """Give the same store with these graphs as its union; see GraphStore.showing."""
        return type(self)(self._address, tuple(graphs))

    def _ask(self, query: str, form: str, graphs: Sequence[str] | None) -> Any:
        wrapper = SPARQLWrapper(self._query_address, returnFormat=form)
        wrapper.setMethod(POST)
        wrapper.setTimeout(_TIMEOUT)
        wrapper.setQuery(sparql_prologue() + query)
        # Which graphs a query without FROM reads is the server's choice, so they are always named.
        if graphs is None:
            graphs = self.graph_names() if self._union is None else self._union
        for graph in graphs:
            wrapper.addParameter("default-graph-uri", graph)
            wrapper.addParameter("named-graph-uri", graph)
        return self._converted(wrapper)

    def _converted(self, wrapper: SPARQLWrapper) -> Any:
        try:
            return wrapper.queryAndConvert()
        except (SPARQLWrapperException, URLError, TimeoutError, ValueError) as error:
            words = " ".join(str(error).split())[:300]
            raise StoreError(
                f"{wrapper.endpoint}：{words} / the endpoint did not answer as it should: {words}"
            ) from error

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT; see GraphStore.select. Raises StoreError with the server's words."""
        answer = self._ask(query, JSON, graphs)
        if "results" not in answer:
            raise StoreError("需要 SELECT 查询 / a SELECT query was expected")
        for binding in answer["results"]["bindings"]:
            yield {name: _term(value) for name, value in binding.items()}

    def construct(self, query: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run a CONSTRUCT and give the triples as N-Triples; graphs as for select."""
        return self.serialize(query, "nt", graphs)

    def serialize(self, query: str, form: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run any SPARQL query and give its answer in W3C form; see EmbeddedStore.serialize."""
        if form in _RESULT_FORMS:
            answer = self._ask(query, _RESULT_FORMS[form], graphs)
            return _as_bytes(answer)
        answer = self._ask(query, TURTLE, graphs)
        quads = parse(_as_bytes(answer), format=RdfFormat.TURTLE)
        return serialize((quad.triple for quad in quads), format=_GRAPH_FORMS[form]) or b""

    def graph_names(self) -> list[str]:
        """Give the IRIs of the named graphs, sorted."""
        rows = self._ask(_GRAPH_NAMES, JSON, ())["results"]["bindings"]
        return sorted(row["g"]["value"] for row in rows)

    def graph(self, name: str) -> bytes:
        """Give one named graph as N-Triples (empty when there is none)."""
        return self.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", [name])

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Put the triples in the place of the named graph's content, in one update request."""
        self._update(f"DROP SILENT GRAPH <{name}> ; " + _insert_data(name, ntriples))

    def record(
        self, journal: str, follows: str, entry: Entry, content: Content | None = None
    ) -> None:
        """Write an entry of a journal and what it brings in; see GraphStore.record."""
        write(self, journal, follows, entry, content, _STEP)

    def write_entry(
        self, journal: str, follows: str, entry: Entry, graph: str, ntriples: bytes
    ) -> None:
        """Write an entry and the triples of a graph; see ``journal.Writer``.

        It is one update request, of which only the first comer's does anything.
        """
        link = f"GRAPH <{journal}> {{ ?any <{FOLLOWS}> <{follows}> }}"
        update = _insert(journal, entry.after(follows), f"FILTER NOT EXISTS {{ {link} }}")
        if ntriples:
            mine = f"GRAPH <{journal}> {{ <{entry.iri}> <{FOLLOWS}> <{follows}> }}"
            update += " ; " + _insert(graph, ntriples, mine)
        self._update(update)
        query = f"SELECT ?entry WHERE {{ ?entry <{FOLLOWS}> <{follows}> }}"
        if [row["entry"].value for row in self.select(query, [journal])] != [entry.iri]:
            raise MovedError

    def fill(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph; see ``journal.Writer``."""
        self._update(_insert_data(graph, ntriples))

    def _update(self, update: str) -> None:
        wrapper = SPARQLWrapper(self._update_address)
        wrapper.setMethod(POST)
        wrapper.setTimeout(_TIMEOUT)
        wrapper.setQuery(update)
        self._converted(wrapper)


def _insert_data(graph: str, ntriples: bytes) -> str:
    return f"INSERT DATA {{ GRAPH <{graph}> {{\n{ntriples.decode()}}} }}"


def _insert(graph: str, ntriples: bytes, condition: str) -> str:
    """Give the update that adds triples to a graph if a condition holds."""
    return f"INSERT {{ GRAPH <{graph}> {{\n{ntriples.decode()}}} }} WHERE {{ {condition} }}"


def _as_bytes(answer: Any) -> bytes:
    """Give an answer as bytes: SPARQLWrapper has parsed JSON and XML by then."""
    if isinstance(answer, bytes):
        return answer
    if isinstance(answer, dict):
        return json.dumps(answer, ensure_ascii=False).encode()
    return str(answer.toxml()).encode()


def _term(value: dict[str, str]) -> Term:
    """Give a term from its form in SPARQL 1.1 Results JSON."""
    match value["type"]:
        case "uri":
            return NamedNode(value["value"])
        case "bnode":
            return BlankNode(value["value"])
        case _:
            if "xml:lang" in value:
                return Literal(value["value"], language=value["xml:lang"])
            datatype = value.get("datatype")
            return Literal(value["value"], datatype=NamedNode(datatype) if datatype else None)
