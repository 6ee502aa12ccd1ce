"""Hostile inputs over HTTP: a site that is served as anybody's is, and who sends it what."""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from dutygraph.records.formats import Source
from tests.faults.calls import Calls, prepared
from tests.faults.findings import Findings
from tests.faults.hostile_files import hostile_settings
from tests.faults.inputs import EVERYTHING, HANGS, MEANT, ROWS, TRIPLES, made, rng_of
from tests.faults.served import logged_in, serving

CLIENTS = 2
ACCEPTED = (
    *("text/html", "*/*", "text/turtle", "application/sparql-results+json", "text/csv", "x/y", ""),
)


@dataclass(frozen=True)
class Site:
    """A served site: where it is, the tokens of its accounts, its processes."""

    address: str
    store: Path
    tokens: dict[str, str]
    cookie: str
    process: psutil.Process
    parents: frozenset[int]

    def restarts(self) -> int:
        """Tell how many of the processes that served in the beginning do so no more."""
        if not self.process.is_running():
            return len(self.parents) + 1
        return len(self.parents - _serving(self.process))

    def token(self, rng: random.Random) -> dict[str, str]:
        """Give the header of somebody, or of nobody."""
        who = rng.choice([*self.tokens, None, None, None])
        return {} if who is None else {"Authorization": f"Bearer {self.tokens[who]}"}


def _serving(master: psutil.Process) -> frozenset[int]:
    return frozenset(one.pid for one in master.children() if "gunicorn" in " ".join(one.cmdline()))


@contextmanager
def served(folder: Path, tokens: dict[str, str]) -> Iterator[Site]:
    """Serve the province in a folder, with limits that let everything come."""
    limits = dict.fromkeys(("query_rate", "program_rate", "page_rate", "form_rate"), EVERYTHING)
    more = {"workers": "2", "threads": "4", "query_seconds": "2", "queries_at_once": "9", **limits}
    with (
        (folder / "log").open("w", encoding="utf-8") as log,
        serving(folder, stderr=log, log="warning", **more) as (server, address),
    ):
        master = psutil.Process(server.pid)
        while len(found := _serving(master)) < 2:
            time.sleep(0.1)
        cookie = logged_in(address, "administrator")
        yield Site(address, folder / "store", tokens, cookie, master, found)
        server.terminate()
        server.wait(timeout=60)


# Over HTTP --------------------------------------------------------------------------------------

Send = Callable[[requests.Session, Site], tuple[str, str]]
"""Sends an input; gives what came of it, and what is wrong with that or an empty string."""


def _said(answer: requests.Response) -> tuple[str, str]:
    status = answer.status_code
    bad = status >= 500 and status not in MEANT
    return str(status), f"{answer.request.method} {answer.url[:500]}: {status}" if bad else ""


def asked(rng: random.Random, query: str) -> Send:
    """Ask a query in one of the ways of the protocol, or on the page."""
    body = query.encode("utf-8", "surrogatepass")
    form = rng.choice(["", "", "", *(f"/answer.{one}" for one in (*ROWS, *TRIPLES, "xlsx"))])
    way = rng.choice(["get", "form", "form", "body"])
    accept = rng.choice(ACCEPTED)

    def send(session: requests.Session, site: Site) -> tuple[str, str]:
        headers = {"Accept": accept, **site.token(rng)}
        where = f"{site.address}/sparql{form}"
        if way == "get" and len(body) < 2000:
            return _said(session.get(where, params={"query": body}, headers=headers))
        if way == "body":
            headers["Content-Type"] = "application/sparql-query"
            return _said(session.post(where, data=body, headers=headers))
        return _said(session.post(where, data={"query": body}, headers=headers))

    return send


def handed_in(rng: random.Random, files: Sequence[Source]) -> Send:
    """Hand files in as a program does, and wait for what becomes of the job."""

    def send(session: requests.Session, site: Site) -> tuple[str, str]:
        who = rng.choice(["officer-a", "officer-b", "supervisor-a", "administrator"])
        headers = {"Authorization": f"Bearer {site.tokens[who]}"}
        parts = [("files", (one.name, one.content)) for one in files]
        commit = {"commit": "true"} if rng.random() < 0.3 else {}
        where = f"{site.address}/api/v1/imports"
        answer = session.post(where, files=parts, params=commit, headers=headers)
        job: dict[str, Any] = answer.json()
        ends = time.monotonic() + HANGS
        while job.get("state") == "running":
            if time.monotonic() > ends:
                return "202 running", f"the job {job['id']} does not end"
            time.sleep(0.2)
            address = f"{site.address}/api/v1/jobs/{job['id']}"
            job = session.get(address, headers=headers).json()
        if "state" not in job:
            return _said(answer)
        died = job["state"] == "failed" and not job["reason"]
        return f"{answer.status_code} {job['state']}", f"the job died: {job}" if died else ""

    return send


def saved(rng: random.Random) -> Send:
    """Save settings as a program does."""
    body = hostile_settings(rng)

    def send(session: requests.Session, site: Site) -> tuple[str, str]:
        token = f"Bearer {site.tokens['administrator']}"
        headers = {"Authorization": token, "Content-Type": "application/json"}
        return _said(session.put(f"{site.address}/api/v1/settings", data=body, headers=headers))

    return send


def compared(files: Sequence[Source]) -> Send:
    """Hand a file in on the page as an earlier run to compare with."""

    def send(session: requests.Session, site: Site) -> tuple[str, str]:
        where = f"{site.address}/findings/comparison"
        parts = [("earlier", (files[0].name, files[0].content))]
        headers = {"Cookie": f"session={site.cookie}"}
        return _said(session.post(where, files=parts, headers=headers, allow_redirects=False))

    return send


def called(rng: random.Random, case: Any) -> Send:
    """Send a request that schemathesis made."""

    def send(session: requests.Session, site: Site) -> tuple[str, str]:
        request = prepared(case, f"{site.address}/api/v1", rng, site.tokens)
        if request is None:
            return "cannot be sent", ""
        return _said(session.send(request))

    return send


def over_http(
    site: Site, seed: int, kind: str, numbers: Iterable[int], canary: str
) -> Iterator[tuple[int, Send]]:
    """Give the inputs that go over HTTP, each with its number."""
    if kind == "api":
        told = requests.get(f"{site.address}/api/v1/openapi.json", timeout=60).json()
        calls = Calls(told, seed)
        for number in numbers:
            yield number, called(rng_of(seed, kind, number), calls[number])
        return
    for number in numbers:
        rng = rng_of(seed, kind, number)
        hostile = made(seed, kind, number, canary)
        if isinstance(hostile, str):
            yield number, asked(rng, hostile)
        else:
            yield number, handed_in(rng, hostile)
            if kind == "json":
                yield number, saved(rng)
                yield number, compared(hostile)


def twice(send: Send, session: requests.Session, site: Site) -> tuple[str, str]:
    """Send an input; once more where the connection that was kept had just been ended."""
    try:
        return send(session, site)
    except requests.ConnectionError as error:
        if "RemoteDisconnected" not in str(error) and "reset" not in str(error):
            raise
        return send(session, site)


def send_all(site: Site, kind: str, inputs: Iterator[tuple[int, Send]], findings: Findings) -> None:
    """Send inputs from several clients, each over a connection of its own that is kept."""
    lock = threading.Lock()

    def client() -> None:
        with requests.Session() as session:
            session.trust_env = False
            while True:
                with lock:
                    found = next(inputs, None)
                if found is None:
                    return
                number, send = found
                began, why = time.monotonic(), ""
                try:
                    outcome, why = twice(send, session, site)
                except (requests.RequestException, ValueError):
                    outcome, why = "no answer", traceback.format_exc()
                seconds = time.monotonic() - began
                if seconds > HANGS:
                    why = why or f"{seconds:.0f} s"
                findings.note(kind, "HTTP", number, outcome, seconds, why)

    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(client) for _ in range(CLIENTS)]:
            done.result()
