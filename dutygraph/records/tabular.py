"""Tables as rows of cells: what a sheet of a workbook and a CSV file have in common.

A sheet or file is named after its table, one of its first rows holds the headers. Names and headers
may be the Chinese titles, the English ones or the keys of the table descriptions. A list stands in
one cell, its items parted by 、 or what people type for it; rows that belong to another row (a
person's posts, the tasks of a division of work) stand in a table of their own and name it by its
id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final, NamedTuple

from dutygraph.records.fault_log import FaultLog
from dutygraph.records.faults import Fault, Heading, Place, Wording, fault
from dutygraph.records.formats import Nested, RawRow, Reading, Unplaced
from dutygraph.records.model import Column, Model, Table
from dutygraph.records.nearest import closest
from dutygraph.records.values import is_missing

REQUIRED_MARK: Final = "*"
"""What the template puts behind the header of a column that must be filled in."""

_HEADER_WITHIN: Final = 10
"""How many rows that are not blank may end with the headers."""


class Area(NamedTuple):
    """Merged cells: first and last row, from 1, and first and last column, from 0."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        """Give the area as a spreadsheet writes it (``A2:A4``)."""
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was found: its name, and its rows of cells, the headers among the first.

    The number of a row is its place in the sheet, blank rows counted.
    """

    name: str
    rows: Iterable[Sequence[object]]
    hidden: bool = False
    merged: tuple[Area, ...] = ()


def letters(position: int) -> str:
    """Give the letters of a column from its position: 0 is ``A``, 26 is ``AA``."""
    name = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        name = chr(65 + digit) + name
    return name


class Tables:
    """The tables of a model by each of their names."""

    def __init__(self, model: Model) -> None:
        self._by_name: dict[str, Table] = {}
        for table in model:
            for name in (table.name, table.titles.zh, table.titles.en, f"{table.name}.csv"):
                self._by_name.setdefault(name.casefold(), table)

    def find(self, name: str) -> Table | None:
        """Give the table that a sheet or file is named after."""
        return self._by_name.get(name.strip().casefold())

    @property
    def names(self) -> list[str]:
        """The Chinese names, in the order of the model."""
        return [table.titles.zh for table in dict.fromkeys(self._by_name.values())]


def columns_of(table: Table) -> list[Column]:
    """Give the columns that a table has as a sheet; that of the row they belong to comes first.

    The type of a record is said by its table and needs no column.
    """
    own = [
        column
        for column in table.columns.values()
        if column.name != "type" or table.row_type is None
    ]
    return own if table.parent_column is None else [table.parent_column, *own]


def headings(table: Table) -> dict[str, Column]:
    """Give each way of writing a header → its column."""
    found: dict[str, Column] = {}
    for column in columns_of(table):
        for title in (column.name, column.titles.zh, column.titles.en):
            found.setdefault(title.casefold(), column)
    # The template has no such column, and a sheet that has one may say it all the same.
    if table.row_type is not None:
        found.setdefault("type", table.columns["type"])
        found.setdefault(table.columns["type"].titles.zh, table.columns["type"])
    return found


def read_sheet(file: str, sheet: Sheet, table: Table, reading: Reading) -> None:
    """Read the rows of a sheet into a reading, with what is wrong with its headers."""
    numbered = (
        (number, cells)
        for number, cells in enumerate(sheet.rows, start=1)
        if any(not is_missing(cell) for cell in cells)
    )
    top = list(islice(numbered, _HEADER_WITHIN))
    if not top:
        return
    chosen = _header_row([cells for _, cells in top], table)
    place = Place(file, sheet.name, top[chosen][0])
    columns = _header(place, top[chosen][1], table, reading.faults)
    if not any(columns):
        return
    layout = {
        column.name: Heading(letters(position), str(text).strip())
        for position, (column, text) in enumerate(zip(columns, top[chosen][1], strict=False))
        if column is not None
    }
    titles = ["" if is_missing(text) else str(text).strip() for text in top[chosen][1]]
    body = _Body(Place(file, sheet.name, headings=layout), table, columns, titles, reading)
    merged = _Merged(sheet.merged, top[chosen][0], body)
    for number, cells in merged.filled(chain(top[chosen + 1 :], numbered)):
        body.take(number, cells)


def _header_row(rows: Sequence[Sequence[object]], table: Table) -> int:
    """Tell which of the first rows holds the headers: titles may stand above them.

    It is the first that has the header of the rows' key, else the first with any known header.
    """
    known = headings(table)
    key = columns_of(table)[0]
    found = [[known.get(_title(cell)) for cell in cells] for cells in rows]
    with_key = (number for number, columns in enumerate(found) if key in columns)
    with_any = (number for number, columns in enumerate(found) if any(columns))
    return next(with_key, next(with_any, 0))


def _title(cell: object) -> str:
    return " ".join(str(cell).split()).removesuffix(REQUIRED_MARK).strip().casefold()


def _header(
    place: Place, cells: Sequence[object], table: Table, faults: FaultLog
) -> list[Column | None]:
    """Tell the column of each header; None for a blank one and for one that is not known."""
    known = headings(table)
    if not any(known.get(_title(cell)) for cell in cells):
        faults.note(
            "no-header",
            place,
            seen=next((str(cell) for cell in cells if not is_missing(cell)), ""),
            expected=Wording(
                "、".join(one.titles.zh for one in columns_of(table)),
                ", ".join(one.name for one in columns_of(table)),
            ),
        )
        return []
    columns: list[Column | None] = []
    for cell in cells:
        column = None if is_missing(cell) else known.get(_title(cell))
        if column is not None and column in columns:
            faults.note("repeated-key", place, column.name, seen=str(cell).strip())
            column = None
        elif column is None and not is_missing(cell):
            title = str(cell).strip()
            near = closest(title, [one.titles.zh for one in columns_of(table)])
            faults.note("unknown-column", place, title, seen=title, nearest=near)
        columns.append(column)
    return columns


class _Body:
    """Turns the rows below a header into raw rows."""

    def __init__(
        self,
        place: Place,
        table: Table,
        columns: Sequence[Column | None],
        titles: Sequence[str],
        reading: Reading,
    ) -> None:
        """Take what is known of the header; a title is blank where there is none."""
        self.place = place
        self.reading = reading
        self.columns = columns
        self._table = table
        self._places = [
            (position, column) for position, column in enumerate(columns) if column is not None
        ]
        self._others = [
            (position, title) for position, title in enumerate(titles) if columns[position] is None
        ]
        self._width = len(columns)
        self._told: set[int] = set()

    def _tell_bare(self, position: int, cell: object, place: Place) -> None:
        """Tell a cell under no header, once for its column."""
        if position not in self._told:
            self._told.add(position)
            self.reading.faults.note("cell-without-header", place, letters(position), seen=cell)

    def take(self, number: int, cells: Sequence[object]) -> None:
        """Take a row."""
        place = replace(self.place, row=number, sequence=self.reading.next_sequence())
        values: dict[str, object] = {}
        for position, column in self._places:
            if position < len(cells) and not is_missing(cell := cells[position]):
                values[column.name] = cell
        unplaced = []
        beyond = ((position, "") for position in range(self._width, len(cells)))
        for position, title in chain(self._others, beyond):
            if position < len(cells) and not is_missing(cell := cells[position]):
                unplaced.append(Unplaced(title, letters(position), cell))
                if not title:
                    self._tell_bare(position, cell, place)
        _take(values, tuple(unplaced), self._table, place, self.reading)


class _Merged:
    """Gives each row of merged cells their value; only the first of them holds it."""

    def __init__(self, areas: Iterable[Area], header: int, body: _Body) -> None:
        self._down: dict[int, list[Area]] = {}
        for area in areas:
            if area.bottom <= header or area.left >= len(body.columns):
                continue
            column = body.columns[area.left]
            place = replace(body.place, row=area.top, sequence=body.reading.next_sequence())
            if area.left != area.right:
                body.reading.faults.note("merged-across", place, seen=str(area))
            elif column is not None:
                body.reading.faults.note("merged-cells", place, column.name, seen=str(area))
                self._down.setdefault(area.top, []).append(area)

    def filled(
        self, rows: Iterable[tuple[int, Sequence[object]]]
    ) -> Iterator[tuple[int, Sequence[object]]]:
        """Give the rows with the values of merged cells in each; rows of nothing else are blank."""
        if not self._down:
            yield from rows
            return
        held: list[tuple[Area, object]] = []
        for number, cells in rows:
            held = [(area, value) for area, value in held if number <= area.bottom]
            filled = list(cells)
            for area, value in held:
                if area.left < len(filled) and is_missing(filled[area.left]):
                    filled[area.left] = value
            for area in self._down.get(number, ()):
                if area.left < len(filled):
                    held.append((area, filled[area.left]))
            yield number, filled


def _take(
    cells: dict[str, object],
    unplaced: tuple[Unplaced, ...],
    table: Table,
    place: Place,
    reading: Reading,
) -> None:
    row = RawRow(table.list_key, place, cells, unplaced=unplaced)
    if table.parent_column is not None:
        parent = cells.pop(table.parent_column.name, None)
        reading.nested.append(Nested(table, parent, row))
        return
    if table.row_type is not None:
        cells.setdefault("type", table.row_type)
    reading.rows.append(row)


def read_tables(
    file: str, sheets: Iterable[Sheet], model: Model, ignored: frozenset[str] = frozenset()
) -> Reading:
    """Read the sheets of a file; one that is named after no table is told and left out."""
    reading, tables, found = Reading(), Tables(model), 0
    for sheet in sheets:
        if sheet.name in ignored:
            continue
        table = tables.find(sheet.name)
        if table is None:
            if not sheet.hidden:
                reading.faults.append(_unknown_sheet(file, sheet.name, tables))
            continue
        found += 1
        if not sheet.hidden:
            read_sheet(file, sheet, table, reading)
        elif any(not is_missing(cell) for cells in islice(sheet.rows, 1, None) for cell in cells):
            reading.faults.note("hidden-sheet", Place(file, sheet.name), seen=sheet.name)
    if not found:
        names = tables.names
        wanted = Wording("、".join(names), ", ".join(names))
        reading.faults.note("no-table", Place(file), expected=wanted)
    elif not reading.rows and not reading.nested and not reading.faults:
        reading.faults.note("no-rows", Place(file))
    return reading


def _unknown_sheet(file: str, name: str, tables: Tables) -> Fault:
    return fault(
        "unknown-sheet",
        Place(file, name),
        seen=name,
        expected=Wording("、".join(tables.names), ", ".join(tables.names)),
        nearest=closest(name, tables.names),
    )


def attach(
    rows: Sequence[RawRow], nested: Iterable[Nested], model: Model
) -> Iterator[tuple[Nested, Fault]]:
    """Hang nested rows on the rows that they name; give each that finds none, with its fault.

    The row that one of them names may stand in another file of the same import.
    """
    lists = {table.name: table.list_key for table in model.tables}
    found: dict[tuple[str, str], RawRow] = {}
    for row in rows:
        if (identifier := _identifier(row.cells.get("id"))) is not None:
            found.setdefault((row.list_key, identifier), row)
    for one in nested:
        parent = one.table.parent_column
        assert parent is not None  # noqa: S101 - only such rows are nested
        identifier = _identifier(one.parent)
        home = None
        if identifier is not None:
            home = found.get((lists[str(one.table.parent)], identifier))
        if home is not None:
            home.parts.setdefault(one.table.list_key, []).append(one.row)
        elif identifier is None:
            yield (
                one,
                fault("missing-value", one.row.place, parent.name, expected=parent.expected),
            )
        else:
            yield (
                one,
                fault(
                    "homeless-row",
                    one.row.place,
                    parent.name,
                    seen=identifier,
                    expected=parent.expected,
                ),
            )


def _identifier(cell: object) -> str | None:
    if is_missing(cell):
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
