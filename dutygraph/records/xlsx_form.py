"""Excel workbooks: one sheet per table (ECMA-376, Office Open XML).

The cells are read by calamine in a process of its own: a workbook of a few kilobytes can ask for
more memory than there is, and that must cost nothing but its own reading.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import resource
import subprocess
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, repeat
from typing import Any, Final

from dutygraph.records.archives import Refused, hostile_xml, leads_outside, open_archive, opened
from dutygraph.records.fault_log import FaultLog
from dutygraph.records.faults import Place, Wording, fault
from dutygraph.records.formats import Format, Reading, Source
from dutygraph.records.model import Model
from dutygraph.records.tabular import Area, Sheet, read_tables
from dutygraph.records.unread import Cell, Unread
from dutygraph.records.values import NoValue

INSTRUCTIONS: Final = "说明"
SAMPLES: Final = "示例"
WORDS: Final = "词表"
FAULTS: Final = "错误"
IGNORED: Final = frozenset({INSTRUCTIONS, SAMPLES, WORDS, FAULTS})
"""Sheets of the template and of the marked workbook that hold no rows to import."""

_MEMORY: Final = 2 * 1024 * 1024 * 1024
_SECONDS: Final = 120
_ROWS_AT_ONCE: Final = 2000
_CELLS: Final = 40_000_000
"""How many cells a sheet may span: 200,000 rows of 60 columns are 12 million."""

_UNFIT: Final = "not-a-workbook"
_MACROS: Final = re.compile(r"vbaProject|macrosheets/|activeX/", re.IGNORECASE)
_LINKS: Final = re.compile(r"xl/(externallinks/|connections\.xml|querytables/)", re.IGNORECASE)


def read(source: Source, model: Model) -> Reading:
    """Read the rows of a workbook (a ``Reader``)."""
    try:
        _inspect(source)
        with _Child(source) as sheets:
            return read_tables(source.name, sheets, model, IGNORED)
    except Refused as refused:
        return Reading(faults=FaultLog([refused.fault]))


FORMAT: Final = Format("xlsx", (".xlsx", ".xlsm"), read)


def _inspect(source: Source) -> None:
    """Refuse what no honest workbook holds. Raises Refused."""
    place = Place(source.name)
    with open_archive(source.name, source.content, _UNFIT) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" not in names:
            raise Refused(
                fault(
                    _UNFIT,
                    place,
                    reason=Wording("里面没有 xl/workbook.xml", "it has no xl/workbook.xml"),
                )
            )
        if any(_MACROS.search(name) for name in names):
            raise Refused(fault("macros", place))
        if any(_LINKS.match(name) for name in names):
            raise Refused(fault("external-links", place))
        # Whatever its name: what is no XML is seen to be none at its beginning.
        for name in names:
            with opened(archive, name, place, _UNFIT) as part:
                code = hostile_xml(part, whole=False)
            if code is None and name.endswith(".rels"):
                with opened(archive, name, place, _UNFIT) as part:
                    code = "external-links" if leads_outside(part) else None
            if code is not None:
                raise Refused(fault(code, place))


class _Child:
    """A process that reads one workbook and writes its rows out as JSON; the limits are its own."""

    def __init__(self, source: Source) -> None:
        self._source = source
        # The same modules are found by the child, and nothing else of this process runs in it.
        path = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(  # noqa: S603 - the command is our own
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._watch = threading.Timer(_SECONDS, self._process.kill)
        self._watch.daemon = True

    def __enter__(self) -> Iterator[Sheet]:
        self._watch.start()
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        # A child that cannot even start says so by its end, which is seen when it is read from.
        with suppress(BrokenPipeError), self._process.stdin as pipe:
            pipe.write(self._source.content)
        return self._sheets()

    def __exit__(self, *_: object) -> None:
        self._watch.cancel()
        self._process.kill()
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        self._process.stdout.close()
        self._process.wait()

    def _receive(self) -> Any:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            # It ended without a word: the watch, the system or its limit of memory stopped it.
            reason = f"{_SECONDS} s, {_MEMORY >> 20} MB, exit {self._process.wait()}"
            raise Refused(fault("beyond-bounds", Place(self._source.name), reason=reason))
        message = json.loads(line, object_hook=_revive)
        if "error" in message:
            place = Place(self._source.name)
            raise Refused(fault(_UNFIT, place, reason=Wording("内容已损坏", message["error"])))
        return message

    def _sheets(self) -> Iterator[Sheet]:
        while "sheet" in (message := self._receive()):
            rows = self._rows()
            merged = tuple(
                Area(top + 1, left, bottom + 1, right)
                for (top, left), (bottom, right) in message["merged"]
            )
            yield Sheet(message["sheet"], rows, message["hidden"], merged)
            # What the reader did not want still stands before the next sheet.
            deque(rows, maxlen=0)

    def _rows(self) -> Iterator[Sequence[object]]:
        while "rows" in (message := self._receive()):
            yield from message["rows"]


def _revive(fields: dict[str, Any]) -> Any:
    """Make a cell without a value what a reader hands over for one."""
    return NoValue(fields["unread"]) if fields.keys() == {"unread"} else fields


def serve() -> None:
    """Read a workbook from standard input and write its sheets to standard output.

    One JSON object a line: ``sheet``, then ``rows`` until ``end``, for each sheet, then ``done``;
    or ``error``. Days are written in ISO 8601.
    """
    import python_calamine

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    try:
        content = io.BytesIO(sys.stdin.buffer.read())
        workbook = python_calamine.CalamineWorkbook.from_filelike(content)
        unread = Unread(content)
        visible = python_calamine.SheetVisibleEnum.Visible
        for about in workbook.sheets_metadata:
            if about.typ == python_calamine.SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_name(about.name)
                hidden = about.visible != visible
                _write_sheet(about.name, sheet, hidden, unread.cells(about.name))
        _write({"done": True})
    # A panic of calamine is no Exception; whatever went wrong, the workbook is what it lies in.
    except BaseException as error:
        _write({"error": str(error) or type(error).__name__})


def _write_sheet(name: str, sheet: Any, hidden: bool, unread: Mapping[Cell, str]) -> None:
    if sheet.height * sheet.width > _CELLS:
        raise MemoryError(f"{name}: {sheet.height} × {sheet.width}")
    _write({"sheet": name, "hidden": hidden, "merged": sheet.merged_cell_ranges or []})
    by_row: dict[int, dict[int, str]] = defaultdict(dict)
    for (number, column), found in unread.items():
        by_row[number][column] = found
    height = max([0 if sheet.end is None else sheet.end[0] + 1, *(number + 1 for number in by_row)])
    rows: list[list[object]] = []
    for number, row in enumerate(chain(sheet.iter_rows(), repeat([]))):
        if number >= height:
            break
        for column, found in by_row.get(number, {}).items():
            row = [*row, *[""] * (column + 1 - len(row))]
            row[column] = {"unread": found}
        rows.append(row)
        if len(rows) == _ROWS_AT_ONCE:
            _write({"rows": rows})
            rows = []
    _write({"rows": rows})
    _write({"end": True})


def _write(message: dict[str, object]) -> None:
    line = json.dumps(message, ensure_ascii=False, default=_day, separators=(",", ":"))
    sys.stdout.buffer.write(line.encode("utf-8", "surrogatepass") + b"\n")


def _day(value: object) -> str:
    """Give a day in ISO 8601, and anything else that JSON has no form for as text."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date) else str(value)
