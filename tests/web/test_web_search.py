"""Search: everything the site shows is found by its words, grouped, marked, in both languages."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from shown import plain, text_of

from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.terms import sparql_prologue

STORE = open_regulations()


def totals(html: str) -> dict[str, int]:
    """Give how many hits of each kind the page says there are."""
    return {
        kind: int(number)
        for kind, number in re.findall(r'<h2 id="(\w+)">[^<]*<span class="count">(\d+)<', html)
    }


def count(where: str) -> int:
    query = f"{sparql_prologue()} SELECT (COUNT(DISTINCT ?s) AS ?number) WHERE {{ {where} }}"
    return next(int(row["number"].value) for row in STORE.select(query, prepared_graphs()))


@pytest.mark.parametrize("word", ["报", "报告", "第一季度", "党风廉政建设", "必要时"])
def test_provisions_and_norms_are_found_as_the_graph_has_them(demo: FlaskClient, word: str) -> None:
    found = totals(text_of(demo, f"/search?q={word}"))
    assert found["text"] == count(f'?s dg:text ?text FILTER(CONTAINS(?text, "{word}"))')
    assert found["norms"] == count(
        f"?s dg:statedIn ?p {{ ?s dg:quote ?w }} UNION {{ ?s dg:action ?w }} "
        f'FILTER(CONTAINS(?w, "{word}"))'
    )


def test_what_was_looked_for_is_marked_and_leads_to_its_place(demo: FlaskClient) -> None:
    html = text_of(demo, "/search?q=第一季度")
    section = html.partition('<h2 id="text">')[2].partition("</section>")[0]
    assert '<a href="/regulation/art20">第二十条</a>' in section
    assert "每年<mark>第一季度</mark>向上一级党委" in section
    norms = html.partition('<h2 id="norms">')[2].partition("</section>")[0]
    assert 'href="/regulation/art20#art20-n1"' in norms


def test_roles_terms_questions_readings_and_units_are_found_by_name(demo: FlaskClient) -> None:
    head = text_of(demo, "/search?q=主要负责人")
    assert 'href="/roles/PrincipalHead"' in head
    assert 'href="/ontology/AnnualReport"' in text_of(demo, "/search?q=责任制年度报告")
    assert 'href="/questions/deadlines-of-type"' in text_of(demo, "/search?q=deadlines-of-type")
    assert 'href="/readings#A05"' in text_of(demo, "/search?q=A05")
    assert 'href="/units/qh-xianwei"' in text_of(demo, "/search?q=qh-xianwei")


def test_english_finds_the_chinese_by_the_labels_of_terms(demo: FlaskClient) -> None:
    label = {"zh": "", "en": ""}
    rows = STORE.select(
        sparql_prologue() + "SELECT ?label WHERE { dg:Prohibition rdfs:label ?label }",
        prepared_graphs(),
    )
    for row in rows:
        label[row["label"].language] = row["label"].value
    html = text_of(demo, f"/search?q={label['en']}")
    assert f"<mark>{label['zh']}</mark>" in html
    assert "/ontology/Prohibition" in html
    demo.set_cookie("lang", "en")
    english = text_of(demo, "/search?q=annual report")
    assert "<mark>annual report</mark>" in english.lower()


def test_english_headings_of_lists_are_in_the_plural(demo: FlaskClient) -> None:
    html = text_of(demo, "/search?q=党委&lang=en")
    headings = re.findall(r'<h2 id="(\w+)">([^<]*?) <span class="count">', html)
    assert {"norms": "Norms", "roles": "Bearers"}.items() <= dict(headings).items()


def test_one_kind_is_shown_sheet_by_sheet(demo: FlaskClient) -> None:
    every = totals(text_of(demo, "/search?q=党"))["norms"]
    assert every > 50
    found: list[str] = []
    for page in (1, 2, 3, 4):
        answer = demo.get(f"/search?q=党&kind=norms&page={page}")
        if answer.status_code == 404:
            break
        assert totals(answer.text) == {"norms": every}
        found += re.findall(r'<p class="hit"><a href="([^"]+)"', answer.text)
    assert len(found) == len(set(found)) == every


def test_several_words_have_to_be_there_all(demo: FlaskClient) -> None:
    html = text_of(demo, "/search?q=第一季度 纪委 报告&kind=text")
    assert totals(html) == {"text": 1}
    assert html.count("<mark>") == 3


def test_nothing_found_helps_and_nothing_asked_explains(demo: FlaskClient) -> None:
    assert "没有找到“皇帝”" in text_of(demo, "/search?q=皇帝")
    assert "一两个字就可以查" in text_of(demo, "/search")
    assert demo.get("/search?q=&kind=units").location == "/search"
    assert demo.get("/search?q=a&kind=none").location == "/search?q=a"


@pytest.mark.parametrize(
    "query", ['"', "*", "%", "_", "\\", "' OR 1=1 --", "<script>", "NEAR(a b)", "a\0b"]
)
def test_signs_stand_for_themselves(demo: FlaskClient, query: str) -> None:
    answer = demo.get("/search", query_string={"q": query})
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    found = re.findall(r"<mark>(.*?)</mark>", answer.text)
    assert all(unescape(one).casefold() in query.casefold() for one in found)


def test_names_out_of_data_are_shown_as_words(hostile: FlaskClient) -> None:
    answer = hostile.get("/search?q=unit")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_every_page_has_the_box_and_the_first_a_large_one(demo: FlaskClient) -> None:
    assert text_of(demo, "/regulation/art1").count('action="/search"') == 1
    assert text_of(demo, "/").count('action="/search"') == 2
    assert "查找" in plain(text_of(demo, "/search"))
