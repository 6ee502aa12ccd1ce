"""The commands on the graph itself: the ledger, exports, lists of values, languages."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from running import answer, run

from dutygraph.cli import opening
from dutygraph.regulations.linked import FORMATS, publications, published
from dutygraph.regulations.prepared import open_regulations
from dutygraph.terms import DG


def test_the_ledger_says_that_the_text_is_complete() -> None:
    ledger = answer("coverage")
    assert ledger["complete"] is True
    assert ledger["total"]["unclaimed"] == 0
    assert [row["unit"] for row in ledger["units"] if row["unit"].startswith("art")] == [
        f"art{number}" for number in range(1, 44)
    ]
    assert "合计" in run("coverage").stdout


def test_the_ledger_shows_an_article_passage_by_passage() -> None:
    passages = answer("coverage", "--article", "13")["passages"]
    assert {row["provision"].partition(".")[0] for row in passages} == {"art13"}
    assert "标点" in run("coverage", "--article", "13").stdout
    rows = list(csv.reader(io.StringIO(run("coverage", "--format", "csv").stdout)))
    assert {len(row) for row in rows} == {9}


def test_the_ledger_of_an_article_that_there_is_not_is_refused() -> None:
    result = run("coverage", "--article", "99")
    assert result.exit_code == 2
    assert "没有条款" in result.stderr


def test_an_incomplete_ledger_ends_with_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = open_regulations()
    bare.update(f"DELETE WHERE {{ GRAPH ?g {{ ?n <{DG}statedIn> ?p }} }}")
    monkeypatch.setattr(opening, "regulations_alone", lambda: bare)
    result = run("coverage")
    assert result.exit_code == 1
    assert "无主 unclaimed: art20" in result.stdout


@pytest.mark.parametrize("form", ["ttl", "jsonld", "nt"])
@pytest.mark.parametrize("what", publications())
def test_what_is_published_is_the_same_graph_in_every_form(
    what: str, form: str, tmp_path: Path
) -> None:
    file = tmp_path / f"{what}.{form}"
    assert run("export", what, "--format", form, "-o", file).exit_code == 0
    serialization, _ = FORMATS[form]
    read = {str(quad.triple) for quad in parse(path=str(file), format=serialization)}
    nt = {str(quad.triple) for quad in parse(published(what, "nt"), format=RdfFormat.N_TRIPLES)}
    named = {triple for triple in read if "_:" not in triple}
    assert named == {triple for triple in nt if "_:" not in triple}
    assert len(read) == len(nt) > 20


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    result = run("export", "ontology", "-o", tmp_path / "no" / "such" / "folder.ttl")
    assert result.exit_code == 2
    assert "无法写入" in result.stderr


def test_the_values_of_a_parameter_are_listed() -> None:
    rows = answer("query", "duties-of-body", "--values")
    assert {"parameter": "body", "value": "Government", "zh": "政府", "en": "government"} in rows
    assert "政府" in run("query", "duties-of-body", "--values").stdout


def test_a_question_answers_in_english() -> None:
    answered = answer("query", "duties-of-body", "--language", "en", "-p", "body=government")
    actions = [row["action"]["xml:lang"] for row in answered["results"]["bindings"]]
    assert set(actions) == {"en"}


@pytest.mark.parametrize(
    ("filters", "offered"),
    [
        (("--addressee", "上一级纪伟"), "上一级纪委"),
        (("--deadline", "yearl"), "yearly"),
        (("--deadline", "每拌年"), "每半年"),
    ],
)
def test_a_filter_that_fits_no_norm_is_refused_with_what_would(
    filters: tuple[str, str], offered: str
) -> None:
    result = run("norms", *filters)
    assert result.exit_code == 2
    assert filters[1] in result.stderr
    assert offered in result.stderr


def test_a_table_of_an_answer_says_what_was_asked_and_what_the_answer_is_not() -> None:
    shown = run("query", "sanctions-for", "-p", "severity=情节较轻").stdout
    assert "severity = 情节较轻\n" in shown
    assert "subject = 领导干部（默认）" in shown
    assert "不对任何人下结论" in shown
    english = run("query", "find-words", "--language", "en").stdout
    assert "(default)" in english


def test_a_matrix_is_printed_on_lines_as_long_as_it_needs() -> None:
    lines = run("query", "matrix-bearer-article").stdout.splitlines()
    head = next(line for line in lines if "art2 " in line)
    assert "art42" in head
    assert any(line.lstrip().startswith("领导班子主要负责人") and " 33 " in line for line in lines)


def test_a_parameter_of_any_words_is_listed_as_such() -> None:
    assert answer("query", "find-words", "--values") == [
        {"parameter": "text", "value": "…", "zh": "任意字词", "en": "any words"}
    ]
