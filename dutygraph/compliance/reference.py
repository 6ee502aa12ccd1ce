"""pyshacl as the reference engine: the same shapes over the same working graph, node by node.

Slow and independent of the set queries; tests hold the two to equal results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import RdfFormat, parse

from dutygraph.shacl.reference import rdflib_terms
from dutygraph.store.embedded import EmbeddedStore

if TYPE_CHECKING:
    from rdflib import Graph

Outcome = tuple[str, str, str]
"""Shape, focus node and value of a validation result, as IRIs or lexical forms."""


@cache
def _shapes(files: tuple[Path, ...]) -> Graph:
    """Read shapes once; validating does not change them."""
    import rdflib

    shapes = rdflib.Graph()
    for file in files:
        shapes.parse(file, format="turtle")
    return shapes


class Reference:
    """pyshacl with some shapes, for one working graph after another.

    Reading a graph takes rdflib longer than validating it takes pyshacl, so that it is kept, and
    of the next graph only what differs is read.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        import rdflib

        self._shapes = _shapes(tuple(files))
        self._data = rdflib.Graph()
        self._lines: set[bytes] = set()
        self._term = rdflib_terms()

    def results(self, graph: EmbeddedStore) -> Counter[Outcome]:
        """Validate a working graph and give how often each outcome was reported."""
        import pyshacl
        import rdflib

        self._take(graph)
        _, report, _ = pyshacl.validate(
            self._data,
            shacl_graph=self._shapes,
            advanced=True,
            inplace=True,
            allow_warnings=True,
        )
        assert isinstance(report, rdflib.Graph)  # noqa: S101 - a string only for serialised reports
        assert len(self._data) == len(self._lines)  # noqa: S101 - no shape has a rule that adds
        sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
        return Counter(
            (
                str(report.value(result, sh.sourceShape)),
                str(report.value(result, sh.focusNode)),
                str(report.value(result, sh.value)),
            )
            for result in report.subjects(rdflib.RDF.type, sh.ValidationResult)
        )

    def _take(self, graph: EmbeddedStore) -> None:
        """Make the data that of a working graph: N-Triples has a line for each triple."""
        lines = set(graph.default_graph().splitlines())
        for triple in self._triples(self._lines - lines):
            self._data.remove(triple)
        for triple in self._triples(lines - self._lines):
            self._data.add(triple)
        self._lines = lines

    def _triples(self, lines: set[bytes]) -> Iterator[tuple[Any, Any, Any]]:
        for quad in parse(b"\n".join(lines), format=RdfFormat.N_TRIPLES):
            yield self._term(quad.subject), self._term(quad.predicate), self._term(quad.object)


def reference_results(graph: EmbeddedStore, files: Sequence[Path]) -> Counter[Outcome]:
    """Validate a working graph with pyshacl and give how often each outcome was reported."""
    return Reference(files).results(graph)
