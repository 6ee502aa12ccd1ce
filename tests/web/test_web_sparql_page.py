"""The page on which people ask SPARQL: its form, its rows, its files, its editor."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from urllib.parse import urlencode

import openpyxl
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from shown import plain

from dutygraph.queries.catalogue import questions
from dutygraph.regulations.prepared import prepared_graphs

NORMS = "SELECT ?norm ?quote { ?norm dg:statedIn hebei:art20 ; dg:quote ?quote } ORDER BY ?norm"
ABOUT = "CONSTRUCT WHERE { hebei:art20 dg:key ?key }"
HTML = {"Accept": "text/html"}


def asking(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query} | more)


def test_the_page_has_a_form_that_works_without_javascript(demo: FlaskClient) -> None:
    text = demo.get("/sparql", headers=HTML).text
    assert '<form method="post" action="/sparql"' in text
    assert '<textarea id="query" name="query"' in text
    for prefix in ("dg:", "hebei:", "xsd:"):
        assert f"<dt>{prefix}</dt>" in text
    assert text.count('href="/sparql?question=') == len(questions())
    (script,) = re.findall(r"<script[^>]*>", text)
    assert re.search(r'src="/static/editor\.js\?v=\w{12}"', script)


def test_a_query_that_is_posted_gets_an_address_of_its_own(demo: FlaskClient) -> None:
    answer = demo.post("/sparql", data={"query": NORMS}, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["Location"] == asking(NORMS)
    graph = {"default-graph-uri": "https://w3id.org/dutygraph/ontology"}
    chosen = demo.post("/sparql", data={"query": NORMS} | graph, headers=HTML)
    assert chosen.headers["Location"] == asking(NORMS, **graph)
    assert "没有可列的内容" in demo.get(chosen.headers["Location"], headers=HTML).text


def test_a_query_too_long_for_an_address_is_answered_at_once(demo: FlaskClient) -> None:
    query = NORMS + " #" + "长" * 2000
    answer = demo.post("/sparql", data={"query": query}, headers=HTML)
    assert answer.status_code == 200
    assert 'href="/regulation/art20#art20-n1"' in answer.text
    (hidden,) = re.findall(r'<input type="hidden" name="query" value="([^"]*)"', answer.text)
    kept = demo.post("/sparql/answer.csv", data={"query": unescape(hidden)}, headers=HTML)
    assert kept.status_code == 200
    assert kept.data.count(b"\r\n") == 3


def test_rows_are_shown_with_links_to_what_they_name(demo: FlaskClient) -> None:
    query = """SELECT ?norm ?key ?kind ?unit ?other ?quote {
      BIND(<https://example.org/a> AS ?other) BIND(dg:Obligation AS ?kind)
      ?norm dg:statedIn hebei:art20 ; dg:key ?key ; dg:quote ?quote .
      ?unit dcterms:identifier "qh-xianwei" }"""
    text = demo.get(asking(query), headers=HTML).text
    assert '<a href="/regulation/art20#art20-n1" class="name">hebei:art20\\#n1</a>' in text
    assert '<a href="/regulation/art20#art20-n1">art20#n1</a>' in text
    assert '<a href="/ontology#Obligation" class="name">dg:Obligation</a>' in text
    assert 'href="/units/qh-xianwei"' in text
    assert 'href="https://example.org/a" rel="noreferrer"' in text
    assert '<span lang="zh">各级党委' in text


def test_no_link_leads_to_what_runs(demo: FlaskClient) -> None:
    query = "SELECT ?x ?y { BIND(<javascript:alert(1)> AS ?x) BIND('<b>\"' AS ?y) }"
    text = demo.get(asking(query), headers=HTML).text
    assert 'href="javascript' not in text
    assert "<b>" not in text
    assert "javascript:alert(1)" in text


def test_yes_and_no_nothing_and_triples_are_shown(demo: FlaskClient) -> None:
    assert '<p class="verdict">是</p>' in demo.get(asking("ASK {}"), headers=HTML).text
    none = "SELECT ?x { ?x a dg:Nothing }"
    assert "没有可列的内容" in demo.get(asking(none), headers=HTML).text
    text = demo.get(asking(ABOUT), headers=HTML).text
    assert '<a href="/hebei/art20" class="name">hebei:art20</a>' in text
    assert 'href="/sparql/answer.ttl?' in text
    assert 'href="/sparql/answer.csv?' not in text


def test_an_error_is_told_on_the_page_in_its_language(demo: FlaskClient) -> None:
    answer = demo.get(asking("SELECT * {"), headers=HTML)
    assert answer.status_code == 400
    assert "语法错误：第1行" in answer.text
    assert "SELECT * {</textarea>" in answer.text
    english = demo.get(asking("SELECT * {", lang="en"), headers=HTML)
    assert "not valid SPARQL 1.1: line 1" in english.text


def test_answers_are_kept_as_files(demo: FlaskClient) -> None:
    asks = "?" + urlencode({"query": "SELECT ?x ?y { BIND('=1+1' AS ?x) BIND('字' AS ?y) }"})
    answer = demo.get("/sparql/answer.csv" + asks)
    assert 'filename="answer.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows == [["x", "y"], ["'=1+1", "字"]]
    book = openpyxl.load_workbook(io.BytesIO(demo.get("/sparql/answer.xlsx" + asks).data))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert cells == [["x", "y"], ["=1+1", "字"]]
    assert book.active["A2"].data_type == "s"
    found = demo.get("/sparql/answer.json" + asks).get_json(force=True)
    assert found["results"]["bindings"][0]["y"]["value"] == "字"
    turtle = demo.get("/sparql/answer.ttl?" + urlencode({"query": ABOUT}))
    assert turtle.content_type == "text/turtle; charset=utf-8"
    assert list(parse(turtle.data, format=RdfFormat.TURTLE))
    assert demo.get("/sparql/answer.doc" + asks).status_code == 404
    assert demo.get("/sparql/answer.ttl" + asks, headers=HTML).status_code == 400
    assert demo.get("/sparql/answer.xlsx?query=ASK%7B%7D", headers=HTML).status_code == 400


def test_every_question_opens_in_the_editor_with_its_answer(demo: FlaskClient) -> None:
    shown = demo.get("/questions/deadlines?lang=en").text
    (link,) = re.findall(r'href="(/sparql\?query=[^"]+)"', shown)
    opened = demo.get(unescape(link), headers=HTML)
    assert opened.status_code == 200
    example = demo.get("/sparql?question=deadlines", headers=HTML)
    for page in (opened, example):
        written = unescape(page.text.partition("<textarea")[2].partition("</textarea>")[0])
        assert "PREFIX" not in written
        assert re.findall("FROM <(.*)>", written) == prepared_graphs(), "records are not looked at"
        assert '<table class="plain solutions">' in page.text
    rows = plain(opened.text.partition("<tbody>")[2].partition("</tbody>")[0])
    assert "art20#n1" in rows
    assert demo.get("/sparql?question=nothing", headers=HTML).status_code == 404


def test_the_terms_that_the_editor_completes_are_those_of_the_ontology(demo: FlaskClient) -> None:
    found = demo.get("/sparql/terms.json").get_json()
    named = {one["name"]: one for one in found["terms"]}
    query = 'SELECT ?t { ?t skos:definition ?d FILTER(LANG(?d) = "zh") }'
    rows = demo.get(asking(query)).get_json(force=True)["results"]["bindings"]
    dg = found["prefixes"]["dg"]
    assert set(named) == {f"dg:{row['t']['value'].removeprefix(dg)}" for row in rows}
    assert named["dg:bearer"]["is_class"] is False
    assert named["dg:Obligation"]["zh"] == "义务"


def test_the_editor_stands_beside_its_licences(demo: FlaskClient) -> None:
    with demo.get("/static/vendor/codemirror/LICENSE") as answer:
        licences = answer.get_data(as_text=True)
    with demo.get("/static/vendor/codemirror/codemirror.min.js") as answer:
        head = answer.get_data(as_text=True).partition("\n")[0]
    parts = re.findall(r"(\S+ [\d.]+) \(MIT\)", head)
    assert "@codemirror/view 6.43.15" in parts
    assert all(part in licences for part in parts)
    assert licences.count("Permission is hereby granted") == len(parts)
