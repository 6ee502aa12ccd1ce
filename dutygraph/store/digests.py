"""Digests of graphs: how many triples, and a sum over them that depends on no order.

A store gives a graph's triples in an order of its own, so their checksums (CRC-32 of each line of
N-Triples, ISO 3309) are added up. That finds what a disk or a program spoilt; it is no signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from zlib import crc32

from dutygraph.terms import PREFIXES

TRIPLES: Final = "http://rdfs.org/ns/void#triples"
"""What links a graph to the number of its triples (VoID)."""

CHECKSUM: Final = "http://spdx.org/rdf/terms#checksumValue"
"""What links a graph to the sum of its checksums, 16 hexadecimal digits (SPDX)."""

_SUMS: Final = 1 << 64
_INTEGER: Final = PREFIXES["xsd"] + "integer"


class Digest:
    """The digest of triples that come piece by piece, each line of N-Triples once.

    It is a stream that may be written to, so that a store can dump a graph into it.
    """

    def __init__(self) -> None:
        self.triples = 0
        self._sum = 0
        self._open = b""

    @property
    def checksum(self) -> str:
        """Give the sum, 16 hexadecimal digits."""
        return f"{self._sum % _SUMS:016x}"

    def write(self, piece: bytes) -> int:
        """Take the next bytes of N-Triples, wherever a line is broken off."""
        whole, _, rest = (self._open + piece).rpartition(b"\n")
        self._open = rest
        if whole:
            # A line break inside a literal is escaped; other separators of Unicode are left alone.
            lines = whole.split(b"\n")
            self.triples += len(lines)
            self._sum += sum(map(crc32, lines))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: a stream has to have it."""

    def passing(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Give the pieces on, each taken note of."""
        for piece in pieces:
            self.write(piece)
            yield piece

    def told(self, graph: str) -> bytes:
        """Tell the digest of a graph as N-Triples, as the journal has it."""
        return (
            f'<{graph}> <{TRIPLES}> "{self.triples}"^^<{_INTEGER}> .\n'
            f'<{graph}> <{CHECKSUM}> "{self.checksum}" .\n'
        ).encode()
