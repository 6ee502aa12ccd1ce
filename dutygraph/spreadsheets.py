"""Tables that a spreadsheet opens as what they are: single cells, and whole workbooks."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Final

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook (ECMA-376)."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST: Final = 32_767
"""Characters that a cell holds (Excel specifications and limits)."""
_WIDEST: Final = 60
"""Characters beside each other that a column shows at most; longer cells have several lines."""


def safe_cell(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula: it gets an apostrophe before it.

    After OWASP, CSV injection.
    """
    return "'" + cell if cell.startswith(_FORMULA) else cell


def flat(value: object) -> str:
    """Give a value out of JSON as one cell: nothing for null, lists and objects strung together."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(flat(item) for item in value)
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part is not None)
    return str(value)


def workbook(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Give a table as an Excel workbook (Office Open XML) of one sheet, its head kept in sight.

    Every cell is text: none is a formula or a link, whatever is in it.
    """
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        marked = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        sheet = book.add_worksheet(name)
        widths = [len(one) for one in head]
        sheet.write_row(0, 0, head, marked)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(last, column, cell[:_LONGEST], plain)
                widths[column] = max(widths[column], len(cell))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width * 2, _WIDEST))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(head) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)
    return out.getvalue()
