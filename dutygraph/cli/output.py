"""What commands print: one list of flat rows as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import click

from dutygraph.files import whole_file
from dutygraph.spreadsheets import flat, safe_cell

_WHOLE = 2000
"""Columns that hold any matrix on one line; what is not needed is not printed."""


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


def _print_csv(rows: Sequence[Mapping[str, Any]], keys: list[str]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(keys)
    for row in rows:
        writer.writerow([safe_cell(flat(row[key])) for key in keys])


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
        table.add_row(*(flat(row[key]) for key in columns))
    # A pipe has no width; wide enough there that no word of the text is broken.
    wide = width or (None if sys.stdout.isatty() or "COLUMNS" in os.environ else 200)
    Console(width=wide, markup=False).print(table)


class Telling:
    """Says on stderr what is going on once it takes longer than a second.

    A terminal sees how far it is; a pipe gets one line.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown: Any = None
        self._task: Any = None

    def __call__(self, what: tuple[str, str], done: int, total: int | None) -> None:
        """Take note of what is being done (zh, en), how much of it is, and of how much."""
        self._what = f"{what[0]}… / {what[1]}…"
        if self._shown is not None:
            self._shown.update(self._task, description=self._what, completed=done, total=total)

    def begin(self) -> None:
        """Begin to say it."""
        if not sys.stderr.isatty():
            click.echo(self._what, err=True)
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        shown = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = shown.add_task(self._what, total=None)
        shown.start()
        self._shown = shown

    def end(self) -> None:
        """Leave nothing on the screen."""
        if self._shown is not None:
            self._shown.stop()


@contextmanager
def written_to(file: Path | None) -> Iterator[None]:
    """Write to a file what would be printed; it appears whole or not at all. None: it is printed.

    Raises a usage error for a file that cannot be written.
    """
    if file is None:
        yield
        return
    printed = io.StringIO(newline="")
    with redirect_stdout(printed):
        yield
    write_whole(file, printed.getvalue().encode())


def write_whole(file: Path, content: bytes) -> None:
    """Write a file, whole or not at all, and say so; a usage error where it cannot be written."""
    try:
        with whole_file(file) as stream:
            stream.write(content)
    except OSError as error:
        raise click.UsageError(
            f"无法写入 {file}：{error.strerror} / cannot write {file}: {error.strerror}"
        ) from error
    click.echo(f"已写出 written: {file}（{len(content)} 字节 bytes）", err=True)


@contextmanager
def progress(what: str) -> Iterator[Telling]:
    """Say on stderr what is going on while it takes longer than a second."""
    import threading

    done = threading.Event()
    telling = Telling(what)

    def say() -> None:
        if not done.wait(1):
            telling.begin()

    teller = threading.Thread(target=say, daemon=True)
    teller.start()
    try:
        yield telling
    finally:
        done.set()
        teller.join()
        telling.end()
