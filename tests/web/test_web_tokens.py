"""Tokens, single sign-on, and how often one may ask."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

import pytest
from counties import acts, bearer, browser, content, cookie, ended, make, meeting
from flask import Flask

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.audit import Audit

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


def test_who_asks_too_often_is_made_to_wait(place: Path) -> None:
    site = make(place, RATELIMIT_ENABLED=True, PROGRAM_RATE=3)
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
