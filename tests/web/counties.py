"""Two counties under a city, an account of each role, and what tests do at their site."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from tenants import PASSWORD, form_token
from werkzeug.test import TestResponse

from dutygraph.accounts.audit import Audit
from dutygraph.accounts.tokens import Tokens
from webapp import create_app


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


def ended(client: FlaskClient, job: str, head: dict[str, str]) -> dict[str, Any]:
    """Ask for a job until it has ended; while it writes to the store the answer may be 503."""
    for _ in range(1200):
        answer = client.get(f"/api/v1/jobs/{job}", headers=head)
        if answer.status_code == 503:
            assert answer.headers["Retry-After"]
        else:
            told: dict[str, Any] = answer.get_json()
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
