"""What a peer is, and what several peers need."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from pyoxigraph import NamedNode, RdfFormat, parse

from benchmarks.bench.findings import Finding
from benchmarks.bench.watch import Watch
from dutygraph.shacl.model import SH
from dutygraph.shacl.paths import sparql_path
from dutygraph.shacl.report import Result, read_results
from dutygraph.shacl.triples import TYPE, Triples


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


def of_results(results: Iterable[Result]) -> Iterator[Finding]:
    """Give validation results as findings."""
    for one in results:
        yield Finding(
            shape=str(one.shape),
            focus=str(one.focus),
            path=None if one.path is None else sparql_path(one.path),
            value=None if one.value is None else str(one.value),
            component=one.component,
            severity=one.severity,
        )


def of_report(report: bytes, *, paths: bool = True) -> Iterator[Finding]:
    """Read a validation report (SHACL, section 3.6) in N-Triples as findings.

    Without ``paths`` these are not read. Raises ShapesError for a report that is ill-formed.
    """
    triples = Triples(
        quad.triple
        for quad in parse(report, RdfFormat.N_TRIPLES)
        if paths or quad.predicate.value != SH + "resultPath"
    )
    (node,) = triples.having(TYPE, NamedNode(SH + "ValidationReport"))
    return of_results(read_results(triples, node))


def joined(data: Sequence[Path]) -> str:
    """Give files as one text, for who takes no more than one."""
    return "".join(file.read_text(encoding="utf-8") for file in data)
