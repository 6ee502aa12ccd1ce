"""Validation results as what engines and suites can be compared by."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal

from dutygraph.property_paths import Path
from dutygraph.shacl.report import Result
from dutygraph.shacl.triples import Triples
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Term

Outcome = tuple[str | None, Path | None, str | None, str, str, str | None]
"""Focus node, path, value, component, severity, source shape; a blank node is any blank node."""

_EMPTY = EmbeddedStore.in_memory()


def outcomes(results: Iterable[Result]) -> Counter[Outcome]:
    """Give how often each outcome is among results."""
    return Counter(
        (
            _known(result.focus),
            result.path,
            _known(result.value),
            result.component,
            result.severity,
            _known(result.shape),
        )
        for result in results
    )


@functools.cache
def _known(term: Term | None) -> str | None:
    """Give a term as Oxigraph keeps it: ``"01"^^xsd:int`` is ``"1"^^xsd:integer`` there."""
    if isinstance(term, BlankNode):
        return "_:"
    if isinstance(term, Literal):
        (row,) = _EMPTY.select(f"SELECT ?term WHERE {{ BIND({term} AS ?term) }}", ())
        return str(row["term"])
    return None if term is None else str(term)


def ntriples(graph: Triples) -> bytes:
    """Write a graph as N-Triples."""
    return "".join(f"{triple} .\n" for triple in graph).encode()
