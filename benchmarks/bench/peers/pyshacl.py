"""pyshacl, the reference engine, over rdflib's graph in memory (PyPI)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.bench import rules
from benchmarks.bench.findings import ALL, Finding
from benchmarks.bench.peers.peer import in_rdflib, package_version
from benchmarks.bench.peers.reports import of_report
from benchmarks.bench.watch import Watch


class Pyshacl:
    """Shapes node by node, in Python."""

    name: Final = "pyshacl"
    install: Final = "python -m pip install pyshacl"
    fields: Final = ALL

    def version(self) -> str | None:
        """Give the package's version and that of rdflib beneath it."""
        own = package_version("pyshacl")
        return own and f"{own}, rdflib {package_version('rdflib')}"

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules in place: the data are not copied."""
        import pyshacl
        import rdflib

        with watch.phase("load"):
            graph = in_rdflib(data)
        with watch.phase("check"):
            _, report, words = pyshacl.validate(
                graph, shacl_graph=rules.shapes(names), shacl_graph_format="turtle", inplace=True
            )
        if not isinstance(report, rdflib.Graph):
            raise TypeError(f"no report: {words}")
        return of_report(report.serialize(format="nt", encoding="utf-8"))
