"""Journals: a chain of entries in a named graph, each of which may bring in a named graph.

An entry is written only if nothing follows yet what it is to follow, so of two writers that saw the
same last entry one is refused. What an entry brings in goes in together with it where one step
of the store can take it. Where not, an announcement takes the entry's place in the chain, the graph
is filled bit by bit, and the entry follows the announcement: as long as it is missing, the graph
was brought in by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Protocol

from dutygraph.store.graphs import StoreError
from dutygraph.terms import PREFIXES

FOLLOWS: Final = PREFIXES["prov"] + "wasInformedBy"
"""What links an entry to the one before it, the first one to the journal (PROV-O)."""


class MovedError(StoreError):
    """Another entry was written after the one that a new entry was to follow; nothing is in."""

    def __init__(self) -> None:
        super().__init__(
            "核对之后另有导入或撤销，本次没有写入任何内容；请再试一次 / another import or undo was "
            "written since the check, so nothing was written this time; try again"
        )


@dataclass(frozen=True)
class Entry:
    """An entry of a journal: its IRI, which nothing else has, and what it says, as N-Triples."""

    iri: str
    ntriples: bytes

    def after(self, follows: str) -> bytes:
        """Give the entry as N-Triples, with its link to the one that it follows."""
        return self.ntriples + f"<{self.iri}> <{FOLLOWS}> <{follows}> .\n".encode()


@dataclass(frozen=True)
class Content:
    """What an entry brings in: a named graph that is new, and its triples.

    Each piece of ``ntriples`` is whole lines that end in a space, a dot and a line break, without
    blank nodes. ``announcement`` is the entry that goes first where all cannot go in one step.
    ``digest`` is asked, once every piece was read, what the entry says of them on top.
    """

    graph: str
    ntriples: Iterable[bytes]
    announcement: Entry
    digest: Callable[[], bytes] = bytes

    def closed_by(self, entry: Entry) -> Entry:
        """Give the entry with what it says of the triples, every one of which was read."""
        return replace(entry, ntriples=entry.ntriples + self.digest())


class Writer(Protocol):
    """The steps of a store that recording takes; each is done in whole or not at all."""

    def write_entry(
        self, journal: str, follows: str, entry: Entry, graph: str, ntriples: bytes
    ) -> None:
        """Write an entry and, into a graph, triples. Raises MovedError if it comes too late."""

    def fill(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph."""

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Put the triples in the place of the named graph's content."""


def write(
    store: Writer,
    journal: str,
    follows: str,
    entry: Entry,
    content: Content | None,
    step: int,
    together: int,
) -> None:
    """Write an entry and what it brings in.

    ``step`` is how many bytes one step takes, ``together`` how many of them an entry may bring
    along. Raises what the store raises; then no entry brings the graph in.
    """
    if content is None:
        store.write_entry(journal, follows, entry, journal, b"")
        return
    steps = gathered(content.ntriples, step)
    first, second = next(steps, b""), next(steps, None)
    if second is None and len(first) <= together:
        store.write_entry(journal, follows, content.closed_by(entry), content.graph, first)
        return
    before = content.announcement
    store.write_entry(journal, follows, before, content.graph, b"")
    try:
        for ntriples in chain([first], [] if second is None else [second], steps):
            store.fill(content.graph, ntriples)
        store.write_entry(journal, before.iri, content.closed_by(entry), content.graph, b"")
    except BaseException:
        # What hinders the import may hinder the sweeping up too; the entry is missing all the same.
        with suppress(StoreError):
            store.replace_graph(content.graph, b"")
        raise


def gathered(pieces: Iterable[bytes], step: int) -> Iterator[bytes]:
    """Gather pieces into as few as one step each can take."""
    gathered = bytearray()
    for piece in pieces:
        if gathered and len(gathered) + len(piece) > step:
            yield bytes(gathered)
            gathered.clear()
        gathered += piece
    if gathered:
        yield bytes(gathered)
