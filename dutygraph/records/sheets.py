"""The process that reads the cells of a workbook with calamine, within bounds of its own.

Started as ``python -m dutygraph.records.sheets``. It imports little, so that it starts quickly.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import sys
from collections import defaultdict
from collections.abc import Mapping
from itertools import chain, repeat
from typing import Any, Final

from dutygraph.bounds import bound
from dutygraph.records.unread import Cell, Unread

MEMORY: Final = 2 * 1024 * 1024 * 1024
SECONDS: Final = 120
_ROWS_AT_ONCE: Final = 2000
_CELLS: Final = 40_000_000
"""How many cells a sheet may span: 200,000 rows of 60 columns are 12 million."""


def serve() -> None:
    """Read a workbook from standard input and write its sheets to standard output.

    One JSON object a line: ``sheet``, then ``rows`` until ``end``, for each sheet, then ``done``;
    or ``error``. A number among the rows stands for so many blank ones: one cell at the bottom of a
    sheet has a million of them above it. Days are written in ISO 8601.
    """
    import python_calamine

    bound(resource.RLIMIT_AS, MEMORY)
    bound(resource.RLIMIT_CORE, 0)
    bound(resource.RLIMIT_CPU, SECONDS)
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
    rows: list[list[object] | int] = []
    blank = [""] * sheet.width
    for number, row in enumerate(chain(sheet.iter_rows(), repeat([]))):
        if number >= height:
            break
        for column, found in by_row.get(number, {}).items():
            row = [*row, *[""] * (column + 1 - len(row))]
            row[column] = {"unread": found}
        if row and row != blank:
            rows.append(row)
        elif rows and isinstance(rows[-1], int):
            rows[-1] += 1
        else:
            rows.append(1)
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


if __name__ == "__main__":
    serve()
