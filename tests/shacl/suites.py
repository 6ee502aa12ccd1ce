"""The W3C data-shapes test suite and the DASH cases, as ``suites.sh`` leaves them."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from dutygraph.shacl.report import Result, read_results
from dutygraph.shacl.triples import TYPE, Triples, read_files

PLACE = Path(sys.prefix) / "shacl-suites"
_MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_SHT = "http://www.w3.org/ns/shacl-test#"
_DASH = "http://datashapes.org/dash#"


@dataclass(frozen=True)
class Case:
    """One case: data, shapes, and the results expected; None where validation must fail."""

    data: Triples
    shapes: Triples
    expected: list[Result] | None


@functools.cache
def names() -> list[str]:
    """Give the names of all validation cases of both suites."""
    assert PLACE.is_dir(), f"{PLACE} is missing: sh tests/shacl/suites.sh {sys.prefix}"
    return [
        file.relative_to(PLACE).as_posix()
        for mark in ("sht:Validate", "GraphValidationTestCase")
        for file in sorted(PLACE.rglob("*.ttl"))
        if mark in file.read_text(encoding="utf-8")
    ]


def dash_case(graph: Triples) -> Case:
    """Give the case that a file in the form of DASH describes."""
    (node,) = graph.having(TYPE, NamedNode(_DASH + "GraphValidationTestCase"))
    (report,) = graph.objects(node, _DASH + "expectedResult")
    return Case(graph, graph, read_results(graph, report))


def case(name: str) -> Case:
    """Read a case of the suites."""
    file = PLACE / name
    graph = read_files([file])
    if name.startswith("dash_tests"):
        return dash_case(graph)
    (node,) = graph.having(TYPE, NamedNode(_SHT + "Validate"))
    (action,) = graph.objects(node, _MANIFEST + "action")
    (report,) = graph.objects(node, _MANIFEST + "result")
    files = {
        which: Path(graph.objects(action, _SHT + which)[0].value.removeprefix("file://"))
        for which in ("dataGraph", "shapesGraph")
    }
    known = {file.resolve(): graph}
    for other in files.values():
        known.setdefault(other, graph if other == file.resolve() else read_files([other]))
    return Case(
        known[files["dataGraph"]],
        known[files["shapesGraph"]],
        None if report == NamedNode(_SHT + "Failure") else read_results(graph, report),
    )
