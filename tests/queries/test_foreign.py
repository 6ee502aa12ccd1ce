"""Strangers' queries: what is refused before anything is run, and which graphs the others see."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from dutygraph.queries.catalogue import filled, questions
from dutygraph.queries.foreign import LONGEST, Dataset, RefusedQueryError, admitted
from dutygraph.queries.values import Values
from dutygraph.regulations.prepared import open_regulations, prepared_graphs

A, B = "https://example.org/a", "https://example.org/b"
FROM_A = "SELECT * FROM <https://example.org/a> {}"
STORE = open_regulations()


def refused(query: str) -> str:
    with pytest.raises(RefusedQueryError) as caught:
        admitted(query, [A, B])
    message = str(caught.value)
    zh, _, en = message.partition(" / ")
    assert zh
    assert en
    return message


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <a:a> <a:a> <a:a> }",
        "DELETE WHERE { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "clear all",
        "DROP GRAPH <https://example.org/a>",
        "WITH <https://example.org/a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "PREFIX a: <a:> INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
        "# SELECT\nINSERT DATA {}",
        "\\u0049NSERT DATA { <a:a> <a:a> <a:a> }",
    ],
)
def test_updates_are_refused(query: str) -> None:
    assert "read-only" in refused(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://elsewhere.invalid/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://elsewhere.invalid/> { ?s ?p ?o } }",
        "SELECT * { SERV\\u0049CE <http://elsewhere.invalid/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '#' SERVICE <http://elsewhere.invalid/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '''\n'#''' SERVICE <http://elsewhere.invalid/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER(?s<?o||EXISTS{SERVICE<http://elsewhere.invalid/>{?o ?a ?b}}) }",
        "SELECT * { # >\n SERVICE <http://elsewhere.invalid/> { ?s ?p ?o } }",
        "PREFIX s: <s:> SELECT * { SERVICE s:x { ?s ?p ?o } }",
    ],
)
def test_service_is_refused(query: str) -> None:
    assert "SERVICE" in refused(query)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE <x> FROM <y>" }',
        "SELECT * { ?s <https://example.org/SERVICE> ?o } # SERVICE FROM <z>",
        "SELECT ?SERVICE { ?SERVICE ?from ?o }",
        "SELECT * { ?s ?p '\\\\u0053' }",
        "ASK { GRAPH ?g { ?s ?p ?o } }",
    ],
)
def test_words_that_are_no_keywords_are_let_through(query: str) -> None:
    assert admitted(query, [A, B]).dataset == Dataset((A, B), (A, B))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://elsewhere.invalid/> { ?s ?p ?o }",
        "SELECT * { GRAPH <https://example.org/c> { ?s ?p ?o } }",
        "SELECT * FROM <https://example.org/\\u0063> { ?s ?p ?o }",
        "PREFIX e: <https://example.org/> SELECT * FROM e:c { ?s ?p ?o }",
        "PREFIX : <https://example.org/> SELECT *FROM:c{ ?s ?p ?o }",
        "BASE <https://example.org/> SELECT * FROM <c> { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { GRAPH<https://example.org/c>{ ?s ?p ?o } } }",
        "PREFIX e: <https://example.org/> SELECT * { ?s ?p ?o.GRAPH e:c{ ?s ?p ?o } }",
        "BASE <http://[> SELECT * FROM <c> { ?s ?p ?o }",
        "BASE <x> PREFIX e: <//[> SELECT * FROM e:c { ?s ?p ?o }",
    ],
)
def test_graphs_that_are_not_ours_are_refused(query: str) -> None:
    assert "there is no graph" in refused(query)


def test_a_query_sees_the_graphs_it_names_or_else_all() -> None:
    everything = Dataset((A, B), (A, B))
    assert admitted("ASK {}", [A, B]).dataset == everything
    assert admitted(FROM_A, [A, B]).dataset == Dataset((A,), ())
    named = "ASK FROM NAMED <https://example.org/b> {}"
    assert admitted(named, [A, B]).dataset == Dataset((), (B,))
    both = "BASE <https://example.org/> PREFIX e: <> SELECT * FROM e:a FROM NAMED <b> {}"
    assert admitted(both, [A, B]).dataset == Dataset((A,), (B,))


def test_graphs_of_the_protocol_take_the_place_of_those_in_the_query() -> None:
    assert admitted(FROM_A, [A, B], default=[B]).dataset == Dataset((B,), ())
    assert admitted(FROM_A, [A, B], named=[B]).dataset == Dataset((), (B,))
    with pytest.raises(RefusedQueryError):
        admitted(FROM_A, [A, B], default=["https://example.org/c"])


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT(1 AS ?x){}", "SELECT"),
        ("prefix a:<a:> ask{}", "ASK"),
        ("# ASK\nCONSTRUCT WHERE {}", "CONSTRUCT"),
        ("BASE <a:> DESCRIBE <a:a>", "DESCRIBE"),
        ("SELECTDISTINCT ?x {}", "SELECT"),
    ],
)
def test_the_form_is_the_first_keyword_after_the_prologue(query: str, form: str) -> None:
    found = admitted(query, [A])
    assert found.form == form
    assert found.gives_triples == (form in ("CONSTRUCT", "DESCRIBE"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "begins with"),
        ("hello", "begins with"),
        ("SELECT * { ?s ?p 'x }", "does not end"),
        ('SELECT * { ?s ?p "x\ny" }', "does not end"),
        ("SELECT * {" + " " * LONGEST + "}", "more than"),
        ("SELECT * " + "{" * 101 + "}" * 101, "nested"),
        ("SELECT (" + "!" * 1001 + "1 AS ?x) {}", "operators"),
        ("SELECT * { ?s ?p '\\u005C' }", "escape"),
        ("SELECT * { ?s ?p '\\uD800' }", "escape"),
        ("SELECT * { ?s ?p '\\U00110000' }", "escape"),
    ],
)
def test_what_no_engine_should_read_is_refused(query: str, said: str) -> None:
    assert said in refused(query)


@pytest.mark.parametrize("name", questions())
def test_every_question_of_the_catalogue_is_let_through(name: str) -> None:
    query = filled(Values(STORE), questions()[name], {})
    assert admitted(query, prepared_graphs()).text == query


@pytest.mark.parametrize(
    "part",
    [
        *("a.", "a-", "aa.a ", "'''\\", '"\\', '\\""" "\n', "_:a.", "@a-", "1.", "1", "<a", ":a."),
        *("{}", "#", "# \n", "PREFIX a:<b>", "\\u0061"),
    ],
)
def test_a_long_query_of_whatever_is_read_in_a_moment(part: str) -> None:
    begun = time.process_time()
    with suppress(RefusedQueryError):
        admitted("ASK " + part * (60_000 // len(part)), [A])
    assert time.process_time() - begun < 5


@given(st.text(alphabet="SERVICEFROM<>{}?:'\"\\#u0049 \n.@", max_size=60))
def test_whatever_is_given_is_let_through_or_refused(text: str) -> None:
    with suppress(RefusedQueryError):
        assert admitted("ASK " + text, [A]).form == "ASK"


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, list[int]]]:
    """Listen on a port; gives it, and a list that grows with each call."""
    calls: list[int] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)

        def answer() -> None:
            with suppress(OSError):
                while True:
                    server.accept()[0].close()
                    calls.append(1)

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1], calls
        server.shutdown(socket.SHUT_RDWR)


BEFORE = (
    *("true", "false", "1", "1.", "1e5", "'x'", "'x'@en", "'x'^^:a", "'''x'''", '"""x"""', "-1"),
    *("_:a.", "_:a.b.", "_:a.b.c.", ":a.", ":a.b.", ":a.b.c.", ":a", ":", "?o", "?o.", "?o;"),
    *("<http://x>", "()", "[]", "a:b", "a:b.", "e:", "'x'@en.", "#c\n", "#>\n", "?o.<#>\n", "?o."),
)
CALLS = ("SERVICE SILENT%s", "SERVICE%s", "SERVICE :x", "SERVICE:x", "SeRvIcE:x", "SERVICE?u")


def test_no_query_that_is_let_through_reaches_another_server(
    listener: tuple[int, list[int]],
) -> None:
    """Words run together are tried on the engine itself; whatever reaches out must be refused."""
    port, calls = listener
    store, place = Store(), f"<http://127.0.0.1:{port}/>"
    node = NamedNode("http://x")
    store.add(Quad(node, node, Literal(True), node))
    reaching = 0
    for before in BEFORE:
        for call in CALLS:
            query = (
                f"PREFIX e: <http://e/> PREFIX a: <http://a/> PREFIX : {place} SELECT * {{ "
                f"BIND({place} AS ?u) ?s ?p {before}{call.replace('%s', place)} {{ ?q ?r ?t }} }}"
            )
            met = len(calls)
            with suppress(SyntaxError, OSError, RuntimeError):
                list(store.query(query, use_default_graph_as_union=True))
            if len(calls) > met:
                reaching += 1
                with pytest.raises(RefusedQueryError):
                    admitted(query, [])
    assert reaching > 5
