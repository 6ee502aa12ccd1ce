"""The peers: who runs the rules, one module for each."""

from __future__ import annotations

from typing import Final

from benchmarks.bench.peers.by_hand import DuckDB, Pyoxigraph, Rdflib
from benchmarks.bench.peers.dutygraph import Dutygraph
from benchmarks.bench.peers.jena import Jena
from benchmarks.bench.peers.peer import Peer
from benchmarks.bench.peers.pyrudof import Pyrudof
from benchmarks.bench.peers.pyshacl import Pyshacl
from benchmarks.bench.peers.pyshifty import Pyshifty
from benchmarks.bench.peers.shacl import Shacl
from benchmarks.bench.peers.shacl_engine import ShaclEngine
from benchmarks.bench.peers.turbo import Turbo

PEERS: Final[dict[str, Peer]] = {
    peer.name: peer
    for peer in (
        Dutygraph(),
        DuckDB(),
        Pyoxigraph(),
        Shacl(),
        Pyshifty(),
        Turbo(),
        Pyrudof(),
        Jena(),
        ShaclEngine(),
        Pyshacl(),
        Rdflib(),
    )
}
"""All of them by name, in the order of the tables."""

REFERENCE: Final = PEERS["dutygraph"]
"""The one that the others are compared with."""
