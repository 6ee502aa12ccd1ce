"""Two counties and everybody's role: every address, every form of query, and nothing leaks."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

import pytest
from asked_of_tenants import ADDRESSES, BASE, FORMS
from flask.testing import FlaskClient
from tenants import SEES, Tenants, form_token, leaks, said, tenants
from werkzeug.test import TestResponse

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.tokens import Tokens
from dutygraph.records.history import JOURNAL, History, import_id
from dutygraph.records.intake import open_in_force
from webapp.permissions import NEEDS

UNITS = ["aamark-xianwei", "bbmark-xianwei"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "who" in metafunc.fixturenames:
        metafunc.parametrize("who", SEES)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Tenants:
    return tenants(tmp_path_factory.mktemp("tenants"))


@pytest.fixture(scope="module")
def things(world: Tenants) -> dict[str, dict[str, str]]:
    """Give what there is of each county's to ask for, by what stands in braces."""
    history = History.of(open_in_force(str(world.place)))
    whole = next(one.id for one in history.imports if one.label == "province.json")
    found = {}
    for letters, region in (("aa", "990123"), ("bb", "990122")):
        client = world.client(f"officer-{letters[0]}")
        record = {
            "id": f"{letters}mark-try",
            "type": "meeting",
            "kind": "专题党委常委会议",
            "date": "2014-03-04",
            "unit": f"{letters}mark-xianwei",
            "year": 2014,
            "dedicated": True,
        }
        content = json.dumps({"units": [], "persons": [], "records": [record]}).encode()
        job = _handed_in(client, f"{letters}name.json", content)
        earlier = client.get("/findings/report.json").data
        answer = client.post(
            "/findings/comparison",
            data={"earlier": (io.BytesIO(earlier), "earlier.json"), "token": form_token(client)},
        )
        tokens = Tokens(world.place).of(f"officer-{letters[0]}")
        found[letters] = {
            "unit": f"{letters}mark-xianwei",
            "name": f"{letters.upper()}NAME",
            "person": f"{letters}mark-xianwei-head",
            "record": f"{letters}mark-more",
            "region": region,
            "import": import_id(world.graphs[letters]),
            "whole": whole,
            "job": job,
            "seal": "0" * 64,
            "earlier": answer.headers["Location"].partition("earlier=")[2],
            "token": tokens[0].id,
        }
    return found


def _handed_in(client: FlaskClient, name: str, content: bytes) -> str:
    """Hand in a file, wait until it is checked, and give the job."""
    answer = client.post(
        "/import", data={"files": (io.BytesIO(content), name), "token": form_token(client)}
    )
    assert answer.status_code == 303, answer.text
    job = answer.headers["Location"].rpartition("/")[2]
    for _ in range(1200):
        state = client.get(f"/import/jobs/{job}/progress.json").json
        if state and state["state"] != "running":
            assert state["state"] == "ready", client.get(f"/import/jobs/{job}").text
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def test_every_address_has_its_row(world: Tenants) -> None:
    rules = list(world.site.url_map.iter_rules())
    reading = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    writing = {
        rule.endpoint
        for rule in rules
        if not {"POST", "PUT", "DELETE", "PATCH"}.isdisjoint(rule.methods or ())
    }
    assert reading == set(ADDRESSES)
    # Queries may be posted; they have a table of their own.
    assert writing - {"sparql.index", "sparql.download"} == set(FORMS)
    assert set(FORMS) - {"account.log_in"} <= set(NEEDS)
    assert set(NEEDS) <= reading | writing


def test_no_address_shows_what_is_anothers(
    world: Tenants, things: dict[str, dict[str, str]], who: str
) -> None:
    client = world.client(who)
    found = []
    for address, others in product(
        (one for some in ADDRESSES.values() for one in some), things.values()
    ):
        if "{" not in address and others is not things["bb"]:
            continue
        asked = address.format_map({key: quote(one) for key, one in others.items()})
        answer = client.get(asked, buffered=True)
        assert answer.status_code < 500, asked
        if shown := leaks(answer, who, asked, *others.values()):
            found.append((asked, shown))
    assert not found


def test_everybody_sees_what_is_his(
    world: Tenants, things: dict[str, dict[str, str]], who: str
) -> None:
    client = world.client(who)
    units = said(client.get("/api/v1/units"))
    findings = said(client.get("/api/v1/findings"))
    for letters, others in things.items():
        is_there = letters in SEES[who]
        for text in (units, findings):
            assert (f"{letters}mark-" in text) == is_there
            assert (others["name"] in text) == is_there
        status = 200 if is_there else 404
        for address in (
            "/units/{unit}",
            "/api/v1/units/{unit}",
            "/calendar?unit={unit}",
            f"/about?iri={BASE}record/{{record}}",
            "/import/history/{import}",
        ):
            assert client.get(address.format_map(others)).status_code == status, address


def test_what_is_anothers_is_answered_as_what_does_not_exist(
    world: Tenants, things: dict[str, dict[str, str]]
) -> None:
    client = world.client("officer-a")
    others = things["bb"]
    nobodys = {key: "x" * len(value) for key, value in others.items()}
    for address in (one for some in ADDRESSES.values() for one in some if "{" in one):
        if "{name}" in address or "{whole}" in address:
            continue
        there, nowhere = (
            _body(client.get(address.format_map(which)), which) for which in (others, nobodys)
        )
        assert there == nowhere, address


def _body(answer: TestResponse, which: dict[str, str]) -> tuple[int, str]:
    if answer.data.startswith(b"PK"):
        return answer.status_code, ""
    text = answer.text
    for words in sorted(which.values(), key=len, reverse=True):
        text = text.replace(words, "·")
    lines = (one for one in text.splitlines() if 'name="token"' not in one and "DTSTAMP" not in one)
    return answer.status_code, "\n".join(lines)


def test_no_form_does_what_is_not_for_its_sender(
    world: Tenants, things: dict[str, dict[str, str]], who: str
) -> None:
    if who == "administrator":
        who = "anonymous"
    client, found = world.client(who), []
    before = _state(world, things)
    own = next(iter(SEES[who]), "")
    for address, data in (one for some in FORMS.values() for one in some):
        for letters, others in things.items():
            if letters == own:
                continue
            method, _, asked = address.format_map(others).rpartition(" ")
            form = {key: value.format_map(others) for key, value in data.items()}
            # Programs show a token where people have a session.
            by_program = asked.startswith("/api/") and who in world.tokens
            answer = client.open(
                asked,
                method=method or "POST",
                data=form if by_program else form | {"token": form_token(client)},
                headers={"Authorization": f"Bearer {world.tokens[who]}"} if by_program else {},
            )
            assert answer.status_code < 500, asked
            if shown := leaks(answer, who, asked, *others.values()):
                found.append((asked, shown))
            if asked in ("/account/sessions", "/logout") and who != "anonymous":
                client = world.client(who)
    assert not found
    assert _state(world, things) == before


def _state(world: Tenants, things: dict[str, dict[str, str]]) -> object:
    """Give all that forms could have changed: accounts, tokens, jobs, imports, settings."""
    accounts = Accounts(world.place)
    officer = world.client("officer-b")
    return (
        accounts.all(),
        [Tokens(world.place).of(one.name) for one in accounts.all()],
        History.of(open_in_force(str(world.place))).imports,
        officer.get(f"/import/jobs/{things['bb']['job']}/progress.json").json,
        (world.place / "settings.toml").exists(),
    )


# Queries ------------------------------------------------------------------------------------------

PATTERNS = (
    "?s ?p ?o",
    "?s rdfs:label ?o",
    "GRAPH ?g { ?s ?p ?o }",
    "GRAPH <{graph}> {{ ?s ?p ?o }}",
    "?s a dg:Unit FILTER EXISTS { GRAPH ?g { ?s rdfs:label ?o } }",
    "?s a dg:Unit FILTER NOT EXISTS { ?s dg:nothing ?o }",
    "?s (dg:parentParty|^dg:parentParty)* ?o",
    "<{unit}> (!dg:none|!^dg:none)* ?o",
    "?s dg:parentParty/^dg:parentParty/rdfs:label ?o",
    "?s ^org:organization/^org:hasMembership/rdfs:label ?o",
    "VALUES ?s {{ <{unit}> <{person}> <{record}> }} OPTIONAL {{ ?s ?p ?o }}",
    "{ SELECT ?s ?o WHERE { GRAPH ?g { ?s rdfs:label ?o } } }",
    "{ ?s rdfs:label ?o } UNION { GRAPH ?g { ?s dcterms:identifier ?o } }",
    "?s ?p ?o MINUS { ?s a dg:Norm }",
    "BIND(<{unit}> AS ?s) ?s ?p ?o",
    "?s prov:wasAssociatedWith/rdfs:label ?o",
    "?s dg:sourceFile ?o",
)
HEADS = (
    "SELECT * {dataset} WHERE {{ {pattern} }} LIMIT 5000",
    "SELECT (GROUP_CONCAT(STR(?o)) AS ?all) {dataset} WHERE {{ {pattern} }}",
    "ASK {dataset} WHERE {{ {pattern} FILTER(CONTAINS(STR(?o), '{name}')) }}",
    "CONSTRUCT {{ ?s <urn:x> ?o }} {dataset} WHERE {{ {pattern} }} LIMIT 5000",
    "DESCRIBE ?s {dataset} WHERE {{ {pattern} }} LIMIT 500",
)
DATASETS = (
    "",
    "FROM <{graph}>",
    "FROM NAMED <{graph}>",
    "FROM <{whole}> FROM NAMED <{whole}>",
    f"FROM <{JOURNAL}> FROM NAMED <{JOURNAL}>",
)
PARAMETERS: tuple[dict[str, str], ...] = (
    {},
    {"default-graph-uri": "{graph}"},
    {"named-graph-uri": "{graph}"},
    {"default-graph-uri": "{whole}", "named-graph-uri": "{whole}"},
)
TRICKS = (
    "SELECT * WHERE {{ SERVICE <http://127.0.0.1:1/sparql> {{ ?s ?p ?o }} }}",
    "SELECT * WHERE {{ SERVICE SILENT <{graph}> {{ ?s ?p ?o }} }}",
    "DESCRIBE <{unit}> <{person}> <{record}> <{graph}>",
    "SELECT * FROM \\u003C{graph}\\u003E WHERE {{ ?s ?p ?o }}",
    "PREFIX g: <{graph}> SELECT * FROM g: WHERE {{ ?s ?p ?o }}",
    "BASE <{base}> SELECT * FROM <import/{import}> WHERE {{ ?s ?p ?o }}",
    "INSERT DATA {{ GRAPH <{graph}> {{ <urn:x> <urn:y> 'z' }} }}",
    "LOAD <file://{place}/users.sqlite>",
    "CLEAR GRAPH <{graph}>",
)


def _queries(values: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Give every query with every way of naming graphs; what they name is another's."""
    for head, pattern in product(HEADS, PATTERNS):
        # A pattern with braces of its own that names nothing stands as it is.
        body = pattern.format_map(values) if "{{" in pattern or "<{" in pattern else pattern
        for dataset, named in product(DATASETS, PARAMETERS):
            if dataset and named:
                continue
            filled = head.replace("{pattern}", body.replace("{", "{{").replace("}", "}}"))
            query = filled.replace("{dataset}", dataset).format_map(values)
            yield query, {key: one.format_map(values) for key, one in named.items()}
    for trick in TRICKS:
        yield trick.format_map(values), {}


def _values(world: Tenants, things: dict[str, dict[str, str]]) -> dict[str, str]:
    others = things["bb"]
    return others | {
        "graph": world.graphs["bb"],
        "whole": f"{BASE}import/{others['whole']}",
        "unit": f"{BASE}unit/{others['unit']}",
        "person": f"{BASE}person/{others['person']}",
        "record": f"{BASE}record/{others['record']}",
        "base": BASE,
        "place": str(world.place),
    }


@pytest.mark.parametrize("by_token", [False, True], ids=["session", "token"])
def test_no_query_shows_what_is_anothers(
    world: Tenants, things: dict[str, dict[str, str]], by_token: bool
) -> None:
    client = world.client("anonymous" if by_token else "officer-a")
    head = {"Authorization": f"Bearer {world.tokens['officer-a']}"} if by_token else {}
    values = _values(world, things)
    queries = list(_queries(values))
    # Whoever shows a token is asked with every seventh: the room is the same.
    asked = queries[::7] if by_token else queries
    found, answered = [], 0
    for query, named in asked:
        answer = client.get("/sparql", query_string={"query": query} | named, headers=head)
        assert answer.status_code < 500, query
        answered += answer.status_code == 200 and b"aamark" in answer.data
        echoed = [query, *named.values(), *values.values(), "BBNAME"]
        if shown := leaks(answer, "officer-a", *echoed):
            found.append((query, named, shown))
        if answer.status_code == 200 and query.startswith("ASK"):
            assert answer.json == {"head": {}, "boolean": False}, query
    assert not found
    assert answered > len(asked) / 20, "queries do give what is one's own"
    assert len(queries) > 600


def test_the_service_describes_no_graph_of_anothers(world: Tenants) -> None:
    text = world.client("officer-a").get("/sparql", headers={"Accept": "text/turtle"}).text
    assert world.graphs["aa"] in text
    assert world.graphs["bb"] not in text
