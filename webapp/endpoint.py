"""The SPARQL endpoint behind its address: the graphs it shows, workers, limits, forms.

What it shows is what the pages show: the graphs that are live in the holdings of the request.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Final

from dutygraph.queries.foreign import Query, admitted
from dutygraph.queries.worker import Outcome
from dutygraph.queries.workers import Limits, Workers
from dutygraph.records.history import live_graphs
from webapp.holdings import Holdings
from webapp.shares import Shares

RESULTS: Final = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
}
"""The media types of rows, and of yes and no, by form (SPARQL 1.1 Results; RFC 4180)."""

TRIPLES: Final = {
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
"""The media types of triples by form."""

OTHER_NAMES: Final = {
    "json": ("application/json",),
    "xml": ("application/xml", "text/xml"),
    "ttl": ("application/x-turtle",),
    "nt": ("text/plain",),
    "rdf": ("application/xml", "text/xml"),
    "jsonld": ("application/json",),
}
"""What clients also call the forms."""


@dataclass(frozen=True)
class _Shown:
    """What queries see while the store stays as it is."""

    state: Hashable
    graphs: tuple[str, ...]
    workers: Workers


class Endpoint:
    """Runs queries of strangers over the graphs that the pages show."""

    def __init__(self, limits: Limits, shares: Shares) -> None:
        self.limits = limits
        self._shares = shares
        self._shown: _Shown | None = None
        self._lock = threading.Lock()

    def ready(self, held: Holdings) -> None:
        """Start what the first queries over these holdings will be run by."""
        self._of(held)

    def graphs(self, held: Holdings) -> tuple[str, ...]:
        """Give the names of the graphs that queries see, sorted."""
        return self._of(held).graphs

    def admitted(
        self,
        held: Holdings,
        text: str,
        default: Collection[str] = (),
        named: Collection[str] = (),
    ) -> Query:
        """Read a query over these graphs; see ``dutygraph.queries.foreign.admitted``."""
        return admitted(text, self.graphs(held), default, named)

    def run(self, held: Holdings, query: Query, form: str, client: str | None) -> Outcome:
        """Run a query for a client; see ``Workers.run``.

        Raises TooManyError, too, while the client has as many running as it may.
        """
        with self._shares.one(client):
            return self._of(held).workers.run(query, form, client)

    def _of(self, held: Holdings) -> _Shown:
        with self._lock:
            if self._shown is None or self._shown.state != held.state:
                graphs = tuple(sorted(live_graphs(held.store)))
                self._shown = _Shown(held.state, graphs, Workers(held.location, self.limits))
                self._shown.workers.ready()
            return self._shown
