"""A check on the workers of a real Dask scheduler; a lost one costs its blocks, nothing else."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from dutygraph.compliance import blocks
from dutygraph.compliance.blocks import Block, Map, check_blocks
from dutygraph.compliance.checking import Report
from dutygraph.compliance.cluster import ClusterError, cluster
from dutygraph.regulations.prepared import open_store
from tests.compliance.provinces import stored
from tests.compliance.test_blocks import job, same, whole

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"tcp://[\d.]+:\d+")
pytestmark = pytest.mark.xdist_group("cluster")


@contextmanager
def _program(
    folder: Path, name: str, *arguments: str, says: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run a program of Dask until it has said something; give it and the line."""
    log = folder / f"{name}-{time.monotonic_ns()}.log"
    with log.open("wb") as stream:
        running = subprocess.Popen(
            [sys.executable, "-m", "dask", name, *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stderr=stream,
        )
    try:
        said: list[str] = []
        while not said:
            assert running.poll() is None, log.read_text()
            time.sleep(0.1)
            said = [line for line in log.read_text().splitlines() if says in line]
        yield running, said[0]
    finally:
        running.kill()
        running.wait()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("dask")
    with _program(
        folder,
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        says="Scheduler at",
    ) as (_, line):
        found = ADDRESS.search(line)
        assert found is not None, line
        yield found[0]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("province")
    stored(folder, units=60, breaches=0.1)
    return folder


def _worker(folder: Path, scheduler: str) -> Iterator[subprocess.Popen[bytes]]:
    one = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    with _program(folder, "worker", scheduler, *one, says="Registered to") as (running, _):
        yield running


@pytest.fixture
def worker(tmp_path: Path, scheduler: str) -> Iterator[subprocess.Popen[bytes]]:
    yield from _worker(tmp_path, scheduler)


@pytest.fixture
def another(tmp_path: Path, scheduler: str) -> Iterator[subprocess.Popen[bytes]]:
    yield from _worker(tmp_path, scheduler)


def test_a_scheduler_without_workers_is_refused(scheduler: str) -> None:
    with pytest.raises(ClusterError, match="has no workers"), cluster(scheduler):
        pass


def test_an_address_where_nobody_answers_is_refused() -> None:
    with pytest.raises(ClusterError, match="no scheduler answers"), cluster("tcp://127.0.0.1:9"):
        pass


def test_workers_give_the_whole_and_a_lost_one_costs_nothing_else(
    scheduler: str,
    place: Path,
    worker: subprocess.Popen[bytes],
    another: subprocess.Popen[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "SIZE", 6)
    with cluster(scheduler) as run:
        report = check_blocks(job(place), open_store(str(place)), _losing(worker, run))
    assert worker.wait(10) == -signal.SIGKILL
    assert another.poll() is None
    same(report, whole(place))


def _losing(worker: subprocess.Popen[bytes], run: Map) -> Map:
    """Kill a worker as soon as the first block is done."""

    def losing(check: Callable[[Block], Report], some: Sequence[Block]) -> Iterator[Report]:
        assert len(some) > 5
        for number, report in enumerate(run(check, some)):
            if number == 0:
                worker.send_signal(signal.SIGKILL)
                time.sleep(0.1)
            yield report

    return losing
