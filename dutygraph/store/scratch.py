"""A graph of an endpoint that one run makes, changes and asks there, and takes away when it ends.

What the run works on never leaves the engine. Nobody else comes across the graph, as a store does
not count it among its own. A list says when its run began (PROV-O): what a run that was killed left
behind is taken away by a later one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final
from uuid import uuid4

from dutygraph.sparql import prologue, tokens
from dutygraph.store.graphs import Row, StoreError, about
from dutygraph.store.remote import SCRATCH, RemoteStore
from dutygraph.terms import PREFIXES

_LEFT: Final = dt.timedelta(days=1)
"""How long ago a run began that cannot be there any more."""

_STARTED: Final = f"<{PREFIXES['prov']}startedAtTime>"
_DATE_TIME: Final = f"<{PREFIXES['xsd']}dateTime>"


@contextmanager
def scratch(store: RemoteStore) -> Iterator[Scratch]:
    """Give an empty graph of an endpoint that is gone afterwards. Raises StoreError."""
    now = dt.datetime.now(dt.UTC)
    _sweep(store, now - _LEFT)
    name = f"{SCRATCH}/{uuid4().hex}"
    store.fill(SCRATCH, f'<{name}> {_STARTED} "{now.isoformat()}"^^{_DATE_TIME} .\n'.encode())
    try:
        yield Scratch(store, name)
    finally:
        # What hindered the run may hinder this too.
        with suppress(StoreError):
            _remove(store, name)


def _sweep(store: RemoteStore, before: dt.datetime) -> None:
    """Take away what runs left that began before some time."""
    for row in store.select(f"SELECT ?run ?begun WHERE {{ ?run {_STARTED} ?begun }}", [SCRATCH]):
        if dt.datetime.fromisoformat(row["begun"].value) < before:
            _remove(store, row["run"].value)


def _remove(store: RemoteStore, name: str) -> None:
    store.replace_graph(name, b"")
    store.update(f"DELETE WHERE {{ GRAPH <{SCRATCH}> {{ <{name}> ?p ?o }} }}")


class Scratch:
    """One graph, for its run the default graph: what ``EmbeddedStore`` is asked, at an endpoint."""

    def __init__(self, store: RemoteStore, name: str) -> None:
        """Take the endpoint and the graph's IRI."""
        self._store = store
        self.name = name

    def take(self, graphs: Iterable[str]) -> None:
        """Add what other graphs of the endpoint hold; nothing of it is sent."""
        for graph in graphs:
            self._store.update(f"ADD <{graph}> TO <{self.name}>")

    def load(self, ntriples: bytes) -> None:
        """Add N-Triples."""
        self._store.load(self.name, ntriples.splitlines(keepends=True))

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT over the graph."""
        del graphs
        return self._store.select(query, [self.name])

    def about(self, things: Iterable[str], query: str) -> Iterator[Row]:
        """Run a SELECT about some things; see Asked.about."""
        return about(self, things, query)

    def update(self, update: str) -> None:
        """Run an update of our own, made of INSERT … WHERE and DELETE … WHERE, on the graph."""
        self._store.update(_within(self.name, update))


def _within(graph: str, update: str) -> str:
    """Have each operation of an update change and look at one graph alone (SPARQL Update, 3.1.3).

    An operation begins with the request, and after each semicolon that is in no bracket.
    """
    depth, begins, places = 0, True, []
    for token in tokens(update, prologue(update)[1]):
        if begins and token.keyword in ("INSERT", "DELETE"):
            places.append(token.start)
            begins = False
        begins |= token.text == ";" and not depth
        depth += {"{": 1, "}": -1}.get(token.text, 0)
    pieces = [update[start:end] for start, end in zip([0, *places], [*places, None], strict=True)]
    return f"WITH <{graph}> ".join(pieces)
