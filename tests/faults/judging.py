"""Hostile inputs in processes beside the site, by the functions that the site calls with them."""

from __future__ import annotations

import multiprocessing
import resource
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from dutygraph.queries.foreign import RefusedQueryError, admitted
from dutygraph.queries.workers import LimitError, Limits, Workers
from dutygraph.records.history import live_graphs
from dutygraph.records.intake import open_in_force
from tests.faults.findings import Findings
from tests.faults.inputs import HANGS, ROWS, SEES_ALL, TRIPLES, made
from tests.faults.mutated import judged

SECONDS = 0.1
"""What a query may take, and SLACK more until it has ended."""

SLACK = 60.0
MEMORY = 6 << 30

FEW = 1000
"""Triples of a graph that most queries see."""

START = "spawn"
"""How processes begin that judge: a fork could find a lock held by a thread that it has not."""


@dataclass(frozen=True)
class Target:
    """What inputs are aimed at: a store, the tokens of its accounts, a server they may not reach.

    The store is read; whoever writes makes a copy first.
    """

    store: Path
    tokens: dict[str, str]
    canary: str


class Querying:
    """Asks queries as the endpoint does: first the guard, then a worker."""

    def __init__(self, seed: int, target: Target) -> None:
        self._seed, self._canary = seed, target.canary
        store = open_in_force(str(target.store))
        self._all = sorted(live_graphs(store))
        self._few = [one for one in self._all if store.graph(one).count(b"\n") < FEW]
        self._workers = Workers(str(target.store), Limits(SECONDS, 200, 1 << 20))

    def __call__(self, number: int) -> str:
        """Ask a query; give what came of it."""
        query = made(self._seed, "sparql", number, self._canary)
        assert isinstance(query, str)
        began = time.monotonic()
        try:
            read = admitted(query, self._few if number % SEES_ALL else self._all)
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


class Reading:
    """Reads the files of uploads as an import does."""

    def __init__(self, kind: str, seed: int, target: Target) -> None:
        self._kind, self._seed, self._canary = kind, seed, target.canary

    def __call__(self, number: int) -> str:
        """Read the files of an upload; give what came of it."""
        files = made(self._seed, self._kind, number, self._canary)
        assert not isinstance(files, str)
        return judged(files)


def _judging(kind: str, seed: int, target: Target) -> Callable[[int], str]:
    match kind:
        case "sparql":
            return Querying(seed, target)
        case "api":
            # What makes requests and answers them takes seconds to import.
            from tests.faults.calls import Calling

            return Calling(seed, target.store, target.tokens)
        case _:
            return Reading(kind, seed, target)


def judge(kind: str, seed: int, numbers: Sequence[int], target: Target, told: Connection) -> None:
    """Have a process judge inputs, each told when it begins and what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    judging = _judging(kind, seed, target)
    for number in numbers:
        told.send((number, None, 0.0, ""))
        began, why = time.monotonic(), ""
        try:
            outcome = judging(number)
        except BaseException:
            outcome, why = "wrong", traceback.format_exc()
        told.send((number, outcome, time.monotonic() - began, why))


def judge_all(
    kind: str, seed: int, numbers: Sequence[int], target: Target, findings: Findings
) -> None:
    """Have inputs judged; a process that dies or hangs is wrong, and another one goes on."""
    context = multiprocessing.get_context(START)
    while numbers:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=judge, args=(kind, seed, numbers, target, theirs))
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
