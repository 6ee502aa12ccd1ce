"""Apache Jena SHACL, in Java (Debian)."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.bench import rules
from benchmarks.bench.findings import ALL, Finding
from benchmarks.bench.peers.reports import of_report
from benchmarks.bench.places import WORK
from benchmarks.bench.watch import Watch

_PROGRAM: Final = Path(__file__).with_name("Jena.java")
_ARCHIVES: Final = Path("/usr/share/java")
_TEXTS: Final = "org/apache/jena/ext/xerces/"


class Jena:
    """Its validator over its graph in memory, by a small program of ours."""

    name: Final = "Jena SHACL"
    install: Final = "sh benchmarks/jena.sh"
    fields: Final = ALL

    def version(self) -> str | None:
        """Give the versions of the package and of Java."""
        if shutil.which("javac") is None or not (_ARCHIVES / "jena-shacl.jar").exists():
            return None
        package = subprocess.run(
            ["dpkg-query", "--show", "--showformat", "${Version}", "libapache-jena-java"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
        java = subprocess.run(
            ["java", "-version"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
        found = re.search(r'"(.+?)"', java.stderr)
        return f"{package.stdout}, Java {found[1] if found else '?'}"

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules. Java's own start is not timed."""
        with tempfile.TemporaryDirectory() as folder:
            shapes, report = Path(folder) / "shapes.ttl", Path(folder) / "report.nt"
            shapes.write_text(rules.shapes(names), encoding="utf-8")
            _lay_messages(Path(folder))
            given = [str(file) for file in (shapes, report, *data)]
            where = f"{_compiled()}:{folder}:{_ARCHIVES}/*"
            watch.program(["java", "-XX:MaxRAMPercentage=75", "-cp", where, "Jena", *given])
            return of_report(report.read_bytes())


def _compiled() -> Path:
    """Give the folder of our program's class; it is compiled when it has changed."""
    target = WORK / "java"
    made = target / "Jena.class"
    if not made.is_file() or made.stat().st_mtime < _PROGRAM.stat().st_mtime:
        command = ["javac", "-cp", f"{_ARCHIVES}/*", "-d", str(target), str(_PROGRAM)]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own program
    return target


def _lay_messages(folder: Path) -> None:
    """Put texts that Jena looks for where it looks for them.

    In Debian's package classes are in ``xerces.impl`` and their texts in another place, without
    which nothing of Jena starts.
    """
    with zipfile.ZipFile(_ARCHIVES / "jena-core.jar") as archive:
        for name in archive.namelist():
            if name.startswith(_TEXTS) and name.endswith(".properties"):
                target = folder / "xerces" / name.removeprefix(_TEXTS)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
