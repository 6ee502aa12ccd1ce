"""Hostile inputs by the hundred thousand, against a site that is served as anybody's is.

Run from the repository: ``python -m tests.faults.fuzz [--inputs N] [--seed SEED] [--kind KIND]``.
Queries and files are made from seed and number (``hostile_queries``, ``hostile_files``), requests
of the API by schemathesis from the site's own OpenAPI document. A share (``inputs.OVER_HTTP``) goes
over HTTP to gunicorn, from nobody and from five accounts; the others go, in processes beside it, to
what the site calls with them: queries to the guard and, where it lets them through, to the workers,
files to the import's reading, requests to the site's WSGI application over a copy of the store. The
table that is printed has each way by itself; what was seen so far is told every minute.

Looked for: an answer of 500 or more that is not the 503 or 504 that is meant, an exception, a job
that dies, an input without end, a process of the site that is no longer there, and whatever
connects to the canary, a server that the inputs name where they reach out. What goes wrong is kept
in a folder, and repeated with ``--kind KIND --only NUMBER``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from tests.faults.findings import Canary, Findings
from tests.faults.inputs import KINDS, OVER_HTTP
from tests.faults.judging import Target, judge_all
from tests.faults.sending import Site, over_http, send_all, served
from tests.web.tenants import tenants

Wanted: TypeAlias = Mapping[str, Sequence[int]]
"""The numbers of the inputs of each kind."""

PART = 5000
"""The inputs that a process judges before it ends."""


def shares(inputs: int, kind: str | None) -> dict[str, int]:
    """Give how many inputs there are of each kind."""
    if kind is not None:
        return {kind: inputs}
    return {one: max(inputs * share // 100, 1) for one, share in KINDS.items()}


def parts(wanted: Wanted) -> Iterator[tuple[str, list[int]]]:
    """Give the inputs for the processes beside the site, a part of a kind for each; kinds by turns.

    Those that go over HTTP are not among them, unless a kind has no others.
    """
    by_kind = []
    for kind, numbers in wanted.items():
        some = [number for number in numbers if number % OVER_HTTP[kind]] or list(numbers)
        by_kind.append([(kind, some[at : at + PART]) for at in range(0, len(some), PART)])
    for turn in zip_longest(*by_kind):
        yield from filter(None, turn)


def fuzz(
    site: Site, seed: int, wanted: Wanted, target: Target, findings: Findings, jobs: int
) -> None:
    """Send and judge the inputs of these numbers of each kind; an only one goes both ways."""
    with ThreadPoolExecutor(jobs) as pool:
        beside = [
            pool.submit(judge_all, kind, seed, part, target, findings)
            for kind, part in parts(wanted)
        ]
        for kind, numbers in wanted.items():
            sent = [one for one in numbers if one % OVER_HTTP[kind] == 0] or list(numbers)
            send_all(site, kind, over_http(site, seed, kind, sent, target.canary), findings)
        for done in beside:
            done.result()


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def main(seed: int, wanted: Wanted, folder: Path, jobs: int) -> int:
    """Fuzz a site, print what came of it, and give how much went wrong."""
    findings, canary, began = Findings(seed, folder), Canary(), time.monotonic()
    with TemporaryDirectory(prefix="dutygraph-fuzz-") as name:
        place = Path(name)
        tokens = tenants(place / "store").tokens
        target = Target(place / "copy", tokens, canary.address)
        shutil.copytree(place / "store", target.store)
        with served(place, tokens) as site:
            fuzz(site, seed, wanted, target, findings, jobs)
            restarts = site.restarts()
        log = (place / "log").read_text(encoding="utf-8")
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
    for hit in canary.hits:
        sys.stdout.write(f"outside: {hit!r}\n")
    sys.stdout.write(
        f"{total} inputs from seed {seed}, {spent:.0f} s: {wrong} wrong, {traces} tracebacks in "
        f"the log, {len(canary.hits)} connections outside, {restarts} restarts\n"
    )
    if wrong or traces:
        sys.stdout.write(f"kept in {folder}; each says how it is repeated\n")
    return wrong + traces + len(canary.hits) + restarts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=list(KINDS))
    parser.add_argument("--only", type=int, help="the number of one input, of a kind")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"))
    given = parser.parse_args()
    if given.only is not None and given.kind is None:
        parser.error("--only goes with --kind")
    numbers: Wanted = {
        kind: range(count) for kind, count in shares(given.inputs, given.kind).items()
    }
    if given.only is not None:
        numbers = {given.kind: [given.only]}
    sys.exit(int(main(given.seed, numbers, given.folder, given.jobs) > 0))
