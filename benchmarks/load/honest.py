"""Honest clients: people of an office who look at pages, ask, and have a small file checked."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import requests

from benchmarks.load.site import Seen, Site
from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.tokens import Tokens
from tests.web.tenants import PASSWORD, ROLES

THINKING = 15.0
"""The seconds that an honest client looks at a page, on average."""

SUCCESSES = (200, 202, 303)
OFFICE = "198.51.100.7"
PAGES = (
    *("/", "/regulation", "/regulation/art20", "/duties", "/roles", "/roles/PrincipalHead"),
    *("/search?q=报告", "/questions", "/questions/deadlines", "/questions/sanctions-for", "/units"),
    *(
        "/findings",
        "/findings?q=委",
        "/units?view=list",
        "/calendar",
        "/coverage",
        "/reports?by=unit",
    ),
    *("/readings", "/training", "/matrix", "/ontology", "/import", "/settings", "/sparql"),
)
QUERIES = (
    "SELECT ?norm ?quote { ?norm dg:statedIn hebei:art20 ; dg:quote ?quote }",
    "SELECT ?kind (COUNT(*) AS ?n) { ?norm a ?kind } GROUP BY ?kind",
    "ASK { ?norm a dg:Norm }",
)
UNIT = {"id": "u-new", "name": "示例县委", "kind": "地方党委", "level": "县级"}


def honest(site: Site, number: int, seed: int, until: float, seen: Seen) -> None:
    """Be one honest client until a moment."""
    rng = random.Random(f"{seed} {number}")  # noqa: S311 - both runs are to choose alike
    who = _name(number)
    address = OFFICE if number % 5 else f"203.0.113.{number}"
    with requests.Session() as session:
        session.trust_env = False
        session.headers["X-Forwarded-For"] = address
        time.sleep(rng.uniform(0, THINKING))
        while time.monotonic() < until:
            what, send = _chosen(rng, session, site, who)
            began = time.monotonic()
            try:
                status = _as_browsers_do(send).status_code
                good = status in SUCCESSES
            except requests.RequestException as error:
                status, good = repr(error), False
            seen.note(what, time.monotonic() - began, str(status), good=good)
            time.sleep(max(0.0, min(rng.expovariate(1 / THINKING), until - time.monotonic())))


def _as_browsers_do(send: Callable[[], requests.Response]) -> requests.Response:
    """Send a request, once more where a kept connection had just been ended (RFC 9110, 9.2.2)."""
    try:
        return send()
    except requests.ConnectionError as error:
        if "RemoteDisconnected" not in str(error) and "reset" not in str(error):
            raise
        return send()


def _name(number: int) -> str | None:
    """Give the account of a client; every sixth has none."""
    return None if number % (len(ROLES) + 1) == len(ROLES) else f"person-{number}"


def accounts(store: Path, people: int) -> dict[str, str]:
    """Make an account with a token for each honest client that has one, and two for the others."""
    tokens = {}
    roles = list(ROLES.values())
    wanted = {name: roles[one % len(roles)] for one in range(people) if (name := _name(one))}
    wanted |= {"hostile-reader": ROLES["reader"], "hostile-officer": ROLES["officer-b"]}
    for name, (role, remit) in wanted.items():
        Accounts(store).add(name, role, remit, PASSWORD)
        scopes = ["read"] if role == "reader" else ["read", "import"]
        tokens[name] = Tokens(store).add(name, "", scopes)[1]
    return tokens


def _chosen(
    rng: random.Random, session: requests.Session, site: Site, who: str | None
) -> tuple[str, Callable[[], requests.Response]]:
    cookie = {} if who is None else {"Cookie": f"session={site.cookies[who]}"}
    token = {} if who is None else {"Authorization": f"Bearer {site.tokens[who]}"}
    chance, query, page = rng.random(), rng.choice(QUERIES), rng.choice(PAGES)
    if chance < 0.1:
        return "query", lambda: session.get(
            f"{site.address}/sparql", params={"query": query}, headers=token, timeout=60
        )
    if chance < 0.12 and who is not None and who in site.importers:
        body = json.dumps({"units": [UNIT], "persons": [], "records": []}).encode()
        return "import", lambda: session.post(
            f"{site.address}/api/v1/imports",
            data=body,
            headers={**token, "Content-Type": "application/json"},
            timeout=60,
        )
    return "page", lambda: session.get(f"{site.address}{page}", headers=cookie, timeout=60)
