"""pyshifty, an engine in Rust (PyPI).

In its reports a path that is more than a property is a blank node of which nothing is said, so it
is not compared by paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.bench import rules
from benchmarks.bench.findings import ALL, Finding
from benchmarks.bench.peers.peer import package_version
from benchmarks.bench.peers.reports import of_report
from benchmarks.bench.watch import Watch


class Pyshifty:
    """A prepared validator over files, which it reads anew for each validation."""

    name: Final = "pyshifty"
    install: Final = "python -m pip install pyshifty rdflib"
    fields: Final = tuple(field for field in ALL if field != "path")

    def version(self) -> str | None:
        """Give the package's version."""
        return package_version("pyshifty")

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules. Reading is timed apart, as a validation by no shapes."""
        import shifty

        def validated(some: Sequence[str], given: list[Any]) -> bytes:
            prepared = shifty.PreparedValidator(rules.shapes(some))
            _, report, _ = prepared.validate(given, infer=False, sort_results=False)
            return bytes(report.serialize(format="nt", encoding="utf-8"))

        validated((), [rules.shapes(())])  # what it imports on first use is no cost of the data
        with watch.phase("load"):
            validated((), list(data))
        with watch.phase("both"):
            report = validated(names, list(data))
        watch.tell(check=watch.figures["both"] - watch.figures["load"])
        return of_report(report, paths=False)
