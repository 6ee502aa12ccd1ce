"""The ways of a query lead to all that can bear on its answers, and to little else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dutygraph.compliance.automata import HERE, Automaton
from dutygraph.compliance.derivations import UnboundedError
from dutygraph.compliance.slicing import Routes, Slicer
from dutygraph.store.embedded import EmbeddedStore
from tests.compliance.asked import (
    PEOPLE,
    QUERIES,
    RECORDS,
    RULES,
    Derivation,
    Record,
    answers,
    ways,
    written,
)

GRAPH = "urn:records"


def told(automaton: Automaton, longest: int = 4) -> set[str]:
    """Give the ways to what is looked at, as their labels one after the other."""
    found, waiting = set[str](), [((), 0)]
    while waiting:
        way, state = waiting.pop()
        if HERE in automaton[state]:
            found.add(" ".join(way))
        for label, to in automaton[state].items():
            if not label.startswith(HERE) and len(way) < longest:
                waiting.append(((*way, label.replace("urn:", "").replace(" ", "=")), to))
    return found - {""}


# Queries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("?this :name ?v", set()),
        ("?this :p ?a", {"p"}),
        ("?a :p ?this", {"^p"}),
        ("?this ^:p ?a", {"^p"}),
        ("?this :p/^:q ?a", {"p", "p ^q"}),
        ("?this :p|:q ?a", {"p", "q"}),
        ("?this :p ?a ; :q ?b", {"p", "q"}),
        (
            "?this :p* ?a . ?a :q ?b",
            {"q", "p", "p p", "p q", "p p q", "p p p", "p p p q", "p p p p"},
        ),
        ("?this :p? ?a . ?a :q ?b", {"q", "p", "p q"}),
        ("?this :p ?a OPTIONAL { ?a :q ?b }", {"p", "p q"}),
        ("{ ?this :p ?a } UNION { ?this :q ?a } ?a :p ?b", {"p", "q", "p p", "q p"}),
        ("?this :kind ?k FILTER NOT EXISTS { ?this :p ?a }", {"p"}),
        ("?this :kind ?k . ?k :by ?y . ?this ?y ?a", {"p"}),
        ("?this ?y ?a VALUES ?y { :p :q }", {"p", "q"}),
        ("{ SELECT ?this WHERE { ?this :p ?a . ?a :q ?b } } ?this :q ?a", {"p", "p q", "q"}),
    ],
)
def test_the_ways_are_the_links_as_they_lead_away_from_the_node(
    asked: str, expected: set[str]
) -> None:
    assert told(ways([], asked), longest=4) == expected


def test_all_between_the_ends_of_many_steps_is_looked_at() -> None:
    assert "p p" in told(ways([], "?this :q ?a . ?this :p+ ?a"))


def test_a_value_that_is_asked_for_prunes_a_way() -> None:
    found = told(ways([], "?this :p ?a . ?a :kind :K1 ; :level 1 ; :q ?b"))
    integer = '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    tests = {"kind=<K1>", f"level={integer}"}
    assert "p" not in found
    assert {way for way in found if tests < set(way.split())} == found


def test_a_value_that_is_derived_prunes_none() -> None:
    rule = Derivation("?this :kind :K1", "?this :q ?a")
    assert "p" in told(ways([rule], "?this :p ?a . ?a :kind :K1"))


def test_nodes_meet_in_a_value_of_which_few_have_the_same() -> None:
    assert "name ^name" in told(ways([], "?this :name ?v . ?a :name ?v"))
    with pytest.raises(UnboundedError, match=r"no way leads to \?a"):
        ways([], "?this :level ?v . ?a :level ?v")


@pytest.mark.parametrize(
    "asked",
    [
        "?this :kind ?k . ?a :p ?b",
        "?this :kind ?k . ?a :kind ?k",
        "?this :kind ?k FILTER EXISTS { ?a :p ?b }",
        "?this :kind ?k OPTIONAL { ?this :p ?a } OPTIONAL { ?a :q ?b }",
        "{ ?this :p ?a } UNION { ?this :q ?b } ?b :p ?c",
        "?this :p ?a { ?this :q ?b FILTER EXISTS { ?a :p ?c } } UNION { ?this :p ?b }",
        "?this :p ?a { ?this :q ?b BIND(EXISTS { ?a :p ?c } AS ?d) }",
        "{ SELECT ?this WHERE { ?this :kind ?k . ?a :p ?b } }",
        "?this :kind ?k { SELECT ?k WHERE { ?this :kind ?k . ?this :p ?a } }",
        "?this :kind ?k OPTIONAL { ?a :broader* ?a }",
        "?this :kind ?k OPTIONAL { ?a :name ?v OPTIONAL { ?this :p ?a } }",
        "?this ?y ?a",
        "?this :p ?a OPTIONAL { ?this ?y ?a VALUES ?y { :p } } ?a ?y ?b",
    ],
)
def test_records_to_which_no_way_leads_from_the_node_are_refused(asked: str) -> None:
    with pytest.raises(UnboundedError, match=r"no way leads to|may be any property"):
        ways([], asked)


# Rules ------------------------------------------------------------------------------------------


def test_what_is_derived_is_looked_at_where_it_is_derived_from() -> None:
    rule = Derivation("?a :d ?b", "?a :p ?c . ?c :q ?b")
    assert told(ways([rule], "?this :d ?a . ?a :p ?b")) == {"p", "p q", "p q p"}
    assert told(ways([rule], "?a :d ?this")) == {"^q", "^q ^p"}


def test_a_rule_sees_what_was_derived_before_it_and_not_what_comes_after() -> None:
    first, second = Derivation("?a :d ?b", "?a :p ?b"), Derivation("?a :e ?b", "?a :d ?b")
    assert told(ways([first, second], "?this :e ?a")) == {"p"}
    assert told(ways([second, first], "?this :e ?a")) == set()


def test_a_rule_of_its_own_outcome_sees_what_was_there_without_it() -> None:
    rule = Derivation("?a :p ?c", "?a :p ?b . ?b :p ?c")
    assert told(ways([rule], "?this :p ?a")) == {"p", "p p"}


def test_a_node_that_a_rule_has_made_leads_to_what_it_was_made_from() -> None:
    made = 'BIND(IRI(CONCAT("urn:made-", STR(?b))) AS ?m)'
    rule = Derivation("?a :d ?m . ?m :e ?b", f"?a :p ?b . {made}")
    assert told(ways([rule], "?this :d ?a . ?a :e ?b . ?b :q ?c")) == {"p", "p q", "p ^p"}


def test_no_imported_node_is_taken_for_one_that_a_rule_has_made() -> None:
    made = 'BIND(IRI(CONCAT("urn:made-", STR(?b))) AS ?m)'
    rule = Derivation("?m :e ?b", f"?b :q ?a . {made}")
    assert told(ways([rule], "?this :name ?v ; :e ?a")) == set()
    assert told(ways([rule], "?this :e ?a")) == {"q"}


def test_a_rule_that_makes_nodes_of_another_value_is_not_followed() -> None:
    rules = [
        Derivation(
            f"?a :d ?m . ?m :g {kind} ; :e ?b",
            f'?a :{link} ?b . BIND(IRI(CONCAT("urn:{kind}-", STR(?b))) AS ?m)',
        )
        for kind, link in ((":K1", "p"), (":K2", "q"))
    ]
    assert told(ways(rules, "?this :d ?a . ?a :e ?b")) == {"p", "q", "p ^p", "p ^q", "q ^p", "q ^q"}
    assert told(ways(rules, "?this :d ?a . ?a :g :K1 . ?a :e ?b")) == {"p", "q", "p ^p", "q ^p"}


def test_a_query_may_not_depend_on_what_rules_tell_of_the_regulation() -> None:
    rule = Derivation("?k :h ?a", "?a :p ?b ; :kind ?k")
    with pytest.raises(UnboundedError):
        ways([rule], "?this :kind ?k . ?k :h ?a")
    assert told(ways([rule], "?this :kind ?k . ?k :h ?this")) == {"p"}


# Soundness --------------------------------------------------------------------------------------


def _slicer(records: set[Record], followed: Automaton) -> Slicer:
    store = EmbeddedStore.in_memory()
    store.replace_graph(GRAPH, written(records))
    return Slicer(store, [GRAPH], Routes(followed))


@settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much])
@given(RULES, QUERIES, RECORDS, st.sets(st.integers(0, 30), max_size=3), RECORDS)
def test_a_slice_answers_as_the_whole_and_a_change_touches_all_whose_answers_differ(
    rules: list[Derivation],
    asked: str,
    before: set[Record],
    taken: set[int],
    others: set[Record],
) -> None:
    try:
        followed = ways(rules, asked)
    except UnboundedError:
        assume(False)
    gone = {each for number, each in enumerate(sorted(before)) if number in taken}
    come = {each for number, each in enumerate(sorted(others)) if number in taken}
    after = (before - gone) | come
    whole, whole_after = answers(before, rules, asked), answers(after, rules, asked)

    here, there = _slicer(before, followed), _slicer(after, followed)
    for focus in PEOPLE:
        part = here.triples(here.around([focus])).decode()
        assert answers(part, rules, asked).get(focus) == whole.get(focus), focus

    changed = {subject for subject, _, _ in before ^ after}
    touched = here.touched(changed) | there.touched(changed)
    differing = {one for one in PEOPLE if whole.get(one) != whole_after.get(one)}
    assert differing <= touched
