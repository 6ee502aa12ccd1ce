"""pyshacl-turbo, an engine in Rust with pyshacl's interface (PyPI)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.bench import rules
from benchmarks.bench.findings import ALL, Finding
from benchmarks.bench.peers.peer import in_pyoxigraph, package_version
from benchmarks.bench.peers.reports import of_report
from benchmarks.bench.watch import Watch


class Turbo:
    """Compiled shapes over a pyoxigraph store: of what it takes, what it is quickest over."""

    name: Final = "pyshacl-turbo"
    install: Final = "python -m pip install pyshacl-turbo"
    fields: Final = ALL

    def version(self) -> str | None:
        """Give the package's version."""
        return package_version("pyshacl-turbo")

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules."""
        import pyshacl_turbo

        with watch.phase("load"):
            store = in_pyoxigraph(data)
        with watch.phase("check"):
            text = rules.shapes(names)
            shapes: Any = pyshacl_turbo.compile_shapes(text, shacl_graph_format="turtle")  # type: ignore[no-untyped-call]
            _, report, words = shapes.validate(store)
        if isinstance(report, Exception):
            raise TypeError(f"no report: {words}")
        return of_report(report.serialize(format="nt", encoding="utf-8"))
