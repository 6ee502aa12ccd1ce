"""What the columns answer is what pyoxigraph answers; what they could not, they refuse."""

from __future__ import annotations

from collections import Counter

import pytest
from asking import DATES, NODES, NUMBERS, ODD, TRUTHS, WORDS, XSD, graphs, queries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutygraph.columns import frame, links, terms
from dutygraph.columns.algebra import RefusedError
from dutygraph.columns.frame import Frame
from dutygraph.columns.graph import ColumnGraph
from dutygraph.store.embedded import EmbeddedStore

UNLIKE = (
    *(r"\\d", "(?i)x", "[[:alpha:]]", "x++", "a**", "[a&&b]", r"\\bx", "[", "x{2}{3}"),
    *("^*", "(?=x)"),
)
"""Patterns that engines read differently, or not at all."""


@pytest.fixture(params=[False, True], ids=["as they are", "narrowed"])
def _large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take small tables for large ones, as those are which are narrowed to what is asked for."""
    if request.param:
        monkeypatch.setattr(links, "_LARGE", 0)
        monkeypatch.setattr(frame, "_MUCH_SMALLER", 1)


@pytest.mark.usefixtures("_large")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs, st.lists(queries, min_size=12, max_size=12))
def test_random_queries_are_answered_alike_or_refused(graph: bytes, asked: list[str]) -> None:
    store, columns = EmbeddedStore.in_memory(), ColumnGraph()
    store.load(graph)
    columns.load([graph])
    for query in asked:
        try:
            found = list(columns.select(query))
        except RefusedError:
            continue
        expected = Counter(frozenset(row.items()) for row in store.select(query, ()))
        assert Counter(frozenset(row.items()) for row in found) == expected, query


@pytest.mark.parametrize(
    "line",
    [
        "_:b <urn:p> <urn:a> .",
        "<urn:a> <urn:p> _:b .",
        '<urn:a> <urn:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        '<urn:a> <urn:p> "x"@EN .',
        '<urn:a> <urn:p> "\\u0061" .',
        "<urn:a>  <urn:p> <urn:b> .",
        "# nothing",
    ],
)
def test_what_pyoxigraph_would_write_otherwise_is_not_loaded(line: str) -> None:
    with pytest.raises(RefusedError):
        ColumnGraph().load([f"<urn:a> <urn:p> <urn:b> .\n{line}\n".encode()])


_TOKENS = st.one_of(
    st.sampled_from([*NODES, *DATES, *NUMBERS, *TRUTHS, *WORDS, *ODD]),
    st.integers().map(f'"{{}}"^^<{XSD}integer>'.format),
    st.dates().map(f'"{{}}"^^<{XSD}date>'.format),
    st.from_regex(rf'"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"\^\^<{XSD}date>', fullmatch=True),
    st.text(st.characters(exclude_characters='"\\\n\r', codec="utf-8")).map('"{}"'.format),
    st.from_regex(r'"x"@[a-z]+(-[a-z0-9]+)*', fullmatch=True),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(_TOKENS, min_size=20))
def test_a_term_has_the_same_number_in_sql_and_outside(tokens: list[str]) -> None:
    found = Frame().run("SELECT term_id(token) FROM (SELECT unnest(?) AS token)", tokens)
    assert [number for (number,) in found] == [terms.number(token) for token in tokens]


def test_two_terms_with_one_hash_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    macros = tuple(macro.replace("md5_number(token)", "md5_number('')") for macro in terms.MACROS)
    monkeypatch.setattr(terms, "MACROS", macros)
    with pytest.raises(RefusedError, match="one hash"):
        ColumnGraph().load([b"<urn:a> <urn:p> <urn:b> .\n"])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x WHERE { ?x <urn:p> ?y MINUS { ?x <urn:q> ?y } }",
        "SELECT ?x WHERE { ?x <urn:p> ?y } ORDER BY ?x",
        "SELECT (SUM(?y) AS ?n) WHERE { ?x <urn:p> ?y }",
        "SELECT ?x WHERE { ?x <urn:p>? ?y }",
        "SELECT ?x WHERE { ?x <urn:p> ?y . ?x <urn:p>|<urn:q> ?y }",
        "SELECT (COUNT(?x) AS ?n) WHERE { ?x <urn:p>|^<urn:q> ?y }",
        "SELECT ?x WHERE { GRAPH ?g { ?x <urn:p> ?y } }",
        "SELECT ?x WHERE { ?x !<urn:p> ?y }",
        "SELECT ?x WHERE { ?x <urn:p> [] }",
        "SELECT ?x WHERE { ?x <urn:p> ?y FILTER(RAND() < 2) }",
        *(f'SELECT ?x WHERE {{ ?x <urn:p> ?y FILTER(REGEX(?y, "{one}")) }}' for one in UNLIKE),
        'SELECT ?x WHERE { ?x <urn:p> ?y FILTER(REGEX(?y, "x", "i")) }',
    ],
)
def test_what_the_columns_do_not_know_is_refused(query: str) -> None:
    graph = ColumnGraph()
    graph.load([b'<urn:a> <urn:p> "x" .\n'])
    with pytest.raises(RefusedError):
        list(graph.select(query))


def test_a_graph_is_the_same_in_however_many_parts_it_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [f"<urn:{n % 3}> <urn:p> <urn:{n}> .\n".encode() for n in range(7)]
    monkeypatch.setattr(frame, "_AT_ONCE", 2 * len(lines[0]))
    graph = ColumnGraph()
    graph.load([*lines, lines[0], b""])
    assert _triples(graph) == sorted(line.decode().strip() for line in lines)


@pytest.mark.parametrize("others", [0, 90])
def test_what_is_no_node_of_the_graph_has_its_text_all_the_same(others: int) -> None:
    graph = ColumnGraph()
    graph.load([b"<urn:b> <urn:r> <urn:b> .\n"])
    asked = ["<urn:a>", "<urn:b>", '"it\'s"', "5", *(f"<urn:n{n}>" for n in range(others))]
    values = f"VALUES ?x {{ {' '.join(asked)} }}"
    found = graph.select(f"SELECT ?x WHERE {{ {values} FILTER(STRLEN(STR(?x)) > 0) }}")
    assert len(list(found)) == len(asked)
    found = graph.select(f"SELECT ?x WHERE {{ {values} FILTER(CONTAINS(STR(?x), 'rn:a')) }}")
    assert [row["x"].value for row in found] == ["urn:a"]


@pytest.mark.parametrize("given", ["VALUES ?x { <urn:b> }", "?y <urn:r> ?z BIND(<urn:b> AS ?x)"])
def test_what_is_both_given_and_found_is_one_solution(given: str) -> None:
    graph = ColumnGraph()
    graph.load([b"<urn:b> <urn:r> <urn:b> .\n"])
    either = f"{{ ?x <urn:r> ?any }} UNION {{ {given} }}"
    for asked in (either, f"{{ SELECT DISTINCT ?x WHERE {{ {either} }} }}"):
        found = list(graph.select(f"SELECT DISTINCT ?x WHERE {{ {asked} }}"))
        assert [row["x"].value for row in found] == ["urn:b"]


def _triples(graph: ColumnGraph) -> list[str]:
    rows = graph.select("SELECT * WHERE { ?s ?p ?o }")
    return sorted(f"{row['s']} {row['p']} {row['o']} ." for row in rows)


def test_updates_that_look_at_nothing_of_each_other_are_made_at_once() -> None:
    graph = ColumnGraph()
    graph.load([b"<urn:a> <urn:p> <urn:b> .\n"])
    graph.update([f"INSERT {{ ?y <urn:q{n}> ?x }} WHERE {{ ?x <urn:p> ?y }}" for n in range(9)])
    made = [f"<urn:b> <urn:q{n}> <urn:a> ." for n in range(9)]
    assert _triples(graph) == ["<urn:a> <urn:p> <urn:b> .", *made]


_MONTH_BEFORE = (
    "INSERT { ?x <urn:q> ?d } WHERE { ?x <urn:when> ?y "
    'BIND(?y - "-P1M"^^<http://www.w3.org/2001/XMLSchema#yearMonthDuration> AS ?d) }'
)
_MADE = (
    "INSERT { ?x <urn:q> ?m . ?m <urn:q> <urn:new> } WHERE { ?x <urn:when> ?y BIND(IRI(CONCAT("
    '"urn:made#", ENCODE_FOR_URI(STR(?y)))) AS ?m) } ; '
    "INSERT { ?m <urn:r> ?x } WHERE { ?x <urn:q> ?m }"
)
_END_OF_YEAR = (
    "INSERT { ?x <urn:year> ?n } WHERE { ?x <urn:when> ?d BIND(YEAR(?d) AS ?n) } ; "
    'INSERT { ?x <urn:end> ?e } WHERE { ?x <urn:year> ?n BIND(STRDT(CONCAT(STR(?n), "-12-31"), '
    "<http://www.w3.org/2001/XMLSchema#date>) AS ?e) }"
)


@pytest.mark.parametrize(
    "update",
    [
        _MONTH_BEFORE,
        _MADE,
        _END_OF_YEAR,
        "DELETE { ?x ?p ?o } WHERE { ?x <urn:said> ?w . ?x ?p ?o }",
        "INSERT { ?x ?p ?y } WHERE { ?x <urn:p> ?y . ?y ?p ?z }",
    ],
)
def test_an_update_makes_the_same_graph(update: str) -> None:
    ntriples = (
        '<urn:a> <urn:when> "2012-01-31"^^<http://www.w3.org/2001/XMLSchema#date> .\n'
        '<urn:b> <urn:said> "责任 书" .\n<urn:b> <urn:p> <urn:a> .\n<urn:a> <urn:q> <urn:b> .\n'
    ).encode()
    store, columns = EmbeddedStore.in_memory(), ColumnGraph()
    store.load(ntriples)
    columns.load([ntriples])
    store.update(update)
    columns.update([update])
    assert _triples(columns) == sorted(store.default_graph().decode().splitlines())


def test_a_table_is_narrowed_once_and_anew_after_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_LARGE", 0)
    graph = ColumnGraph()
    owed = "".join(f"<urn:u{n}> <urn:owes> <urn:d{n}> .\n" for n in range(9))
    graph.load([f"{owed}<urn:d1> <urn:of> <urn:n> .\n".encode()])
    made = []
    run = Frame.run

    def spied(one: Frame, sql: str, *given: object) -> list[tuple[object, ...]]:
        made.extend([sql] if "SEMI JOIN" in sql and sql.startswith("CREATE") else [])
        return run(one, sql, *given)

    monkeypatch.setattr(Frame, "run", spied)
    asked = "SELECT ?u WHERE { ?u <urn:owes> ?d . ?d <urn:of> <urn:n> }"
    for _ in range(2):
        assert [row["u"].value for row in graph.select(asked)] == ["urn:u1"]
    assert len(made) == 1
    graph.update(["INSERT { ?d <urn:of> <urn:n> } WHERE { <urn:u2> <urn:owes> ?d }"])
    assert sorted(row["u"].value for row in graph.select(asked)) == ["urn:u1", "urn:u2"]
    assert len(made) == 2
