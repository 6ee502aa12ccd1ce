"""Logging in and out, roles, tokens, single sign-on, limits; and what goes into the audit log."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tenants import PASSWORD, form_token, import_told
from werkzeug.test import TestResponse

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.acts import act
from dutygraph.accounts.audit import Audit
from dutygraph.accounts.remits import NOTHING, Remit
from dutygraph.accounts.tokens import Tokens
from dutygraph.records.history import History
from dutygraph.records.intake import open_in_force
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from webapp import create_app
from webapp.access import actor

OTHER = "another-long-pass-phrase"


def unit(identifier: str, **more: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": f"示例{identifier}",
        "kind": "地方党委",
        "level": "县级",
    } | more


def meeting(identifier: str, at: str) -> dict[str, Any]:
    kind = {"type": "meeting", "kind": "专题党委常委会议", "date": "2014-03-04", "dedicated": True}
    return {"id": identifier, "unit": at, "year": 2014} | kind


def person(identifier: str, *units: str) -> dict[str, Any]:
    roles = [
        {"unit": one, "post": "书记", "from": "2012-01-01", "principal_head": True} for one in units
    ]
    return {
        "id": identifier,
        "name": f"某{identifier}",
        "party_member": True,
        "leading_cadre": True,
        "roles": roles,
    }


def content(**lists: list[dict[str, Any]]) -> bytes:
    told = {"units": [], "persons": [], "records": []} | lists
    return json.dumps(told, ensure_ascii=False).encode()


@pytest.fixture(scope="session")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store with two counties under a city."""
    folder = tmp_path_factory.mktemp("counties")
    units = [
        unit("city", level="设区市级"),
        unit("a", parent_party="city", region="990101"),
        unit("a1", parent_party="a", level="乡级", region="990101"),
        unit("b", parent_party="city", region="990102"),
    ]
    store = EmbeddedStore.open(folder)
    refresh(store)
    told = {"units": units, "persons": [person("pb", "b")], "records": []}
    import_told(store, "units.json", told, "guanli")
    return folder


@pytest.fixture
def place(counties: Path, tmp_path: Path) -> Path:
    """Copy it, and make an account of each role."""
    store = tmp_path / "store"
    shutil.copytree(counties, store)
    accounts = Accounts(store)
    accounts.add("guanli", "administrator", NOTHING, PASSWORD)
    accounts.add("jia", "officer", Remit(("a",)), PASSWORD)
    accounts.add("yi", "officer", Remit(("b",)), PASSWORD)
    accounts.add("duzhe", "reader", NOTHING, PASSWORD)
    return store


@pytest.fixture
def site(place: Path) -> Flask:
    return make(place)


def make(place: Path, **config: object) -> Flask:
    usual = {"STORE": str(place), "TESTING": True, "PATIENCE": None, "RATELIMIT_ENABLED": False}
    return create_app(usual | config)


def log_in(client: FlaskClient, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
    data = {"token": form_token(client), "name": name, "password": password, **more}
    return client.post("/login", data=data)


def browser(site: Flask, name: str) -> FlaskClient:
    client = site.test_client()
    assert log_in(client, name).status_code == 303
    return client


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    return found.value if found else ""


def acts(place: Path) -> list[tuple[str, str, str]]:
    entries = Audit(place).entries(1000)[::-1]
    return [(one.entry.who, one.entry.act, one.entry.outcome) for one in entries]


# Logging in ---------------------------------------------------------------------------------------


def test_without_accounts_there_is_the_regulation_and_the_demo_alone(
    import_files: Callable[..., Path], tmp_path: Path
) -> None:
    file = tmp_path / "units.json"
    file.write_bytes(content(units=[unit("secret")]))
    store = import_files(tmp_path / "store", file)
    client = make(store).test_client()
    text = client.get("/units").text
    assert "示例secret" not in text
    assert "青禾县委" in text
    assert "虚构的演示数据" in text
    assert client.get("/units/secret").status_code == 404
    assert client.get("/regulation/art20").status_code == 200
    assert "accounts add" in client.get("/login").text
    personal = make(store, PERSONAL=True).test_client()
    assert "示例secret" in personal.get("/units").text
    assert personal.get("/units", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
    assert personal.get("/units", base_url="http://example.org").status_code == 403
    proxied = {"X-Forwarded-For": "192.0.2.7"}
    assert personal.get("/units", headers=proxied).status_code == 403
    # The first account ends it.
    Accounts(store).add("guanli", "administrator", NOTHING, PASSWORD)
    assert "示例secret" not in personal.get("/units").text


def test_a_session_is_new_at_every_log_in_and_gone_after_logging_out(
    site: Flask, place: Path
) -> None:
    client = site.test_client()
    client.set_cookie("session", "chosen-by-somebody-else")
    answer = log_in(client, "jia", next="/units")
    assert answer.headers["Location"] == "/units"
    (header,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("session=")]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Secure" not in header
    first = cookie(client)
    assert first != "chosen-by-somebody-else"
    assert "示例a1" in client.get("/units").text
    assert client.get("/units").headers["Cache-Control"] == "private, no-store"
    assert client.post("/logout", data={"token": form_token(client)}).status_code == 303
    assert "示例a1" not in client.get("/units").text
    client.set_cookie("session", first)
    assert "示例a1" not in client.get("/units").text
    assert [one[:2] for one in acts(place)] == [("jia", "login"), ("jia", "logout")]


def test_over_https_cookies_are_secure_and_the_browser_is_to_stay_there(site: Flask) -> None:
    client = site.test_client()
    secure = {"base_url": "https://localhost"}
    page = client.get("/login", **secure)
    assert "max-age" in page.headers["Strict-Transport-Security"]
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token
    data = {"token": token[1], "name": "jia", "password": PASSWORD}
    answer = client.post("/login", data=data, **secure)
    assert answer.status_code == 303
    assert all("Secure" in one for one in answer.headers.getlist("Set-Cookie"))


def test_a_log_in_that_fails_says_the_same_whatever_was_wrong(site: Flask, place: Path) -> None:
    Accounts(place).disable("duzhe")
    client = site.test_client()
    said = set()
    for name, password in (("jia", OTHER), ("nobody", PASSWORD), ("duzhe", PASSWORD)):
        answer = log_in(client, name, password)
        assert answer.status_code == 403
        said.add(re.sub(r'value="[^"]*"', "", answer.text))
        assert cookie(client) == ""
    assert len(said) == 1
    assert password not in json.dumps(acts(place))
    assert {outcome for _, act, outcome in acts(place) if act == "login"} == {"refused"}


def test_too_many_failures_are_made_to_wait(site: Flask) -> None:
    client = site.test_client()
    for _ in range(5):
        assert log_in(client, "jia", OTHER).status_code == 403
    answer = log_in(client, "jia")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("given", "owned"), [("1", True), ("yes", True), ("0", False), ("no", False)]
)
def test_a_switch_in_the_environment_is_on_or_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, owned: bool
) -> None:
    refresh(EmbeddedStore.open(tmp_path))
    monkeypatch.setenv("DUTYGRAPH_PERSONAL", given)
    with make(tmp_path).test_request_context():
        assert actor().personal is owned
    monkeypatch.setenv("DUTYGRAPH_PERSONAL", "maybe")
    with pytest.raises(ValueError, match="not a switch"):
        make(tmp_path)


def test_a_name_of_any_length_leaves_little_in_the_log(site: Flask) -> None:
    assert log_in(site.test_client(), "长" * 100_000).status_code == 403
    (noted,) = Audit(Path(site.config["STORE"])).entries(1)
    assert noted.entry.outcome == "refused"
    assert 60 < len(noted.entry.who) < 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("https://example.org/", "//example.org", "///example.org", "////example.org/a"),
        *("/\\example.org", "javascript:alert(1)", "x"),
    ],
)
def test_logging_in_leads_nowhere_else(site: Flask, elsewhere: str) -> None:
    answer = log_in(site.test_client(), "jia", next=elsewhere)
    assert answer.headers["Location"] == "/"


def test_a_form_without_its_token_is_refused(site: Flask) -> None:
    client = browser(site, "guanli")
    for rule in site.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith(("account", "settings")):
            address = re.sub(r"<[^>]+>", "x", rule.rule)
            assert client.post(address, data={"name": "yi"}).status_code == 400, address
    assert client.post("/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_what_needs_a_right_leads_to_the_log_in_or_is_refused_and_noted(
    site: Flask, place: Path
) -> None:
    nobody = site.test_client()
    answer = nobody.get("/audit?before=3")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=/audit?before%3D3"
    for name, address in (("jia", "/audit"), ("jia", "/accounts"), ("duzhe", "/import/jobs/x")):
        assert browser(site, name).get(address).status_code == 403, address
    told = {(one[0], one[1], one[2]) for one in acts(place)}
    assert told >= {("jia", "accounts.audit", "403"), ("jia", "accounts.index", "403")}


# One's own account, and those of others -----------------------------------------------------------


def test_changing_the_password_ends_every_session(site: Flask, place: Path) -> None:
    client, elsewhere = browser(site, "jia"), browser(site, "jia")

    def change(**data: str) -> TestResponse:
        return client.post("/account/password", data={"token": form_token(client), **data})

    assert change(old=PASSWORD, new=OTHER, again="x").status_code == 400
    assert change(old="wrong", new=OTHER, again=OTHER).status_code == 400
    assert change(old=PASSWORD, new="short", again="short").status_code == 400
    assert elsewhere.get("/account").status_code == 200
    assert change(old=PASSWORD, new=OTHER, again=OTHER).status_code == 303
    assert elsewhere.get("/account").status_code == 303
    assert log_in(site.test_client(), "jia", OTHER).status_code == 303
    assert ("jia", "account.password", "refused") in acts(place)
    assert ("jia", "account.password", "done") in acts(place)


def test_an_administrator_keeps_the_accounts(site: Flask, place: Path) -> None:
    client = browser(site, "guanli")

    def post(address: str, **data: str) -> TestResponse:
        return client.post(address, data={"token": form_token(client), **data})

    made = post("/accounts", name="bing", role="officer", units="a1， b")
    secret = re.search(r'<code class="citation">([^<]+)<', made.text)
    assert secret
    assert Accounts(place)["bing"].remit == Remit(("a1", "b"))
    assert log_in(site.test_client(), "bing", secret[1]).status_code == 303
    assert post("/accounts", name="bing", role="reader").status_code == 400
    assert post("/accounts", name="ding", role="officer").status_code == 400
    assert post("/accounts", name="ding", role="king").status_code == 400
    assert post("/accounts/role", name="bing", role="supervisor", region="9901").status_code == 200
    assert Accounts(place)["bing"].remit == Remit(region="9901")
    assert post("/accounts/disable", name="bing").status_code == 200
    assert Accounts(place)["bing"].disabled
    assert post("/accounts/disable", name="bing", on="1").status_code == 200
    assert post("/accounts/disable", name="guanli").status_code == 400
    assert post("/accounts/password", name="bing").status_code == 200
    assert log_in(site.test_client(), "bing", secret[1]).status_code == 403
    audit = client.get("/audit").text
    for code in ("account.add", "account.role", "account.disable", "account.password"):
        assert act(code).zh in audit
        assert ("guanli", code, "done") in acts(place)
    assert "拒绝（400）" in audit
    assert "role and remit changed" in client.get("/audit?lang=en", follow_redirects=True).text
    assert Audit(place).verify().anchor in client.get("/audit").text
    assert secret[1] not in audit


def test_checks_exports_imports_and_settings_are_in_the_audit_log(site: Flask, place: Path) -> None:
    client = browser(site, "guanli")
    client.get("/findings")
    client.get("/findings/report.csv")
    client.post("/sparql", data={"query": "ASK { ?this a ?query }"})
    (asked,) = Audit(place).entries(1)
    assert asked.entry.about == "/sparql ASK { ?this a ?query }"
    client.post("/settings", data={"token": form_token(client), "set.reference_units": "violation"})
    told = [(one[1], one[2]) for one in acts(place) if one[0] == "guanli"]
    assert told == [
        ("login", "done"),
        ("check", "200"),
        ("export", "200"),
        ("query", "200"),
        ("settings.save", "303"),
    ]


# Importing within a remit -------------------------------------------------------------------------


def ended(client: FlaskClient, job: str, head: dict[str, str]) -> dict[str, Any]:
    for _ in range(1200):
        told: dict[str, Any] = client.get(f"/api/v1/jobs/{job}", headers=head).get_json()
        if told["state"] != "running":
            return told
        time.sleep(0.05)
    raise AssertionError(job)


def bearer(place: Path, name: str, *scopes: str) -> dict[str, str]:
    secret = Tokens(place).add(name, "", scopes or ("read", "import"))[1]
    return {"Authorization": f"Bearer {secret}"}


def sent(
    site: Flask,
    head: dict[str, str],
    body: bytes,
    name: str = "a.json",
    asked: str = "?commit=true",
) -> dict[str, Any]:
    client = site.test_client()
    data = {"files": (io.BytesIO(body), name)}
    answer = client.post(f"/api/v1/imports{asked}", data=data, headers=head)
    assert answer.status_code == 202, answer.text
    return ended(client, answer.get_json()["id"], head)


def test_an_officer_imports_his_own_and_sees_it_at_once(site: Flask, place: Path) -> None:
    head, client = bearer(place, "jia"), site.test_client()
    body = content(persons=[person("pa", "a1")], records=[meeting("ra", "a1")])
    tried = sent(site, head, body, asked="")
    assert (tried["stage"], tried["state"], tried["counts"]) == (
        "check",
        "ready",
        {"persons": 1, "records": 1},
    )
    answer = client.post(f"/api/v1/jobs/{tried['id']}/commit?seal=x", headers=head)
    assert answer.status_code == 409
    seal = tried["seal"]
    answer = client.post(f"/api/v1/jobs/{tried['id']}/commit?seal={seal}", headers=head)
    assert answer.status_code == 202
    done = ended(client, tried["id"], head)
    assert done["state"] == "done", done
    one = client.get(f"/api/v1/imports/{done['import']}", headers=head).get_json()
    assert (one["by"], one["rows"], one["state"]) == ("jia", 2, "active")
    assert "ra" in client.get("/api/v1/units/a1", headers=head).text
    other = bearer(place, "yi")
    assert client.get(f"/api/v1/imports/{done['import']}", headers=other).status_code == 404
    assert client.get(f"/api/v1/jobs/{done['id']}", headers=other).status_code == 404
    assert client.delete(f"/api/v1/imports/{done['import']}", headers=other).status_code == 404
    gone = client.delete(f"/api/v1/imports/{done['import']}", headers=head)
    assert gone.status_code == 202
    assert ended(client, gone.get_json()["id"], head)["state"] == "done"
    assert '"ra"' not in client.get("/api/v1/units/a1", headers=head).text
    told = acts(place)
    assert ("jia", "import", "done") in told
    assert ("jia", "undo", "done") in told


@pytest.mark.parametrize(
    ("lists", "code"),
    [
        ({"records": [meeting("r", "b")]}, "dangling-reference"),
        ({"records": [meeting("r", "city")]}, "outside-remit"),
        ({"persons": [person("p", "a", "city")]}, "outside-remit"),
        ({"persons": [person("p")]}, "outside-remit"),
        ({"units": [unit("new", parent_party="a")]}, "outside-remit"),
        ({"units": [unit("new", parent_party="city", govt="b")]}, "dangling-reference"),
        ({"persons": [person("pb", "a")]}, "conflicts-unseen"),
    ],
)
def test_what_is_not_ones_own_is_a_fault_and_nothing_is_in(
    site: Flask, place: Path, lists: dict[str, list[dict[str, Any]]], code: str
) -> None:
    before = History.of(open_in_force(str(place))).imports
    told = sent(site, bearer(place, "jia"), content(**lists))
    assert told["state"] == "refused", told
    assert code in {one["code"] for one in told["faults"]}, told["faults"]
    # What others have is told to nobody, in no words of any fault.
    assert "示例b" not in json.dumps(told, ensure_ascii=False)
    assert "units.json" not in json.dumps(told)
    assert History.of(open_in_force(str(place))).imports == before


def test_an_officer_may_neither_replace_nor_undo_what_is_not_all_his(
    site: Flask, place: Path
) -> None:
    head, client = bearer(place, "jia"), site.test_client()
    (whole,) = History.of(open_in_force(str(place))).imports
    told = sent(site, head, content(persons=[person("pa", "a")]), asked=f"?replaced={whole.id}")
    assert {one["code"] for one in told["faults"]} & {"replaces-others", "dangling-reference"}
    answer = client.delete(f"/api/v1/imports/{whole.id}", headers=head)
    told = ended(client, answer.get_json()["id"], head)
    assert told["state"] == "failed"
    assert "outside" in told["reason"] or "more than is in your remit" in told["reason"]
    assert History.of(open_in_force(str(place))).imports == (whole,)


def test_units_are_for_administrators_to_arrange(site: Flask, place: Path) -> None:
    officer, administrator = bearer(place, "jia"), bearer(place, "guanli")
    one = unit("a9", parent_party="a", level="乡级", region="990101")
    assert sent(site, administrator, content(units=[one]), "a9.json")["state"] == "done"
    moved = one | {"region": "990102"}
    told = sent(site, officer, content(units=[moved]), "a9.json")
    assert {fault["code"] for fault in told["faults"]} == {"units-rearranged"}
    named = one | {"name": "改了名称"}
    told = sent(site, officer, content(units=[named]), "a9.json")
    assert told["state"] == "done", told
    told = sent(site, officer, content(records=[meeting("ra", "a9")]), "a9.json")
    assert told["state"] == "done", told
    assert told["replaces"] is None, "no row is shared, so it is no new version"


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"records": [meeting("ra", "a"), meeting("rb", "b")]}, "replaces-others"),
        (
            {
                "units": [unit("a9", parent_party="a", level="乡级")],
                "records": [meeting("ra", "a")],
            },
            "units-removed",
        ),
    ],
)
def test_a_new_version_takes_away_neither_what_is_anothers_nor_units(
    site: Flask, place: Path, first: dict[str, list[dict[str, Any]]], code: str
) -> None:
    told = sent(site, bearer(place, "guanli"), content(**first), "more.json")
    assert told["state"] == "done", told
    second = content(records=[meeting("ra", "a") | {"date": "2014-05-06"}])
    told = sent(site, bearer(place, "jia"), second, "more.json")
    assert [fault["code"] for fault in told["faults"]] == [code]
    assert told["state"] == "refused"


# Tokens -------------------------------------------------------------------------------------------


def test_a_token_is_good_for_its_scopes_and_no_more_than_its_account(
    site: Flask, place: Path
) -> None:
    client = site.test_client()
    records = {"json": {"units": [], "persons": [], "records": []}}
    reading = bearer(place, "guanli", "read")
    assert len(client.get("/api/v1/units", headers=reading).get_json()) == 4
    answer = client.post("/api/v1/imports", headers=reading, **records)
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope"'
    assert answer.content_type == "application/problem+json"
    settings = bearer(place, "guanli", "settings")
    saved = client.put("/api/v1/settings", headers=settings, json={"reference_units": "violation"})
    assert saved.get_json() == {"reference_units": "violation"}
    assert "violation" in (place / "settings.toml").read_text(encoding="utf-8")
    bad = client.put("/api/v1/settings", headers=settings, json={"nothing": "x"})
    assert bad.status_code == 400
    assert client.put("/api/v1/settings", headers=settings, data=b"[").status_code == 400
    assert "示例a" not in client.get("/api/v1/units", headers=settings).text
    # A scope that the account has no right to is none.
    officers = bearer(place, "jia", "settings")
    assert client.put("/api/v1/settings", headers=officers, json={}).status_code == 403


def test_a_token_that_is_none_is_refused_and_a_session_writes_nothing_through_the_api(
    site: Flask, place: Path
) -> None:
    client = site.test_client()
    for address in ("/api/v1/units", "/sparql?query=ASK%7B%7D", "/api/v1/norms"):
        answer = client.get(address, headers={"Authorization": "Bearer dg_nothing"})
        assert answer.status_code == 401, address
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert client.post("/api/v1/imports", json={}).status_code == 401
    administrator = browser(site, "guanli")
    assert administrator.post("/api/v1/imports", json={}).status_code == 401
    assert administrator.put("/api/v1/settings", json={}).status_code == 401
    # Pages take no tokens.
    head = bearer(place, "guanli", "read")
    assert client.get("/accounts", headers=head).status_code == 303
    assert "示例a" not in client.get("/units", headers=head).text


def test_json_is_a_file_too_and_faults_say_where_they_are(site: Flask, place: Path) -> None:
    client, head = site.test_client(), bearer(place, "guanli")
    told = json.loads(content(records=[meeting("r", "nobody")]))
    answer = client.post("/api/v1/imports?commit=true", json=told, headers=head)
    assert answer.status_code == 202
    found = ended(client, answer.get_json()["id"], head)
    (fault,) = found["faults"]
    assert (found["state"], fault["code"], fault["row"]) == ("refused", "dangling-reference", 1)
    assert client.post("/api/v1/imports", data={}, headers=head).status_code == 400
    missing = client.post("/api/v1/imports?replaced=none", json=told, headers=head)
    assert missing.status_code == 404


# Single sign-on, limits ---------------------------------------------------------------------------


def test_a_proxys_header_counts_where_it_is_configured_and_from_the_proxy_alone(
    site: Flask, place: Path
) -> None:
    head = {"X-Remote-User": "jia"}
    assert "示例a1" not in site.test_client().get("/units", headers=head).text
    behind = make(place, SSO_HEADER="X-Remote-User", PROXIES="192.0.2.0/24")
    proxy = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    client = behind.test_client()
    assert "示例a1" in client.get("/units", headers=head, **proxy).text
    assert "示例a1" not in client.get("/units", headers=head).text
    assert "示例a1" not in client.get("/units", **proxy).text
    for name in ("nobody", ""):
        text = client.get("/units", headers={"X-Remote-User": name}, **proxy).text
        assert "示例a1" not in text
    Accounts(place).disable("jia")
    assert "示例a1" not in client.get("/units", headers=head, **proxy).text
    page = client.get("/login", **proxy).text
    assert 'name="password"' not in page
    assert [one for one in acts(place) if one[1] == "login"] == [("jia", "login", "done")]
    forwarded = {**head, "X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    Accounts(place).disable("jia", disabled=False)
    client.get("/findings", headers=forwarded, **proxy)
    assert Audit(place).entries(1)[0].entry.origin == "203.0.113.9"


def test_proxies_that_are_no_addresses_are_refused_at_the_start(place: Path) -> None:
    with pytest.raises(ValueError, match="DUTYGRAPH_PROXIES"):
        make(place, PROXIES="proxy.example.org")


def test_who_asks_too_often_is_made_to_wait(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.limits.PROGRAMS", "3 per minute")
    site = make(place, RATELIMIT_ENABLED=True)
    client = site.test_client()
    statuses = [client.get("/api/v1/roles").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = client.get("/api/v1/roles")
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    # Another one is not kept waiting for it.
    assert client.get("/api/v1/roles", headers=bearer(place, "jia", "read")).status_code == 200
    assert client.get("/regulation").status_code == 200


def test_sessions_run_out(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(site, "jia")
    assert client.get("/account").status_code == 200
    later = time.time() + dt.timedelta(minutes=31).total_seconds()
    monkeypatch.setattr("dutygraph.accounts.sessions.time.time", lambda: later)
    assert client.get("/account").status_code == 303


def test_while_an_excerpt_is_made_who_asks_is_told_to_come_again(place: Path) -> None:
    client = browser(make(place), "jia")
    hurried = make(place, PATIENCE=0.0)
    early = hurried.test_client()
    early.set_cookie("session", cookie(client))
    answer = early.get("/units")
    assert answer.status_code in (200, 503)
    assert answer.status_code == 200 or answer.headers["Retry-After"]
    for _ in range(600):
        answer = early.get("/api/v1/units", headers=bearer(place, "jia", "read"))
        if answer.status_code == 200:
            break
        assert answer.status_code == 503
        time.sleep(0.05)
    assert [one["id"] for one in answer.get_json()] == ["a", "a1"]
