"""The template workbook, and those that go back: with faults marked, with rows to complete."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any, Final

from dutygraph import artefacts
from dutygraph.records.faults import Place
from dutygraph.records.formats import RawRow
from dutygraph.records.importing import Batch
from dutygraph.records.model import Model, Table
from dutygraph.records.tabular import columns_of
from dutygraph.records.workbooks import Marked, TablesWorkbook, by_table, note_on, write_cell
from dutygraph.records.xlsx_form import INSTRUCTIONS, SAMPLES

_INSTRUCTIONS: Final = (
    ("怎样填写", "How to fill this in"),
    (
        "每表一个工作表。橙色列名（带 *）必填，其余有则填；空着表示没有登记，不表示没有。",
        (
            "One sheet for each table. Columns in orange (with *) are required; leave the others "
            "blank where nothing is known: a blank means not recorded, never no."
        ),
    ),
    (
        "列名上的批注说明每一列填什么、用于哪些种类；带下拉列表的列从列表里选。",
        (
            "The note on each header says what the column takes and which kinds of record use it; "
            "choose from the list where there is one."
        ),
    ),
    (
        "日期写 2013-03-05，也可写 2013/3/5、2013年3月5日或 Excel 日期。一格多项用“、”隔开。",
        (
            "Write dates as 2013-03-05; 2013/3/5, 2013年3月5日 and Excel dates are understood too. "
            "Several items in one cell are parted by 、."
        ),
    ),
    (
        "单位、人员、记录各有编号，引用别的行填其编号。任职、任务、档次、表态等第一列是所属行的编号。",
        (
            "Units, persons and records have ids; refer to a row by its id. The first column of "
            "posts, tasks, grades, votes and the like is the id of the row they belong to."
        ),
    ),
    (
        "“说明”“示例”不会被导入。填好后先试导入，错误标在原处；全部改好才写入，不会只写一半。",
        (
            "The sheets 说明 and 示例 are never imported. Try the import first: faults are marked "
            "where they are. Nothing is written before all is right; it is all or nothing."
        ),
    ),
)


def write_template(target: IO[bytes], model: Model) -> None:
    """Write the template: instructions, samples, and an empty sheet for each table."""
    workbook = TablesWorkbook(target, model)
    _add_instructions(workbook, model)
    _add_samples(workbook, model)
    workbook.add_tables({})
    workbook.close()


def write_marked(target: IO[bytes], model: Model, batch: Batch) -> None:
    """Write the rows of a batch back, faulty cells coloured and commented, with a list of faults.

    The batch must have been read with its rows kept.
    """
    workbook = TablesWorkbook(target, model)
    workbook.add_faults(batch.faults)
    workbook.add_tables(by_table(model, batch.raws, batch.faults, batch.homeless))
    workbook.close()


def write_to_complete(
    target: IO[bytes], model: Model, records: Iterable[Mapping[str, Any]], blanks: Sequence[str]
) -> int:
    """Write records as far as they are known, to be completed and imported; give how many.

    ``blanks`` are the columns that are left to fill in; they are coloured.
    """
    raws = [
        RawRow("records", Place("", "records", number), dict(record))
        for number, record in enumerate(records, start=1)
    ]
    rows = by_table(model, raws, ())
    for marked in rows.values():
        for row in marked:
            row.blanks = tuple(name for name in blanks if row.cells.get(name) is None)
    workbook = TablesWorkbook(target, model)
    _add_instructions(workbook, model)
    workbook.add_tables(rows)
    workbook.close()
    return len(raws)


def _add_instructions(workbook: TablesWorkbook, model: Model) -> None:
    sheet = workbook.book.add_worksheet(INSTRUCTIONS)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 2, 64)
    sheet.set_column(3, 3, 64)
    for number, (zh, en) in enumerate(_INSTRUCTIONS):
        style = workbook.formats["title" if number == 0 else "text"]
        sheet.write_string(number, 1, zh, style)
        sheet.write_string(number, 2, en, style)
    row = len(_INSTRUCTIONS) + 1
    for position, title in enumerate(("表 table", "列 column", "说明", "notes")):
        sheet.write_string(row, position, title, workbook.formats["header"])
    for table in model:
        for column in columns_of(table):
            row += 1
            note = note_on(table, column)
            cells = (table.titles.zh, f"{column.titles.zh} {column.titles.en}", note.zh, note.en)
            for position, words in enumerate(cells):
                sheet.write_string(row, position, words, workbook.formats["text"])


def _add_samples(workbook: TablesWorkbook, model: Model) -> None:
    """Show one row of each table, taken from the fictional prefecture of the demo."""
    sheet = workbook.book.add_worksheet(SAMPLES)
    row = 0
    for table, cells in _samples(model):
        columns = [column for column in columns_of(table) if cells.get(column.name) is not None]
        sheet.write_string(row, 0, table.titles.zh, workbook.formats["title"])
        for position, column in enumerate(columns):
            header = workbook.formats["header"]
            sheet.write_string(row + 1, position, column.titles.zh, header)
            value = cells[column.name]
            write_cell(sheet, row + 2, position, value, None, workbook.formats)
        row += 4
    sheet.set_column(0, 20, 18)


def _samples(model: Model) -> list[tuple[Table, Mapping[str, object]]]:
    """Give for each table the row of the demo that has most of its columns."""
    file = artefacts.room("data") / "demo" / "records.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    raws = [
        RawRow(
            key,
            Place("", key, number),
            {name: value for name, value in row.items() if not _is_nested(value)},
            {
                name: [RawRow(name, Place("", key, number), part) for part in value]
                for name, value in row.items()
                if _is_nested(value)
            },
        )
        for key in model.list_keys
        for number, row in enumerate(document[key], start=1)
    ]
    rows = by_table(model, raws, ())
    return [
        (table, max(rows[table.name], key=_filled).cells) for table in model if rows[table.name]
    ]


def _filled(row: Marked) -> int:
    return sum(value is not None for value in row.cells.values())


def _is_nested(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)
