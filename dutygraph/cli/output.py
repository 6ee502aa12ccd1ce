"""What commands print: one list of flat rows as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

_WHOLE = 2000
"""Columns that hold any matrix on one line; what is not needed is not printed."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def print_json(value: object) -> None:
    """Print JSON: UTF-8, indented, ending in a line break."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_rows(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    form: str,
    *,
    whole: bool = False,
) -> None:
    """Print rows as a table or as CSV; ``columns`` gives key → heading, in order.

    A ``whole`` table is as wide as it needs to be: a matrix folded into a screen cannot be read.
    """
    if form == "csv":
        _print_csv(rows, list(columns))
    else:
        _print_table(rows, columns, _WHOLE if whole else None)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part is not None)
    return str(value)


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula (OWASP: CSV injection)."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _print_csv(rows: Sequence[Mapping[str, Any]], keys: list[str]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(keys)
    for row in rows:
        writer.writerow([_harmless(_cell(row[key])) for key in keys])


def _print_table(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], width: int | None
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[key]) for key in columns))
    # A pipe has no width; wide enough there that no word of the text is broken.
    wide = width or (None if sys.stdout.isatty() or "COLUMNS" in os.environ else 200)
    Console(width=wide, markup=False).print(table)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Say on stderr what is going on while it takes longer than a second."""
    import threading

    done = threading.Event()

    def say() -> None:
        if not done.wait(1):
            click.echo(what, err=True)

    teller = threading.Thread(target=say, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
