"""Honest clients alone, then beside hostile ones: does everybody get his page, and how much later?

    .venv/bin/python -m benchmarks.load [--honest 50] [--hostile 16] [--rounds 3] [--seconds 40]

The demo's records are imported into a store of its own with accounts, and served by ``dutygraph
serve`` with its usual settings. Honest clients are officers, supervisors, administrators and
readers, each with an account of his own, and readers without any. They look at a page for a while
and then at the next; some ask SPARQL, and now and then one has a small file checked. Four in five
come through the one address of their office, as a proxy tells it; hostile clients, from an address
each, do what ``hostile.HOSTILE`` says as quickly as they can. The same honest clients with the
same choices are measured alone and beside them, in turn: how many requests succeed, median and
95th percentile of the seconds until the answer has come in whole. Ratios count; the times are
this machine's, which runs the clients, too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from benchmarks.load.honest import PAGES, QUERIES, accounts, honest
from benchmarks.load.hostile import all_of_them
from benchmarks.load.site import Seen, Site
from dutygraph.accounts.accounts import Accounts
from tests.faults.served import logged_in, serving
from tests.web.tenants import ROLES, tenants

LEAD = 5.0
"""The seconds that hostile clients begin before the honest ones."""

MOST = 3.0
"""How many times as long as alone an honest client may wait."""


def alone(site: Site, number: int, seed: int, seconds: float) -> Seen:
    """Have honest clients at a site for some seconds; give what they have seen."""
    seen, until = Seen(), time.monotonic() + seconds
    clients = [
        threading.Thread(target=honest, args=(site, one, seed, until, seen))
        for one in range(number)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return seen


def beside(
    site: Site, number: int, hostile_ones: int, seed: int, seconds: float
) -> tuple[Seen, Seen]:
    """Have honest and hostile clients at a site; give what each have seen."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    arguments = (site, hostile_ones, seconds + LEAD, theirs)
    process = multiprocessing.get_context("spawn").Process(target=all_of_them, args=arguments)
    process.start()
    ours.recv()
    time.sleep(LEAD)
    seen = alone(site, number, seed, seconds)
    of_theirs: Seen = ours.recv()
    process.join()
    return seen, of_theirs


def warm(site: Site) -> None:
    """Have every room opened and every page made, in both processes as far as chance goes."""
    some = list(site.cookies)[: len(ROLES)]
    for name in [*some, *some]:
        cookie = {"Cookie": f"session={site.cookies[name]}"}
        token = {"Authorization": f"Bearer {site.tokens[name]}"}
        asked = {"query": QUERIES[0]}
        for page in PAGES:
            requests.get(f"{site.address}{page}", headers=cookie, timeout=120)
        for _ in range(4):
            requests.get(f"{site.address}/sparql", params=asked, headers=token, timeout=120)


def percentile(seconds: Sequence[float], share: int) -> float:
    """Give the seconds within which a share of a hundred requests is answered."""
    return statistics.quantiles(seconds, n=100)[share - 1] if len(seconds) > 1 else seconds[0]


def tell(first: Seen, second: Seen) -> None:
    """Print what honest clients have seen alone and beside others."""
    row = "| {:<6} | {:>6} | {:>6} | {:>9} | {:>9} | {:>9} | {:>9} | {:>5} |\n"
    heads = ("alone", "beside", "p50 alone", "beside", "p95 alone", "beside", "ratio")
    sys.stdout.write(row.format("honest", *heads))
    for what in [*sorted(first.seconds), "all"]:
        some = [one.all if what == "all" else one.seconds.get(what, []) for one in (first, second)]
        if all(some):
            p95s = [percentile(one, 95) for one in some]
            figures = [*map(statistics.median, some), *p95s]
            cells = [f"{figure * 1000:.0f} ms" for figure in figures]
            ratio = f"{p95s[1] / p95s[0]:.2f}"
            sys.stdout.write(row.format(what, *map(len, some), *cells, ratio))
    for name, one in (("alone", first), ("beside", second)):
        failed = f"{one.wrong.total()} {dict(one.wrong) or ''}".strip()
        sys.stdout.write(f"honest requests {name} that failed: {failed}\n")


def tell_of_hostile(seen: Seen) -> None:
    """Print how hostile clients were answered."""
    for what, seconds in sorted(seen.seconds.items()):
        answers = Counter[str]()
        for name, count in seen.wrong.items():
            if name.startswith(f"{what}: "):
                answers[name.removeprefix(f"{what}: ")] += count
        told = ", ".join(f"{count} times {one}" for one, count in sorted(answers.items()))
        sys.stdout.write(f"hostile, {what}: {told}; median {statistics.median(seconds):.2f} s\n")


@contextmanager
def served(people: int) -> Iterator[Site]:
    """Serve a province with an account for each of some people."""
    # Jobs of imports go on by themselves, and may write there still.
    with TemporaryDirectory(prefix="dutygraph-load-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        tenants(folder / "store")
        tokens = accounts(folder / "store", people)
        known = Accounts(folder / "store")
        importers = frozenset(name for name in tokens if "import" in known[name].rights)
        with (
            (folder / "log").open("w", encoding="utf-8") as log,
            serving(folder, stderr=log, workers="2", log="warning") as (server, address),
        ):
            owners = [name for name in tokens if not name.startswith("hostile")]
            cookies = {name: logged_in(address, name) for name in owners}
            yield Site(address, cookies, tokens, importers)
            server.terminate()
            server.wait(timeout=60)


def main(honest_ones: int, hostile_ones: int, seed: int, rounds: int, seconds: float) -> int:
    """Measure, print, and give 1 where an honest request failed or the ratio is 3 or more."""
    first, second, theirs = Seen(), Seen(), Seen()
    with served(honest_ones) as site:
        warm(site)
        for each in range(seed, seed + rounds):
            first.add(alone(site, honest_ones, each, seconds))
            honest_seen, hostile_seen = beside(site, honest_ones, hostile_ones, each, seconds)
            second.add(honest_seen)
            theirs.add(hostile_seen)
    sys.stdout.write(
        f"{honest_ones} honest clients alone and beside {hostile_ones} hostile ones, {rounds} "
        f"times {seconds:.0f} s each, seed {seed}; the site as it is served usually\n"
    )
    tell(first, second)
    tell_of_hostile(theirs)
    met = percentile(second.all, 95) < MOST * percentile(first.all, 95)
    return int(not met or bool(first.wrong or second.wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--honest", type=int, default=50)
    parser.add_argument("--hostile", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(main(asked.honest, asked.hostile, asked.seed, asked.rounds, asked.seconds))
