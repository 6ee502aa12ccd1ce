"""What a query asks of the graph is read as links, scope by scope."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutygraph.compliance.graph_patterns import (
    RDF_TYPE,
    Link,
    Pattern,
    PatternReader,
    Step,
    UnreadableError,
    as_term,
    is_variable,
)
from dutygraph.compliance.patterns import PatternError

XSD = "http://www.w3.org/2001/XMLSchema#"
P, Q, BACK = Step("urn:p"), Step("urn:q"), Step("urn:p", inverse=True)
names = st.sampled_from(["p", "q", "r", "long-name"])
steps = st.builds(Step, names.map("urn:".__add__), st.booleans())


def read(body: str) -> Pattern:
    return PatternReader({"": "urn:", "xsd": XSD}).read(body)


def link(path: str) -> Link:
    (found,) = read(f"?a {path} ?b").links
    return found


def written(step: Step) -> str:
    return ("^" if step.inverse else "") + f"<{step.predicate}>"


# Links ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (":p", Link("?a", frozenset({P}), "?b")),
        ("<urn:p>", Link("?a", frozenset({P}), "?b")),
        ("a", Link("?a", frozenset({Step(RDF_TYPE)}), "?b")),
        ("?p", Link("?a", frozenset({Step("?p")}), "?b")),
        ("^:p", Link("?a", frozenset({BACK}), "?b")),
        (":p|:q", Link("?a", frozenset({P, Q}), "?b")),
        ("^:p|:q", Link("?a", frozenset({BACK, Q}), "?b")),
        (":p+", Link("?a", frozenset({P}), "?b", many=True)),
        (":p*", Link("?a", frozenset({P}), "?b", many=True, maybe_none=True)),
        (":p?", Link("?a", frozenset({P}), "?b", maybe_none=True)),
        ("(^:p|:q)*", Link("?a", frozenset({BACK, Q}), "?b", many=True, maybe_none=True)),
    ],
)
def test_a_path_of_one_step_is_one_link(path: str, expected: Link) -> None:
    assert link(path) == expected


@given(st.lists(steps, min_size=1, max_size=4))
def test_a_sequence_is_a_chain_of_links_through_variables_of_its_own(path: list[Step]) -> None:
    found = read(f"?a {'/'.join(map(written, path))} ?b").links
    assert [one.steps for one in found] == [{step} for step in path]
    between = [one.object for one in found[:-1]]
    assert [one.subject for one in found] == ["?a", *between]
    assert found[-1].object == "?b"
    assert len({"?a", "?b", *between}) == len(between) + 2
    assert all(map(is_variable, between))


@given(st.sets(steps, min_size=1, max_size=4), st.sampled_from(["", "*", "+", "?"]))
def test_alternatives_are_the_steps_of_one_link(path: set[Step], mark: str) -> None:
    found = link(f"({'|'.join(sorted(map(written, path)))}){mark}")
    assert found.steps == path
    assert (found.many, found.maybe_none) == (mark in {"*", "+"}, mark in {"*", "?"})


def test_only_a_link_of_one_single_step_has_an_only_step() -> None:
    assert link(":p").only_step == P
    assert [link(path).only_step for path in (":p|:q", ":p+", ":p*", ":p?")] == [None] * 4


def test_lists_of_objects_and_of_predicates_are_spelled_out() -> None:
    assert read("?a :p ?b , ?c ; :q ?d .").links == [
        Link("?a", frozenset({P}), "?b"),
        Link("?a", frozenset({P}), "?c"),
        Link("?a", frozenset({Q}), "?d"),
    ]


def test_a_template_is_read_as_links() -> None:
    reader = PatternReader({"": "urn:"})
    assert reader.links("?a :p ?b . ?b a :C") == [
        Link("?a", frozenset({P}), "?b"),
        Link("?b", frozenset({Step(RDF_TYPE)}), "urn:C"),
    ]


# Terms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constant", "term"),
    [
        ("<urn:x>", "<urn:x>"),
        (":x", "<urn:x>"),
        ("true", f'"true"^^<{XSD}boolean>'),
        ("12", f'"12"^^<{XSD}integer>'),
        ('"x"', '"x"'),
        ('"县"@zh', '"县"@zh'),
        ('"2014-01-01"^^xsd:date', f'"2014-01-01"^^<{XSD}date>'),
        (f'"2014-01-01"^^<{XSD}date>', f'"2014-01-01"^^<{XSD}date>'),
    ],
)
def test_a_constant_is_written_as_a_term(constant: str, term: str) -> None:
    (found,) = read(f"?a :p {constant}").links
    assert as_term(found.object) == term
    assert not is_variable(found.object)


# What variables are -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "among"),
    [
        ("VALUES ?k { :x :y }", {"?k": {"urn:x", "urn:y"}}),
        ("FILTER(?k IN (:x, :y))", {"?k": {"urn:x", "urn:y"}}),
        ("FILTER(?k = :x)", {"?k": {"urn:x"}}),
        ("FILTER((?k = :x))", {"?k": {"urn:x"}}),
        ("FILTER(?k = :x || ?k = :y)", {"?k": {"urn:x", "urn:y"}}),
        ("FILTER(?k = :x && ?l IN (:y))", {"?k": {"urn:x"}, "?l": {"urn:y"}}),
        ("FILTER(?k = :x || ?l = :y)", {}),
        ("FILTER((?k = :x && ?l = :y) || ?k = :z)", {"?k": {"urn:x", "urn:z"}}),
        ("FILTER(?k = :x || EXISTS { ?k :p ?l })", {}),
        ("FILTER(?k NOT IN (:x))", {}),
        ("FILTER(?k != :x)", {}),
        ("FILTER(!(?k = :x))", {}),
        ("FILTER(?k = ?l)", {}),
        ("FILTER(?k IN (:x, ?l))", {}),
        ("FILTER(STR(?k) = :x)", {}),
    ],
)
def test_a_variable_is_one_of_the_constants_that_a_test_holds_it_to(
    test: str, among: dict[str, set[str]]
) -> None:
    assert read(f"?a :p ?k . {test}").among == among


def test_of_two_tests_of_a_variable_one_is_enough_to_hold_it() -> None:
    (held,) = read("?a :p ?k . FILTER(?k IN (:x, :y)) FILTER(?k = :x)").among.values()
    assert held == {"urn:x"}


def test_a_variable_that_is_assigned_is_made_from_others() -> None:
    pattern = read("?a :p ?b . BIND(COALESCE(?a, ?b) AS ?c)")
    assert pattern.same == [(frozenset({"?a", "?b"}), "?c")]
    assert pattern.made == set()


def test_an_iri_that_is_made_begins_as_written_where_that_is_known() -> None:
    pattern = read(
        """?a :p ?b . BIND(IRI(CONCAT("urn:made-", STR(?a))) AS ?m)
        BIND(IRI(CONCAT(STR(?a), STR(?b))) AS ?n)"""
    )
    assert pattern.made == {"?m", "?n"}
    assert pattern.prefixes == {"?m": "urn:made-"}
    assert pattern.same == [(frozenset({"?a"}), "?m"), (frozenset({"?a", "?b"}), "?n")]


# Groups -----------------------------------------------------------------------------------------


def objects(pattern: Pattern) -> list[str]:
    return [one.object for one in pattern.links]


def test_groups_are_told_apart_by_whether_they_must_hold() -> None:
    pattern = read(
        """?a :p ?b OPTIONAL { ?a :p ?c } { ?a :p ?d } UNION { ?a :p ?e } UNION { ?a :p ?f }
        FILTER EXISTS { ?a :p ?g } FILTER(?b = ?b && NOT EXISTS { ?a :p ?h })
        BIND(EXISTS { ?a :p ?i } AS ?j) { ?a :p ?k }"""
    )
    assert objects(pattern) == ["?b"]
    assert list(map(objects, pattern.optional)) == [["?c"]]
    either = [list(map(objects, group)) for group in pattern.either]
    assert either == [[["?d"], ["?e"], ["?f"]], [["?k"]]]
    assert list(map(objects, pattern.closed)) == [["?g"], ["?h"], ["?i"]]


def test_groups_stand_in_groups() -> None:
    pattern = read("OPTIONAL { ?a :p ?b FILTER NOT EXISTS { ?b :p ?c OPTIONAL { ?c :p ?d } } }")
    (closed,) = pattern.optional[0].closed
    assert objects(closed) == ["?c"]
    assert objects(closed.optional[0]) == ["?d"]


def test_what_a_subquery_does_not_select_has_another_name_outside() -> None:
    pattern = read("?a :p ?b { SELECT DISTINCT ?a WHERE { ?a :q ?b . ?b :q ?c } }")
    ((inner,),) = pattern.either
    first, second = inner.links
    assert (first.subject, second.subject) == ("?a", first.object)
    assert {first.object, second.object}.isdisjoint({"?b", "?c"})
    ((whole,),) = read("?a :p ?b { SELECT * WHERE { ?a :q ?b } }").either
    assert objects(whole) == ["?b"]


def test_what_a_subquery_computes_is_made_from_what_it_computes_it_from() -> None:
    ((inner,),) = read("{ SELECT ?a (MAX(?b) AS ?c) WHERE { ?a :p ?b } GROUP BY ?a }").either
    (one,) = inner.links
    assert one.subject == "?a"
    assert one.object != "?b"
    assert inner.same == [(frozenset({one.object}), "?c")]


# Refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "?a :p ?b MINUS { ?a :q ?b }",
        "GRAPH :g { ?a :p ?b }",
        "SERVICE :s { ?a :p ?b }",
        "VALUES (?a ?b) { (:x :y) }",
        "?a (:p/:q)* ?b",
        "?a !:p ?b",
        "{ SELECT ?a WHERE { ?a :p ?b } LIMIT 1 }",
    ],
)
def test_what_has_no_links_that_can_be_told_is_refused(body: str) -> None:
    with pytest.raises(UnreadableError):
        read(body)


def test_brackets_that_do_not_match_are_refused() -> None:
    with pytest.raises(PatternError, match="do not match"):
        read("?a :p ?b OPTIONAL { ?a :q ?c")
