"""Hostile inputs in processes beside the site, by the functions that the site calls with them."""

from __future__ import annotations

import multiprocessing
import resource
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from dutygraph.queries.foreign import RefusedQueryError, admitted
from dutygraph.queries.workers import LimitError, Limits, Workers
from dutygraph.records.formats import Source
from dutygraph.records.history import live_graphs
from dutygraph.records.intake import open_in_force
from tests.faults.findings import Findings
from tests.faults.inputs import HANGS, ROWS, TRIPLES, made
from tests.faults.mutated import judged

SECONDS = 0.5
"""What a query may take, and SLACK more until it has ended."""

SLACK = 60.0
MEMORY = 6 << 30


START = "spawn"
"""How processes begin that judge: a fork could find a lock held by a thread that it has not."""


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
            outcome = judging(made(seed, kind, number, canary))
        except BaseException:
            outcome, why = "wrong", traceback.format_exc()
        told.send((number, outcome, time.monotonic() - began, why))


def judge_all(
    kind: str, seed: int, numbers: Sequence[int], canary: str, store: Path, findings: Findings
) -> None:
    """Have inputs judged; a process that dies or hangs is wrong, and another one goes on."""
    context = multiprocessing.get_context(START)
    while numbers:
        ours, theirs = context.Pipe(duplex=False)
        arguments = (kind, seed, numbers, canary, store, theirs)
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
            findings.note(kind, "beside", at, "hangs", HANGS, f"no end after {HANGS} s")
        except EOFError:
            process.join()
            if not ended:
                why = f"the process died: exit code {process.exitcode}"
                findings.note(kind, "beside", at, "died", 0.0, why)
        numbers = [number for number in numbers if number > at]
