"""pyshacl as the reference engine: the same shapes over the same working graph, node by node.

Slow and independent of the set queries; tests hold the two to equal results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, parse

from dutygraph.shacl.reference import as_rdflib
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


def reference_results(graph: EmbeddedStore, files: Sequence[Path]) -> Counter[Outcome]:
    """Validate a working graph with pyshacl and give how often each outcome was reported."""
    import pyshacl
    import rdflib

    quads = parse(graph.default_graph(), format=RdfFormat.N_TRIPLES)
    data = as_rdflib(quad.triple for quad in quads)
    _, report, _ = pyshacl.validate(
        data, shacl_graph=_shapes(tuple(files)), advanced=True, inplace=True, allow_warnings=True
    )
    assert isinstance(report, rdflib.Graph)  # noqa: S101 - a string only for serialised reports
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    return Counter(
        (
            str(report.value(result, sh.sourceShape)),
            str(report.value(result, sh.focusNode)),
            str(report.value(result, sh.value)),
        )
        for result in report.subjects(rdflib.RDF.type, sh.ValidationResult)
    )
