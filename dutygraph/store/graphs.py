"""What every graph store offers, and the terms and rows that it answers with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

Term: TypeAlias = NamedNode | Literal | BlankNode
Row: TypeAlias = dict[str, Term]


class StoreError(Exception):
    """A store cannot be opened, read or written; the message says what to do."""


class GraphStore(Protocol):
    """Named graphs behind SPARQL 1.1, whichever engine holds them."""

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT over the graphs named; None is the union of all, () the default graph."""

    def construct(self, query: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run a CONSTRUCT and give the triples as N-Triples; graphs as for select."""

    def serialize(self, query: str, form: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run any SPARQL query and give its answer in W3C form.

        SELECT and ASK answer in ``json``, ``csv``, ``tsv`` or ``xml`` (SPARQL 1.1 Results),
        CONSTRUCT and DESCRIBE in ``ttl``, ``nt`` or ``rdf``.
        """

    def graph_names(self) -> list[str]:
        """Give the IRIs of the named graphs, sorted."""

    def graph(self, name: str) -> bytes:
        """Give one named graph as N-Triples (empty when there is none)."""

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Put the triples in the place of the named graph's content, all or nothing."""


def text(row: Row, name: str) -> str | None:
    """Give the value bound to a variable as a string, None when it is unbound."""
    term = row.get(name)
    return None if term is None else term.value
