"""Workbooks to fill in: sheets, headers, drop-downs and notes out of the table descriptions.

The template, the workbook that goes back with its faults marked, and the rows that would cure
findings are one thing: the tables of the import model with some rows in them. What is written here
is what ``xlsx_form`` reads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import IO, Any, Final, NamedTuple

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from dutygraph.records.faults import Fault, Heading, Wording, show
from dutygraph.records.formats import Nested, RawRow
from dutygraph.records.model import Column, Model, Table
from dutygraph.records.tabular import REQUIRED_MARK, columns_of
from dutygraph.records.xlsx_form import FAULTS, WORDS

_LAST_ROW: Final = 1_048_575
_TRUTH: Final = ("是", "否")
_INPUT_TITLE: Final = 32
_INPUT_TEXT: Final = 255
_CELL_LENGTH: Final = 32_000
_MIN_WIDTH, _MAX_WIDTH = 10, 34

_HEADER_FAULTS: Final = frozenset({"unknown-column", "repeated-key"})

_CREATED = dt.datetime(2012, 1, 1, tzinfo=dt.UTC)
_OPTIONS: Final = {
    # A name that begins with = is a name, never a formula; nothing becomes a link by itself.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    # Row after row goes out as it is written: a province's rows are marked in little memory.
    "constant_memory": True,
    "default_date_format": "yyyy-mm-dd",
}


class Other(NamedTuple):
    """A column that the model does not have: its header, and its letters in the sheet, if any."""

    title: str
    letters: str = ""

    @property
    def key(self) -> str:
        """What a fault of a cell in it calls the column."""
        return self.letters or show(self.title)


@dataclass
class Marked:
    """A row for a sheet: its cells by column name, and the faults of the row and of its cells.

    ``others`` are its cells in columns that the model does not have, ``headings`` tells where the
    columns stood in the sheet that it came from, ``header_faults`` what is wrong with its headers.
    """

    cells: Mapping[str, object]
    faults: list[Fault] = field(default_factory=list)
    blanks: tuple[str, ...] = ()
    others: Mapping[Other, object] = field(default_factory=dict)
    headings: Mapping[str, Heading] = field(default_factory=dict)
    header_faults: Sequence[Fault] = ()


class TablesWorkbook:
    """A workbook with a sheet for each table of the import model; close it to have it written."""

    def __init__(self, target: IO[bytes], model: Model) -> None:
        self._model = model
        self.book = xlsxwriter.Workbook(target, _OPTIONS)
        # The same content is the same file, whenever it is written.
        self.book.set_properties({"created": _CREATED})
        self.formats = {
            "header": self._format(bold=True, bg_color="#DCE6F1", border=1, text_wrap=True),
            "required": self._format(bold=True, bg_color="#F9D9A8", border=1, text_wrap=True),
            "date": self._format(num_format="yyyy-mm-dd"),
            "error": self._format(bg_color="#F8B4B4"),
            "warning": self._format(bg_color="#FDF0B5"),
            "blank": self._format(bg_color="#FDF0B5", num_format="yyyy-mm-dd"),
            "title": self._format(bold=True, font_size=14),
            "text": self._format(text_wrap=True, valign="top"),
        }
        self._words: dict[tuple[str, ...], str] = {}

    def _format(self, **properties: object) -> Any:
        return self.book.add_format({"valign": "top", **properties})

    def close(self) -> None:
        """Write the lists of words and finish the file."""
        sheet = self.book.add_worksheet(WORDS)
        for number, words in enumerate(zip_longest(*self._words)):
            sheet.write_row(number, 0, words)
        sheet.hide()
        self.book.close()

    def add_tables(self, rows: Mapping[str, Sequence[Marked]]) -> None:
        """Add a sheet for each table, with its rows, by the tables' names.

        Columns stand in the order in which they came, then those that only the model has.
        """
        for table in self._model:
            own = rows.get(table.name, ())
            sheet = self.book.add_worksheet(table.titles.zh)
            columns = _arranged(table, own)
            self._write_header(sheet, table, columns, own)
            for number, row in enumerate(own, start=1):
                self._write_row(sheet, number, columns, row)

    def _write_header(
        self,
        sheet: Worksheet,
        table: Table,
        columns: Sequence[Column | Other],
        rows: Sequence[Marked],
    ) -> None:
        sheet.freeze_panes(1, 0)
        told = {show(found.seen): found for row in rows for found in row.header_faults}
        for position, column in enumerate(columns):
            if isinstance(column, Other):
                title = column.title
                faults = [told[show(title)]] if show(title) in told else []
                style = self._style(faults, is_blank=False) or self.formats["header"]
                sheet.write_string(0, position, _writable(title), style)
                _comment(sheet, 0, position, faults)
            else:
                title = self._write_title(sheet, table, position, column)
            width = min(max(2 * len(title) + 2, _MIN_WIDTH), _MAX_WIDTH)
            sheet.set_column(position, position, width)
        sheet.autofilter(0, 0, 0, len(columns) - 1)

    def _write_title(self, sheet: Worksheet, table: Table, position: int, column: Column) -> str:
        required = column.required and column.name != "type"
        title = column.titles.zh + (REQUIRED_MARK if required else "")
        sheet.write_string(0, position, title, self.formats["required" if required else "header"])
        note = note_on(table, column)
        sheet.write_comment(
            0, position, f"{note.zh}\n\n{note.en}", {"x_scale": 2.2, "y_scale": 2.4}
        )
        self._validate(sheet, position, column)
        return title

    def _validate(self, sheet: Worksheet, position: int, column: Column) -> None:
        expected = column.expected
        options: dict[str, Any] = {
            "input_title": column.titles.zh[:_INPUT_TITLE],
            "input_message": expected.zh[:_INPUT_TEXT],
            "error_title": column.titles.zh[:_INPUT_TITLE],
            "error_message": expected.zh[:_INPUT_TEXT],
        }
        base = column.datatype.base
        if column.terms is not None or base == "boolean":
            words = _TRUTH if column.terms is None else tuple(column.terms)
            options |= {"validate": "list", "source": self._range(words)}
            # Several words in one cell, or words of one's own, are no error.
            several = column.separator is not None or column.otherwise is not None
            options |= {"show_error": not several}
        elif base == "date":
            first = dt.date.fromisoformat(column.datatype.minimum or "1900-01-01")
            options |= {"validate": "date", "criteria": ">=", "value": first}
        elif base == "integer":
            low, high = column.datatype.minimum or "0", column.datatype.maximum or "999999"
            options |= {"validate": "integer", "criteria": "between"}
            options |= {"minimum": int(low), "maximum": int(high)}
        else:
            options |= {"validate": "any"}
        sheet.data_validation(1, position, _LAST_ROW, position, options)

    def _range(self, words: tuple[str, ...]) -> str:
        """Give the range of the sheet of words where a list stands; equal lists stand once."""
        if words not in self._words:
            letter = xlsxwriter.utility.xl_col_to_name(len(self._words), True)
            self._words[words] = f"='{WORDS}'!{letter}$1:{letter}${len(words)}"
        return self._words[words]

    def _write_row(
        self, sheet: Worksheet, number: int, columns: Sequence[Column | Other], row: Marked
    ) -> None:
        by_column: dict[str, list[Fault]] = {}
        for found in row.faults:
            by_column.setdefault(column_name(found), []).append(found)
        named = {column.key if isinstance(column, Other) else column.name for column in columns}
        # What concerns the row, or a column that there is none of, is told at its first cell.
        loose = [one for name, ones in by_column.items() if name not in named for one in ones]
        for position, column in enumerate(columns):
            if isinstance(column, Other):
                name, value, is_blank = column.key, row.others.get(column), False
            else:
                name, value = column.name, row.cells.get(column.name)
                is_blank = name in row.blanks
            faults = by_column.get(name, []) + (loose if position == 0 else [])
            style = self._style(faults, is_blank=is_blank)
            write_cell(sheet, number, position, value, style, self.formats)
            _comment(sheet, number, position, faults)

    def _style(self, faults: Sequence[Fault], *, is_blank: bool) -> Any:
        if any(found.is_error for found in faults):
            return self.formats["error"]
        if faults:
            return self.formats["warning"]
        return self.formats["blank"] if is_blank else None

    def add_faults(self, faults: Iterable[Fault]) -> None:
        """Add the list of all faults."""
        sheet = self.book.add_worksheet(FAULTS)
        titles = ("文件 file", "表 sheet", "行 row", "列 column", "所见 seen", "严重程度 severity")
        for position, title in enumerate((*titles, "说明", "message", "最近的值 nearest")):
            sheet.write_string(0, position, title, self.formats["header"])
        for number, found in enumerate(faults, start=1):
            facts = found.to_json()
            keys = ("file", "sheet", "row", "column", "seen", "severity")
            for position, key in enumerate((*keys, "message_zh", "message_en", "nearest")):
                write_cell(sheet, number, position, facts[key], self.formats["text"], self.formats)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 5, 14)
        sheet.set_column(6, 7, 60)


def _comment(sheet: Worksheet, row: int, column: int, faults: Sequence[Fault]) -> None:
    if faults:
        words = "\n".join(f"{one.message.zh}\n{one.message.en}" for one in faults)
        sheet.write_comment(row, column, words, {"x_scale": 2.2, "y_scale": 1.6})


def _arranged(table: Table, rows: Sequence[Marked]) -> list[Column | Other]:
    """Give the columns of a table's sheet: as they stood, where the rows come from one."""
    headings = next((row.headings for row in rows if row.headings), {})
    letters = {name: heading.letters for name, heading in headings.items()}
    others = dict.fromkeys(other for row in rows for other in row.others)
    placed: list[tuple[Column | Other, str]] = [
        *((column, letters.get(column.name, "")) for column in columns_of(table)),
        *((other, other.letters) for other in others),
    ]
    # A comes before AA, and what stood nowhere after what did.
    placed.sort(key=lambda one: (not one[1], len(one[1]), one[1]))
    return [column for column, _ in placed]


def column_name(found: Fault) -> str:
    """Give the column that a fault is in, without the way to a nested row before it."""
    return (found.column or "").removeprefix(found.place.prefix)


def write_cell(
    sheet: Worksheet,
    row: int,
    column: int,
    value: object,
    style: Any,
    formats: Mapping[str, Any],
) -> None:
    """Write a value as Excel holds it: text as text, never as a formula or a link."""
    match value:
        case None:
            if style is not None:
                sheet.write_blank(row, column, None, style)
        case bool():
            sheet.write_string(row, column, _TRUTH[not value], style)
        case dt.datetime() | dt.date():
            sheet.write_datetime(row, column, value, style or formats["date"])
        case int() | float() if abs(value) < 1e15:
            sheet.write_number(row, column, value, style)
        case list():
            items = [one if isinstance(one, str) else show(one) for one in value]
            sheet.write_string(row, column, _writable("、".join(items)), style)
        case str():
            sheet.write_string(row, column, _writable(value), style)
        case _:
            sheet.write_string(row, column, show(value), style)


def _writable(text: str) -> str:
    """Give text as a cell can hold it: 32,767 characters at most, no half of a character."""
    return text[:_CELL_LENGTH].encode("utf-8", "replace").decode()


def note_on(table: Table, column: Column) -> Wording:
    """Say what a column is: its other names, what it takes, who needs it, which kinds use it."""
    zh, en = [f"{column.titles.en}（{column.name}）"], [f"{column.titles.en} ({column.name})"]
    zh.append(f"应填：{column.expected.zh}")
    en.append(f"takes: {column.expected.en}")
    if column.separator is not None:
        zh.append(f"可填多项，用“{column.separator}”隔开")
        en.append(f"several may be given, parted by “{column.separator}”")
    if column.required:
        zh.append("必填")
        en.append("required")
    if column.required_for:
        needed = "、".join(kind for kind in table.row_kinds if kind in column.required_for)
        zh.append(f"下列种类必填：{needed}")
        en.append(f"required for: {needed}")
    if column.recommended:
        zh.append("建议填写：不填会使检查无法判断")
        en.append("recommended: without it checks may be unable to tell")
    if column.kinds is not None:
        used = "、".join(kind for kind in table.row_kinds if kind in column.kinds)
        zh.append(f"用于：{used}")
        en.append(f"used by: {used}")
    return Wording("\n".join(zh), "\n".join(en))


def by_table(
    model: Model,
    raws: Iterable[RawRow],
    faults: Iterable[Fault],
    homeless: Iterable[Nested] = (),
) -> dict[str, list[Marked]]:
    """Sort rows as they were read into their tables, nested ones apart, each with its faults."""
    found: dict[tuple[str, str | None, int | None, str], list[Fault]] = {}
    headers: dict[tuple[str, str | None], list[Fault]] = {}
    for one in faults:
        place = one.place
        found.setdefault((place.file, place.sheet, place.row, place.prefix), []).append(one)
        if one.code in _HEADER_FAULTS:
            headers.setdefault((place.file, place.sheet), []).append(one)
    rows: dict[str, list[Marked]] = {table.name: [] for table in model}

    def take(table: Table, raw: RawRow, parent: object) -> None:
        place = raw.place
        cells = dict(raw.cells)
        if table.parent_column is not None:
            cells[table.parent_column.name] = parent
        row = Marked(
            cells,
            found.get((place.file, place.sheet, place.row, place.prefix), []),
            others=_others(table, raw),
            headings=place.headings or {},
            header_faults=headers.get((place.file, place.sheet), ()) if place.headings else (),
        )
        rows[table.name].append(row)
        for key, parts in raw.parts.items():
            inner = table.parts.get(key)
            for part in parts if inner is not None else ():
                assert inner is not None  # noqa: S101 - for the type checker
                take(inner, part, raw.cells.get("id"))

    for raw in raws:
        take(_table_of(model, raw), raw, None)
    for stray in homeless:
        take(stray.table, stray.row, stray.parent)
    return rows


def _others(table: Table, raw: RawRow) -> dict[Other, object]:
    """Give the cells of a row that no column of its sheet takes."""
    named = {column.name for column in columns_of(table)}
    # The type of a record is said by its table, unless the row says another.
    own = {Other(key): value for key, value in raw.cells.items() if key not in named}
    if raw.cells.get("type") == table.row_type:
        own.pop(Other("type"), None)
    return own | {Other(one.title, one.letters): one.value for one in raw.unplaced}


def _table_of(model: Model, raw: RawRow) -> Table:
    tables = model.in_list(raw.list_key)
    for key, of in (
        ("type", lambda table: {table.row_type}),
        ("kind", lambda table: table.row_kinds),
    ):
        value = raw.cells.get(key)
        for table in tables:
            if isinstance(value, str) and value.strip() in of(table):
                return table
    return tables[0]
