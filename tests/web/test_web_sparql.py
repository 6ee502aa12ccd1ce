"""The SPARQL endpoint as the protocol has it."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import QueryResultsFormat as Results
from pyoxigraph import RdfFormat, parse, parse_query_results

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.remits import NOTHING
from dutygraph.accounts.tokens import Tokens
from dutygraph.queries.workers import Limits
from dutygraph.records.committing import undo
from dutygraph.records.history import History
from dutygraph.store.embedded import EmbeddedStore

RECORDED = dt.datetime(2015, 1, 2, tzinfo=dt.UTC)

NORMS = "SELECT ?norm ?quote { ?norm dg:statedIn hebei:art20 ; dg:quote ?quote } ORDER BY ?norm"
ABOUT = "CONSTRUCT WHERE { hebei:art20 dg:key ?key }"
HTML = {"Accept": "text/html"}
SD = "http://www.w3.org/ns/sparql-service-description#"


def asking(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query} | more)


@pytest.mark.parametrize(
    ("accept", "media_type", "form"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", Results.JSON),
        ("application/json", "application/sparql-results+json", Results.JSON),
        ("*/*", "application/sparql-results+json", Results.JSON),
        ("", "application/sparql-results+json", Results.JSON),
        ("application/sparql-results+xml", "application/sparql-results+xml", Results.XML),
        ("text/csv;q=0.5, application/xml", "application/sparql-results+xml", Results.XML),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", Results.TSV),
    ],
)
def test_rows_come_in_the_form_that_is_preferred(
    demo: FlaskClient, accept: str, media_type: str, form: Results
) -> None:
    answer = demo.get(asking(NORMS), headers={"Accept": accept} if accept else {})
    assert answer.status_code == 200
    assert answer.content_type == media_type
    assert "Accept" in answer.headers["Vary"]
    rows = list(parse_query_results(answer.data, format=form))
    assert [row["norm"].value.rpartition("/")[2] for row in rows] == ["art20#n1", "art20#n2"]


def test_rows_come_as_csv_as_w3c_has_it(demo: FlaskClient) -> None:
    answer = demo.get(asking("SELECT ?x { BIND('=1' AS ?x) }"), headers={"Accept": "text/csv"})
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data == b"x\r\n=1\r\n"


@pytest.mark.parametrize(
    ("accept", "media_type", "form"),
    [
        ("text/turtle", "text/turtle; charset=utf-8", RdfFormat.TURTLE),
        ("", "text/turtle; charset=utf-8", RdfFormat.TURTLE),
        ("application/n-triples", "application/n-triples", RdfFormat.N_TRIPLES),
        ("text/plain", "application/n-triples", RdfFormat.N_TRIPLES),
        ("application/ld+json", "application/ld+json", RdfFormat.JSON_LD),
        ("application/rdf+xml", "application/rdf+xml", RdfFormat.RDF_XML),
    ],
)
def test_triples_come_in_the_form_that_is_preferred(
    demo: FlaskClient, accept: str, media_type: str, form: RdfFormat
) -> None:
    answer = demo.get(asking(ABOUT), headers={"Accept": accept} if accept else {})
    assert answer.content_type == media_type
    (quad,) = parse(answer.data, format=form)
    assert quad.object.value == "art20"


@pytest.mark.parametrize(("query", "accept"), [(NORMS, "text/turtle"), (ABOUT, "text/csv")])
def test_a_form_that_does_not_fit_the_answer_is_refused_with_those_that_do(
    demo: FlaskClient, query: str, accept: str
) -> None:
    answer = demo.get(asking(query), headers={"Accept": accept})
    assert answer.status_code == 406
    assert "application/" in answer.text
    assert answer.content_type == "text/plain; charset=utf-8"


def test_a_query_is_taken_from_the_address_a_form_and_a_body(demo: FlaskClient) -> None:
    answers = [
        demo.get(asking(NORMS)),
        demo.post("/sparql", data={"query": NORMS}),
        demo.post("/sparql", data=NORMS, content_type="application/sparql-query"),
        demo.post(
            "/sparql", data=NORMS.encode(), content_type="application/sparql-query; charset=utf-8"
        ),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.data for answer in answers}) == 1


def test_graphs_named_by_the_protocol_are_those_that_are_seen(demo: FlaskClient) -> None:
    ontology, regulation = (
        "https://w3id.org/dutygraph/ontology",
        "https://w3id.org/dutygraph/hebei",
    )
    art20 = "ASK { hebei:art20 dg:key ?key }"
    named = "ASK { GRAPH ?g { hebei:art20 dg:key ?key } }"

    def yes(query: str, **dataset: str) -> bool:
        address = "/sparql?" + urlencode({"query": query, **dataset})
        return bool(json.loads(demo.get(address).data)["boolean"])

    assert yes(art20)
    assert yes(art20, **{"default-graph-uri": regulation})
    assert not yes(art20, **{"default-graph-uri": ontology})
    assert not yes(named, **{"default-graph-uri": regulation})
    assert yes(named, **{"named-graph-uri": regulation})
    body = {"data": art20, "content_type": "application/sparql-query"}
    address = "/sparql?" + urlencode({"default-graph-uri": ontology})
    assert json.loads(demo.post(address, **body).data)["boolean"] is False


@pytest.mark.parametrize(
    ("method", "address", "options", "status", "said"),
    [
        ("GET", asking("SELECT * {"), {}, 400, "line 1, column"),
        ("GET", asking("SELECT * { SERVICE <http://a.invalid/> {} }"), {}, 400, "SERVICE"),
        ("GET", asking("SELECT * FROM <file:///etc/passwd> {}"), {}, 400, "no graph"),
        ("GET", asking("BASE <http://[> SELECT * FROM <x> {}"), {}, 400, "no graph"),
        ("GET", asking("SELECT (TRIPLE(dg:a, dg:b, 1) AS ?x) {}"), {}, 400, "is a triple"),
        ("GET", asking(NORMS) + "&query=ASK%7B%7D", {}, 400, "one query"),
        ("GET", asking(NORMS, **{"default-graph-uri": "urn:x"}), {}, 400, "no graph"),
        ("GET", "/sparql?update=CLEAR+ALL", {}, 400, "read-only"),
        ("POST", "/sparql", {"data": {"update": "CLEAR ALL"}}, 400, "read-only"),
        ("POST", "/sparql", {"data": {"query": "CLEAR ALL"}}, 400, "read-only"),
        ("POST", "/sparql", {"data": {}}, 415, "content type"),
        ("POST", "/sparql", {"data": {"other": "x"}}, 400, "missing"),
        ("POST", "/sparql", {"data": "x", "content_type": "text/plain"}, 415, "content type"),
        (
            *("POST", "/sparql"),
            {"data": "CLEAR ALL", "content_type": "application/sparql-update"},
            *(415, "read-only"),
        ),
        (
            *("POST", "/sparql"),
            {"data": b"\xff", "content_type": "application/sparql-query"},
            *(400, "UTF-8"),
        ),
        (
            *("POST", "/sparql"),
            {"data": b"#" * 600_000, "content_type": "application/sparql-query"},
            *(413, "too large"),
        ),
        ("POST", "/sparql", {"data": {"query": "#" * 600_000}}, 413, "too large"),
        ("PUT", "/sparql", {}, 405, "does not take"),
        ("DELETE", "/sparql", {}, 405, "does not take"),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused_in_both_languages(
    demo: FlaskClient, method: str, address: str, options: dict[str, object], status: int, said: str
) -> None:
    answer = demo.open(address, method=method, **options)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.content_type == "text/plain; charset=utf-8"
    assert said in answer.text
    assert re.search("[\u4e00-\u9fff]", answer.text)
    if status == 405:
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_head_and_options_are_answered(demo: FlaskClient) -> None:
    head = demo.head(asking(NORMS))
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_type == "application/sparql-results+json"
    options = demo.options("/sparql")
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    ("accept", "form"),
    [("text/turtle", RdfFormat.TURTLE), ("application/ld+json", RdfFormat.JSON_LD)],
)
def test_the_service_describes_itself_to_who_asks_for_rdf_without_a_query(
    demo: FlaskClient, accept: str, form: RdfFormat
) -> None:
    answer = demo.get("/sparql", headers={"Accept": accept})
    assert answer.status_code == 200
    triples = [(one.predicate.value, one.object.value) for one in parse(answer.data, format=form)]
    told = dict(triples)
    assert told[SD + "endpoint"] == "http://localhost/sparql"
    assert told[SD + "supportedLanguage"] == SD + "SPARQL11Query"
    names = {value for name, value in triples if name == SD + "name"}
    found = demo.get(asking("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")).get_json(force=True)
    assert names == {row["g"]["value"] for row in found["results"]["bindings"]}


def test_an_endless_query_and_a_long_answer_are_ended(
    demo_store: Path, make_site: Callable[..., Flask]
) -> None:
    client = make_site(demo_store, LIMITS=Limits(seconds=0.5, rows=5)).test_client()
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    answer = client.get(asking(endless))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "0.5 seconds" in answer.text
    assert client.get(asking(endless), headers=HTML).status_code == 503
    every = "SELECT ?s { ?s ?p ?o }"
    long = client.get(asking(every))
    assert len(long.get_json(force=True)["results"]["bindings"]) == 5
    assert long.headers["X-SPARQL-MaxRows"] == "5"
    assert "前 5 行" in client.get(asking(every), headers=HTML).text
    kept = client.get("/sparql/answer.csv?" + urlencode({"query": every}))
    assert "answer-first-5.csv" in kept.headers["Content-Disposition"]


def test_the_endpoint_shows_the_records_that_the_pages_show(
    import_files: Callable[..., Path], make_site: Callable[..., Flask], tmp_path: Path
) -> None:
    """An import that was undone is in the store, out of sight of pages and queries."""
    store, file = tmp_path / "store", tmp_path / "units.json"
    client = make_site(store).test_client()
    named = "SELECT ?id { ?unit a dg:Unit ; dcterms:identifier ?id } ORDER BY ?id"

    def ids() -> list[str]:
        rows = client.get(asking(named)).get_json(force=True)["results"]["bindings"]
        in_graphs = "SELECT DISTINCT ?id { GRAPH ?g { ?unit a dg:Unit ; dcterms:identifier ?id } }"
        again = client.get(asking(in_graphs)).get_json(force=True)["results"]["bindings"]
        assert len(again) == len(rows)
        return [row["id"]["value"] for row in rows]

    assert ids() == []
    unit = {"id": "u1", "name": "甲", "kind": "地方党委", "level": "县级"}
    file.write_text(json.dumps({"units": [unit], "persons": [], "records": []}), encoding="utf-8")
    import_files(store, file)
    assert ids() == ["u1"]
    assert 'href="/units/u1"' in client.get("/units").text
    writer = EmbeddedStore.open(store)
    (imported,) = History.of(writer).imports
    undo(imported.id, writer, recorded_at=RECORDED)
    del writer
    assert ids() == []
    assert 'href="/units/u1"' not in client.get("/units").text
    gone = client.get(asking("ASK {}", **{"default-graph-uri": imported.graph}))
    assert (gone.status_code, "no graph" in gone.text) == (400, True)


def test_pages_elsewhere_may_ask_only_where_configured(
    demo: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = {"Origin": "https://one.example", "Sec-Fetch-Site": "cross-site"}
    allow = "Access-Control-Allow-Origin"
    assert allow not in demo.get(asking(NORMS), headers=asks).headers
    assert demo.post("/sparql", data={"query": NORMS}, headers=asks).status_code == 403
    monkeypatch.setitem(demo.application.config, "ORIGINS", ("https://one.example",))
    for answer in (
        demo.get(asking(NORMS), headers=asks),
        demo.post("/sparql", data={"query": NORMS}, headers=asks),
        demo.options("/sparql", headers=asks),
        demo.get("/sparql?query=", headers=asks),
        demo.get("/api/v1/settings", headers=asks),
    ):
        assert answer.headers[allow] == "https://one.example"
        assert "Origin" in answer.headers["Vary"]
    assert "POST" in demo.options("/sparql", headers=asks).headers["Access-Control-Allow-Methods"]
    assert allow not in demo.get("/findings", headers=asks).headers
    other = asks | {"Origin": "https://two.example"}
    assert allow not in demo.get(asking(NORMS), headers=other).headers


def test_pages_from_anywhere_may_ask_a_site_whose_visitors_are_nobody_but_no_personal_one(
    demo_store: Path, make_site: Callable[..., Flask]
) -> None:
    asks = {"Origin": "https://one.example", "Sec-Fetch-Site": "cross-site"}
    for personal in (True, False):
        client = make_site(demo_store, ORIGINS="*", PERSONAL=personal).test_client()
        there = client.get(asking(NORMS), headers=asks).headers.get("Access-Control-Allow-Origin")
        assert there == (None if personal else "https://one.example")


def test_pages_that_are_named_may_send_a_token_and_others_may_not(
    demo_store: Path, make_site: Callable[..., Flask], tmp_path: Path
) -> None:
    store = Path(shutil.copytree(demo_store, tmp_path / "store"))
    Accounts(store).add("guanli", "administrator", NOTHING, None)
    token = Tokens(store).add("guanli", "", ["read", "import"])[1]
    asks = {"Origin": "https://one.example", "Sec-Fetch-Site": "cross-site"}
    before = asks | {"Access-Control-Request-Headers": "authorization"}
    for origins, named in (("https://one.example", True), ("*", False)):
        client = make_site(store, ORIGINS=origins).test_client()
        for address, method in (("/sparql", "POST"), ("/api/v1/settings", "PUT")):
            asked = client.options(
                address, headers=before | {"Access-Control-Request-Method": method}
            )
            assert asked.status_code == 200, "what is asked beforehand carries no token"
            assert method in asked.headers["Access-Control-Allow-Methods"].split(", ")
            taken = asked.headers["Access-Control-Allow-Headers"].split(", ")
            assert ("Authorization" in taken) == named
        shown = client.get("/api/v1/units", headers=asks | {"Authorization": f"Bearer {token}"})
        assert shown.status_code == 200
        assert "Access-Control-Allow-Credentials" not in shown.headers


def test_origins_come_from_the_environment(
    demo_store: Path, make_site: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUTYGRAPH_CORS", "https://one.example https://two.example")
    assert make_site(demo_store).config["ORIGINS"] == ("https://one.example", "https://two.example")


# The page ---------------------------------------------------------------------------------------
