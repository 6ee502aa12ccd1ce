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
from dutygraph.columns.store import held
from dutygraph.shacl.probing import dialect_in_memory
from dutygraph.shacl.triples import Triples
from dutygraph.shacl.validation import Validator


class Dutygraph:
    """Shapes as set queries over the data in memory, in columns where there are many."""

    name: Final = "dutygraph"
    install: Final = "python -m pip install --editable ."
    fields: Final = ALL

    def version(self) -> str | None:
        """Give the package's version and those of the engines beneath it."""
        engines = ", ".join(f"{one} {package_version(one)}" for one in ("pyoxigraph", "duckdb"))
        return f"{package_version('dutygraph')}, {engines}"

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules; raises RuntimeError where a shape went to pyshacl or was refused."""
        with watch.phase("load"):
            store = held([file.read_bytes() for file in data])
        with watch.phase("check"):
            quads = parse(rules.shapes(names), RdfFormat.TURTLE)
            shapes = Triples((quad.triple for quad in quads), quads.prefixes)
            report = Validator(shapes, store, (), dialect=dialect_in_memory()).report()
        if report.fallbacks:
            raise RuntimeError(f"not as set queries: {report.fallbacks}")
        return of_results(report.results)
