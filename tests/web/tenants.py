"""Counties that must not see each other: the demo's records, each county's marked as its own.

What is A's has ``aamark`` in its ids, ``AANAME`` in its names; B's has ``bbmark`` and ``BBNAME``,
a third county's ``ccmark`` and ``CCNAME``. Records and people of the prefecture above them have
``ssmark`` and ``SSNAME``; its units have no mark, as their names may be shown.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dutygraph.accounts.accounts import Accounts, Role
from dutygraph.accounts.remits import NOTHING, Remit
from dutygraph.accounts.tokens import SCOPES, Tokens
from dutygraph.records.committing import commit
from dutygraph.records.csvw import load_model
from dutygraph.records.formats import Source
from dutygraph.records.history import History
from dutygraph.records.importing import read_sources
from dutygraph.records.known import StoredIds
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from webapp import create_app

DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
PASSWORD = "红杉树下有七只灰猫在打盹"  # noqa: S105 - a test's
COUNTIES = {"qh": "aa", "wc": "bb", "sy": "cc"}
MARKS = {
    letters: re.compile(f"{letters}mark|{letters}name", re.IGNORECASE)
    for letters in (*COUNTIES.values(), "ss")
}

ROLES: dict[str, tuple[Role, Remit]] = {
    "reader": ("reader", NOTHING),
    "officer-a": ("officer", Remit(("aamark-xianwei",))),
    "officer-b": ("officer", Remit(("bbmark-xianwei",))),
    "supervisor-a": ("supervisor", Remit(region="990123")),
    "administrator": ("administrator", NOTHING),
}
"""An account of each role; the supervisor's region is A's county."""

SEES = {
    "anonymous": set[str](),
    "reader": set[str](),
    "officer-a": {"aa"},
    "officer-b": {"bb"},
    "supervisor-a": {"aa"},
    "administrator": {"aa", "bb", "cc", "ss"},
}
"""Whose marks each may see."""


def _marked(told: Any, *, is_row: bool = False) -> Any:
    if isinstance(told, list):
        return [_marked(one, is_row=True) for one in told]
    if isinstance(told, dict):
        found = {key: _marked(value) for key, value in told.items()}
        owner = str(found.get("id") or found.get("unit") or "")
        letters = owner.partition("mark")[0]
        for key in ("name", "post", "title"):
            if is_row and letters in MARKS and found.get(key):
                found[key] += f" {letters.upper()}NAME"
        return found
    if not isinstance(told, str):
        return told
    for county, letters in COUNTIES.items():
        told = re.sub(rf"^{county}-", f"{letters}mark-", told)
    return told


def province() -> dict[str, Any]:
    """Give the demo's records with everybody's marks on them."""
    told = json.loads(DEMO.read_text(encoding="utf-8"))
    above = {one["id"] for key in ("persons", "records") for one in told[key]}
    above = {one for one in above if one.startswith("yt-")}
    text = re.sub(
        r'"(yt-[^"]+)"',
        lambda met: f'"ssmark-{met[1]}"' if met[1] in above else met[0],
        json.dumps(told, ensure_ascii=False),
    )
    found: dict[str, Any] = _marked(json.loads(text))
    post = {"from": "2012-01-01", "principal_head": False}
    found["persons"].append(
        {
            "id": "shared-person",
            "name": "共用人",
            "party_member": True,
            "leading_cadre": True,
            "roles": [
                {"unit": "aamark-xianwei", "post": "副书记 AANAME", **post},
                {"unit": "bbmark-xianwei", "post": "副书记 BBNAME", **post},
            ],
        }
    )
    return found


def import_told(store: EmbeddedStore, name: str, told: dict[str, Any], by: str) -> str:
    """Import records as a file of a name, and give the import's graph."""
    content = json.dumps(told, ensure_ascii=False).encode()
    known = StoredIds(store, History.of(store))
    batch = read_sources([Source(name, content)], model=load_model(), known=known)
    assert not batch.errors, [str(one) for one in batch.errors][:5]
    made = commit(batch, store, recorded_at=dt.datetime(2015, 1, 1, tzinfo=dt.UTC), by=by)
    return made.graph


@dataclass(frozen=True)
class Tenants:
    """The site of a province with an account of each role, and what there is of each county's."""

    site: Flask
    place: Path
    graphs: dict[str, str]
    tokens: dict[str, str]

    def client(self, who: str) -> FlaskClient:
        """Give a browser in which somebody has logged in, or nobody."""
        client = self.site.test_client()
        if who != "anonymous":
            answer = client.post(
                "/login",
                data={"token": form_token(client), "name": who, "password": PASSWORD},
            )
            assert answer.status_code == 303, answer.text
        return client


def form_token(client: FlaskClient) -> str:
    """Give the token of a form shown to a browser."""
    for address in ("/login", "/account"):
        found = re.search(r'name="token" value="([^"]+)"', client.get(address).text)
        if found:
            return found[1]
    raise AssertionError(client.get("/account").text)


def tenants(place: Path) -> Tenants:
    """Make a province, its accounts and its site in a directory."""
    store = EmbeddedStore.open(place)
    refresh(store)
    told = province()
    last = {
        letters: next(
            one
            for one in told["records"]
            if one.get("unit") == f"{letters}mark-xianwei" and one["kind"] == "专题党委常委会议"
        )
        for letters in ("aa", "bb")
    }
    import_told(store, "province.json", told, "SSNAME")
    graphs = {}
    for letters, record in last.items():
        more = [record | {"id": f"{letters}mark-more", "date": "2014-02-03"}]
        some = {"units": [], "persons": [], "records": more}
        graphs[letters] = import_told(store, f"{letters}mark.json", some, f"{letters.upper()}NAME")
    del store
    accounts, tokens = Accounts(place), {}
    for who, (role, remit) in ROLES.items():
        accounts.add(who, role, remit, PASSWORD)
        rights = accounts[who].rights
        scopes = [one for one in SCOPES if one == "read" or one in rights]
        tokens[who] = Tokens(place).add(who, "", scopes)[1]
    usual = {"TESTING": True, "PATIENCE": None, "AS_OF": "2014-12-10", "RATELIMIT_ENABLED": False}
    return Tenants(create_app({"STORE": str(place), **usual}), place, graphs, tokens)


def said(answer: TestResponse) -> str:
    """Give all that an answer says: headers, body, what is packed in it; lines unfolded."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    body = answer.data
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(one) for one in packed.namelist())
    text = body.decode("utf-8", "replace").replace("\r\n ", "")
    # Office files may part a word by markup; addresses write it with percent signs.
    return "\n".join((head, text, unquote(text), re.sub(r"<[^>]+>", "", text)))


def leaks(answer: TestResponse, who: str, *echoed: str) -> set[str]:
    """Give whose marks an answer shows that it must not, but for what the request itself said."""
    text = said(answer)
    for words in sorted(echoed, key=len, reverse=True):
        text = text.replace(words, "").replace(unquote(words), "")
    return {letters for letters, mark in MARKS.items() if mark.search(text)} - SEES[who]
