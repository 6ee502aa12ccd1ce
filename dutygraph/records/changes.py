"""What a new version of an import changes: which units, persons and records it adds or takes away.

Where a row stands in its file is no part of what it says, so moving a row changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, Protocol
from urllib.parse import unquote

from dutygraph.terms import DG

_PLACE: Final = tuple(
    f"<{DG}{name}>".encode() for name in ("sourceFile", "sourceSheet", "sourceRow")
)


@dataclass(frozen=True, slots=True)
class Change:
    """One row that differs: its entity (unit, person, record), its id, and how."""

    entity: str
    id: str
    change: Literal["added", "changed", "removed"]


class Dumping(Protocol):
    """As much of a graph store as comparing needs."""

    def graph(self, name: str) -> bytes:
        """Give one named graph as N-Triples."""


def changes(store: Dumping, old: str | None, new: str) -> list[Change]:
    """Give what differs between two imports' graphs, sorted; without an old one all is added."""
    return differing(b"" if old is None else store.graph(old), store.graph(new))


def differing(old: bytes, new: bytes) -> list[Change]:
    """Give what differs between the rows of two graphs as N-Triples, sorted."""
    found = _differing(_rows(old), _rows(new))
    return sorted(found, key=lambda one: (one.entity, one.id))


def _differing(before: dict[bytes, int], after: dict[bytes, int]) -> Iterator[Change]:
    for row in before.keys() | after.keys():
        if row not in before:
            yield _change(row, "added")
        elif row not in after:
            yield _change(row, "removed")
        elif before[row] != after[row]:
            yield _change(row, "changed")


def _change(row: bytes, how: Literal["added", "changed", "removed"]) -> Change:
    entity, _, name = row.decode().rpartition("/")
    return Change(entity.rpartition("/")[2], unquote(name), how)


def _rows(ntriples: bytes) -> dict[bytes, int]:
    """Give row IRI → a sum over its triples, those of its parts included, in whatever order."""
    sums: dict[bytes, int] = defaultdict(int)
    placed: set[bytes] = set()
    for line in ntriples.splitlines():
        subject, predicate, _ = line.split(b" ", 2)
        row = subject[1:-1].partition(b"#")[0]
        if predicate in _PLACE:
            placed.add(row)
            continue
        sums[row] += hash(line)
    # What has no place is no row: the provenance in graphs from before the journal.
    return {row: sums[row] for row in placed}
