"""shacl-engine, in JavaScript (npm)."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.bench import rules
from benchmarks.bench.findings import ALL, Finding
from benchmarks.bench.peers.reports import of_report
from benchmarks.bench.watch import Watch

_PROGRAM: Final = Path(__file__).with_name("shacl_engine.mjs")
_MODULES: Final = Path(__file__).parents[2] / "node_modules"


class ShaclEngine:
    """Its validator with its SPARQL constraints over N3's store, by a small program of ours."""

    name: Final = "shacl-engine"
    install: Final = "npm ci --prefix benchmarks"
    fields: Final = ALL

    def version(self) -> str | None:
        """Give the versions of the package and of Node."""
        package = _MODULES / "shacl-engine" / "package.json"
        if shutil.which("node") is None or not package.is_file():
            return None
        own = json.loads(package.read_text(encoding="utf-8"))["version"]
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)  # noqa: S607
        return f"{own}, Node {node.stdout.strip().removeprefix('v')}"

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules."""
        with tempfile.TemporaryDirectory() as folder:
            shapes, report = Path(folder) / "shapes.ttl", Path(folder) / "report.nt"
            shapes.write_text(rules.shapes(names), encoding="utf-8")
            given = [str(file) for file in (_PROGRAM, shapes, report, *data)]
            watch.program(["node", "--max-old-space-size=20000", *given])
            return of_report(report.read_bytes())
