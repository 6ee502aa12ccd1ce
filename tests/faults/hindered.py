"""Does something in a process that the disk hinders, as a script: ``hindered.py HOW WHAT …``.

What is done is imported where it is done: the process that only starts another needs none of it.

HOW is ``full`` (no file may grow beyond some bytes), or ``readonly`` (permissions hold, for root
too). WHAT is ``command`` and its arguments, ``site`` and a store, which prints what pages answer,
or ``job``, a store and a file, which has a job of the site check and commit it.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import resource
import sys
from pathlib import Path

MOST = 16
"""The bytes that a file may have on a full disk; some, as there is room in blocks begun before."""

_DROP, _OVERRIDE = 24, 1
"""PR_CAPBSET_DROP of prctl(2), CAP_DAC_OVERRIDE of capabilities(7)."""


def hinder(how: str) -> None:
    """Hinder this process, or the one that takes its place."""
    if how == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, MOST))
    elif "HINDERED" not in os.environ:
        # Permissions hold for a process without this capability; it is lost with the next program.
        ctypes.CDLL(None).prctl(_DROP, _OVERRIDE, 0, 0, 0)
        os.environ["HINDERED"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - itself


def command(*arguments: str) -> None:
    """Run a command."""
    from dutygraph.cli.main import dutygraph

    dutygraph(arguments)


def site(store: str) -> None:
    """Print the statuses of pages of a site that may be written to, after their addresses."""
    from webapp import create_app

    client = create_app({"STORE": store, "WRITABLE": True, "PATIENCE": None}).test_client()
    answers = {path: client.get(path) for path in ("/duties", "/import", "/readyz", "/findings")}
    told = {path: answer.status_code for path, answer in answers.items()}
    sys.stdout.write(json.dumps(told | {"words": answers["/import"].get_data(as_text=True)}))


def job(store: str, file: str) -> None:
    """Print the state of a job that checks and commits a file."""
    from dutygraph.records import worker
    from dutygraph.records.job import Asked, Upload
    from dutygraph.records.jobs import Jobs

    jobs, content = Jobs(Path(store) / "jobs"), Path(file).read_bytes()
    upload = Upload(Path(file).name, len(content), hashlib.sha256(content).hexdigest())
    added, held = jobs.add("check", Asked((upload,)), [content])
    worker.work(jobs, added, store)
    held.release()
    if jobs[added.id].state == "ready":
        held = jobs.begin(added.id, "commit", ("ready",), jobs[added.id].seal)
        worker.work(jobs, jobs[added.id], store)
        held.release()
    sys.stdout.write(jobs[added.id].state)


if __name__ == "__main__":
    how, what, *arguments = sys.argv[1:]
    hinder(how)
    {"command": command, "site": site, "job": job}[what](*arguments)
