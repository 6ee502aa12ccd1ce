"""Excel workbooks: one sheet per table (ECMA-376, Office Open XML).

The cells are read in a process of its own (``sheets``): a workbook of a few kilobytes can ask for
more memory than there is, and that must cost nothing but its own reading.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import repeat
from typing import Any, Final
from xml.parsers.expat import ExpatError

from dutygraph.records import sheets
from dutygraph.records.archives import Refused, hostile_xml, leads_outside, open_archive, opened
from dutygraph.records.fault_log import FaultLog
from dutygraph.records.faults import Place, Wording, fault
from dutygraph.records.formats import Format, Reading, Source
from dutygraph.records.model import Model
from dutygraph.records.tabular import Area, Sheet, read_tables
from dutygraph.records.values import NoValue

INSTRUCTIONS: Final = "说明"
SAMPLES: Final = "示例"
WORDS: Final = "词表"
FAULTS: Final = "错误"
IGNORED: Final = frozenset({INSTRUCTIONS, SAMPLES, WORDS, FAULTS})
"""Sheets of the template and of the marked workbook that hold no rows to import."""

_UNFIT: Final = "not-a-workbook"
_MACROS: Final = re.compile(r"vbaProject|macrosheets/|activeX/", re.IGNORECASE)
_LINKS: Final = re.compile(r"xl/(externallinks/|connections\.xml|querytables/)", re.IGNORECASE)


def read(source: Source, model: Model) -> Reading:
    """Read the rows of a workbook (a ``Reader``)."""
    try:
        _inspect(source)
        with _Child(source) as found:
            return read_tables(source.name, found, model, IGNORED)
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
            code = None
            with opened(archive, name, place, _UNFIT) as part, suppress(ExpatError):
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
            [sys.executable, "-m", sheets.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._watch = threading.Timer(sheets.SECONDS, self._process.kill)
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
            reason = f"{sheets.SECONDS} s, {sheets.MEMORY >> 20} MB, exit {self._process.wait()}"
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
            for row in message["rows"]:
                if isinstance(row, int):
                    yield from repeat((), row)
                else:
                    yield row


def _revive(fields: dict[str, Any]) -> Any:
    """Make a cell without a value what a reader hands over for one."""
    return NoValue(fields["unread"]) if fields.keys() == {"unread"} else fields
