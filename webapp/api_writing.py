"""What programs can do with a token: import, undo, save settings; each answers at once.

Long work is a job: its address says how far it is and what came of it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import request
from werkzeug.exceptions import Conflict

from dutygraph.compliance.settings import SettingError
from dutygraph.records.history import HistoryError
from dutygraph.records.job import Job, Stage, Upload
from dutygraph.records.jobs import JobError
from dutygraph.records.worker import start
from webapp.access import access, actor
from webapp.holdings import Holdings
from webapp.imports import UploadError, uploads
from webapp.operations import Given, MissingError, ParameterError
from webapp.rooms import room
from webapp.saved import saved
from webapp.work import asked, begun
from webapp.writing import writing

_FAULTS = 1000
_JSON = "application/json"


def one_import(held: Holdings, given: Given) -> dict[str, Any]:
    """Give one import."""
    return _found(held, given["id"])


def _found(held: Holdings, identifier: str) -> dict[str, Any]:
    try:
        return held.history.find(identifier).to_json()
    except HistoryError as error:
        raise MissingError(str(error)) from error


def import_files(held: Holdings, given: Given) -> dict[str, Any]:
    """Begin to check files and, where that is asked for, to bring them in if they are in order."""
    if given["replaced"] is not None:
        _found(held, given["replaced"])
    taken = _taken()
    what = asked(None, tuple(upload for upload, _ in taken), given["replaced"])
    stage: Stage = "commit" if given["commit"] else "check"
    return _told(begun(stage, what, [content for _, content in taken]))


def _taken() -> list[tuple[Upload, bytes]]:
    """Take the files of a multipart form, or the body as a file of JSON. Raises ParameterError."""
    if request.mimetype == _JSON:
        content = request.get_data()
        digest = sha256(content).hexdigest()
        return [(Upload("records.json", len(content), digest), content)]
    try:
        return uploads([one for _, some in request.files.lists() for one in some])
    except UploadError as error:
        raise ParameterError(f"{error} / multipart/form-data or {_JSON}, with files") from error


def undo_import(held: Holdings, given: Given) -> dict[str, Any]:
    """Begin to undo an import."""
    found = _found(held, given["id"])
    return _told(begun("undo", asked(None, undone=found["id"])))


def job(held: Holdings, given: Given) -> dict[str, Any]:  # noqa: ARG001
    """Say how far a job is, or what came of it."""
    return _told(_job(given["id"]))


def _job(identifier: str) -> Job:
    try:
        return room().jobs[identifier]
    except KeyError as error:
        raise MissingError(f"没有工作「{identifier}」 / there is no job {identifier!r}") from error


def commit_job(held: Holdings, given: Given) -> dict[str, Any]:  # noqa: ARG001
    """Bring in what a job has checked, exactly as its seal has it."""
    found, jobs = _job(given["id"]), room().jobs
    if not found.asked.uploads:
        raise ParameterError("这项工作没有文件 / this job has no files")
    try:
        lock = jobs.begin(found.id, "commit", ("ready",), given["seal"])
    except JobError as error:
        raise Conflict(str(error)) from error
    start(jobs, found, lock, writing().location)
    return _told(jobs[found.id])


def save_settings(held: Holdings, given: Given) -> dict[str, str]:  # noqa: ARG001
    """Save settings in the place of those before."""
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        raise ParameterError("正文应为 JSON 对象 / the body is a JSON object: {setting: value}")
    chosen = {}
    for key, value in told.items():
        if key not in held.law.settings:
            raise SettingError(f"没有设置「{key}」 / there is no setting {key!r}")
        chosen[key] = held.law.settings[key].checked(str(value))
    saved().save(held.law.settings, chosen)
    access().note(actor().name, "setting", " ".join(f"{k}={v}" for k, v in chosen.items()))
    return chosen


def _told(found: Job) -> dict[str, Any]:
    told = found.told
    faults = room().jobs.faults(found.id, None, 0, _FAULTS)
    return {
        "id": found.id,
        "stage": found.stage,
        "state": found.state,
        "files": [one.name for one in found.asked.uploads],
        "undone": found.asked.undone,
        "by": found.asked.by,
        "begun_at": found.begun_at,
        "ended_at": found.ended_at,
        "seal": found.seal or None,
        "counts": told.get("counts", {}),
        "import": told.get("import") or told.get("same"),
        "replaces": told.get("replaces"),
        "reason": told.get("reason"),
        "errors": told.get("errors", 0),
        "warnings": told.get("warnings", 0),
        "faults": [{key: one[key] for key in one if key != "heading"} for one in faults],
    }
