"""The set engine and pyshacl report the same results for random graphs and shapes.

Compared are multisets of focus node, path, value, component, severity and source shape. Where
pyshacl departs from the standard, a file in ``departures/`` says so, with the section; what is
drawn at random keeps out of these.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn import graphs, shapes_graphs
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from outcomes import ntriples, outcomes
from pyoxigraph import RdfFormat, parse
from suites import dash_case

from dutygraph.shacl.reference import Reference
from dutygraph.shacl.triples import Triples, read_files
from dutygraph.shacl.validation import Validator
from dutygraph.store.embedded import EmbeddedStore

DEPARTURES = sorted((Path(__file__).parent / "departures").glob("*.ttl"))


def _store(data: Triples) -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.load(ntriples(data))
    return store


@st.composite
def _drawn(draw: st.DrawFn) -> tuple[Triples, Triples]:
    ordered = draw(st.booleans())
    return draw(graphs(ordered=ordered)), draw(shapes_graphs(ordered=ordered))


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(_drawn())
def test_both_engines_report_the_same_of_random_shapes(drawn: tuple[Triples, Triples]) -> None:
    data, shapes = drawn
    note(ntriples(shapes).decode())
    note(ntriples(data).decode())
    store = _store(data)
    validator, reference = Validator(shapes, store, ()), Reference(shapes, store, ())
    for shape in validator.shapes.targeted():
        found = validator.results(shape)
        assert outcomes(found) == outcomes(reference.results(shape))


_NESTED = {
    "a SELECT": "sh:not [ a sh:NodeShape ; sh:sparql ex:has-q ]",
    "a SELECT and other constraints": "sh:or ( [ sh:sparql ex:has-q ] [ sh:class ex:A ] )",
    "a SELECT with a path": "sh:property [ sh:path ex:p ; sh:node [ sh:property ex:q-is-iri ] ]",
    "an ASK of a node": "sh:xone ( [ sh:class ex:A ] [ ex:longest 3 ] )",
    "an ASK of values": "sh:not [ sh:path ex:p ; ex:longest 3 ]",
    "an absence": "sh:node [ a sh:NodeShape ; sh:sparql ex:nobody-has ]",
}
_QUERIES = Path(__file__).with_name("nested.ttl").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", _NESTED)
@settings(max_examples=15)
@given(data=graphs(ordered=True))
def test_both_engines_report_the_same_of_queries_in_nested_shapes(name: str, data: Triples) -> None:
    quads = parse(f"{_QUERIES} {_NESTED[name]} .", RdfFormat.TURTLE)
    shapes, store = Triples(quad.triple for quad in quads), _store(data)
    validator, reference = Validator(shapes, store, ()), Reference(shapes, store, ())
    (shape,) = validator.shapes.targeted()
    assert outcomes(validator.results(shape)) == outcomes(reference.results(shape))


def test_a_nested_query_that_has_no_form_as_an_expression_goes_to_pyshacl() -> None:
    text = _QUERIES.replace("isIRI(?any)) }", "isIRI(?any)) } LIMIT 1")
    quads = parse(f"{text} {_NESTED['a SELECT']} .", RdfFormat.TURTLE)
    store = EmbeddedStore.in_memory()
    store.load(b"<http://example.org/a> <http://example.org/q> <http://example.org/b> .\n")
    report = Validator(Triples(quad.triple for quad in quads), store, ()).report()
    assert [one.reason for one in report.fallbacks] == ["nested: LIMIT, OFFSET"]
    assert not report.results


@pytest.mark.parametrize("file", DEPARTURES, ids=lambda file: file.stem)
def test_the_set_engine_follows_the_standard_where_pyshacl_departs(file: Path) -> None:
    case = dash_case(read_files([file]))
    store = _store(case.data)
    validator, reference = Validator(case.shapes, store, ()), Reference(case.shapes, store, ())
    (shape,) = validator.shapes.targeted()
    assert outcomes(validator.report().results) == outcomes(case.expected or ())
    assert outcomes(reference.results(shape)) != outcomes(case.expected or ())


def test_there_are_departures() -> None:
    assert DEPARTURES
