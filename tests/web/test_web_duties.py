"""The duties by facets: every count is the graph's, every list that of the command, every file."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from html import unescape
from itertools import product
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from shown import plain, text_of

from dutygraph.cli.main import dutygraph
from dutygraph.explain.facets import FACETS
from dutygraph.regulations.norms import Norm
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.terms import DG, sparql_prologue

STORE = open_regulations()
_TERM = {"addressee": "dg:addressee", "evidence": "dg:evidence", "kind": "a"}


def pattern(facet: str, value: str) -> str:
    """Say in SPARQL, over the closure, what a value of a facet means."""
    if facet in ("role", "body"):
        return f"dg:{value} dg:carries ?n ."
    if facet == "article":
        return f'FILTER(?key = "{value}" || STRSTARTS(?key, "{value}."))'
    if facet == "deadline":
        if value == "none":
            return "FILTER NOT EXISTS { ?n dg:deadline ?any }"
        return (
            "?n dg:deadline ?deadline . "
            f'?deadline (dg:deadlineType|dg:frequency)/skos:notation "{value}" .'
        )
    if facet == "discretion":
        if value == "none":
            return "FILTER NOT EXISTS { ?n dg:discretion ?any }"
        return "?n dg:discretion ?words ." if value == "any" else f'?n dg:discretion "{value}"@zh .'
    if value == "none":
        return f"FILTER NOT EXISTS {{ ?n {_TERM[facet]} ?any }}"
    return f"?n {_TERM[facet]} dg:{value} ."


@cache
def counted(*patterns: str) -> int:
    """Count norms in the graph."""
    query = (
        sparql_prologue()
        + "SELECT (COUNT(DISTINCT ?n) AS ?number) WHERE { ?n dg:statedIn/dg:key ?key . "
        + " ".join(patterns)
        + " }"
    )
    return next(int(row["number"].value) for row in STORE.select(query, prepared_graphs()))


def options(html: str) -> dict[str, dict[str, int]]:
    """Give the values that the page's form offers, with their numbers, by facet."""
    found = {}
    for name, inside in re.findall(r'<select name="(\w+)">(.*?)</select>', html, re.DOTALL):
        pairs = re.findall(r'<option value="([^"]+)"[^>]*>[^<]*\((\d+)\)</option>', inside)
        found[name] = {unescape(value): int(number) for value, number in pairs}
    return found


def command(*arguments: str) -> list[dict[str, object]]:
    """Give what `dutygraph norms --format json` prints."""
    result = CliRunner().invoke(dutygraph, ["norms", *arguments, "--format", "json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, list)
    return found


SELECTIONS: list[dict[str, str]] = [
    {},
    {"role": "PrincipalHead"},
    {"body": "LocalPartyCommittee"},
    {"kind": "Obligation", "deadline": "none"},
    {"body": "CongressPartyGroup", "article": "art8"},
    {"deadline": "window", "evidence": "AnnualReport"},
    {"discretion": "any"},
]


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda one: urlencode(one) or "all")
def test_every_count_is_that_of_the_graph(demo: FlaskClient, selection: dict[str, str]) -> None:
    html = text_of(demo, f"/duties?{urlencode(selection)}")
    every, offered = options(text_of(demo, "/duties")), options(html)
    checked = 0
    for facet, values in every.items():
        if facet in ("role", "body") and not selection.keys().isdisjoint(
            {"role", "body"} - {facet}
        ):
            continue  # Both at once are no conjunction: it is who holds the role in such a body.
        rest = [pattern(name, value) for name, value in selection.items() if name != facet]
        for value in values:
            assert offered[facet].get(value, 0) == counted(*rest, pattern(facet, value)), value
            checked += 1
    assert checked > 150
    total = counted(*(pattern(name, value) for name, value in selection.items()))
    assert f'<h2 id="found">{total} 条规范</h2>' in html


def test_the_form_offers_every_value_that_the_graph_has(demo: FlaskClient) -> None:
    offered = options(text_of(demo, "/duties"))
    queries = {
        "role": "?value a dg:RoleKind ; dg:carries ?n",
        "body": "?value a dg:BodyKind ; dg:carries ?n",
        "kind": "?n a ?value . ?value rdfs:subClassOf dg:Norm FILTER(?value != dg:Norm)",
        "addressee": "?n dg:addressee ?value",
        "evidence": "?n dg:evidence ?value",
        "discretion": "?n dg:discretion ?value",
        "deadline": "?n dg:deadline/(dg:deadlineType|dg:frequency)/skos:notation ?value",
    }
    for facet, where in queries.items():
        query = (
            f"{sparql_prologue()} SELECT DISTINCT ?value WHERE {{ ?n dg:statedIn ?p . {where} }}"
        )
        rows = STORE.select(query, prepared_graphs())
        known = {row["value"].value.removeprefix(DG) for row in rows}
        assert set(offered[facet]) - {"none", "any"} == known
    assert set(offered) == set(FACETS) - {"carried"}


def everyone() -> list[str]:
    rows = STORE.select(
        sparql_prologue() + "SELECT DISTINCT ?r WHERE { ?r a dg:RoleKind ; dg:carries ?n }",
        prepared_graphs(),
    )
    return sorted(row["r"].value.removeprefix(DG) for row in rows)


BODIES = ["LocalPartyCommittee", "Government", "CongressPartyGroup", "FunctionalDepartmentBody"]


@pytest.mark.parametrize(
    ("role", "body"),
    [
        *((role, "") for role in everyone()),
        *(("", body) for body in BODIES),
        *product(("PrincipalHead", "OtherMember"), BODIES[:2]),
    ],
)
def test_the_list_of_a_party_is_that_of_the_command(
    demo: FlaskClient, role: str, body: str
) -> None:
    arguments = ["--role", role or body, "--inherited"]
    arguments += ["--body", body] if role and body else []
    query = urlencode({name: value for name, value in (("role", role), ("body", body)) if value})
    expected = command(*arguments)
    assert json.loads(demo.get(f"/duties.json?{query}").data) == expected
    html = text_of(demo, f"/duties?{query}")
    assert f'<h2 id="found">{len(expected)} 条规范</h2>' in html
    ways = {bool(norm["via"]) for norm in expected}
    carried = options(html)["carried"]
    assert set(carried) == {"inherited" if way else "own" for way in ways}
    assert sum(carried.values()) == len(expected)


def rows(html: str) -> list[str]:
    return re.findall(r"<tr>\s*<td.*?</tr>", html.partition("<tbody>")[2], re.DOTALL)


def test_a_list_goes_over_sheets_that_together_have_every_norm_once(demo: FlaskClient) -> None:
    expected = [str(one["id"]) for one in command("--role", "PrincipalHead", "--inherited")]
    found: list[str] = []
    for page in (1, 2, 3):
        html = text_of(demo, f"/duties?role=PrincipalHead&page={page}")
        found += re.findall(r'aria-label="规范 ([^"]+)"', html)
    assert found == expected
    assert demo.get("/duties?role=PrincipalHead&page=4").status_code == 404


def test_a_row_has_provision_words_deadline_addressee_readings_and_the_way_it_came(
    demo: FlaskClient,
) -> None:
    html = text_of(demo, "/duties?article=art20")
    assert len(rows(html)) == 2
    first = rows(html)[0]
    for part in (
        'href="/regulation/art20"',
        'href="/regulation/art20#art20-n1"',
        "每年第一季度向上一级党委（党组）、纪委专题报告",
        "上一级党委（党组）",
        "1月1日至3月31日",
        'href="/readings#A05"',
    ):
        assert part in first
    inherited = rows(text_of(demo, "/duties?role=PrincipalHead&carried=inherited"))
    assert len(inherited) == 50
    for row in inherited:
        assert "经 第九条第（一）项" in plain(row)
        assert re.search(r'href="/explain\?norm=[^"]+&amp;bearer=PrincipalHead"', row)


def test_labels_are_taken_and_the_address_left_is_short(demo: FlaskClient) -> None:
    answer = demo.get("/duties?role=主要负责人&kind=义务&article=9&deadline=&body=&carried=own")
    assert answer.status_code == 303
    assert answer.location == "/duties?role=PrincipalHead&carried=own&kind=Obligation&article=art9"
    assert demo.get("/duties?carried=own").location == "/duties"


@pytest.mark.parametrize(
    "query", ["role=皇帝", "kind=Nothing", "article=art99", "deadline=soon", "carried=both"]
)
def test_what_no_norm_has_is_refused_with_what_there_is(demo: FlaskClient, query: str) -> None:
    answer = demo.get(f"/duties?{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert options(answer.text)
    assert demo.get(f"/duties.csv?{query}").status_code == 400
    assert demo.get("/duties.doc").status_code == 404


def test_a_selection_that_nothing_fits_says_so_and_how_to_go_on(demo: FlaskClient) -> None:
    html = text_of(demo, "/duties?kind=Prohibition&article=art20")
    assert "没有同时合于这些选择的规范" in html
    assert '<a href="/duties?article=art20" aria-label="去掉：禁止">' in html


QUERY = "role=PrincipalHead&article=art9"


def test_the_tables_have_the_command_s_columns_and_rows(demo: FlaskClient) -> None:
    norms = json.loads(demo.get(f"/duties.json?{QUERY}").data)
    given = demo.get(f"/duties.csv?{QUERY}").data.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(given, newline="")))
    printed = CliRunner().invoke(
        dutygraph,
        ["norms", "--role", "PrincipalHead", "--inherited", "--article", "9", "--format", "csv"],
    )
    assert table == list(csv.reader(io.StringIO(printed.stdout, newline="")))
    assert len(table) == len(norms) + 1 > 20
    sheet = load_workbook(io.BytesIO(demo.get(f"/duties.xlsx?{QUERY}").data)).active
    assert sheet is not None
    cells = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert cells == table


def test_the_turtle_has_each_norm_with_its_words_their_place_and_its_deadline(
    demo: FlaskClient,
) -> None:
    norms = json.loads(demo.get("/duties.json?deadline=window").data)
    data = demo.get("/duties.ttl?deadline=window").data
    triples = {quad.triple for quad in parse(data, format=RdfFormat.TURTLE)}
    said = {(one.subject, one.predicate.value): one.object for one in triples}
    norm_iris = {NamedNode(norm["iri"]) for norm in norms}
    quoting = {one.subject for one in triples if one.predicate.value == DG + "quote"}
    assert quoting == norm_iris
    for norm in norms:
        iri = NamedNode(norm["iri"])
        assert said[iri, DG + "quote"] == Literal(norm["quote"], language="zh")
        deadline = said[iri, DG + "deadline"]
        assert said[deadline, DG + "raw"].value == norm["deadline"]["raw"]
        position = NamedNode(f"{norm['iri']}-position")
        assert int(said[position, "http://www.w3.org/ns/oa#start"].value) == norm["start"]


def test_the_citations_name_the_provision_quote_the_words_and_say_the_way(
    demo: FlaskClient,
) -> None:
    norms = json.loads(demo.get("/duties.json?role=PrincipalHead&article=art6").data)
    lines = demo.get("/duties.txt?role=PrincipalHead&article=art6").data.decode().split("\n")
    assert len(lines) == len(norms) + 3
    for norm, line in zip(norms, lines, strict=False):
        assert f"：“{norm['quote']}”（经第九条第（一）项） {norm['iri']}" in line
        assert line.startswith("《河北省党风廉政建设责任制实施办法》第六条")
    assert re.fullmatch(
        r"河北省党风廉政建设责任制实施办法\[Z/OL\]\. \[\d{4}-\d\d-\d\d\]\. "
        r"https://w3id\.org/dutygraph/hebei\.",
        lines[-2],
    )


def test_the_json_has_the_stable_keys(demo: FlaskClient) -> None:
    one = json.loads(demo.get("/duties.json?article=art20").data)[0]
    assert list(one) == list(Norm.__dataclass_fields__)
