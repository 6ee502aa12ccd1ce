"""What is validated in columns has the results that the embedded store gives."""

from __future__ import annotations

from pathlib import Path

from drawn import graphs, shapes_graphs
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from outcomes import ntriples, outcomes
from pyoxigraph import RdfFormat, parse
from test_linear import ONE

from dutygraph.columns.store import ColumnStore
from dutygraph.shacl.probing import dialect_in_memory
from dutygraph.shacl.triples import Triples, read_files
from dutygraph.shacl.validation import Validator
from dutygraph.store.embedded import EmbeddedStore

UNITS = Path(__file__).with_name("units.ttl")


def _embedded(data: bytes) -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.load(data)
    return store


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.booleans().flatmap(lambda o: st.tuples(graphs(ordered=o), shapes_graphs(ordered=o))))
def test_random_shapes_have_the_same_results(drawn: tuple[Triples, Triples]) -> None:
    data, shapes = ntriples(drawn[0]), drawn[1]
    note(ntriples(shapes).decode())
    note(data.decode())
    one, other = Validator(shapes, ColumnStore([data]), ()), Validator(shapes, _embedded(data), ())
    for shape in one.shapes.targeted():
        assert outcomes(one.results(shape)) == outcomes(other.results(shape))
        assert sorted(map(str, one.focus_nodes(shape))) == sorted(
            map(str, other.focus_nodes(shape))
        )


def test_the_columns_answer_all_that_shapes_ask_but_what_has_to_be_grouped() -> None:
    triples = Triples(quad.triple for quad in parse(ONE.encode(), RdfFormat.TURTLE))
    data, shapes = ntriples(triples), read_files([UNITS])
    store = ColumnStore([data])
    found = Validator(shapes, store, (), dialect=dialect_in_memory()).report().results
    assert outcomes(found) == outcomes(Validator(shapes, _embedded(data), ()).report().results)
    assert len(found) > 10
    # Counts above one, and languages that are told apart.
    assert len(store.refused) == 5
    assert all("GROUP BY" in query for query in store.refused)
