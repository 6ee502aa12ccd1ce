"""No family of triples is idle: without any property or class, some question answers otherwise."""

from __future__ import annotations

from functools import cache

import pytest

from dutygraph.queries.catalogue import filled, questions
from dutygraph.queries.values import Values
from dutygraph.regulations.prepared import open_regulations
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import PREFIXES

_FAMILIES = """
SELECT DISTINCT ?family ?kind WHERE {
  { GRAPH ?g { ?s ?family ?o } BIND("property" AS ?kind) }
  UNION { GRAPH ?g { ?s a ?family } BIND("class" AS ?kind) }
}"""


def _short(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


STORE = open_regulations()
FAMILIES = sorted(
    {(row["family"].value, row["kind"].value) for row in STORE.select(_FAMILIES)},
)
ASKED = {name: filled(Values(STORE), asked, {}) for name, asked in questions().items()}


@cache
def _answer(question: str) -> bytes:
    return STORE.serialize(ASKED[question], "csv")


def _without(iri: str, kind: str) -> EmbeddedStore:
    mutant = open_regulations()
    gone = f"?s <{iri}> ?o" if kind == "property" else f"?s a <{iri}>"
    mutant.update(f"DELETE WHERE {{ GRAPH ?g {{ {gone} }} }}")
    return mutant


@pytest.mark.parametrize(
    ("iri", "kind"), FAMILIES, ids=[f"{kind} {_short(iri)}" for iri, kind in FAMILIES]
)
def test_some_question_needs(iri: str, kind: str) -> None:
    mutant = _without(iri, kind)
    # Those that name the family come first: one of them is nearly always enough.
    name = _short(iri)
    likely = sorted(ASKED, key=lambda question: name not in ASKED[question])
    assert any(mutant.serialize(ASKED[one], "csv") != _answer(one) for one in likely)
