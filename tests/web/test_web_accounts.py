"""Logging in and out, one's own account and those of others; and what goes into the audit log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from counties import acts, browser, content, cookie, log_in, make, unit
from flask import Flask
from tenants import PASSWORD, form_token
from werkzeug.test import TestResponse

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.acts import act
from dutygraph.accounts.audit import Audit
from dutygraph.accounts.remits import NOTHING, Remit
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from webapp.access import actor

OTHER = "another-long-pass-phrase"


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
    assert log_in(site.test_client(), "长" * 5_000).status_code == 403
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
    secret = re.search(r'<textarea class="citation"[^>]*>([^<]+)<', made.text)
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
