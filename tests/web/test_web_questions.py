"""The questions: the form, the answer, the query behind it, the files."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shown import plain

from dutygraph.queries.catalogue import Pivot, Question, filled, questions
from dutygraph.queries.values import FREE_TEXT, Values
from dutygraph.regulations.prepared import open_regulations
from dutygraph.terms import sparql_prologue
from webapp.answers import Answer, Cell, laid_out
from webapp.concepts import safe_address
from webapp.files import safe_cell
from webapp.holdings import holdings
from webapp.language import Words
from webapp.pages.questions import AUDIENCES, editable

QUESTIONS = questions()


STORE = open_regulations()
PIVOTED = [name for name, one in QUESTIONS.items() if one.pivot]


def rows(html: str) -> list[str]:
    """Give the rows of the table, or of the matrix."""
    table = re.search(r'<table class="plain (?:answer|matrix)">(.*?)</table>', html, re.DOTALL)
    body = table[1].partition("<tbody>")[2] if table else ""
    return re.findall(r"<tr>.*?</tr>", body, re.DOTALL)


def asked(name: str, language: str = "zh") -> list[dict[str, str]]:
    """Give the rows of the answer as the store gives them."""
    sparql = filled(Values(STORE), QUESTIONS[name], {}, language)
    found = json.loads(STORE.serialize(sparql, "json"))["results"]["bindings"]
    return [{key: term["value"] for key, term in row.items()} for row in found]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_as_the_graph_answers_it(demo: FlaskClient, name: str) -> None:
    question: Question = QUESTIONS[name]
    answer = demo.get(f"/questions/{name}")
    assert answer.status_code == 200
    expected = asked(name)
    shown = rows(answer.text)
    if question.pivot:
        assert len(shown) == len({row.get(question.pivot.row) for row in expected}) > 0
    else:
        assert len(shown) == len(expected) > 0
    assert unescape(answer.text).count(filled(Values(STORE), question, {}).strip()) == 1


def test_the_days_of_a_deadline_are_written_as_the_language_does(demo: FlaskClient) -> None:
    for language, days in (("zh", ("1月1日", "3月31日")), ("en", ("1 January", "31 March"))):
        first = next(
            one
            for one in rows(demo.get(f"/questions/deadlines?lang={language}").text)
            if "art20#n1" in one
        )
        assert all(f">{day}<" in first for day in days)
    demo.delete_cookie("lang")


def test_a_question_has_the_same_answer_when_it_asks_the_regulation_alone(demo_site: Flask) -> None:
    with demo_site.test_request_context():
        held = holdings()
    for name, question in QUESTIONS.items():
        sparql = filled(held.law.values, question, {})
        written = sparql_prologue() + editable(held, sparql)
        assert STORE.serialize(written, "csv") == STORE.serialize(sparql, "csv"), name


def test_every_question_is_listed_once_with_title_and_help_under_those_it_is_for(
    demo: FlaskClient,
) -> None:
    text = demo.get("/questions").text
    sections = re.findall(r'<h2 id="for-([\w-]+)">(.*?)(?=<h2 id="for-|</main>)', text, re.DOTALL)
    for name, question in QUESTIONS.items():
        audiences = {one.strip() for one in question.audience.split(",")}
        (under,) = [key for key, section in sections if f'href="/questions/{name}"' in section]
        assert set(under.split("-")) == audiences
        assert under.split("-") == [one for one in AUDIENCES if one in audiences]
        assert question.title_zh in unescape(text)
        assert question.help_zh in unescape(text)
    sizes = [key.count("-") for key, _ in sections]
    assert sizes == sorted(sizes, reverse=True)


def test_the_kinds_of_reader_are_those_of_the_catalogue() -> None:
    named = {one.strip() for question in QUESTIONS.values() for one in question.audience.split(",")}
    assert named <= set(AUDIENCES)


@pytest.mark.parametrize("name", [name for name, one in QUESTIONS.items() if one.parameters])
def test_every_value_that_a_form_offers_is_taken(demo: FlaskClient, name: str) -> None:
    text = demo.get(f"/questions/{name}").text
    form = text.partition('class="inline-form"')[2].partition("</form>")[0]
    listed = [one for one in QUESTIONS[name].parameters if one.kind != FREE_TEXT]
    assert form.count(" selected>") == len(listed)
    assert form.count("<input ") == len(QUESTIONS[name].parameters) - len(listed)
    for parameter in listed:
        field = form.partition(f'<select name="{parameter.name}">')[2].partition("</select>")[0]
        offered = [unescape(one) for one in re.findall(r'<option value="([^"]+)"', field)]
        assert offered == [value.name for value in Values(STORE)[parameter.kind]]
        for value in offered[:: max(1, len(offered) // 4)]:
            answer = demo.get(f"/questions/{name}", query_string={parameter.name: value})
            assert answer.status_code == 200
            assert f'value="{value}" selected>' in unescape(answer.text)


def test_a_value_given_by_another_name_is_the_one_selected(demo: FlaskClient) -> None:
    for given in ("art9", "9", "第九条", "Article 9"):
        text = demo.get("/questions/points-left-open", query_string={"article": given}).text
        assert '<option value="art9" selected>' in text, given


def test_words_to_look_for_are_typed_and_stay_in_their_field(demo: FlaskClient) -> None:
    free = [
        (name, one.name)
        for name, question in QUESTIONS.items()
        for one in question.parameters
        if one.kind == FREE_TEXT
    ]
    assert free
    for name, parameter in free:
        answer = demo.get(f"/questions/{name}", query_string={parameter: '"><b>没有'})
        assert answer.status_code == 200
        assert f'<input name="{parameter}" value="&#34;&gt;&lt;b&gt;没有"' in answer.text
        refused = demo.get(f"/questions/{name}", query_string={parameter: "长" * 51})
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text


def test_an_answer_without_rows_says_so(demo: FlaskClient) -> None:
    text = demo.get("/questions/find-words?text=没有这样的字").text
    assert rows(text) == []
    assert "没有可列的内容" in text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PIVOTED)
def test_a_question_with_a_pivot_shows_as_a_matrix(
    demo: FlaskClient, name: str, language: str
) -> None:
    demo.set_cookie("lang", language)
    pivot = QUESTIONS[name].pivot
    assert pivot
    html = demo.get(f"/questions/{name}").text
    table = html.partition('<table class="plain matrix">')[2].partition("</table>")[0]
    heads = re.findall(r'<th scope="col">(.*?)</th>', table, re.DOTALL)
    lines = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL)
    expected = asked(name, language)
    assert len(heads) == 1 + len({row[pivot.column] for row in expected})
    assert len(lines) == len({row[pivot.row] for row in expected})
    filled_cells = {(row[pivot.row], row[pivot.column]) for row in expected if pivot.value in row}
    cells = [cell for _, line in lines for cell in re.findall(r"<td.*?</td>", line, re.DOTALL)]
    assert len(cells) == len(lines) * (len(heads) - 1)
    assert sum('class="empty"' not in cell for cell in cells) == len(filled_cells)


@pytest.mark.parametrize("name", PIVOTED)
def test_the_csv_of_a_matrix_is_a_matrix_and_its_json_has_the_plain_rows(
    demo: FlaskClient, name: str
) -> None:
    pivot = QUESTIONS[name].pivot
    assert pivot
    expected = asked(name)
    data = demo.get(f"/questions/{name}/answer.csv").data.decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(data, newline=""))
    assert head == [pivot.row, *dict.fromkeys(row[pivot.column] for row in expected)]
    found = {
        (line[0], column, value)
        for line in lines
        for column, cell in zip(head[1:], line[1:], strict=True)
        for value in cell.split("; ")
        if value
    }
    # A value that lists several things is parted like a cell that holds several values.
    assert found == {
        (row[pivot.row], row[pivot.column], value)
        for row in expected
        if row.get(pivot.value)
        for value in row[pivot.value].split("; ")
    }
    answer = json.loads(demo.get(f"/questions/{name}/answer.json").data)
    assert len(answer["results"]["bindings"]) == len(expected)


def test_a_matrix_keeps_the_order_and_all_values_of_a_cell() -> None:
    def cell(words: str) -> Cell:
        return Cell(Words(words))

    triples = [("b", "2", "x"), ("a", "1", "y"), ("b", "1", "z"), ("b", "2", "w"), ("b", "2", "x")]
    found = laid_out(
        Answer(["row", "column", "value"], [[cell(one) for one in line] for line in triples]),
        Pivot("row", "column", "value"),
    )
    assert [head.words.zh for head in found.heads] == ["2", "1"]
    assert [
        (line.words.zh, [[one.words.zh for one in cell] for cell in cells])
        for line, cells in found.rows
    ] == [("b", [["x", "w"], ["z"]]), ("a", [[], ["y"]])]


def test_a_matrix_leaves_nothing_out_that_has_no_value_row_or_column() -> None:
    found = laid_out(
        Answer(
            ["r", "c", "v"],
            [
                [None, Cell(Words("1")), Cell(Words("x"))],
                [Cell(Words("a")), Cell(Words("1")), None],
            ],
        ),
        Pivot("r", "c", "v"),
    )
    assert [(line.words.zh, len(cells[0])) for line, cells in found.rows] == [("", 1), ("a", 0)]


def test_keys_in_an_answer_lead_to_what_they_name(demo: FlaskClient) -> None:
    text = demo.get("/questions/points-left-open?article=art20").text
    assert re.search(
        r'<td[^>]*><span><a href="/regulation/art20#art20-n\d+">art20#n\d+</a></span></td>', text
    )
    assert re.search(r'<td[^>]*><span><a href="/regulation/art20">第二十条</a></span></td>', text)
    assert re.search(r'<td[^>]*><span><a href="/readings#A05">A05</a></span></td>', text)


def test_several_keys_in_one_cell_are_links_each(demo: FlaskClient) -> None:
    text = demo.get("/questions/sanctions-for").text
    cells = re.findall(r'<td data-name="[^"]*" class="column-readings?">(.*?)</td>', text)
    several = [cell for cell in cells if cell.count('<a href="/readings#A') > 1]
    assert several
    assert all(re.fullmatch(r"A\d+(、A\d+)+", plain(one).replace(" ", "")) for one in several)


def test_a_value_that_there_is_not_is_refused_with_the_nearest(demo: FlaskClient) -> None:
    answer = demo.get("/questions/duties-of-body?body=县及党委")
    assert answer.status_code == 400
    assert 'role="alert">body: 没有「县及党委」' in answer.text
    demo.set_cookie("lang", "en")
    english = demo.get("/questions/duties-of-body?body=县及党委").text
    assert "没有「" not in english.partition('role="alert">')[2].partition("</p>")[0]
    assert demo.get("/questions/duties-of-body/answer.csv?body=县及党委").status_code == 400


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_files_hold_what_the_page_shows(demo: FlaskClient, name: str) -> None:
    shown = rows(demo.get(f"/questions/{name}").text)
    answered = len(asked(name))
    as_json = demo.get(f"/questions/{name}/answer.json")
    assert as_json.mimetype == "application/sparql-results+json"
    assert len(json.loads(as_json.data)["results"]["bindings"]) == answered
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


CHARTED = [name for name, one in QUESTIONS.items() if one.chart]


@pytest.mark.parametrize("name", CHARTED)
def test_a_question_that_counts_shows_its_counts_as_bars(demo: FlaskClient, name: str) -> None:
    chart = QUESTIONS[name].chart
    assert chart
    expected = asked(name)
    rows_ = expected[:-1] if chart.total else expected
    counted = [row for row in rows_ if chart.value in row]
    numbers = [int(row[chart.value]) for row in counted]
    if chart.total:
        assert int(expected[-1][chart.value]) == sum(numbers)
    figure = demo.get(f"/questions/{name}").text.partition('<figure class="bars"')[2]
    figure = figure.partition("</figure>")[0]
    bars = re.findall(r'<rect width="([\d.]+)".*?<span class="figure">(\d+)</span>', figure)
    assert [int(number) for _, number in bars] == numbers
    for width, number in bars:
        assert float(width) == pytest.approx(100 * int(number) / max(numbers), abs=0.01)
    for row in counted:
        assert row[chart.label] in unescape(figure)
    assert len(CHARTED) >= 8
