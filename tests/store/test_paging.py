"""Answers read in pages: all rows, each as often as it stands there, in the order asked for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from dutygraph.store.paging import Select, complete
from dutygraph.store.results import Binding

GRAPH = "urn:g"


class Cutting:
    """A server that gives so many rows at once and says nothing of the others."""

    def __init__(self, ntriples: str, most: int) -> None:
        self.store = EmbeddedStore.in_memory()
        self.store.replace_graph(GRAPH, ntriples.encode())
        self._most = most

    def whole(self, query: str) -> list[Binding]:
        """Give all rows of an answer."""
        answer = json.loads(self.store.serialize(query, "json", [GRAPH]))
        rows: list[Binding] = answer["results"]["bindings"]
        return rows

    def ask(self, query: str) -> list[Binding]:
        """Give what comes of the rows of an answer."""
        return self.whole(query)[: self._most]


def _bag(rows: list[Binding]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


terms = st.one_of(
    st.sampled_from(["<urn:a>", "<urn:b>", "_:n1", "_:n2"]),
    st.text("甲乙丙ab12", max_size=2).map(lambda text: f'"{text}"'),
    st.text("甲ab", max_size=1).map(lambda text: f'"{text}"@zh'),
    st.integers(-3, 30).map(lambda n: f'"{n}"^^<http://www.w3.org/2001/XMLSchema#integer>'),
)
graphs = st.lists(
    st.tuples(st.sampled_from(["<urn:s1>", "<urn:s2>", "_:s3"]), st.integers(1, 3), terms),
    min_size=12,
    max_size=60,
).map(lambda rows: "".join(f"{s} <urn:p{p}> {o} .\n" for s, p, o in rows))


@given(graphs, st.sampled_from(["", "ORDER BY DESC(?o) ?s", "ORDER BY STR(?o) ?s ?q"]))
def test_pages_give_each_row_as_often_as_it_is_there(ntriples: str, order: str) -> None:
    query = f"SELECT ?s ?o ?q WHERE {{ ?s <urn:p1> ?o OPTIONAL {{ ?s <urn:p2> ?q }} }} {order}"
    server = Cutting(ntriples, 7)
    whole = server.whole(query)
    try:
        rows = complete(query, ["s", "o", "q"], server.ask(query), server.ask)
    except StoreError as error:
        # Blank nodes have no string, so more rows than a page takes may have the same key.
        assert "the same" in str(error)
        assert "_:" in ntriples
        return
    assert _bag(rows) == _bag(whole)


def test_rows_stand_in_the_order_that_is_asked_for() -> None:
    server = Cutting("".join(f'<urn:{n}> <urn:p> "{n % 50:02}" .\n' for n in range(200)), 20)
    query = "SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY DESC(?o) ?s"
    assert complete(query, ["s", "o"], server.ask(query), server.ask) == server.whole(query)


def test_an_order_by_what_the_answer_does_not_have_is_refused() -> None:
    server = Cutting("".join(f'<urn:{n}> <urn:p> "{n}" .\n' for n in range(50)), 20)
    query = "SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?o"
    with pytest.raises(StoreError, match=r"\?o; name it after SELECT"):
        complete(query, ["s"], server.ask(query), server.ask)


@pytest.mark.parametrize("bound", ["LIMIT 30", "OFFSET 10", "ORDER BY ?s LIMIT 30"])
def test_a_bounded_answer_longer_than_a_page_is_refused(bound: str) -> None:
    server = Cutting("".join(f'<urn:{n}> <urn:p> "{n}" .\n' for n in range(50)), 20)
    query = f"SELECT ?s WHERE {{ ?s ?p ?o }} {bound}"
    with pytest.raises(StoreError, match="keeps it from being read in pages"):
        complete(query, ["s"], server.ask(query), server.ask)


def test_a_bounded_answer_that_is_whole_is_left_alone() -> None:
    server = Cutting("".join(f'<urn:{n}> <urn:p> "{n}" .\n' for n in range(50)), 20)
    query = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 20"
    rows = server.ask(query)
    assert complete(query, ["s"], rows, server.ask) is rows


def test_rows_that_come_and_go_meanwhile_are_noticed() -> None:
    server = Cutting("".join(f'<urn:{n}> <urn:p> "{n}" .\n' for n in range(50)), 20)
    query = "SELECT ?s WHERE { ?s ?p ?o }"

    def changing(asked: str) -> list[Binding]:
        rows = server.ask(asked)
        server.store.update(f"DELETE WHERE {{ GRAPH <{GRAPH}> {{ <urn:7> ?p ?o }} }}")
        return rows

    with pytest.raises(StoreError, match="try again"):
        complete(query, ["s"], server.ask(query), changing)


@pytest.mark.parametrize(
    ("query", "order", "bounded"),
    [
        ("SELECT ?s WHERE { ?s ?p 'LIMIT 3' }", None, None),
        ("SELECT ?s { ?s ?p <http://h/ORDER> } # LIMIT 5", None, None),
        ("PREFIX ORDER: <urn:x#> SELECT ?LIMIT { { SELECT ?s {} LIMIT 2 } }", None, None),
        ("SELECT ?s FROM <urn:g> WHERE {}", None, "FROM"),
        ("SELECT ?s {} ORDER BY ?s VALUES ?s { 1 }", "ORDER BY ?s ", None),
        ("select ?s {} order by ?s limit 4", "order by ?s limit 4", "LIMIT"),
    ],
)
def test_a_query_is_taken_apart_by_its_outer_words(
    query: str, order: str | None, bounded: str | None
) -> None:
    found = Select.of(query)
    assert (found.order, found.bounded) == (order, bounded)
    assert found.body.upper().startswith("SELECT")
