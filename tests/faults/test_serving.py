"""The site as a process: it begins, is asked, is told to stop, and ends what it has begun."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    OpenerDirector,
    Request,
    build_opener,
    urlopen,
)

import pytest

from dutygraph.records.job import Asked, Upload
from dutygraph.records.jobs import Jobs
from dutygraph.records.worker import start
from tests.faults.served import PATH, serving

LONG = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?p ?b . ?c ?q ?d FILTER(?a != ?d && ?b != ?c) }"
"""A query that takes longer than anybody gives it."""


def _asked(address: str, answers: list[int]) -> None:
    request = Request(address, headers={"X-Request-ID": "the-long-one"})
    try:
        with urlopen(request, timeout=60) as answer:
            answers.append(answer.status)
    except HTTPError as error:
        answers.append(error.code)
        error.close()


def test_a_site_that_is_told_to_stop_answers_what_it_was_asked_and_notes_its_jobs(
    tmp_path: Path,
) -> None:
    jobs = Jobs(tmp_path / "store" / "jobs")
    with serving(tmp_path, query_seconds="3") as (server, address):
        job, held = jobs.add("check", Asked((Upload("a.json", 2, "0"),)), [b"{}"])
        answers: list[int] = []
        query = f"{address}/sparql?{urlencode({'query': LONG})}"
        asking = threading.Thread(target=_asked, args=(query, answers))
        asking.start()
        time.sleep(1)
        server.terminate()
        time.sleep(0.5)
        # Refused, or left waiting while the system still takes connections for it.
        with pytest.raises((URLError, ConnectionError, TimeoutError)):
            urlopen(f"{address}/healthz", timeout=1)
        asking.join()
        _, log = server.communicate(timeout=30)
        held.release()
    assert server.returncode == 0
    # The query had its three seconds, and its limit is what is told of it.
    assert answers == [503]
    lines = [json.loads(line) for line in log.splitlines()[1:]]
    (asked,) = [line for line in lines if line.get("request_id") == "the-long-one"]
    assert (asked["path"], asked["status"]) == ("/sparql", 503)
    assert asked["seconds"] > 2
    assert lines[-1]["jobs"] == [job.id]
    assert "COUNT" not in log, "no query is logged"
    assert [file.name for file in tmp_path.glob("dutygraph-*")] == []


def test_a_site_that_is_killed_with_a_job_tells_of_it_when_it_is_back(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "store" / "jobs")
    jobs.folder.mkdir(parents=True)
    browser = build_opener(HTTPCookieProcessor())
    with serving(tmp_path, writable="1") as (server, address), jobs.turn():
        place = browser.open(_form(browser, address + "/import", address + "/import")).geturl()
        identifier = place.rpartition("/")[2]
        assert jobs[identifier].state == "running", "it waits for its turn"
        os.killpg(server.pid, signal.SIGKILL)
        os.kill(_process_of(identifier), signal.SIGKILL)
    with serving(tmp_path, writable="1") as (_, address):
        place = f"{address}/import/jobs/{identifier}"
        with browser.open(place) as answer:
            assert "没有完成" in answer.read().decode()
        browser.open(_form(browser, place, place + "/check")).close()
        _wait_until(lambda: jobs[identifier].state != "running")
    assert jobs[identifier].state == "ready", jobs[identifier].told


def _form(browser: OpenerDirector, page: str, address: str) -> Request:
    """Fill in the form of a page: its token, its seal, and a file with one unit."""
    with browser.open(page) as answer:
        words = answer.read().decode()
    fields = dict(re.findall(r'name="(token|seal)" value="([^"]*)"', words))
    unit = {"id": "u1", "name": "示例县委", "kind": "地方党委", "level": "县级"}
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    parts.append(f'name="files"; filename="a.json"\r\n\r\n{json.dumps({"units": [unit]})}')
    body = "".join(f"--x\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    return Request(address, f"{body}--x--\r\n".encode(), headers)


def _process_of(job: str) -> int:
    found = subprocess.run(["pgrep", "--full", job], capture_output=True, text=True, check=True)
    return int(found.stdout)


def _wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it does not come about")


def test_processes_of_a_site_are_measured_together(tmp_path: Path) -> None:
    with serving(tmp_path, workers="2", log="warning") as (server, address):
        for _ in range(20):
            with urlopen(f"{address}/healthz", timeout=10):
                pass

        def measured() -> str:
            with urlopen(f"{address}/metrics", timeout=10) as answer:
                return str(answer.read().decode())

        # The second process may still be starting when the first one answers.
        _wait_until(lambda: "dutygraph_processes 2.0" in measured())
        text = measured()
        assert 'dutygraph_requests_total{method="GET",route="/healthz",status="200"} 20.0' in text
        assert "dutygraph_requests_under_way 1.0" in text
        server.terminate()
        _, log = server.communicate(timeout=30)
    assert log.splitlines()[1:] == [], "nothing of what is going on is a warning"


def test_a_job_that_is_told_to_stop_says_so_and_can_be_checked_again(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "jobs")
    job, held = jobs.add("check", Asked((Upload("a.json", 2, "0"),)), [b"{}"])
    with jobs.turn():
        start(jobs, job, held, str(tmp_path))
        _wait_until(lambda: jobs[job.id].progress is not None)
        os.kill(_process_of(job.id), signal.SIGTERM)
        _wait_until(lambda: jobs[job.id].state == "failed")
    assert "the server was stopped" in jobs[job.id].told["reason"]
    start(jobs, job, jobs.begin(job.id, "check", ("failed",), ""), str(tmp_path))
    _wait_until(lambda: jobs[job.id].state != "running")
    assert jobs[job.id].state in ("ready", "refused")


@pytest.mark.parametrize(
    ("number", "likely"),
    [
        (signal.SIGABRT, "DUTYGRAPH_JOB_MEMORY"),
        (signal.SIGSEGV, "wanted more memory"),
        (signal.SIGKILL, "the machine ran out of memory"),
        (signal.SIGUSR1, "ended by the signal SIGUSR1"),
    ],
)
def test_a_job_that_a_signal_ends_says_what_most_likely_has_been(
    number: int, likely: str, tmp_path: Path
) -> None:
    jobs = Jobs(tmp_path / "jobs")
    job, held = jobs.add("check", Asked((Upload("a.json", 2, "0"),)), [b"{}"])
    with jobs.turn():
        start(jobs, job, held, str(tmp_path))
        _wait_until(lambda: jobs[job.id].progress is not None)
        os.kill(_process_of(job.id), number)
        _wait_until(lambda: "reason" in jobs[job.id].told)
    assert jobs[job.id].state == "failed"
    assert likely in jobs[job.id].told["reason"]


def test_what_a_process_may_use_is_bounded_by_who_started_it_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STRICT],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": PATH},
        check=True,
    )
    assert done.stdout.split() == ["1000000000", "1000000000", "30", "35", "7", "9"]


STRICT = """
import resource
from dutygraph.bounds import bound

resource.setrlimit(resource.RLIMIT_AS, (1000000000, 1000000000))
bound(resource.RLIMIT_AS, 8 << 30)
resource.setrlimit(resource.RLIMIT_CPU, (35, 35))
bound(resource.RLIMIT_CPU, 30, 40)
bound(resource.RLIMIT_NOFILE, 7, 9)
kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE)
print(*(one for kind in kinds for one in resource.getrlimit(kind)))
"""


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DUTYGRAPH_PORT", "many"),
        ("DUTYGRAPH_METRICS", "everybody"),
        ("DUTYGRAPH_YEAR", "14"),
        ("DUTYGRAPH_CONFIG", "/no/such/file"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_before_anything_is_served(
    variable: str, value: str, tmp_path: Path
) -> None:
    result = subprocess.run(
        [sys.executable, "-c", "from dutygraph.cli.main import main; main()",
         "serve", "--store", str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": PATH, variable: value},
        check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert value in result.stderr
    assert "Traceback" not in result.stderr
