"""A fictional province written to files: its records as an import takes them, and what checks find.

Written place by place as it is made, so that the largest needs no more memory than its units, its
people and what is found about them. Only RDF is made by the importer and held as a whole.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, TypeAlias

from dutygraph.fiction.drawing import Row
from dutygraph.fiction.findings import Book
from dutygraph.fiction.province import Province
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.records.model import Table
from dutygraph.records.triples import DEFAULT_BASE

EXPECTED: Final = "expected.csv"
COUNTS: Final = "expected-counts.csv"
_EXPECTED_COLUMNS: Final = ("as_of", "year", "provision", "code", "status", "subject", "why")
_COUNT_COLUMNS: Final = ("year", "provision", "looked_at", "met", "breached", "not_due", "unknown")

Lists: TypeAlias = Iterable[tuple[str, Iterable[Row]]]
"""The lists of the import model, each under its key: units, persons, records."""


@dataclass(frozen=True)
class Written:
    """What was written: how many rows each list had, and how many findings each year must give."""

    rows: Mapping[str, int]
    findings: Mapping[int, int]


def write(made: Province, folder: Path, as_of: dt.date, form: str) -> Written:
    """Write a province into a folder, with what checks of its years as of a day must find.

    The records stand in ``records.json``, ``records.nt`` or the folder ``records`` of CSV files,
    the findings in ``expected.csv``, the verdicts in ``expected-counts.csv``. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    judging = _Judging(made, as_of)
    rows = {"units": 0, "persons": 0, "records": 0}
    lists = [
        (key, _counted(key, part, rows))
        for key, part in (
            ("units", made.world.units.values()),
            ("persons", made.world.people.values()),
            ("records", judging.records()),
        )
    ]
    _WRITERS[form](lists, folder)
    _write_expected(folder, as_of, judging.books)
    found = {year: len(book.findings) for year, book in judging.books.items()}
    return Written(rows, found)


class _Judging:
    """Judges each place while its records pass by."""

    def __init__(self, made: Province, as_of: dt.date) -> None:
        self._made = made
        self._as_of = as_of
        self.books = {year: made.judged_centre(as_of, year) for year in made.roster.years}

    def records(self) -> Iterator[Row]:
        """Give the records of the province, each place judged after its records."""
        day = self._as_of.isoformat()
        for here in self._made.registers():
            yield from here.records
            for year, book in self.books.items():
                judged = self._made.judged_place(here.staff, here.records, day, year)
                book.take_over([judged])


def _counted(key: str, part: Iterable[Row], rows: dict[str, int]) -> Iterator[Row]:
    for row in part:
        rows[key] += 1
        yield row


# Records -----------------------------------------------------------------------------------------


def _write_json(lists: Lists, folder: Path) -> None:
    with _created(folder / "records.json") as file:
        before = "{\n"
        for key, rows in lists:
            file.write(f"{before}{json.dumps(key)}: [")
            between = "\n"
            for row in rows:
                file.write(between + json.dumps(row, ensure_ascii=False))
                between = ",\n"
            before = "\n],\n"
        file.write("\n]}\n")


def _write_csv(lists: Lists, folder: Path) -> None:
    (folder / "records").mkdir(exist_ok=True)
    with _Tables(folder / "records") as tables:
        for key, rows in lists:
            for row in rows:
                tables.put(key, row)


def _write_ntriples(lists: Lists, folder: Path) -> None:
    with TemporaryDirectory() as beside:
        _write_json(lists, Path(beside))
        batch = read_files([Path(beside) / "records.json"], model=load_model())
        (folder / "records.nt").write_bytes(batch.ntriples(DEFAULT_BASE))


_WRITERS: Final = {"json": _write_json, "csv": _write_csv, "nt": _write_ntriples}
FORMATS: Final = tuple(_WRITERS)
"""The formats that records can be written in."""


class _Tables(AbstractContextManager["_Tables"]):
    """One CSV file for each table of the import model that has rows, nested ones too (RFC 4180)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._of = {(table.list_key, table.row_type): table for table in load_model().tables}
        self._files = ExitStack()
        self._writers: dict[str, Any] = {}

    def __exit__(self, *error: object) -> None:
        self._files.close()

    def put(self, key: str, row: Row) -> None:
        """Write a row of a list, and the rows nested in it into the files of their own tables."""
        table = self._of[key, row.get("type")]
        self._write(table, _cells(table, row))
        for name, part in table.parts.items():
            for each in row.get(name, ()):
                self._write(part, _cells(part, each, row["id"]))

    def _write(self, table: Table, cells: list[str]) -> None:
        if table.name not in self._writers:
            file = self._files.enter_context(_created(self._folder / f"{table.name}.csv"))
            self._writers[table.name] = csv.writer(file, lineterminator="\n")
            self._writers[table.name].writerow(_columns(table))
        self._writers[table.name].writerow(cells)


def _columns(table: Table) -> list[str]:
    own = [name for name in table.columns if name != "type" or table.row_type is None]
    return own if table.parent_column is None else [table.parent_column.name, *own]


def _cells(table: Table, row: Row, parent: str | None = None) -> list[str]:
    values = row if table.parent_column is None else {table.parent_column.name: parent, **row}
    return [_cell(values.get(name)) for name in _columns(table)]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return "、".join(_cell(item) for item in value)
        case _:
            return str(value)


# What must be found ------------------------------------------------------------------------------


def _write_expected(folder: Path, as_of: dt.date, books: Mapping[int, Book]) -> None:
    with _created(folder / EXPECTED) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_EXPECTED_COLUMNS)
        for year, book in books.items():
            for each in book.findings:
                writer.writerow([as_of.isoformat(), year, *each.key, each.why])
    with _created(folder / COUNTS) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COUNT_COLUMNS)
        for year, book in books.items():
            for provision, counts in book.counts.items():
                writer.writerow([year, provision, *counts.values()])


@contextmanager
def _created(path: Path) -> Iterator[IO[str]]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file
