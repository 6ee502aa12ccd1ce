"""The coverage page: every character with what it became, why not a norm, and the files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from dutygraph.cli.main import dutygraph
from dutygraph.regulations.ledger import NORM, Ledger
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import open_regulations
from dutygraph.terms import sparql_prologue
from webapp import law

ART20 = "https://w3id.org/dutygraph/hebei/art20"


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger(open_regulations(), "hebei")


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def rows(html: str) -> dict[str, list[int]]:
    """Give the figures of the table by the heading of the row."""
    table = html.partition('class="plain ledger-table"')[2].partition("</table>")[0]
    found = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL)
    return {
        plain(head).strip(): [int(n) for n in re.findall(r">(\d+)</td>", cells)]
        for head, cells in found
    }


def figures(row: dict[str, int]) -> list[int]:
    sorts = ("norm", "label", "chapeau", "connective", "non_normative", "unclaimed")
    return [row["norms"], row["characters"], *(row[sort] for sort in sorts)]


def test_the_table_has_the_figures_of_the_ledger_and_their_totals(
    demo: FlaskClient, ledger: Ledger
) -> None:
    shown = rows(demo.get("/coverage").text)
    assert list(shown.values())[:-1] == [figures(row) for row in ledger.rows()]
    assert next(iter(shown)) == "标题"
    assert shown["第九条"] == figures(next(r for r in ledger.rows() if r["unit"] == "art9"))
    assert shown["合计"] == figures(ledger.total())


def test_a_plain_sentence_says_that_nothing_is_unclaimed(demo: FlaskClient, ledger: Ledger) -> None:
    text = demo.get("/coverage").text
    assert f"全文 {ledger.total()['characters']} 个字都有归处" in text
    assert "没有一个字无主" in text
    assert "都在规范的原文之内" in text or ledger.signals


def test_the_whole_text_stands_there_character_by_character(
    demo: FlaskClient, ledger: Ledger
) -> None:
    text = demo.get("/coverage").text.partition('id="text"')[2]
    read = re.sub(r"\s", "", plain(re.sub(r"<sup>.*?</sup>", "", text)))
    for leaf in ledger.leaves:
        written = "".join(span.words for span in leaf.spans)
        assert re.sub(r"\s", "", written) in read, leaf.provision.key
        for label in leaf.labels:
            assert re.sub(r"\s", "", label) in read


def test_every_norm_is_linked_from_its_words(demo: FlaskClient) -> None:
    text = demo.get("/coverage").text
    linked = {unescape(one) for one in re.findall(r'href="/regulation/[^"#]+#([^"]+-n\d+)"', text)}
    assert linked == {norm.id.replace("#", "-") for norm in Norms(open_regulations(), "hebei").all}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_declared_span_shows_its_reason_on_the_page(
    demo: FlaskClient, ledger: Ledger, language: str
) -> None:
    demo.set_cookie("lang", language)
    text = demo.get("/coverage").text
    declared = [
        span for leaf in ledger.leaves for span in leaf.spans if span.ids and span.sort != NORM
    ]
    assert declared
    for span in declared:
        anchor = span.ids[0].replace("#", "-")
        assert f'<a href="#{anchor}"' in text
        note = plain(text.partition(f'<li id="{anchor}">')[2].partition("</li>")[0])
        assert span.words in note
        assert str(span.reason_zh if language == "zh" else span.reason_en) in note


def test_the_legend_has_each_mark_that_the_text_can_have(demo: FlaskClient) -> None:
    text = demo.get("/coverage").text
    legend = text.partition('class="plain legend"')[2].partition("</table>")[0]
    for sort in ("norm", "label", "chapeau", "connective", "non_normative", "unclaimed"):
        assert re.search(rf'class="became-{sort}\b', legend)
    used = set(re.findall(r'class="(became-\w+)', text))
    assert used == set(re.findall(r'class="(became-\w+)', legend))


@pytest.fixture
def gap(
    tmp_path: Path, make_site: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """Ask a site whose article 20 has lost its norms: its first words are now declared."""
    store = open_regulations()
    for norm in ("n1", "n2"):
        store.update(f"DELETE WHERE {{ GRAPH ?g {{ <{ART20}#{norm}> ?p ?o }} }}")
    store.update(
        sparql_prologue()
        + f"""INSERT DATA {{ GRAPH <https://w3id.org/dutygraph/hebei> {{
          <{ART20}#d1> dg:declaredIn <{ART20}> ; dg:declaredAs dg:ChapeauPassage ;
            dg:key "art20#d1" ; dg:reason "试作引语"@zh , "<b>as a test</b>"@en ;
            dg:signalWord "每年" ; oa:hasTarget <{ART20}#d1-target> .
          <{ART20}#d1-target> oa:hasSelector <{ART20}#d1-position> .
          <{ART20}#d1-position> oa:start 0 ; oa:end 10
        }} }}"""
    )
    monkeypatch.setattr(law, "open_regulations", lambda: store)
    return make_site(tmp_path).test_client()


def test_what_is_unclaimed_or_undeclared_is_said_first_and_marked_where_it_stands(
    gap: FlaskClient,
) -> None:
    text = gap.get("/coverage").text
    assert re.search(r'class="error">还没有完全归置：1 段文字无主，\d+ 处规范用语', text)
    assert "都有归处" not in text
    article = text.partition('id="art20"')[2].partition('id="chapter4"')[0]
    assert re.search(r'class="became-chapeau declared">各级党委（党组）每年</span>', article)
    assert re.search(r'class="became-unclaimed">第一季度', article)
    strays = text.partition('class="strays"')[2].partition("</ul>")[0]
    assert re.search(r'每年</strong>：<a href="#art20-d1">引语 a</a>，试作引语', strays)
    assert "没有声明" in plain(strays)
    assert not json.loads(gap.get("/coverage/ledger.json").data)["complete"]


def test_a_reason_is_shown_as_words_and_not_as_markup(gap: FlaskClient) -> None:
    gap.set_cookie("lang", "en")
    text = gap.get("/coverage").text
    assert "&lt;b&gt;as a test&lt;/b&gt;" in text
    assert "<b>as a test" not in text


def test_the_json_is_what_the_command_prints(demo: FlaskClient) -> None:
    answer = demo.get("/coverage/ledger.json")
    assert answer.mimetype == "application/json"
    assert 'filename="ledger.json"' in answer.headers["Content-Disposition"]
    printed = CliRunner().invoke(dutygraph, ["coverage", "--format", "json"])
    assert answer.data.decode() == printed.stdout


def table(answer: bytes) -> list[dict[str, str]]:
    assert answer.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.decode("utf-8-sig"), newline="")))


def test_the_csv_has_the_figures_and_the_passages(demo: FlaskClient, ledger: Ledger) -> None:
    answer = demo.get("/coverage/ledger.csv")
    assert answer.mimetype == "text/csv"
    *units, total = table(answer.data)
    assert [{**row, "unit": ""} for row in units] == [
        {**{key: str(value) for key, value in row.items()}, "unit": ""} for row in ledger.rows()
    ]
    assert total["characters"] == str(ledger.total()["characters"])
    passages = table(demo.get("/coverage/passages.csv").data)
    spans = [span for leaf in ledger.leaves for span in leaf.spans]
    assert [row["words"] for row in passages] == [span.words for span in spans]
    assert [row["ids"].split() for row in passages] == [span.ids for span in spans]
    assert [row["reason_en"] for row in passages] == [span.reason_en or "" for span in spans]


@pytest.mark.parametrize("name", ["ledger.xlsx", "passages.json", "other.csv"])
def test_a_file_that_there_is_not_is_answered_with_those_there_are(
    demo: FlaskClient, name: str
) -> None:
    answer = demo.get(f"/coverage/{name}")
    assert answer.status_code == 404
    assert "passages.csv" in answer.text
