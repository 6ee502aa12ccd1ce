"""What a peer is, and what several peers need."""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import RdfFormat, Store

from benchmarks.bench.findings import Finding
from benchmarks.bench.watch import Watch
from dutygraph.files import whole_file

if TYPE_CHECKING:
    import rdflib


class Peer(Protocol):
    """Someone who runs the rules over data."""

    @property
    def name(self) -> str:
        """Its name in the tables."""

    @property
    def install(self) -> str:
        """How to install it where it is missing."""

    @property
    def fields(self) -> Sequence[str]:
        """What of a finding it tells, by which it is compared."""

    def version(self) -> str | None:
        """Give its version, None where it is not installed."""

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterable[Finding]:
        """Run the rules of these names over N-Triples files.

        Loading and checking are phases ``load`` and ``check`` of the watch; putting the findings
        into our form comes after. Whatever goes wrong is raised.
        """


def package_version(name: str) -> str | None:
    """Give the version of a Python package, None where it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def in_pyoxigraph(data: Sequence[Path]) -> Store:
    """Load files into a pyoxigraph store in memory."""
    store = Store()
    for file in data:
        store.bulk_load(path=str(file), format=RdfFormat.N_TRIPLES)
    return store


def in_rdflib(data: Sequence[Path]) -> rdflib.Graph:
    """Load files into an rdflib graph in memory."""
    import rdflib

    graph = rdflib.Graph()
    for file in data:
        graph.parse(file, format="nt")
    return graph


def joined(data: Sequence[Path]) -> Path:
    """Give files as one, for who takes no more than one; it is made once, beside the first."""
    if len(data) == 1:
        return data[0]
    one = data[0].with_name("joined.nt")
    if not one.is_file():
        with whole_file(one) as target:
            for file in data:
                with file.open("rb") as source:
                    shutil.copyfileobj(source, target)
    return one
