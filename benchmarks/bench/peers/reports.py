"""Validation reports (SHACL, section 3.6) read as findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, RdfFormat, parse

from benchmarks.bench.findings import Finding
from dutygraph.property_paths import Alternative, Inverse, Path, Repeated, Sequence
from dutygraph.shacl.model import SH
from dutygraph.shacl.paths import sparql_path
from dutygraph.shacl.report import Result, read_results
from dutygraph.shacl.triples import TYPE, Triples


def of_report(report: bytes, *, paths: bool = True) -> Iterator[Finding]:
    """Read a validation report in N-Triples as findings; without ``paths`` these are not read.

    Raises ShapesError for a report that is ill-formed.
    """
    triples = Triples(
        quad.triple
        for quad in parse(report, RdfFormat.N_TRIPLES)
        if paths or quad.predicate.value != SH + "resultPath"
    )
    (node,) = triples.having(TYPE, NamedNode(SH + "ValidationReport"))
    return of_results(read_results(triples, node))


def of_results(results: Iterable[Result]) -> Iterator[Finding]:
    """Give validation results as findings."""
    for one in results:
        yield Finding(
            shape=str(one.shape),
            focus=str(one.focus),
            path=None if one.path is None else sparql_path(_flat(one.path)),
            value=None if one.value is None else str(one.value),
            component=one.component,
            severity=one.severity,
        )


def _flat(path: Path) -> Path:
    """Give a path without lists in lists of the same kind: ``(a|b)|c`` is ``a|b|c``."""
    match path:
        case Alternative(choices):
            flat = [_flat(one) for one in choices]
            of = [one.choices if isinstance(one, Alternative) else (one,) for one in flat]
            return Alternative(tuple(each for some in of for each in some))
        case Sequence(steps):
            flat = [_flat(one) for one in steps]
            of = [one.steps if isinstance(one, Sequence) else (one,) for one in flat]
            return Sequence(tuple(each for some in of for each in some))
        case Inverse(inverted):
            return Inverse(_flat(inverted))
        case Repeated(repeated, mark):
            return Repeated(_flat(repeated), mark)
        case _:
            return path
