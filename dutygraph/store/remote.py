"""A SPARQL 1.1 endpoint as a graph store, reached through SPARQLWrapper.

Query and Update over the SPARQL 1.1 Protocol (W3C, 2013), by form POST, which every server takes;
graphs go in by the SPARQL 1.1 Graph Store HTTP Protocol (W3C, 2013) where its address is known.
Only standard SPARQL is sent; what a server refuses comes back as a StoreError with its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, Self
from urllib.parse import urlencode
from urllib.request import Request

from pyoxigraph import QueryResultsFormat, RdfFormat, Triple, parse, serialize
from SPARQLWrapper import ASK, CONSTRUCT, DESCRIBE, POST, SELECT, SPARQLWrapper

from dutygraph.store.endpoint import Endpoint
from dutygraph.store.graphs import Given, Row, Solutions, StoreError, results_form
from dutygraph.store.journal import FOLLOWS, Content, Entry, MovedError, gathered, write
from dutygraph.store.paging import complete
from dutygraph.store.results import Binding, Results, read, term, written
from dutygraph.store.transport import Answer, Transport
from dutygraph.terms import REGULATIONS, sparql_prologue

SCRATCH: Final = REGULATIONS + "scratch"
"""The graph that lists those of runs, whose names begin so; see ``dutygraph.store.scratch``."""

_STEP: Final = 1 << 20
"""Bytes of triples in one update request; servers bound its length."""

_CHUNK: Final = 1 << 22
"""Bytes of triples in one request of the Graph Store Protocol."""

_TOGETHER: Final = 1 << 14
"""Bytes of triples that go in with an entry by Update where the Graph Store Protocol takes more.

Some servers compile an update request before they run it and refuse a long one (Virtuoso).
"""

_NEVER_CUT: Final = 1000
"""Rows that every server gives at once, and of which its limit is a multiple."""

_LIMIT_HEADER: Final = "X-SPARQL-MaxRows"
"""The header in which Virtuoso says that it cut an answer, and where."""

_JSON: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"
_GRAPH_NAMES: Final = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
_TRIPLES: Final = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"


class RemoteStore:
    """A GraphStore behind an endpoint."""

    def __init__(self, endpoint: Endpoint, union: Sequence[str] | None = None) -> None:
        self._endpoint = endpoint
        self._union = union
        self._transport = Transport(endpoint)

    @classmethod
    def at(cls, location: str) -> RemoteStore:
        """Give the store at an address, reached as the environment says; see ``Endpoint.of``."""
        return cls(Endpoint.of(location))

    @property
    def endpoint(self) -> Endpoint:
        """How the endpoint is reached."""
        return self._endpoint

    @property
    def server(self) -> str:
        """What the server calls itself (RFC 9110, Server header), "" where it does not say."""
        if self._transport.server is None:
            self._ask(self._wrapper("ASK {}", ()), _JSON)
        return self._transport.server or ""

    def showing(self, graphs: Sequence[str]) -> Self:
        """Give the same store with these graphs as its union; see GraphStore.showing."""
        shown = type(self)(self._endpoint, tuple(graphs))
        shown._transport = self._transport
        return shown

    # Reading ----------------------------------------------------------------------------------

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT; see GraphStore.select. Raises StoreError with the server's words."""
        results = self._results(self._wrapper(query, graphs), query, graphs)
        if "boolean" in results:
            raise StoreError("需要 SELECT 查询 / a SELECT query was expected")
        for binding in results["results"]["bindings"]:
            yield {name: term(value) for name, value in binding.items()}

    def construct(self, query: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run a CONSTRUCT and give the triples as N-Triples; graphs as for select."""
        return self.serialize(query, "nt", graphs)

    def serialize(self, query: str, form: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run any SPARQL query and give its answer in W3C form; see EmbeddedStore.serialize."""
        wrapper = self._wrapper(query, graphs)
        wanted = results_form(form, triples=wrapper.queryType in (CONSTRUCT, DESCRIBE))
        if isinstance(wanted, QueryResultsFormat):
            return written(self._results(wrapper, query, graphs), wanted)
        return serialize(self._triples(wrapper), format=wanted) or b""

    def ask(self, query: str, default: Sequence[str], named: Sequence[str]) -> Given:
        """Run any query over a dataset; see GraphStore.ask. The server may cut what it gives."""
        wrapper = self._prepared(query)
        for graph in default:
            wrapper.addParameter("default-graph-uri", graph)
        for graph in named:
            wrapper.addParameter("named-graph-uri", graph)
        if wrapper.queryType in (CONSTRUCT, DESCRIBE):
            return iter(self._triples(wrapper))
        results = read(self._ask(wrapper, _JSON).body, self._endpoint.query)
        if "boolean" in results:
            return bool(results["boolean"])
        rows = (
            {name: term(value) for name, value in binding.items()}
            for binding in results["results"]["bindings"]
        )
        return Solutions(results["head"]["vars"], rows)

    def graph_names(self) -> list[str]:
        """Give the IRIs of the named graphs, sorted; those of runs are none of the store's."""
        every = sorted(row["g"].value for row in self.select(_GRAPH_NAMES, ()))
        return [name for name in every if not name.startswith(SCRATCH)]

    def graph(self, name: str) -> bytes:
        """Give one named graph as N-Triples (empty when there is none)."""
        given = self.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", [name])
        if given.count(b"\n") < _NEVER_CUT:
            return given
        # A server may cut what it gives without a word, so what came is counted.
        (counted,) = self.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", [name])
        if given.count(b"\n") == int(counted["n"].value):
            return given
        rows = self.select(_TRIPLES, [name])
        return "".join(f"{row['s']} {row['p']} {row['o']} .\n" for row in rows).encode()

    def _results(self, wrapper: Any, query: str, graphs: Sequence[str] | None) -> Results:
        """Give the answer of a SELECT or an ASK, whole."""
        if wrapper.queryType not in (SELECT, ASK):
            raise StoreError("需要 SELECT 或 ASK 查询 / a SELECT or ASK query was expected")
        answer = self._ask(wrapper, _JSON)
        results = read(answer.body, self._endpoint.query)
        rows = results.get("results", {}).get("bindings", ())
        if len(rows) >= _NEVER_CUT and (
            _LIMIT_HEADER in answer.headers or len(rows) % _NEVER_CUT == 0
        ):
            ask = partial(self._page, graphs=graphs)
            names = results["head"]["vars"]
            results["results"]["bindings"] = complete(sparql_prologue() + query, names, rows, ask)
        return results

    def _page(self, query: str, graphs: Sequence[str] | None) -> list[Binding]:
        answer = self._ask(self._wrapper(query, graphs), _JSON)
        rows: list[Binding] = read(answer.body, self._endpoint.query)["results"]["bindings"]
        return rows

    def _triples(self, wrapper: Any) -> list[Triple]:
        answer = self._ask(wrapper, _NTRIPLES)
        try:
            return [quad.triple for quad in parse(answer.body, format=RdfFormat.N_TRIPLES)]
        except SyntaxError as error:
            raise self._unread(error) from error

    def _wrapper(self, query: str, graphs: Sequence[str] | None) -> Any:
        """Give a query over some graphs as SPARQLWrapper knows it."""
        wrapper = self._prepared(query)
        # Which graphs a query without FROM reads is the server's choice, so they are always named.
        if graphs is None:
            graphs = self.graph_names() if self._union is None else self._union
        for graph in graphs:
            wrapper.addParameter("default-graph-uri", graph)
            wrapper.addParameter("named-graph-uri", graph)
        return wrapper

    def _prepared(self, query: str) -> Any:
        """Give a query as SPARQLWrapper knows it. Raises StoreError for an update."""
        wrapper = SPARQLWrapper(self._endpoint.query)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.setQuery(sparql_prologue() + query)
        if wrapper.isSparqlUpdateRequest():
            raise StoreError("需要查询，不是更新 / a query was expected, not an update")
        return wrapper

    def _ask(self, wrapper: Any, accept: str) -> Answer:
        wrapper.addCustomHttpHeader("Accept", accept)
        return self._transport.send(wrapper._createRequest())

    def _unread(self, error: SyntaxError) -> StoreError:
        return StoreError(
            f"{self._endpoint.query}：回答中断或者不是 N-Triples：{error} / "
            f"the answer breaks off or is no N-Triples: {error}"
        )

    # Writing ----------------------------------------------------------------------------------

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Put the triples in the place of the named graph's content, in one request."""
        if ntriples and self._endpoint.graphs:
            self._send("PUT", name, ntriples)
        else:
            insert = f" ; {_insert(name, ntriples)}" if ntriples else ""
            self.update(f"DROP SILENT GRAPH <{name}>{insert}")

    def record(
        self, journal: str, follows: str, entry: Entry, content: Content | None = None
    ) -> None:
        """Write an entry of a journal and what it brings in; see GraphStore.record."""
        if self._endpoint.graphs:
            write(self, journal, follows, entry, content, _CHUNK, _TOGETHER)
        else:
            write(self, journal, follows, entry, content, _STEP, _STEP)

    def write_entry(
        self, journal: str, follows: str, entry: Entry, graph: str, ntriples: bytes
    ) -> None:
        """Write an entry and the triples of a graph; see ``journal.Writer``.

        It is one update request, of which only the first comer's does anything on a server that
        runs one after the other.
        """
        # Counted, as Virtuoso 7.2.5 takes a NOT EXISTS that stands alone for true.
        link = f"GRAPH <{journal}> {{ ?any <{FOLLOWS}> <{follows}> }}"
        nobody = f"{{ SELECT (COUNT(?any) AS ?n) WHERE {{ {link} }} }} FILTER(?n = 0)"
        update = _insert(journal, entry.after(follows), nobody)
        if ntriples:
            mine = f"GRAPH <{journal}> {{ <{entry.iri}> <{FOLLOWS}> <{follows}> }}"
            update += " ; " + _insert(graph, ntriples, mine)
        self.update(update)
        query = f"SELECT ?entry WHERE {{ ?entry <{FOLLOWS}> <{follows}> }}"
        there = {row["entry"].value for row in self.select(query, [journal])}
        if there != {entry.iri}:
            if entry.iri in there:
                # The server let two in side by side; each takes its own entry out again.
                self.update(f"DELETE WHERE {{ GRAPH <{journal}> {{ <{entry.iri}> ?p ?o }} }}")
            raise MovedError

    def fill(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph; see ``journal.Writer``."""
        if self._endpoint.graphs:
            self._send("POST", graph, ntriples)
        else:
            self.update(_insert(graph, ntriples))

    def load(self, graph: str, pieces: Iterable[bytes]) -> None:
        """Add triples to a graph, some at a time; a piece is whole lines."""
        for ntriples in gathered(pieces, _CHUNK if self._endpoint.graphs else _STEP):
            self.fill(graph, ntriples)

    def _send(self, method: str, graph: str, ntriples: bytes) -> None:
        address = f"{self._endpoint.graphs}?{urlencode({'graph': graph})}"
        headers = {"Content-Type": _NTRIPLES}
        self._transport.send(Request(address, ntriples, headers, method=method))  # noqa: S310

    def update(self, update: str) -> None:
        """Run a SPARQL 1.1 update request of our own. Raises StoreError with the server's words."""
        wrapper = SPARQLWrapper(self._endpoint.query, updateEndpoint=self._endpoint.update)
        wrapper.setMethod(POST)
        wrapper.setQuery(update)
        self._transport.send(wrapper._createRequest())


def _insert(graph: str, ntriples: bytes, condition: str = "") -> str:
    """Give the update that adds triples to a graph if a condition holds.

    INSERT DATA would do without one, but Virtuoso takes no blank nodes in it.
    """
    return f"INSERT {{ GRAPH <{graph}> {{\n{ntriples.decode()}}} }} WHERE {{ {condition} }}"
