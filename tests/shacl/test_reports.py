"""Reports: what is written can be read, and what was not done is told."""

from __future__ import annotations

import io
from collections import Counter

import pytest
import rdflib
from outcomes import outcomes
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse
from suites import case, names

from dutygraph.property_paths import Predicate
from dutygraph.shacl.model import SH
from dutygraph.shacl.report import Fallback, Report, Result, read_results
from dutygraph.shacl.triples import TYPE, Triples
from dutygraph.shacl.validation import Validator
from dutygraph.store.embedded import EmbeddedStore

_FORMS = {"nt": RdfFormat.N_TRIPLES, "ttl": RdfFormat.TURTLE}
_COMMENT = "http://www.w3.org/2000/01/rdf-schema#comment"


def _written(report: Report, form: str) -> Triples:
    text = "".join(report.ntriples() if form == "nt" else report.turtle())
    rdflib.Graph().parse(io.StringIO(text), format=form)
    return Triples(quad.triple for quad in parse(text, _FORMS[form]))


def _node(report: Triples) -> NamedNode | BlankNode:
    (node,) = report.having(TYPE, NamedNode(SH + "ValidationReport"))
    return node


@pytest.mark.parametrize("form", _FORMS)
def test_a_report_is_read_as_it_was_written(form: str) -> None:
    told = 0
    for name in names():
        expected = case(name).expected
        if expected:
            report = Report(tuple(expected), (), {NamedNode("urn:shape"): 1})
            written = _written(report, form)
            found = read_results(written, _node(written))
            assert outcomes(found) == outcomes(expected)
            assert {one.messages for one in found} == {one.messages for one in expected}
            told += len(found)
    assert told > 300


@pytest.mark.parametrize("form", _FORMS)
def test_a_report_that_looked_at_nothing_says_so_and_not_that_it_conforms(form: str) -> None:
    written = _written(Report((), (), {NamedNode("urn:shape"): 0}), form)
    assert not written.objects(_node(written), SH + "conforms")
    assert len(written.objects(_node(written), _COMMENT)) == 2


@pytest.mark.parametrize("form", _FORMS)
def test_a_report_with_a_refused_shape_does_not_conform(form: str) -> None:
    shape = NamedNode("urn:shape")
    report = Report((), (Fallback(shape, "recursion", "too deep"),), {shape: 1})
    written = _written(report, form)
    assert written.objects(_node(written), SH + "conforms") == [Literal(False)]


def test_values_of_any_characters_are_written_whole() -> None:
    value = Literal('责任 "状"\n\\ \u0007 \U0001f600', language="zh")
    result = Result(
        NamedNode("urn:单位"), Predicate("urn:p"), value, "urn:c", "urn:s", NamedNode("urn:shape")
    )
    report = Report((result,), (), {NamedNode("urn:shape"): 1})
    for form in _FORMS:
        written = _written(report, form)
        (found,) = read_results(written, _node(written))
        assert (found.focus, found.value) == (result.focus, value)


_RECURSIVE = """
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:Shape a sh:NodeShape ; sh:targetNode ex:a0 ; sh:property ex:Shape-next .
ex:Shape-next sh:path ex:next ; sh:node ex:Person .
ex:Person a sh:NodeShape ;
    sh:property [ sh:path ex:next ; sh:node ex:Person ] , [ sh:path ex:name ; sh:minCount 1 ] .
ex:Other a sh:NodeShape ; sh:targetNode ex:a0 ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .
"""


def _chain(length: int) -> Report:
    """Validate so many nodes in a row against a shape that refers to itself."""
    shapes = Triples(quad.triple for quad in parse(_RECURSIVE, RdfFormat.TURTLE))
    store = EmbeddedStore.in_memory()
    next_to, ex = "<http://example.org/next>", "http://example.org/a"
    for number in range(length):
        store.load(f"<{ex}{number}> {next_to} <{ex}{number + 1}> .\n".encode())
    return Validator(shapes, store, ()).report()


def test_a_recursive_shape_goes_to_pyshacl_and_the_others_do_not() -> None:
    report = _chain(1)
    (fallback,) = report.fallbacks
    assert fallback.shape == NamedNode("http://example.org/Shape")
    assert fallback.reason.startswith("recursion")
    assert fallback.refused is None
    assert Counter(one.component.removeprefix(SH) for one in report.results) == {
        "NodeConstraintComponent": 1,
        "MinCountConstraintComponent": 1,
    }


def test_recursion_that_pyshacl_would_only_warn_of_is_refused() -> None:
    report = _chain(3)
    (fallback,) = report.refused
    assert "ShapeRecursionWarning" in (fallback.refused or "")
    assert not report.conforms
    assert [one.component for one in report.results] == [SH + "MinCountConstraintComponent"]
