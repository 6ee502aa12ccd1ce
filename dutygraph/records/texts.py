"""Texts of record graphs: kept, as a store takes long to write a large graph out.

Graphs of imports never change, so a text that was kept holds as long as its graph is there. What
cannot be kept or read, on a full disk or in a folder that may only be read, is written out anew:
that costs time, never the answer.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from dutygraph.files import whole_file

_FROM: Final = 4 << 20
"""From how many bytes on a text is kept: writing out those of some 150 units takes 0.2 seconds."""
_LEVEL: Final = 1
"""Packed as quickly as can be, a text still has a twentieth of its size."""
_SUFFIX: Final = ".nt.gz"


class Store(Protocol):
    """As much of a graph store as is needed."""

    def graph(self, name: str) -> bytes:
        """Give one named graph as N-Triples."""


@dataclass(frozen=True)
class Texts:
    """The texts of the record graphs of a store, as N-Triples, each read when it is its turn.

    ``folder`` is where they are kept, made when there is something to keep. It can be gone through
    again, one text being held at a time.
    """

    store: Store
    graphs: Collection[str]
    folder: Path

    def __iter__(self) -> Iterator[bytes]:
        """Give the texts in the order of the graphs; those of others are thrown away."""
        self._sweep()
        return map(self._text, self.graphs)

    def _text(self, graph: str) -> bytes:
        file = self._file(graph)
        # What a failing disk made of it is not what was kept; what else can be wrong is an OSError.
        with suppress(OSError, EOFError, zlib.error):
            # Of an empty file it makes an empty text, and no empty one was kept.
            if text := gzip.decompress(file.read_bytes()):
                return text
        text = self.store.graph(graph)
        if len(text) >= _FROM:
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                with whole_file(file) as stream:
                    stream.write(gzip.compress(text, _LEVEL))
        return text

    def _file(self, graph: str) -> Path:
        return self.folder / (sha256(graph.encode()).hexdigest() + _SUFFIX)

    def _sweep(self) -> None:
        wanted = {self._file(graph) for graph in self.graphs}
        with suppress(OSError):
            for file in self.folder.glob(f"*{_SUFFIX}"):
                if file not in wanted:
                    file.unlink()
