"""Hostile inputs by the hundred thousand, against a site that is served as anybody's is.

Run from the repository: ``python -m tests.faults.fuzz [--inputs 100000] [--seed 1] [--kind KIND]``.
Queries and files are made from seed and number (``hostile_queries``, ``hostile_files``), requests of
the API by schemathesis from the site's own OpenAPI document. The requests of the API, every tenth
query and a file now and then go over HTTP to gunicorn, from nobody and from five accounts; the
others go in processes beside it to the functions that the site calls with them: queries to the
guard and, where it lets them through, to the workers, files to the import's reading.

Looked for: an answer of 500 or more that is not the 503 or 504 that is meant, an exception, a job that
dies, an input without end, a process of the site that is no longer there, and whatever connects to
the canary, a server that the inputs name where they reach out. What goes wrong is kept in a
folder, and repeated with ``--only NUMBER``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import socket
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import psutil
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

from dutygraph.queries.foreign import RefusedQueryError, admitted
from dutygraph.queries.workers import LimitError, Limits, Workers
from dutygraph.records.formats import Source
from dutygraph.records.history import live_graphs
from dutygraph.records.intake import open_in_force
from tests.faults.hostile_files import FORMS, hostile_files, hostile_settings
from tests.faults.hostile_queries import hostile_query
from tests.faults.mutated import SLOW, judged
from tests.faults.served import logged_in, serving
from tests.web.tenants import tenants

KINDS = {"sparql": 60, "rdf": 12, "json": 12, "csv": 10, "xlsx": 2, "api": 4}
"""The kinds of inputs, and how many of a hundred are of each."""
OVER_HTTP = {"sparql": 10, "api": 1, **dict.fromkeys(FORMS, 400)}
"""The how-manieth input of a kind goes over HTTP: to check a file there starts a process."""
MEANT = (503, 504)
CLIENTS = 4
BATCH = 50
"""Requests of the API that are made together, from one seed."""
SECONDS = 0.5
"""What a query may take in the processes beside the site, and SLACK more until it has ended."""
SLACK = 20.0
MEMORY = 6 << 30
HANGS = 120.0
TELLING = 60.0
EVERYTHING = "1000000"
ROWS = ("json", "xml", "csv", "tsv")
TRIPLES = ("ttl", "jsonld", "nt", "rdf")
ACCEPTED = (
    "text/html",
    "*/*",
    "text/turtle",
    "application/sparql-results+json",
    "text/csv",
    "x/y",
    "",
)


# What is found ----------------------------------------------------------------------------------


@dataclass
class Tally:
    """What came of the inputs of one kind that went one way."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, 0)
    wrong: list[int] = field(default_factory=list)


class Findings:
    """Counts what comes of inputs, and keeps those that went wrong in a folder."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.tallies: dict[tuple[str, str], Tally] = {}
        self._told = time.monotonic()
        self._seed, self._folder = seed, folder
        self._lock = threading.Lock()

    def note(
        self, kind: str, way: str, number: int, outcome: str, seconds: float, why: str = ""
    ) -> None:
        """Note what came of an input; ``why`` says what is wrong with that, if anything is."""
        with self._lock:
            tally = self.tallies.setdefault((kind, way), Tally())
            tally.inputs += 1
            tally.outcomes[outcome] += 1
            tally.slowest = max(tally.slowest, (seconds, number))
            if why:
                tally.wrong.append(number)
                self._keep(kind, way, number, why)
            if time.monotonic() - self._told > TELLING:
                self._told = time.monotonic()
                so_far = {" ".join(name): one.inputs for name, one in self.tallies.items()}
                sys.stderr.write(f"{so_far}\n")

    def _keep(self, kind: str, way: str, number: int, why: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{kind}-{self._seed}-{number}.txt"
        again = f"python -m tests.faults.fuzz --seed {self._seed} --kind {kind} --only {number}"
        file.write_text(f"{again}\n{way}\n{why}\n", encoding="utf-8", errors="backslashreplace")
        sys.stdout.write(f"{kind} {number} {way}: {why.strip().splitlines()[-1][:300]}\n")


class Canary:
    """A server that nothing may connect to."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                connection.settimeout(1)
                with suppress(OSError):
                    self.hits.append(connection.recv(200).decode("latin-1"))
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


# The site ---------------------------------------------------------------------------------------


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
def served(folder: Path) -> Iterator[Site]:
    """Make a province with accounts and serve it, with limits that let everything come."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = tenants(folder / "store").tokens
    limits = dict.fromkeys(("query_rate", "program_rate", "page_rate", "form_rate"), EVERYTHING)
    more = {"workers": "2", "threads": "4", "query_seconds": "2", "queries_at_once": "9", **limits}
    with (folder / "log").open("w", encoding="utf-8") as log:
        with serving(folder, stderr=log, log="warning", **more) as (server, address):
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


def rng_of(seed: int, kind: str, number: int) -> random.Random:
    """Give what an input is made from."""
    return random.Random(f"{seed} {kind} {number}")  # noqa: S311 - repeatable, not secret


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
        headers = {"Authorization": f"Bearer {site.tokens['administrator']}", "Content-Type": "application/json"}  # fmt: skip
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
        kwargs = case.as_transport_kwargs(base_url=f"{site.address}/api/v1")
        kwargs["headers"] = {**kwargs.get("headers", {}), **site.token(rng)}
        try:
            return _said(session.request(**kwargs))
        except (requests.exceptions.InvalidHeader, UnicodeError, ValueError):
            return "cannot be sent", ""

    return send


class Api:
    """Requests of the API as schemathesis makes them, in batches from seeds of their own."""

    def __init__(self, site: Site, seed: int) -> None:
        told = requests.get(f"{site.address}/api/v1/openapi.json", timeout=60).json()
        schema = schemathesis.openapi.from_dict(told)
        operations = [found.ok() for found in schema.get_all_operations()]
        self._seed = seed
        self._strategy = st.one_of(
            one.as_strategy(generation_mode=mode) for one in operations for mode in GenerationMode
        )

    def batch(self, number: int) -> list[Any]:
        """Give the requests of the batch that an input is in."""
        made: list[Any] = []

        @hypothesis.seed(f"{self._seed} {number // BATCH}")
        @hypothesis.settings(
            max_examples=BATCH,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(self._strategy)
        def collect(case: Any) -> None:
            made.append(case)

        collect()
        return made[:BATCH]


def over_http(
    site: Site, seed: int, kind: str, numbers: Iterable[int]
) -> Iterator[tuple[int, Send]]:
    """Give the inputs that go over HTTP, each with its number."""
    if kind == "api":
        api = Api(site, seed)
        known, cases = -1, list[Any]()
        for number in numbers:
            if number // BATCH != known:
                known, cases = number // BATCH, api.batch(number)
            if number % BATCH < len(cases):
                yield number, called(rng_of(seed, kind, number), cases[number % BATCH])
        return
    for number in numbers:
        rng = rng_of(seed, kind, number)
        made = MADE[kind](rng, CANARY.address)
        if isinstance(made, str):
            yield number, asked(rng, made)
        else:
            yield number, handed_in(rng, made)
            if kind == "json":
                yield number, saved(rng)
                yield number, compared(made)


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


# In processes beside the site -------------------------------------------------------------------

CANARY = Canary()
MADE: dict[str, Callable[[random.Random, str], str | list[Source]]] = {
    "sparql": hostile_query,
    **{form: (lambda rng, canary, form=form: hostile_files(form, rng, canary)) for form in FORMS},
}


class Querying:
    """Asks queries as the endpoint does: first the guard, then a worker."""

    def __init__(self, store: Path) -> None:
        self._graphs = tuple(sorted(live_graphs(open_in_force(str(store)))))
        self._workers = Workers(str(store), Limits(SECONDS, 1000, 1 << 20))

    def __call__(self, query: str | list[Source]) -> str:
        """Ask a query; give what came of it."""
        assert isinstance(query, str)
        began = time.monotonic()
        try:
            read = admitted(query, self._graphs)
        except RefusedQueryError:
            assert time.monotonic() - began < SLACK
            return "refused"
        forms = TRIPLES if read.gives_triples else ROWS
        try:
            found = self._workers.run(read, forms[len(query) % len(forms)])
        except LimitError:
            outcome = "ended"
        else:
            outcome = "unreadable" if found.error else "cut" if found.cut else "answered"
        assert time.monotonic() - began < SECONDS + SLACK
        return outcome


def _reading(files: str | list[Source]) -> str:
    assert not isinstance(files, str)
    return judged(files)


def judge(
    kind: str, seed: int, numbers: Sequence[int], canary: str, store: Path, told: Connection
) -> None:
    """Have a process judge inputs, each told when it begins and what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    judging: Callable[[str | list[Source]], str] = Querying(store) if kind == "sparql" else _reading
    for number in numbers:
        told.send((number, None, 0.0, ""))
        began, why = time.monotonic(), ""
        try:
            outcome = judging(MADE[kind](rng_of(seed, kind, number), canary))
        except BaseException:
            outcome, why = "wrong", traceback.format_exc()
        told.send((number, outcome, time.monotonic() - began, why))


def judge_all(
    kind: str, seed: int, numbers: Sequence[int], store: Path, findings: Findings
) -> None:
    """Have inputs judged; a process that dies or hangs is wrong, and another one goes on."""
    context = multiprocessing.get_context("fork")
    while numbers:
        ours, theirs = context.Pipe(duplex=False)
        arguments = (kind, seed, numbers, CANARY.address, store, theirs)
        process = context.Process(target=judge, args=arguments)
        process.start()
        theirs.close()
        at, ended = numbers[0], False
        try:
            while ours.poll(HANGS):
                at, outcome, seconds, why = ours.recv()
                ended = outcome is not None
                if ended:
                    findings.note(kind, "beside", at, outcome, seconds, why)
            process.kill()
            findings.note(kind, "beside", at, "hangs", HANGS, f"hangs for {SLOW} s")
        except EOFError:
            process.join()
            if not ended:
                why = f"the process died: exit code {process.exitcode}"
                findings.note(kind, "beside", at, "died", 0.0, why)
        numbers = [number for number in numbers if number > at]


# All of it --------------------------------------------------------------------------------------


def shares(inputs: int, kind: str | None) -> dict[str, int]:
    """Give how many inputs there are of each kind."""
    if kind is not None:
        return {kind: inputs}
    return {one: max(inputs * share // 100, 1) for one, share in KINDS.items()}


def fuzz(site: Site, seed: int, wanted: dict[str, Sequence[int]], findings: Findings) -> None:
    """Send and judge the inputs of these numbers of each kind."""
    both = len([number for numbers in wanted.values() for number in numbers]) == 1
    for kind, numbers in wanted.items():
        sent = [one for one in numbers if both or one % OVER_HTTP[kind] == 0]
        beside = [one for one in numbers if kind != "api" and (both or one % OVER_HTTP[kind])]
        thread = threading.Thread(target=judge_all, args=(kind, seed, beside, site.store, findings))
        thread.start()
        send_all(site, kind, over_http(site, seed, kind, sent), findings)
        thread.join()


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def main(seed: int, wanted: dict[str, Sequence[int]], folder: Path) -> int:
    """Fuzz a site, print what came of it, and give how much went wrong."""
    findings, began = Findings(seed, folder), time.monotonic()
    with TemporaryDirectory(prefix="dutygraph-fuzz-") as place, served(Path(place)) as site:
        fuzz(site, seed, wanted, findings)
        restarts = site.restarts()
        log = (site.store.parent / "log").read_text(encoding="utf-8")
    sys.stdout.write(_row("kind", "way", "inputs", "outcomes", "slowest", "wrong"))
    sys.stdout.write(_row(*["---"] * 6))
    for (kind, way), one in sorted(findings.tallies.items()):
        outcomes = ", ".join(f"{name}: {count}" for name, count in sorted(one.outcomes.items()))
        slowest = f"{one.slowest[0]:.1f} s (number {one.slowest[1]})"
        sys.stdout.write(_row(kind, way, one.inputs, outcomes, slowest, len(one.wrong)))
    wrong = sum(len(one.wrong) for one in findings.tallies.values())
    traces = sum("Traceback" in line for line in log.splitlines())
    if traces:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"log-{seed}.txt").write_text(log, encoding="utf-8")
    spent = time.monotonic() - began
    total = sum(one.inputs for one in findings.tallies.values())
    for hit in CANARY.hits:
        sys.stdout.write(f"outside: {hit!r}\n")
    sys.stdout.write(
        f"{total} inputs from seed {seed}, {spent:.0f} s: {wrong} wrong, {traces} tracebacks in the log, "
        f"{len(CANARY.hits)} connections outside, {restarts} restarts\n"
    )
    if wrong or traces:
        sys.stdout.write(f"kept in {folder}; each says how it is repeated\n")
    return wrong + traces + len(CANARY.hits) + restarts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=list(KINDS))
    parser.add_argument("--only", type=int, help="the number of one input, of a kind")
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"))
    given = parser.parse_args()
    if given.only is not None and given.kind is None:
        parser.error("--only goes with --kind")
    numbers: dict[str, Sequence[int]] = {
        kind: range(count) for kind, count in shares(given.inputs, given.kind).items()
    }
    if given.only is not None:
        numbers = {given.kind: [given.only]}
    sys.exit(int(main(given.seed, numbers, given.folder) > 0))
