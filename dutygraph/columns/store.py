"""A graph in columns with an embedded store behind it, for what the columns do not answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from dutygraph.columns.algebra import RefusedError
from dutygraph.columns.graph import ColumnGraph
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row

_log = logging.getLogger(__name__)
_FROM: Final = 24 << 20
"""From how many bytes of N-Triples on columns are quicker, their loading counted in."""


def held(ntriples: Sequence[bytes]) -> ColumnStore | EmbeddedStore:
    """Hold N-Triples as one graph in memory, in the way that answers sooner."""
    if sum(map(len, ntriples)) >= _FROM:
        try:
            return ColumnStore(ntriples)
        except RefusedError as error:
            _log.info("not in columns: %s", error)
    store = EmbeddedStore.in_memory()
    for part in ntriples:
        store.load(part)
    return store


class ColumnStore:
    """N-Triples as one graph that is only asked; it answers as the embedded store does.

    ``refused`` are the queries that the columns did not answer. Where there are such queries, the
    triples are loaded into the store too, once.
    """

    def __init__(self, ntriples: Sequence[bytes]) -> None:
        """Take the graph. Raises RefusedError for one that the columns cannot hold."""
        self._ntriples = ntriples
        self._columns = ColumnGraph(often=False)
        self._columns.load(ntriples)
        self.refused: list[str] = []

    @cached_property
    def _behind(self) -> EmbeddedStore:
        store = EmbeddedStore.in_memory()
        for part in self._ntriples:
            store.load(part)
        return store

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT, as EmbeddedStore does."""
        del graphs
        try:
            return iter(list(self._columns.select(query)))
        except RefusedError:
            self.refused.append(query)
            return self._behind.select(query, ())

    def construct(self, query: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run a CONSTRUCT, as EmbeddedStore does."""
        del graphs
        return self._behind.construct(query, ())
