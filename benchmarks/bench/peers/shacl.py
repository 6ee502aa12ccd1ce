"""The wheel ``shacl``, an engine in Rust (PyPI)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.bench import rules
from benchmarks.bench.findings import ALL, Finding
from benchmarks.bench.peers.peer import joined, package_version
from benchmarks.bench.peers.reports import of_report
from benchmarks.bench.watch import Watch


class Shacl:
    """Compiled shapes over a file, which it reads anew for each validation."""

    name: Final = "shacl"
    install: Final = "python -m pip install shacl"
    fields: Final = ALL

    def version(self) -> str | None:
        """Give the package's version."""
        return package_version("shacl")

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules. Reading is timed apart, as a validation by no shapes."""
        import shacl

        file = str(joined(data))

        def validated(some: Sequence[str]) -> Any:
            return shacl.Shapes.from_turtle(rules.shapes(some)).validate_file(file)

        with watch.phase("load"):
            validated(())
        with watch.phase("both"):
            report = validated(names)
        watch.tell(check=watch.figures["both"] - watch.figures["load"])
        return of_report(report.serialize("ntriples").encode())
