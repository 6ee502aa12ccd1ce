"""A query taken apart answers as the whole one does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

import dutygraph
from dutygraph.compliance import folding
from dutygraph.compliance.checking import Checker, Question
from dutygraph.compliance.patterns import PatternError, gathered, statements
from dutygraph.compliance.setquery import Result, SetEngine, needed, parsed
from dutygraph.compliance.shapes import Shape, shapes
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import open_regulations
from dutygraph.store.embedded import EmbeddedStore

DEMO = Path(dutygraph.__file__).parent.parent / "data" / "demo" / "records.json"
NODES = [NamedNode(f"urn:{name}") for name in "abc"]
VALUES = [*NODES, Literal(1), Literal("x . { y"), Literal("x", language="en")]
PROPERTIES = [NamedNode(f"urn:{name}") for name in "pq"]
VARIABLES = ["$this", "?u", "?v", "?w"]

triples = st.builds(
    Triple, st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(VALUES)
)
subjects = st.sampled_from([*VARIABLES, *map(str, NODES)])
paths = st.sampled_from([*map(str, PROPERTIES), "?v", "<urn:p>|<urn:q>", "^<urn:p>/<urn:q>"])
objects = st.sampled_from([*VARIABLES, *map(str, VALUES)])
patterns = st.builds(lambda *parts: " ".join(parts), subjects, paths, objects)
filters = st.one_of(
    st.builds("FILTER({} {} {})".format, objects, st.sampled_from(["=", "!="]), objects),
    st.builds("FILTER NOT EXISTS {{ {} }}".format, patterns),
    st.builds("FILTER EXISTS {{ {} . FILTER NOT EXISTS {{ {} }} }}".format, patterns, patterns),
    st.builds("FILTER({0} IN ({1}, {1}) || COALESCE({0} = {1}, false))".format, objects, objects),
)
others = st.one_of(
    filters,
    st.builds("OPTIONAL {{ {} }}".format, patterns),
    st.builds("OPTIONAL {{ {} . {} }}".format, patterns, filters),
    st.builds("{{ {} }} UNION {{ {} }}".format, patterns, patterns),
    st.builds("{{ {} . {} }} UNION {{ {} }}".format, patterns, filters, patterns),
)


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """Make a body as constraints have it: it begins with a triple pattern about ``$this``."""
    about = "$this <urn:p> " + draw(objects)
    parts = draw(st.lists(st.one_of(patterns, filters, others), max_size=5))
    bound = draw(st.sampled_from(["", "BIND(<urn:a> AS ?b)", "BIND(?u AS ?b) $this ?q ?b"]))
    return " . ".join([about, *parts]) + f" {bound}"


def shape(select: str) -> Shape:
    whole = "SELECT ?this WHERE { ?this ?p ?o }"
    return Shape("urn:s", "art1", "X", "review", (), (whole,), (select,), "", "", None, "", {})


@settings(max_examples=1000)
@given(
    st.lists(triples, min_size=3, max_size=12),
    bodies(),
    st.integers(0, 6),
    st.integers(1, 4),
    st.booleans(),
)
def test_what_is_put_in_first_or_left_unasked_changes_no_answer(
    data: list[Triple], body: str, few_triples: int, few_queries: int, few: bool
) -> None:
    graph = EmbeddedStore.in_memory()
    graph.add(data)
    select = "SELECT $this ?u ?v ?w ?b WHERE { " + body + " }"
    plain = {frozenset(row.items()) for row in graph.select(select, ())}
    with (
        mock.patch.object(folding, "_FEW_TRIPLES", few_triples),
        mock.patch.object(folding, "_FEW_QUERIES", few_queries),
    ):
        engine = SetEngine(graph, few=few)
        found = [frozenset(each.row.items()) for each in engine.results(shape(select))]
    assert set(found) == {row for row in plain if any(name == "this" for name, _ in row)}
    assert len(found) == len(set(found))


def test_an_answer_needs_the_properties_of_all_patterns_outside_of_groups() -> None:
    prologue = "PREFIX a: <urn:a#>\nPREFIX b: <urn:b#>\n"
    body = """$this b:p ?v ; a b:C . ?v <urn:q> 1 ; ?r 2 . $this b:s\\-t ?x ; ^a:q ?y ; a:u/a:v ?z
        OPTIONAL { ?v b:none ?w } FILTER NOT EXISTS { ?v b:none ?w } { ?v b:x 1 } UNION { ?v b:y 1 }
        ?v b:last ?w"""
    needs = needed(prologue, f"SELECT $this WHERE {{ {body} }}")
    assert needs == {"urn:b#p", "urn:q", "urn:b#s-t", "urn:b#last"}


def test_among_a_few_what_needs_a_property_of_none_is_not_asked() -> None:
    graph = EmbeddedStore.in_memory()
    graph.add([Triple(NODES[0], PROPERTIES[0], VALUES[0])])
    with mock.patch.object(graph, "select", wraps=graph.select) as asked:
        engine = SetEngine(graph, few=True)
        found = [
            len(list(engine.results(shape(f"SELECT $this WHERE {{ $this {each} ?v }}"))))
            for each in ("<urn:p>", "<urn:q>")
        ]
    assert found == [1, 0]
    queries = " ".join(call.args[0] for call in asked.call_args_list)
    assert "<urn:p>" in queries
    assert "<urn:q>" not in queries


def test_statements_are_spelled_out_one_triple_each() -> None:
    body = (
        '$this a:p ?v , "x . y"@en ; ^a:q/a:r 1.5 . FILTER(?v IN (a:b, a:c)) OPTIONAL { ?v a:p ?w }'
    )
    assert [one.text for one in statements(body)] == [
        "?this a:p ?v .",
        '?this a:p "x . y"@en .',
        "?this ^ a:q / a:r 1.5 .",
        "FILTER( ?v IN( a:b , a:c ) ) .",
        "OPTIONAL { ?v a:p ?w } .",
    ]


def test_a_pattern_passes_an_optional_only_if_that_says_the_same() -> None:
    body = "?this a:p ?v . OPTIONAL { ?v a:q ?w } ?v a:r ?x . ?w a:r ?y . BIND(?x AS ?z) ?z a:p ?y"
    assert [one.text for one in gathered(statements(body))] == [
        "?this a:p ?v .",
        "?v a:r ?x .",
        "OPTIONAL { ?v a:q ?w } .",
        "?w a:r ?y .",
        "BIND( ?x AS ?z ) .",
        "?z a:p ?y .",
    ]


@pytest.mark.parametrize("body", ["FILTER(?x = (1)", "OPTIONAL { ?x a:p ?y", "FILTER(?x }"])
def test_brackets_that_do_not_match_are_refused(body: str) -> None:
    with pytest.raises(PatternError, match="brackets"):
        statements(body)


def test_a_query_that_some_setting_rules_out_is_not_asked() -> None:
    graph = EmbeddedStore.in_memory()
    graph.add([Triple(NODES[0], PROPERTIES[0], VALUES[0])])
    select = "SELECT $this WHERE { <urn:setting> <urn:q> <urn:on> . $this <urn:p> ?v }"
    assert list(folding.Folding(graph, "").queries(parsed(select).body)) == []


@pytest.mark.parametrize(
    "rest",
    [
        "FILTER(?v = ?w) . $this <urn:q> ?w",
        "?v ^<urn:q> $this",
        "FILTER EXISTS { ?v ^<urn:q> ?any }",
    ],
)
def test_a_value_is_put_where_it_can_stand_and_filters_wait_for_theirs(rest: str) -> None:
    graph = EmbeddedStore.in_memory()
    a, c = NODES[0], NODES[2]
    p, q = PROPERTIES
    one = VALUES[3]
    graph.add([Triple(a, p, c), Triple(a, q, one), Triple(c, q, one)])
    select = "SELECT $this WHERE { $this <urn:p> ?t . <urn:c> <urn:q> ?v . " + rest + " }"
    assert [each.focus for each in SetEngine(graph).results(shape(select))] == ["urn:a"]


def test_shapes_side_by_side_find_what_each_finds_alone() -> None:
    checker = Checker(open_regulations(), "hebei")
    records = read_files([DEMO], model=load_model()).ntriples()
    graph = checker.working_graph([records], Question(dt.date(2014, 12, 10), 2014))
    regulation = shapes("hebei")
    together = list(SetEngine(graph).run(regulation))
    alone = [list(SetEngine(graph).results(each)) for each in reversed(regulation)]
    assert sum(map(len, together)) > 20
    assert [_told(found) for found in together] == [_told(found) for found in reversed(alone)]


def _told(found: list[Result]) -> list[str]:
    return sorted(f"{each.shape.iri} {sorted(map(str, each.row.items()))}" for each in found)
