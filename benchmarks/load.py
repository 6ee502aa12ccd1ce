"""Honest clients alone, then beside hostile ones: does everybody get his page, and how much later?

    .venv/bin/python -m benchmarks.load [--seconds 60] [--honest 50] [--hostile 16] [--seed 1]

A province of the demo's kind is imported into a store of its own with accounts, and served by
``dutygraph serve`` with its usual settings. Honest clients are officers, supervisors, an
administrator and readers with and without an account, who look at a page, think for some seconds and
look at the next; some ask SPARQL, and now and then one has a small file checked. Four in five come
through the one address of their office, as a proxy tells it; hostile clients, from an address
each, do each what HOSTILE says as quickly as they can. The same honest clients with the same choices
are measured alone and beside them: how many requests succeed, median and 95th percentile of the
seconds until the answer has come in whole. Ratios count; the times are this machine's, which runs
the clients, too.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import socket
import statistics
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import requests

from tests.faults.served import logged_in, serving
from tests.web.tenants import ROLES, tenants

THINKING = 4.0
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
EXPLODING = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i) }"
DEEP = f"SELECT * {{ {'OPTIONAL {' * 95} ?s (dg:a|!dg:b)* ?o {'}' * 95} }}"
UNIT = {"id": "u-new", "name": "示例县委", "kind": "地方党委", "level": "县级"}


@dataclass
class Seen:
    """What clients have seen: the seconds of each request by what it was, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, seconds: float, status: str, *, good: bool) -> None:
        """Note a request."""
        with self.lock:
            self.seconds.setdefault(what, []).append(seconds)
            if not good:
                self.wrong[f"{what}: {status}"] += 1

    @property
    def all(self) -> list[float]:
        """The seconds of all requests."""
        return [one for some in self.seconds.values() for one in some]


@dataclass(frozen=True)
class Site:
    """Where the site is, and how its accounts make themselves known."""

    address: str
    cookies: dict[str, str]
    tokens: dict[str, str]

    @property
    def port(self) -> int:
        """The port at this machine."""
        return int(self.address.rpartition(":")[2])


# The honest ones --------------------------------------------------------------------------------


def honest(site: Site, number: int, seed: int, until: float, seen: Seen) -> None:
    """Be one honest client until a moment."""
    rng = random.Random(f"{seed} {number}")  # noqa: S311 - both runs are to choose alike
    who = [*ROLES, None][number % (len(ROLES) + 1)]
    address = OFFICE if number % 5 else f"203.0.113.{number}"
    with requests.Session() as session:
        session.trust_env = False
        session.headers["X-Forwarded-For"] = address
        time.sleep(rng.uniform(0, THINKING))
        while time.monotonic() < until:
            what, send = _chosen(rng, session, site, who)
            began = time.monotonic()
            try:
                status = send().status_code
                good = status in SUCCESSES
            except requests.RequestException as error:
                status, good = type(error).__name__, False
            seen.note(what, time.monotonic() - began, str(status), good=good)
            time.sleep(min(rng.expovariate(1 / THINKING), 4 * THINKING))


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
    if chance < 0.12 and who not in (None, "reader"):
        body = json.dumps({"units": [UNIT], "persons": [], "records": []}).encode()
        return "import", lambda: session.post(
            f"{site.address}/api/v1/imports",
            data=body,
            headers={**token, "Content-Type": "application/json"},
            timeout=60,
        )
    return "page", lambda: session.get(f"{site.address}{page}", headers=cookie, timeout=60)


# The hostile ones -------------------------------------------------------------------------------

Attack = Callable[[requests.Session, Site], object]


def _asking(query: str) -> Attack:
    return lambda session, site: session.post(
        f"{site.address}/sparql", data={"query": query}, timeout=60
    )


def _asking_as_reader(session: requests.Session, site: Site) -> object:
    token = {"Authorization": f"Bearer {site.tokens['reader']}"}
    return session.get(
        f"{site.address}/sparql", params={"query": EXPLODING}, headers=token, timeout=60
    )


def _dripping(head: bytes) -> Attack:
    """Hold thirty connections on which hardly anything comes."""

    def attack(_: requests.Session, site: Site) -> None:
        some = [socket.create_connection(("127.0.0.1", site.port), 10) for _ in range(30)]
        try:
            for each in some:
                each.sendall(head)
            for _ in range(8):
                time.sleep(1)
                for each in some:
                    each.sendall(b"x")
        finally:
            for each in some:
                each.close()

    return attack


def _huge(session: requests.Session, site: Site) -> object:
    body = io.BytesIO(b"name=" + b"x" * (64 << 20))
    return session.post(f"{site.address}/login", data=body, timeout=60)


def _bomb(session: requests.Session, site: Site) -> object:
    """Hand in an archive of 300 MB in 300 kB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        new.writestr("units.csv", b"\0" * (300 << 20))
    token = {"Authorization": f"Bearer {site.tokens['officer-b']}"}
    files = {"files": ("units.zip", packed.getvalue())}
    return session.post(f"{site.address}/api/v1/imports", files=files, headers=token, timeout=60)


def _guess(session: requests.Session, site: Site) -> object:
    page = session.get(f"{site.address}/login", timeout=60).text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    form = {"token": token, "name": "administrator", "password": f"{time.time()}-guess"}
    return session.post(f"{site.address}/login", data=form, timeout=60)


def _hammer(path: str) -> Attack:
    return lambda session, site: session.get(f"{site.address}{path}", timeout=60)


_HEAD = b"GET /regulation HTTP/1.1\r\nHost: x\r\nX-Slow: "
_BODY = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HOSTILE: tuple[tuple[str, Attack], ...] = (
    *(("exploding queries", _asking(EXPLODING)),) * 3,
    ("exploding queries of an account", _asking_as_reader),
    *(("deep queries", _asking(DEEP)),) * 2,
    ("slow heads", _dripping(_HEAD)),
    ("slow bodies", _dripping(_BODY + b"Content-Length: 9000\r\n\r\n")),
    ("slow long bodies", _dripping(_BODY + b"Content-Length: 90000\r\n\r\n")),
    *(("huge bodies", _huge),) * 2,
    ("archives that explode", _bomb),
    *(("log-ins that guess", _guess),) * 2,
    ("hammering a page", _hammer("/findings")),
    ("hammering the search", _hammer(f"/search?q={quote('党')}")),
)


def hostile(site: Site, number: int, until: float, seen: Seen) -> None:
    """Be one hostile client until a moment."""
    what, attack = HOSTILE[number % len(HOSTILE)]
    with requests.Session() as session:
        session.trust_env = False
        session.headers["X-Forwarded-For"] = f"192.0.2.{number + 1}"
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                answer = attack(session, site)
                status = str(getattr(answer, "status_code", "held"))
            except (requests.RequestException, OSError):
                status = "cut off"
            seen.note(what, time.monotonic() - began, status, good=False)


# The measurement --------------------------------------------------------------------------------


def run(site: Site, honest_ones: int, hostile_ones: int, seed: int, seconds: float) -> list[Seen]:
    """Have clients at a site for some seconds; give what the honest and the hostile have seen."""
    seen, theirs = Seen(), Seen()
    until = time.monotonic() + seconds
    clients = [
        *(threading.Thread(target=honest, args=(site, one, seed, until, seen)) for one in range(honest_ones)),
        *(threading.Thread(target=hostile, args=(site, one, until, theirs)) for one in range(hostile_ones)),
    ]  # fmt: skip
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return [seen, theirs]


def percentile(seconds: Sequence[float], share: int) -> float:
    """Give the seconds within which a share of a hundred requests is answered."""
    return statistics.quantiles(seconds, n=100)[share - 1] if len(seconds) > 1 else seconds[0]


def tell(alone: Seen, beside: Seen) -> None:
    """Print what honest clients have seen alone and beside others."""
    row = "| {:<8} | {:>6} | {:>6} | {:>9} | {:>9} | {:>9} | {:>9} | {:>5} |\n"
    sys.stdout.write(
        row.format("honest", "alone", "beside", "p50 alone", "p50", "p95 alone", "p95", "ratio")
    )
    for what in [*sorted(alone.seconds), "all"]:
        first, second = (
            one.all if what == "all" else one.seconds.get(what, []) for one in (alone, beside)
        )
        if not first or not second:
            continue
        p95s = percentile(first, 95), percentile(second, 95)
        figures = [statistics.median(first), statistics.median(second), *p95s]
        cells = [f"{figure * 1000:.0f} ms" for figure in figures]
        ratio = f"{p95s[1] / p95s[0]:.2f}"
        sys.stdout.write(row.format(what, len(first), len(second), *cells, ratio))
    for name, one in (("alone", alone), ("beside", beside)):
        sys.stdout.write(
            f"honest requests {name} that failed: {one.wrong.total()} {dict(one.wrong)}\n"
        )


def main(honest_ones: int, hostile_ones: int, seed: int, seconds: float) -> int:
    """Measure, print, and give 1 where an honest request failed or the ratio is 3 or more."""
    with TemporaryDirectory(prefix="dutygraph-load-") as place:
        folder = Path(place)
        tokens = tenants(folder / "store").tokens
        with (folder / "log").open("w", encoding="utf-8") as log:
            given = {"workers": "2", "log": "warning"}
            with serving(folder, stderr=log, **given) as (server, address):
                cookies = {who: logged_in(address, who) for who in ROLES}
                site = Site(address, cookies, tokens)
                run(site, honest_ones, 0, seed + 1, min(seconds, 30.0))
                alone, _ = run(site, honest_ones, 0, seed, seconds)
                beside, theirs = run(site, honest_ones, hostile_ones, seed, seconds)
                server.terminate()
                server.wait(timeout=60)
    sys.stdout.write(
        f"{honest_ones} honest clients for {seconds:.0f} s alone, then beside {hostile_ones} hostile "
        f"ones; seed {seed}, usual settings, 2 processes of 4 threads\n"
    )
    tell(alone, beside)
    for what in sorted(theirs.seconds):
        told = ", ".join(
            f"{one.rpartition(': ')[2]}: {count}"
            for one, count in sorted(theirs.wrong.items())
            if one.rpartition(": ")[0] == what
        )
        sys.stdout.write(f"hostile, {what}: {told}\n")
    met = not (alone.wrong or beside.wrong) and (
        percentile(beside.all, 95) < 3 * percentile(alone.all, 95)
    )
    return int(not met)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--honest", type=int, default=50)
    parser.add_argument("--hostile", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(main(asked.honest, asked.hostile, asked.seed, asked.seconds))
