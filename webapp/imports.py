"""Imports and the jobs that make them, as pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import PureWindowsPath
from typing import Any, Final

from werkzeug.datastructures import FileStorage

from dutygraph.records.csvw import load_model
from dutygraph.records.formats import installed_formats
from dutygraph.records.history import History, Import
from dutygraph.records.job import Job, Upload
from dutygraph.records.model import ENTITIES
from webapp.language import Words, gettext

IMPORT_STATES: Final = {
    "active": Words("有效", "in force"),
    "replaced": Words("已被取代", "replaced"),
    "undone": Words("已撤销", "undone"),
    "unfinished": Words("未完成", "unfinished"),
}
"""What became of an import."""

JOB_STATES: Final = {
    "running": Words("进行中", "under way"),
    "refused": Words("有错误，不能导入", "has errors, cannot be imported"),
    "ready": Words("可以导入，等待确认", "can be imported, to be confirmed"),
    "done": Words("已完成", "done"),
    "failed": Words("没有完成", "not done"),
    "discarded": Words("已放弃", "discarded"),
}
"""How a job stands."""

CHANGES: Final = {
    "added": Words("新增", "added"),
    "changed": Words("改动", "changed"),
    "removed": Words("删去", "removed"),
}
"""What a new version of an import does to a row."""

_LISTS: Final = {"units": "unit", "persons": "person", "records": "record"}
_NAME: Final = 200


class UploadError(ValueError):
    """What was handed in cannot be taken; the message says what can."""


@dataclass(frozen=True)
class Place:
    """Where a fault is: file and sheet, row, and the column as its header and the cell name it."""

    file: str
    sheet: str | None
    row: str
    column: str


@dataclass(frozen=True)
class Shown:
    """A fault as its row shows it."""

    place: Place
    seen: str | None
    expected: Words | None
    message: Words
    is_error: bool


def uploads(files: Sequence[FileStorage]) -> list[tuple[Upload, bytes]]:
    """Take the files of a form. Raises UploadError where there is none, or two have one name."""
    taken: list[tuple[Upload, bytes]] = []
    for file in files:
        name = _named(file.filename or "")
        if not name:
            continue
        if name in {upload.name for upload, _ in taken}:
            raise UploadError(
                gettext(
                    "有两个文件都叫“%(name)s”，请改名后再试，以便分清错误在哪一个里。", name=name
                )
            )
        with file.stream as stream:
            content = stream.read()
        taken.append((Upload(name, len(content), sha256(content).hexdigest()), content))
    if not taken:
        raise UploadError(gettext("请选择要导入的文件。"))
    return taken


def _named(given: str) -> str:
    """Give the last step of a file's name, whichever stroke its system parts paths with."""
    name = PureWindowsPath(given).name
    # The end of a long name is kept: it says what form the file has.
    return "".join(char for char in name if char.isprintable())[-_NAME:]


def accepted() -> str:
    """Give what a field for files offers: ``.csv,.json …``."""
    return ",".join(installed_formats().suffixes)


def moment(iso: str) -> str:
    """Write a moment as people do, in the time zone of the machine that serves the site."""
    try:
        return dt.datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return iso


def entity(name: str) -> Words:
    """Give what a list or an entity is called: ``units`` and ``unit`` are 单位."""
    return Words(*ENTITIES[_LISTS.get(name, name)])


def choices(history: History) -> list[Import]:
    """Give the imports that a new one may take the place of, the latest first."""
    return [one for one in reversed(history.imports) if one.state == "active"]


def named(history: History, identifier: str | None) -> Import | None:
    """Give the import with an id, None where there is none."""
    return next((one for one in history.imports if one.id == identifier), None)


def replaced(history: History, found: Import) -> Import | None:
    """Give the import that one took the place of, None where it took none's."""
    return None if found.replaces is None else history.with_graph(found.replaces)


def successor(history: History, found: Import) -> Import | None:
    """Give the import that took the place of one and is still there, None where none did."""
    newer = [one for one in history.imports if one.replaces == found.graph]
    return next((one for one in newer if one.state != "undone"), None)


def went_in(history: History, job: Job) -> Import | None:
    """Give the import of a commit that was broken off if it got in all the same."""
    graph = job.told.get("graph")
    return history.of_content(graph) if graph and job.stage == "commit" else None


@cache
def _titles() -> dict[tuple[str, str], Words]:
    """Give what the tables call their columns, by list key and column."""
    return {
        (table.list_key, name): Words(column.titles.zh, column.titles.en)
        for table in load_model()
        for name, column in table.columns.items()
    }


def shown(told: Mapping[str, Any]) -> Shown:
    """Lay a fault out, as a job keeps it."""
    column = told["heading"] or told["column"] or ""
    if told["cell"]:
        column = f"{column} {told['cell']}".strip()
    elif told["column"] and (title := _titles().get((told["sheet"] or "", told["column"]))):
        column = f"{title} {told['column']}"
    row = "" if told["row"] is None else str(told["row"])
    if told["line"] is not None:
        row = f"{told['line']}:{told['position']}"
    return Shown(
        place=Place(told["file"], told["sheet"], row, column),
        seen=told["seen"],
        expected=Words(told["expected_zh"], told["expected_en"]) if told["expected_zh"] else None,
        message=Words(told["message_zh"], told["message_en"]),
        is_error=told["severity"] == "error",
    )
