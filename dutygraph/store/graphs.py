"""What every graph store offers, and the terms and rows that it answers with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, Self, TypeAlias, overload
from typing import Literal as Just

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple

if TYPE_CHECKING:
    from dutygraph.store.journal import Content, Entry

_ABOUT: Final = 1000
"""About how many things one query best asks: of more, planning takes longer than it saves, and
servers bound a query's length."""

Term: TypeAlias = NamedNode | Literal | BlankNode
Row: TypeAlias = dict[str, Term]


@dataclass(frozen=True)
class Solutions:
    """The answer of a SELECT, its rows read as they are asked for."""

    names: list[str]
    rows: Iterator[Row]


Given: TypeAlias = bool | Solutions | Iterator[Triple]
"""The answer of any query: of ASK, of SELECT, of CONSTRUCT or DESCRIBE."""


class StoreError(Exception):
    """A store cannot be opened, read or written; the message says what to do."""


class Reading(Protocol):
    """As much of a graph as whoever only asks it needs."""

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT; see GraphStore.select."""


class Queried(Reading, Protocol):
    """A graph, or several, that is asked for rows and for triples."""

    def construct(self, query: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run a CONSTRUCT; see GraphStore.construct."""


class Asked(Reading, Protocol):
    """A graph that is asked for many things at a time."""

    def about(self, things: Iterable[str], query: str) -> Iterator[Row]:
        """Run a SELECT over the default graph for some things, as many at a time as is best.

        The things are IRIs, and ``%s`` stands for them in the query's ``VALUES ?thing { %s }``.
        """


class GraphStore(Protocol):
    """Named graphs behind SPARQL 1.1, whichever engine holds them."""

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT over the graphs named; () is the default graph.

        None is the union of all graphs, or of those that the store is ``showing``.
        """

    def construct(self, query: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run a CONSTRUCT and give the triples as N-Triples; graphs as for select."""

    def serialize(self, query: str, form: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run any SPARQL query and give its answer in W3C form.

        SELECT and ASK answer in ``json``, ``csv``, ``tsv`` or ``xml`` (SPARQL 1.1 Results),
        CONSTRUCT and DESCRIBE in ``ttl``, ``nt`` or ``rdf``.
        """

    def ask(self, query: str, default: Sequence[str], named: Sequence[str]) -> Given:
        """Run any SPARQL query over the dataset given, whatever dataset the query names itself.

        ``default`` are the graphs whose union is the default graph, ``named`` those that GRAPH
        finds (SPARQL 1.1 Query, 13.2). What is read is read as it is asked for, if the engine can.
        """

    def graph_names(self) -> list[str]:
        """Give the IRIs of the named graphs, sorted."""

    def graph(self, name: str) -> bytes:
        """Give one named graph as N-Triples (empty when there is none)."""

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Put the triples in the place of the named graph's content, all or nothing."""

    def record(
        self, journal: str, follows: str, entry: Entry, content: Content | None = None
    ) -> None:
        """Write an entry of a journal, a named graph, and what it brings in: both or neither.

        The entries form a chain: each follows one other, the first follows the journal itself.
        Raises MovedError when another entry follows that one already, StoreError when the store
        cannot write; see ``dutygraph.store.journal`` for what is left then.
        """

    def showing(self, graphs: Sequence[str]) -> Self:
        """Give the same store with these graphs as its union: what None stands for in queries."""


def about(graph: Reading, things: Iterable[str], query: str) -> Iterator[Row]:
    """Ask the default graph about some things, a thousand at a time; see ``Asked.about``."""
    names = [f"<{iri}>" for iri in things]
    for start in range(0, len(names), _ABOUT):
        yield from graph.select(query % " ".join(names[start : start + _ABOUT]), ())


def text(row: Row, name: str) -> str | None:
    """Give the value bound to a variable as a string, None when it is unbound."""
    term = row.get(name)
    return None if term is None else term.value


@overload
def results_form(name: str, *, triples: Just[True]) -> RdfFormat: ...
@overload
def results_form(name: str, *, triples: Just[False]) -> QueryResultsFormat: ...
@overload
def results_form(name: str, *, triples: bool) -> QueryResultsFormat | RdfFormat: ...
def results_form(name: str, *, triples: bool) -> QueryResultsFormat | RdfFormat:
    """Give the W3C form of a name (``json``, ``csv`` …) for an answer of rows or of triples.

    Raises StoreError, with the forms that fit, for one that does not.
    """
    known = RdfFormat.from_extension if triples else QueryResultsFormat.from_extension
    wanted = known("srj" if name == "json" and not triples else name)
    if wanted is None:
        fitting = "ttl, nt, rdf" if triples else "json, csv, tsv, xml"
        raise StoreError(
            f"该查询的结果不能写成 {name}，可用：{fitting} / "
            f"the answer of this query has no form {name}; take one of {fitting}"
        )
    return wanted
