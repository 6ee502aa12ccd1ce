"""Every question of the catalogue and every list of values has the same answer at each server."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from servers import Server

from dutygraph.queries.catalogue import filled, question, questions
from dutygraph.queries.limits import answering, limits
from dutygraph.queries.values import Values
from dutygraph.regulations.prepared import (
    is_current,
    open_regulations,
    open_store,
    prepared_graphs,
)
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from dutygraph.store.remote import RemoteStore

QUERIES = Path(__file__).parents[2] / "queries"
KINDS = sorted(file.stem for file in (QUERIES / "values").glob("*.rq"))


@pytest.fixture
def store(server: Server) -> RemoteStore:
    """Give the store with the regulation in it: whoever opens it first puts it there."""
    found = open_store(server.query)
    assert isinstance(found, RemoteStore)
    return found.showing(prepared_graphs())


@pytest.fixture(scope="module")
def local() -> EmbeddedStore:
    return open_regulations()


def _rows(answer: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer, newline="")))


def test_the_regulation_is_put_into_an_endpoint_when_it_is_opened(store: RemoteStore) -> None:
    assert is_current(store)
    assert set(prepared_graphs()) <= set(store.graph_names())


@pytest.mark.parametrize("name", questions())
def test_a_question_has_the_same_answer_at_a_server(
    name: str, store: RemoteStore, local: EmbeddedStore
) -> None:
    sparql = filled(Values(local), question(name), {})
    answer = answering(store, name).serialize(sparql, "csv").decode()
    written = (QUERIES / "expected" / f"{name}.csv").read_text(encoding="utf-8")
    assert _rows(answer) == _rows(written)


@pytest.mark.parametrize("kind", KINDS)
def test_a_parameter_takes_the_same_values_at_a_server(
    kind: str, store: RemoteStore, local: EmbeddedStore
) -> None:
    assert Values(store)[kind] == Values(local)[kind]


def test_only_questions_that_a_server_cannot_answer_are_answered_elsewhere(
    store: RemoteStore, local: EmbeddedStore
) -> None:
    for name in limits(store.server):
        sparql = filled(Values(local), question(name), {})
        try:
            answer = store.serialize(sparql, "csv").decode()
        except StoreError:
            continue
        written = (QUERIES / "expected" / f"{name}.csv").read_text(encoding="utf-8")
        assert _rows(answer) != _rows(written), f"{name} need not be in limits.csv"
