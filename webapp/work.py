"""Work on the imports that a request begins: for whom, in which room, not too much at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from flask import abort

from dutygraph.records.job import Asked, Job, Stage, Upload
from dutygraph.records.worker import start
from webapp.access import actor
from webapp.language import gettext
from webapp.rooms import room
from webapp.writing import writing

RECENT: Final = 10
"""How many jobs are listed."""

_AT_ONCE: Final = 4
_IN_ALL: Final = 16
"""How many jobs an account may have running, and all who work in the same room together."""


def asked(
    by: str | None,
    uploads: tuple[Upload, ...] = (),
    replaced: str | None = None,
    undone: str | None = None,
) -> Asked:
    """Say what a job is to do, for whom who asks may have it done.

    The history calls him by his account; the owner of a personal site may give a name, ``by``.
    """
    remit = room().remit
    assert remit is not None  # noqa: S101 - who may import has records of his own
    return Asked(uploads, replaced, undone, actor().name or by, actor().name or None, remit)


def begun(stage: Stage, what: Asked, contents: Sequence[bytes] = ()) -> Job:
    """Begin a job and give it; answers 503 while too many run, 507 where it cannot be kept."""
    jobs = room().jobs
    running = jobs.running()
    own = [job for job in running if job.asked.account == what.account]
    if len(own) >= _AT_ONCE or len(running) >= _IN_ALL:
        abort(HTTPStatus.SERVICE_UNAVAILABLE, gettext("已有几项工作正在进行，请等它们完成后再试。"))
    try:
        job, held = jobs.add(stage, what, contents)
        start(jobs, job, held, writing().location)
    except (OSError, sqlite3.Error):
        abort(HTTPStatus.INSUFFICIENT_STORAGE, gettext("服务器无法保存这份文件，请告诉管理员。"))
    return job
