"""Cells that a spreadsheet opens as what they are."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula: it gets an apostrophe before it.

    After OWASP, CSV injection.
    """
    return "'" + cell if cell.startswith(_FORMULA) else cell
