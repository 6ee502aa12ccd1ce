"""dutygraph's own engine for any SHACL shapes: what ``dutygraph validate`` runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import RdfFormat, parse

from benchmarks.bench import rules
from benchmarks.bench.findings import ALL, Finding
from benchmarks.bench.peers.peer import package_version
from benchmarks.bench.peers.reports import of_results
from benchmarks.bench.watch import Watch
from dutygraph.shacl.triples import Triples
from dutygraph.shacl.validation import Validator
from dutygraph.store.embedded import EmbeddedStore


class Dutygraph:
    """Shapes as set queries over the embedded store in memory."""

    name: Final = "dutygraph"
    install: Final = "python -m pip install --editable ."
    fields: Final = ALL

    def version(self) -> str | None:
        """Give the package's version and that of the store beneath it."""
        return f"{package_version('dutygraph')}, pyoxigraph {package_version('pyoxigraph')}"

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules; raises RuntimeError where a shape went to pyshacl or was refused."""
        store = EmbeddedStore.in_memory()
        with watch.phase("load"):
            for file in data:
                store.load(file.read_bytes())
        with watch.phase("check"):
            quads = parse(rules.shapes(names), RdfFormat.TURTLE)
            shapes = Triples((quad.triple for quad in quads), quads.prefixes)
            report = Validator(shapes, store, ()).report()
        if report.fallbacks:
            raise RuntimeError(f"not as set queries: {report.fallbacks}")
        return of_results(report.results)
