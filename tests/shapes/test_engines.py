"""The set queries and pyshacl, two engines of one rule, report the same results as often."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import pytest
from worked import Example, checker, examples, of_one_check, worked_graphs

import dutygraph
from dutygraph.compliance.checking import Question
from dutygraph.compliance.reference import Outcome, Reference, reference_results
from dutygraph.compliance.setquery import (
    SetEngine,
    UntranslatableError,
)
from dutygraph.compliance.shapes import read_shapes, shape_files
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.store.embedded import EmbeddedStore

pytestmark = pytest.mark.usefixtures("each_query_is_parsed_once")

DEMO = Path(dutygraph.__file__).parent.parent / "data" / "demo" / "records.json"


@cache
def _files(check: str) -> tuple[Path, ...]:
    """Give the files that a check's shapes need: its own and what all share."""
    own = f'dg:check "{check}"'
    return tuple(
        file
        for file in shape_files("hebei")
        if file.stem in ("targets", "prefixes") or own in file.read_text(encoding="utf-8")
    )


@lru_cache(maxsize=1)
def _reference(check: str) -> Reference:
    """Give pyshacl with the shapes of a check, for one of its examples after the other."""
    return Reference(_files(check))


def _set_results(graph: EmbeddedStore, files: Sequence[Path]) -> Counter[Outcome]:
    engine = SetEngine(graph)
    return Counter(
        (result.shape.iri, result.focus, result.value)
        for shape in read_shapes(tuple(files))
        for result in engine.results(shape)
    )


@pytest.mark.parametrize(
    "example",
    [pytest.param(each, id=each.name, marks=of_one_check(each.check)) for each in examples()],
)
def test_both_engines_agree_on_an_example(example: Example) -> None:
    graph = worked_graphs(example.check)[example.name]
    found = _set_results(graph, _files(example.check))
    assert found == _reference(example.check).results(graph)


def test_both_engines_agree_on_the_demo_year() -> None:
    records = read_files([DEMO], model=load_model()).ntriples()
    question = Question(dt.date(2014, 12, 10), 2014)
    graph = checker(()).working_graph([records], question)
    found = _set_results(graph, shape_files("hebei"))
    assert found == reference_results(graph, shape_files("hebei"))
    assert found.total() > 20


_SHAPE = """
@prefix dg: <https://w3id.org/dutygraph/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:shape> a sh:NodeShape ;
    dg:check "art1" ; dg:code "MISSING" ; dg:status "violation" ;
    sh:targetClass dg:Unit ;
    sh:message "缺"@zh , "missing"@en ;
    sh:sparql <urn:constraint> .
<urn:constraint> sh:select "%s" .
"""


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { { SELECT ?x WHERE { ?x ?p ?o } LIMIT 1 } }",
        "SELECT $this WHERE { $this ?p ?o MINUS { $this a ?o } }",
        "SELECT $this (COUNT(?o) AS ?n) WHERE { $this ?p ?o } GROUP BY $this",
        "ASK { $this ?p ?o }",
    ],
)
def test_a_select_that_a_set_query_could_answer_wrongly_is_refused(
    select: str, tmp_path: Path
) -> None:
    file = tmp_path / "shape.ttl"
    file.write_text(_SHAPE % select, encoding="utf-8")
    (shape,) = read_shapes((file,))
    with pytest.raises(UntranslatableError):
        list(SetEngine(EmbeddedStore.in_memory()).results(shape))


def test_a_target_class_is_looked_at_whole(tmp_path: Path) -> None:
    file = tmp_path / "shape.ttl"
    file.write_text(_SHAPE % "SELECT $this WHERE { $this ?p ?o }", encoding="utf-8")
    (shape,) = read_shapes((file,))
    graph = EmbeddedStore.in_memory()
    unit = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/dutygraph/ontology#Unit>"
    graph.load(b"<urn:a> " + unit + b" .\n<urn:b> " + unit + b" .\n")
    assert SetEngine(graph).focus_nodes(shape) == {"urn:a", "urn:b"}


def test_a_shape_file_that_is_not_turtle_is_named(tmp_path: Path) -> None:
    file = tmp_path / "shape.ttl"
    file.write_text("<urn:shape> a", encoding="utf-8")
    with pytest.raises(SyntaxError, match=r"shape\.ttl"):
        read_shapes((file,))
