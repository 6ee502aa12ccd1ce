"""The workers that run strangers' queries: some processes beside this one.

Each runs one query at a time over the same store. One that ended, because a query took too long or
too much, is replaced at the next query; who comes while all are busy waits a little.

There are two lanes. A query has a second in the quick one, which is enough for nearly all; one that
needs longer is begun anew in the slow one. Who asked such a one is led there straight for a while,
so that queries that explode hold up each other, and hardly anybody else.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from queue import Empty, PriorityQueue
from typing import Final, TypeAlias

from dutygraph.queries.foreign import Query
from dutygraph.queries.worker import UNREADABLE, Job, Outcome, receive, send

SECONDS: Final = "DUTYGRAPH_QUERY_SECONDS"
ROWS: Final = "DUTYGRAPH_QUERY_ROWS"
BYTES: Final = "DUTYGRAPH_QUERY_BYTES"

_QUICK_SECONDS: Final = 1.0
_REMEMBERED: Final = 60.0
"""For how many seconds who asked a query that took longer is led to the slow lane straight."""

_WORKERS: Final = 2
"""Workers of a lane."""


class LimitError(Exception):
    """A query was ended or could not be run, which it may be later; the message says why."""


class TimeLimitError(LimitError):
    """A query took longer than it may."""


@dataclass(frozen=True)
class Limits:
    """How long a query may run, and how many rows (or triples) and bytes its answer may have."""

    seconds: float = 10.0
    rows: int = 10_000
    bytes: int = 16 << 20

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Limits:
        """Give the limits that the environment sets. Raises ValueError for what is no number."""
        usual = cls()
        return cls(
            _number(environment, SECONDS, usual.seconds),
            int(_number(environment, ROWS, usual.rows)),
            int(_number(environment, BYTES, usual.bytes)),
        )


def _number(environment: Mapping[str, str], name: str, usual: float) -> float:
    given = environment.get(name, "")
    try:
        number = float(given) if given else usual
    except ValueError:
        number = 0.0
    if not 0 < number < 1e12:
        raise ValueError(
            f"{name} 应为正数，不是「{given}」 / {name} takes a positive number, not {given!r}"
        )
    return number


class _Worker:
    def __init__(self, location: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "dutygraph.queries.worker", location],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What interrupts the server in a terminal is not for the workers: they end with it.
            start_new_session=True,
        )

    def run(self, job: Job) -> Outcome:
        """Run a job. Raises LimitError when the worker ended over it."""
        assert self.process.stdin is not None  # noqa: S101 - both are pipes
        assert self.process.stdout is not None  # noqa: S101
        try:
            send(job, self.process.stdin)
            return receive(self.process.stdout)
        except (EOFError, BrokenPipeError) as error:
            raise _ended(self.process.wait(), job.seconds) from error

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None  # noqa: S101 - both are pipes
            pipe.close()
        self.process.wait()


@dataclass(order=True)
class _Seat:
    """A place in a lane: for the worker started at a time, or for one that is still to be."""

    started: float = math.inf
    worker: _Worker | None = field(default=None, compare=False)


_Lane: TypeAlias = "PriorityQueue[_Seat]"
"""The free places of a lane, that of the worker which was started first before all others.

So no query waits for one that is just starting, and few that come one after the other need but one.
"""


def _lane() -> _Lane:
    lane: _Lane = PriorityQueue()
    for _ in range(_WORKERS):
        lane.put(_Seat())
    return lane


def _ended(code: int, seconds: float) -> LimitError:
    if code == -signal.SIGALRM:
        return TimeLimitError(
            f"查询超过 {seconds:g} 秒，已中止；请缩小范围，或者加 LIMIT / the query took more than "
            f"{seconds:g} seconds and was ended; ask for less, or add a LIMIT"
        )
    if code == UNREADABLE:
        return LimitError(
            "数据此刻无法读取，请稍后再试 / the data cannot be read at this moment; try again later"
        )
    return LimitError(
        "查询用的内存太多，或者引擎无法处理，已中止；请缩小范围 / the query wanted too much "
        "memory, or more than the engine can do, and was ended; ask for less"
    )


class Workers:
    """The workers over the store at one location, as it is when the first of them opens it."""

    def __init__(self, location: str, limits: Limits) -> None:
        self._location = location
        self.limits = limits
        self._quick = _lane()
        self._slow = _lane()
        self._led_to_slow: dict[str, float] = {}
        self._all: list[_Worker] = []
        self._lock = threading.Lock()
        weakref.finalize(self, _end, self._all, os.getpid())

    def ready(self) -> None:
        """Start a worker, so that the first query does not wait for that."""
        with self._worker(self._quick):
            pass

    def run(self, query: Query, form: str, client: str | None = None) -> Outcome:
        """Run a query and give its answer in a W3C form (``json``, ``ttl`` …; see GraphStore).

        ``client`` is who asks, by whichever name; None is nobody to be remembered. Raises
        LimitError when the query was ended, no worker was free, or the store did not answer.
        """
        job = Job(
            query.text,
            query.dataset.default,
            query.dataset.named,
            form,
            self.limits.seconds,
            self.limits.rows,
            self.limits.bytes,
        )
        if job.seconds > _QUICK_SECONDS and not self._is_slow(client):
            try:
                return self._run(self._quick, replace(job, seconds=_QUICK_SECONDS))
            except TimeLimitError:
                self._remember(client)
        return self._run(self._slow, job)

    def _is_slow(self, client: str | None) -> bool:
        with self._lock:
            return client in self._led_to_slow and self._led_to_slow[client] > time.monotonic()

    def _remember(self, client: str | None) -> None:
        now = time.monotonic()
        with self._lock:
            for name in [one for one, until in self._led_to_slow.items() if until <= now]:
                del self._led_to_slow[name]
            if client is not None:
                self._led_to_slow[client] = now + _REMEMBERED

    def _run(self, lane: _Lane, job: Job) -> Outcome:
        with self._worker(lane) as worker:
            found = worker.run(job)
        if found.passing:
            raise LimitError(found.error)
        return found

    @contextmanager
    def _worker(self, lane: _Lane) -> Iterator[_Worker]:
        try:
            seat = lane.get(timeout=self.limits.seconds)
        except Empty as error:
            raise LimitError(
                "此刻查询太多，请稍后再试 / too many queries are running; try again later"
            ) from error
        try:
            if seat.worker is None or not seat.worker.lives:
                seat = self._filled(seat)
            assert seat.worker is not None  # noqa: S101 - it was filled
            yield seat.worker
        finally:
            # The next query is not to wait until another one has started.
            lane.put(self._filled(seat) if seat.worker and not seat.worker.lives else seat)

    def _filled(self, seat: _Seat) -> _Seat:
        """Start a worker, in the place of one that has ended, where there was one."""
        with self._lock:
            if seat.worker is not None:
                self._all.remove(seat.worker)
                seat.worker.end()
            new = _Worker(self._location)
            self._all.append(new)
            return _Seat(time.monotonic(), new)


def _end(workers: list[_Worker], owner: int) -> None:
    # After a fork the workers still belong to the process that started them.
    if os.getpid() == owner:
        for worker in workers:
            worker.end()
