"""dutygraph validate: any data against any shapes, in every form, with its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from running import run

from dutygraph.shacl.model import SH
from dutygraph.shacl.report import read_results
from dutygraph.shacl.triples import TYPE, Triples

ROOT = Path(__file__).parents[2]
_SHAPES = """
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:Shape a sh:NodeShape ; sh:targetClass ex:Unit ; sh:property [
    sh:path ex:name ; sh:minCount 1 ; sh:severity sh:%s ;
    sh:message "a unit has a name"@en , "单位应有名称"@zh ] .
"""
_DATA = "@prefix ex: <http://example.org/> . ex:a a ex:Unit . ex:b a ex:Unit ; ex:name 'b' ."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "data.ttl"
    file.write_text(_DATA, encoding="utf-8")
    return file


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    file = tmp_path / "shapes.ttl"
    file.write_text(_SHAPES % "Violation", encoding="utf-8")
    return file


def test_a_violation_is_printed_chinese_first_and_ends_with_1(
    shapes: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    result = run("validate", shapes, "--data", data)
    assert result.exit_code == 1
    assert "ex:a" in result.stdout
    assert "ex:b" not in result.stdout
    assert result.stdout.index("单位应有名称") < result.stdout.index("a unit has a name")
    assert "1 个形状 shapes，2 个节点 nodes: Violation 1" in result.stdout


def test_a_warning_is_printed_and_ends_with_0(shapes: Path, data: Path) -> None:
    shapes.write_text(_SHAPES % "Warning", encoding="utf-8")
    result = run("validate", shapes, "--data", data)
    assert result.exit_code == 0
    assert "Warning 1" in result.stdout


def test_json_has_results_and_what_was_looked_at(shapes: Path, data: Path) -> None:
    answer = json.loads(run("validate", shapes, "--data", data, "--format", "json").stdout)
    assert answer["conforms"] is False
    assert answer["looked_at"] == {"<http://example.org/Shape>": 2}
    assert answer["fallbacks"] == []
    (found,) = answer["results"]
    assert found["focus"] == "<http://example.org/a>"
    assert found["path"] == "<http://example.org/name>"
    assert found["component"] == SH + "MinCountConstraintComponent"


@pytest.mark.parametrize(
    ("form", "known"), [("ttl", RdfFormat.TURTLE), ("nt", RdfFormat.N_TRIPLES)]
)
def test_the_w3c_report_is_printed(form: str, known: RdfFormat, shapes: Path, data: Path) -> None:
    result = run("validate", shapes, "--data", data, "--format", form)
    graph = Triples(quad.triple for quad in parse(result.stdout, known))
    (report,) = graph.having(TYPE, NamedNode(SH + "ValidationReport"))
    assert graph.objects(report, SH + "conforms") == [Literal(False)]
    (found,) = read_results(graph, report)
    assert found.focus == NamedNode("http://example.org/a")


@pytest.mark.parametrize("form", ["table", "json", "ttl", "nt"])
def test_a_run_that_looked_at_nothing_says_so(form: str, shapes: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.nt"
    empty.write_text("", encoding="utf-8")
    result = run("validate", shapes, "--data", empty, "--format", form)
    assert result.exit_code == 0
    assert "no shape found a node to look at" in result.stderr
    assert '"conforms": true' not in result.stdout


def test_a_shape_that_looked_at_nothing_is_named_beside_others(shapes: Path, data: Path) -> None:
    text = shapes.read_text(encoding="utf-8")
    shapes.write_text(text + "ex:Idle a sh:NodeShape ; sh:targetClass ex:None .", encoding="utf-8")
    result = run("validate", shapes, "--data", data)
    assert "没有可检查的节点 nothing to look at: ex:Idle\n" in result.stdout


def test_what_is_imported_is_validated_when_no_file_is_named(shapes: Path, tmp_path: Path) -> None:
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        "@prefix dg: <https://w3id.org/dutygraph/ontology#> .\n"
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf dg:quote ; sh:nodeKind sh:Literal .",
        encoding="utf-8",
    )
    result = run("validate", shapes, "--store", tmp_path / "store", "--format", "json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert len(answer["results"]) == answer["looked_at"]["<http://example.org/S>"] > 300


def test_a_shape_that_pyshacl_validates_is_named_with_the_reason(shapes: Path, data: Path) -> None:
    text = shapes.read_text(encoding="utf-8")
    shapes.write_text(text + "ex:Shape sh:expression true .", encoding="utf-8")
    result = run("validate", shapes, "--data", data)
    assert "由 pyshacl 验证 validated by pyshacl: ex:Shape: sh:expression" in result.stdout
    assert result.exit_code == 1


def test_a_shape_that_nobody_can_validate_ends_with_2(shapes: Path, data: Path) -> None:
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        "ex:S a sh:NodeShape ; sh:targetClass ex:Unit ; sh:not ex:S .",
        encoding="utf-8",
    )
    result = run("validate", shapes, "--data", data)
    assert result.exit_code == 2
    assert "could not be validated: <http://example.org/S>: recursion" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ex:S a", "cannot be read"),
        ("ex:S sh:targetClass ex:Unit ; sh:minCount 1 .", "sh:path"),
        ("ex:S sh:targetClass 'Unit' .", "sh:targetClass"),
        ("ex:S sh:targetClass ex:Unit ; sh:nodeKind ex:Unit .", "sh:nodeKind"),
        ("ex:S sh:targetClass ex:Unit ; sh:path [] ; sh:minCount 1 .", "no SHACL property path"),
        ("ex:S sh:targetClass ex:Unit ; sh:in ex:list .", "no well-formed RDF list"),
        ("ex:S sh:targetClass ex:Unit ; sh:sparql [ sh:select 'SELECT' ] .", "SELECT"),
    ],
)
def test_shapes_that_are_ill_formed_end_with_2(
    text: str, said: str, shapes: Path, data: Path
) -> None:
    prefixes = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
    shapes.write_text(prefixes + text, encoding="utf-8")
    result = run("validate", shapes, "--data", data)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_of_an_unknown_form_ends_with_2(shapes: Path, tmp_path: Path) -> None:
    other = tmp_path / "data.xyz"
    other.write_text("", encoding="utf-8")
    result = run("validate", shapes, "--data", other)
    assert result.exit_code == 2
    assert "data.xyz" in result.stderr


def test_data_and_store_exclude_each_other(shapes: Path, data: Path, tmp_path: Path) -> None:
    result = run("validate", shapes, "--data", data, "--store", tmp_path)
    assert result.exit_code == 2
    assert "exclude" in result.stderr
