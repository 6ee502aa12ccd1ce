"""pyshacl as the reference engine: the same shapes over the same working graph, node by node.

Slow and independent of the set queries; tests hold the two to equal results.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dutygraph.store.embedded import EmbeddedStore

Outcome = tuple[str, str, str]
"""Shape, focus node and value of a validation result, as IRIs or lexical forms."""


def reference_results(graph: EmbeddedStore, files: Sequence[Path]) -> Counter[Outcome]:
    """Validate a working graph with pyshacl and give how often each outcome was reported."""
    import pyshacl
    import rdflib

    data = rdflib.Graph().parse(io.BytesIO(graph.default_graph()), format="nt")
    shapes = rdflib.Graph()
    for file in files:
        shapes.parse(file, format="turtle")
    _, report, _ = pyshacl.validate(
        data, shacl_graph=shapes, advanced=True, inplace=True, allow_warnings=True
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
