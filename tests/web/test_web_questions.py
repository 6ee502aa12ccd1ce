"""The questions: the form, the answer, the query behind it, the files."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from dutygraph.queries.catalogue import Question, filled, questions
from dutygraph.regulations.prepared import open_regulations
from webapp.answers import safe_cell
from webapp.concepts import safe_address

QUESTIONS = questions()


def rows(html: str) -> list[str]:
    body = (
        html.partition('class="plain answer"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    )
    return re.findall(r"<tr>.*?</tr>", body, re.DOTALL)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_listed_and_answered_as_the_graph_answers_it(
    demo: FlaskClient, name: str
) -> None:
    asked: Question = QUESTIONS[name]
    assert asked.title_zh in unescape(demo.get("/questions").text)
    answer = demo.get(f"/questions/{name}")
    assert answer.status_code == 200
    store = open_regulations()
    sparql = filled(store, asked, {})
    expected = json.loads(store.serialize(sparql, "json"))["results"]["bindings"]
    assert len(rows(answer.text)) == len(expected) > 0
    assert unescape(answer.text).count(sparql.strip()) == 1
    assert 'href="/regulation/art' in answer.text


@pytest.mark.parametrize("name", [name for name, one in QUESTIONS.items() if one.parameters])
def test_every_value_that_a_form_offers_is_taken(demo: FlaskClient, name: str) -> None:
    text = demo.get(f"/questions/{name}").text
    parameter = QUESTIONS[name].parameters[0].name
    offered = re.findall(r'<option value="([^"]+)"', text)
    assert text.count(" selected>") == 1
    for value in offered[::5]:
        answer = demo.get(f"/questions/{name}", query_string={parameter: unescape(value)})
        assert answer.status_code == 200
        assert f'<option value="{value}" selected>' in answer.text


def test_a_value_that_there_is_not_is_refused_with_the_nearest(demo: FlaskClient) -> None:
    answer = demo.get("/questions/duties-of-body?body=县及党委")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert demo.get("/questions/duties-of-body/answer.csv?body=县及党委").status_code == 400


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_files_hold_what_the_page_shows(demo: FlaskClient, name: str) -> None:
    shown = rows(demo.get(f"/questions/{name}").text)
    as_json = demo.get(f"/questions/{name}/answer.json")
    assert as_json.mimetype == "application/sparql-results+json"
    assert len(json.loads(as_json.data)["results"]["bindings"]) == len(shown)
    as_table = demo.get(f"/questions/{name}/answer.csv")
    assert as_table.mimetype == "text/csv"
    assert f'filename="{name}.csv"' in as_table.headers["Content-Disposition"]
    assert as_table.data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(as_table.data.decode("utf-8-sig"), newline="")))
    assert len(table) == len(shown) + 1


def test_an_english_answer_speaks_english_where_the_graph_does(demo: FlaskClient) -> None:
    demo.set_cookie("lang", "en")
    text = demo.get("/questions/deadlines").text
    assert "Party committee or group" in text
    assert "Kind of deadline" in text
    assert "yearly" in text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_compute_is_prefixed(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell
    assert safe_cell("art9.item3#n7") == "art9.item3#n7"


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("https://example.org/a", True),
        ("http://example.org/a", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("urn:x", False),
    ],
)
def test_an_address_from_data_leads_only_to_the_web(address: str, leads: bool) -> None:
    assert (safe_address(address) == address) is leads
