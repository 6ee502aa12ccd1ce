"""What the engine does beside the suites: some nodes only, engines refused, errors named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from drawn import NODES, graphs, shapes_graphs
from hypothesis import given, settings
from outcomes import ntriples, outcomes
from pyoxigraph import Literal, RdfFormat, parse

from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.model import SH
from dutygraph.shacl.probing import dialect_of
from dutygraph.shacl.report import Report
from dutygraph.shacl.triples import Triples
from dutygraph.shacl.validation import Validator
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row, StoreError

_PREFIXES = "@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
_DATA = (
    "<http://example.org/a> <http://example.org/p> _:b .\n"
    '_:b <http://example.org/q> "x" .\n'
    "_:b <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/C> .\n"
)


def _graph(text: str) -> Triples:
    quads = parse(_PREFIXES + text, RdfFormat.TURTLE)
    return Triples([quad.triple for quad in quads], quads.prefixes)


def _report(shapes: str, data: str = _DATA) -> Report:
    store = EmbeddedStore.in_memory()
    store.load(data.encode())
    return Validator(_graph(shapes), store, ()).report()


@settings(max_examples=50)
@given(graphs(ordered=True), shapes_graphs(ordered=True))
def test_among_some_nodes_the_results_of_their_targets_are_the_same(
    data: Triples, shapes: Triples
) -> None:
    store = EmbeddedStore.in_memory()
    store.load(ntriples(data))
    whole = Validator(shapes, store, ())
    parts = [Validator(shapes, store, (), among=[node]) for node in NODES]
    literals = Validator(shapes, store, (), among=[Literal(1), Literal("a"), Literal("abc")])
    for shape in whole.shapes.targeted():
        nodes = whole.focus_nodes(shape)
        if all(node in NODES for node in nodes):
            apart = [result for part in parts for result in part.results(shape)]
            assert outcomes(apart) == outcomes(whole.results(shape))
        assert len(literals.focus_nodes(shape)) <= len(nodes)


class _Wrong(EmbeddedStore):
    """An engine that answers some question otherwise than SPARQL 1.1 says."""

    name = ""

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        for row in super().select(query, graphs):
            yield {**row, self.name: Literal("other")} if self.name in row else row


@pytest.mark.parametrize("name", ["closed", "dates", "same", "language", "regex", "number"])
def test_an_engine_that_departs_from_sparql_is_refused(name: str) -> None:
    store = _Wrong.in_memory()
    wrong = _Wrong(store._store)
    wrong.name = name
    with pytest.raises(StoreError, match="exists" if name == "number" else name):
        dialect_of(wrong)


@pytest.mark.parametrize(
    ("constraint", "reason"),
    [
        ("sh:js [ sh:jsFunctionName 'f' ]", "sh:js"),
        ("ex:needs 1", "validator"),
    ],
)
def test_what_pyshacl_would_pass_over_in_silence_is_refused(constraint: str, reason: str) -> None:
    report = _report(
        f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {constraint} .\n"
        "ex:Needs a sh:ConstraintComponent ; sh:parameter [ sh:path ex:needs ] ;\n"
        "    sh:validator [ sh:jsFunctionName 'needs' ] ."
    )
    (fallback,) = report.refused
    assert fallback.reason.startswith(reason)
    assert not report.conforms


def test_a_query_that_an_engine_cannot_read_is_named_by_its_shape() -> None:
    with pytest.raises(StoreError, match=r"example\.org/S.*SPARQLConstraintComponent"):
        _report(
            "ex:S a sh:NodeShape ; sh:targetClass ex:C ; "
            "sh:sparql [ sh:select 'SELECT $this WHERE { $this ex:p }' ] ."
        )


def test_blank_nodes_are_focus_nodes_and_values_like_others() -> None:
    report = _report(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:IRI ;"
        " sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:nodeKind sh:BlankNode ] ."
    )
    assert [one.component.removeprefix(SH) for one in report.results] == [
        "NodeKindConstraintComponent"
    ] * 2
    assert not report.fallbacks


def test_a_target_node_that_is_blank_goes_to_pyshacl() -> None:
    report = _report("ex:S a sh:NodeShape ; sh:targetNode [] ; sh:nodeKind sh:IRI .")
    (fallback,) = report.fallbacks
    assert fallback.reason == "sh:targetNode: a blank node"
    assert len(report.results) == 1


_ASKED = '''
ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property ex:S-p .
ex:S-p sh:path ex:p ; ex:most 0 .
ex:Most a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ] ; sh:validator [
    sh:message "{$value} has more than {$most}" ;
    sh:ask """ASK {
      { SELECT $value $most (COUNT(?o) AS ?n) WHERE { $value ex:q ?o } GROUP BY $value $most }
      FILTER(?n <= $most) }""" ] .
'''


def test_an_ask_with_a_nested_select_is_run_for_each_value_by_itself() -> None:
    data = (
        "<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n"
        '<http://example.org/b> <http://example.org/q> "x" .\n'
    )
    with pytest.raises(ShapesError, match=r"\?this"):
        _report(_ASKED, data)
    report = _report(_ASKED.replace("SELECT $value", "SELECT $this $value"), data)
    assert not report.fallbacks
    assert [str(one.value) for one in report.results] == ["<http://example.org/b>"]


_DECLARING = "sh:sparql [ sh:select 'SELECT $this { }' ; sh:prefixes ex:O ] ."
_DECLARED = "[ sh:prefix 'x' ; sh:namespace 'urn:%s' ]"
_COMPONENT = "ex:X a sh:ConstraintComponent ; sh:parameter"


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("sh:property ex:T . ex:T sh:minCount 1", "no sh:path"),
        ("sh:path ( ex:p )", "two members"),
        ("sh:path _:p . _:p sh:inversePath _:p", "contains itself"),
        ("sh:node ex:T . ex:T sh:path ex:p", "a node shape"),
        ("sh:severity 'high'", "an IRI"),
        ("sh:severity sh:Info , sh:Warning", "2 values"),
        ("sh:path ex:p ; sh:minCount 'many'", "an integer"),
        ("sh:minInclusive ex:p", "a literal"),
        ("sh:pattern ex:p", "a string"),
        ("sh:not 'shape'", "blank node"),
        ("sh:target [ a ex:Unknown ]", "no sh:select"),
        ("sh:sparql [ sh:message 'none' ]", "no sh:select"),
        ("sh:sparql [ sh:select 'SELECT $this { $this $PATH 1 }' ]", "for property shapes"),
        ("sh:sparql [ sh:select 'SELECT $this { $this ?p 1' ]", "do not match"),
        (
            f"{_DECLARING} ex:O sh:declare [ sh:prefix 'x' ]",
            "lacks sh:prefix or sh:namespace",
        ),
        (
            f"{_DECLARING} ex:O sh:declare {_DECLARED % 1} , {_DECLARED % 2}",
            "two namespaces",
        ),
        (
            f"ex:one 1 , 2 ; ex:two 1 . {_COMPONENT} [ sh:path ex:one ] , [ sh:path ex:two ]",
            "one value only",
        ),
        (f"ex:one 1 . {_COMPONENT} [ sh:name 'x' ]", "no sh:path"),
    ],
)
def test_an_ill_formed_shape_is_refused_with_what_is_wrong(shape: str, said: str) -> None:
    with pytest.raises(ShapesError, match=said.replace("?", r"\?")):
        _report(f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {shape} .")
