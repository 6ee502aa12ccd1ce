"""pyrudof, the Python binding of rudof, in Rust (PyPI)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.bench import rules
from benchmarks.bench.findings import LEAST, Finding
from benchmarks.bench.peers.peer import package_version
from benchmarks.bench.watch import Watch


class Pyrudof:
    """Its native engine, the quicker of its two."""

    name: Final = "pyrudof"
    install: Final = "python -m pip install pyrudof"
    fields: Final = LEAST

    def version(self) -> str | None:
        """Give the package's version."""
        return package_version("pyrudof")

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules."""
        import pyrudof

        rudof = pyrudof.Rudof(pyrudof.RudofConfig())
        with watch.phase("load"):
            for file in data:
                rudof.read_data(file, format=pyrudof.RDFFormat.NTriples, merge=True)
        with watch.phase("check"):
            rudof.read_shacl(rules.shapes(names))
            report = rudof.validate_shacl()
        return (Finding(_iri(one.source_shape), _iri(one.focus_node)) for one in report)


def _iri(given: str | None) -> str:
    """Give an IRI as N-Triples writes it, whether or not it is given in brackets."""
    text = given or ""
    return text if text.startswith(("<", "_:")) else f"<{text}>"
