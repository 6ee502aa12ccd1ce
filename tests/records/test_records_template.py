"""The template asks for what the import reads; filled in, it becomes what JSON becomes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from made_files import made
from test_records_forms_agree import told
from written import by_table

from dutygraph.records.formats import Source
from dutygraph.records.importing import Batch, read_sources
from dutygraph.records.model import Model, Table
from dutygraph.records.tabular import columns_of, headings
from dutygraph.records.template import write_marked, write_template
from dutygraph.records.xlsx_form import IGNORED, WORDS

MADE = made()
GOOD = Path(__file__).parent / "good"


@pytest.fixture(scope="module")
def blank(model: Model) -> bytes:
    target = io.BytesIO()
    write_template(target, model)
    return target.getvalue()


@pytest.fixture(scope="module")
def template(blank: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(blank))


def all_tables(model: Model) -> list[Table]:
    return list(model)


def read(model: Model, content: bytes, name: str = "a.xlsx", *, keep: bool = False) -> Batch:
    return read_sources([Source(name, content)], model=model, keep=keep)


def test_the_template_itself_holds_nothing_to_import(model: Model, blank: bytes) -> None:
    batch = read(model, blank)
    assert batch.rows == ()
    assert [found.code for found in batch.faults] == ["no-rows"]


def test_there_is_a_sheet_for_each_table_with_a_header_for_each_column(
    model: Model, template: Any
) -> None:
    assert set(template.sheetnames) - IGNORED == {table.titles.zh for table in model}
    for table in model:
        sheet = template[table.titles.zh]
        assert sheet.freeze_panes == "A2"
        for cell, column in zip(sheet[1], columns_of(table), strict=True):
            is_required = column.required and column.name != "type"
            assert cell.value == column.titles.zh + ("*" if is_required else "")
            note = cell.comment.text
            assert column.titles.en in note
            assert column.name in note
            assert column.expected.zh[:200] in note
            for kind in column.kinds or ():
                assert kind in note


def test_drop_downs_hold_the_words_of_the_ontology(model: Model, template: Any) -> None:
    words = template[WORDS]
    assert words.sheet_state == "hidden"
    for table in model:
        sheet = template[table.titles.zh]
        rules = {
            next(iter(rule.sqref.ranges)).min_col: rule
            for rule in sheet.data_validations.dataValidation
        }
        for position, column in enumerate(columns_of(table), start=1):
            rule = rules[position]
            if column.terms is not None:
                area = rule.formula1.partition("!")[2]
                shown = [row[0].value for row in words[area.replace("$", "")]]
                assert shown == list(column.terms)
                # One of them at a time is all that a list can check.
                assert rule.showErrorMessage is not bool(column.separator or column.otherwise)
            elif column.datatype.base in {"date", "boolean", "integer"}:
                wanted = {"date": "date", "boolean": "list", "integer": "whole"}
                assert rule.type == wanted[column.datatype.base]
            assert next(iter(rule.sqref.ranges)).min_row == 2


def test_headers_tell_the_columns_of_a_table_apart(model: Model) -> None:
    for table in model:
        columns = columns_of(table)
        for titles in (
            [column.titles.zh for column in columns],
            [column.titles.en.casefold() for column in columns],
            [column.name for column in columns],
        ):
            assert len(set(titles)) == len(titles), table.name
        known = headings(table)
        for column in columns:
            assert known[column.titles.zh] is column
            assert known[column.name] is column


def test_no_word_holds_what_parts_the_items_of_a_list(model: Model) -> None:
    for table in model:
        for column in table.columns.values():
            if column.separator is not None:
                for word in column.terms or ():
                    assert not set(word) & set("、;；,，\n"), word


@pytest.mark.parametrize("name", sorted(file.name for file in GOOD.glob("*.json")))
def test_a_filled_template_becomes_what_the_document_becomes(
    name: str, model: Model, blank: bytes
) -> None:
    content = (GOOD / name).read_bytes()
    document = json.loads(content.decode("utf-8-sig"))
    book = openpyxl.load_workbook(io.BytesIO(blank))
    for table_name, rows in by_table(document).items():
        table = next(each for each in all_tables(model) if each.name == table_name)
        names = [column.name for column in columns_of(table)]
        for number, row in enumerate(rows, start=2):
            for key, cell in row.items():
                value = "、".join(filter(None, cell)) if isinstance(cell, list) else cell
                book[table.titles.zh].cell(number, names.index(key) + 1, value)
    target = io.BytesIO()
    book.save(target)
    assert told(read(model, target.getvalue())) == told(read(model, content, name))


# The workbook back ------------------------------------------------------------------------------

SPOILT = {
    "units": [
        {"id": "u1", "name": "=1+1", "kind": "地方党委", "level": "县及", "odd": 1},
        {"id": "u2", "name": "示例市委", "kind": "地方党委", "level": "设区市级"},
    ],
    "persons": [
        {"id": "p1", "name": "示例人", "roles": [{"unit": "u9", "from": "2013-03-05"}]},
    ],
    "records": [
        {"id": "r1", "type": "meeting", "kind": "动员部署", "unit": "u1", "date": "2013-02-30"},
        {"id": "r2", "type": ["x"], "kind": ["y"], "unit": "\ud800", "date": None},
    ],
}


def marked(model: Model, content: bytes, name: str) -> tuple[Batch, bytes]:
    batch = read(model, content, name, keep=True)
    target = io.BytesIO()
    write_marked(target, model, batch)
    return batch, target.getvalue()


def test_the_workbook_back_marks_and_explains_each_faulty_cell(model: Model) -> None:
    batch, content = marked(model, json.dumps(SPOILT).encode(), "a.json")
    book = openpyxl.load_workbook(io.BytesIO(content))
    level = book["单位"]["D2"]
    assert (level.value, level.fill.fgColor.rgb) == ("县及", "FFF8B4B4")
    assert "县级" in level.comment.text
    assert book["单位"]["D3"].comment is None
    role = book["任职"]["B2"]
    assert (book["任职"]["A2"].value, role.value) == ("p1", "u9")
    assert "u9" in role.comment.text
    assert "2013-02-30" in book["会议"]["C2"].comment.text
    odd = next(cell for cell in book["单位"][1] if cell.value == "odd")
    marked_odd = book["单位"].cell(2, odd.column)
    assert marked_odd.value == 1
    assert "odd" in marked_odd.comment.text
    told_again = [row[6].value for row in book["错误"].iter_rows(min_row=2)]
    assert told_again == [found.message.zh for found in batch.faults]


def test_what_looks_like_a_formula_stays_text(model: Model) -> None:
    _, content = marked(model, json.dumps(SPOILT).encode(), "a.json")
    cell = openpyxl.load_workbook(io.BytesIO(content))["单位"]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_workbook_back_can_be_corrected_and_imported(model: Model) -> None:
    content = (GOOD / "cases.json").read_bytes()
    spoilt = content.replace("情节较重".encode(), "情节较种".encode())
    assert spoilt != content
    batch, back = marked(model, spoilt, "cases.json")
    assert batch.errors
    book = openpyxl.load_workbook(io.BytesIO(back))
    for row in book["案件"].iter_rows():
        for cell in row:
            if cell.value == "情节较种":
                cell.value = "情节较重"
    target = io.BytesIO()
    book.save(target)
    assert told(read(model, target.getvalue())) == told(read(model, content, "cases.json"))


def test_rows_that_belong_to_none_are_in_the_workbook_back(model: Model) -> None:
    _, content = marked(model, MADE["rows that hang on nothing"].content, "a.xlsx")
    roles = openpyxl.load_workbook(io.BytesIO(content))["任职"]
    assert [row[0].value for row in roles.iter_rows(min_row=2)] == ["p9", None]
    assert "p9" in roles["A2"].comment.text


def _sheet(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "单位"
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_columns_that_the_model_does_not_have_come_back_where_they_stood(model: Model) -> None:
    rows = (
        ("备注", "编号", "名称", "联系电话", "层级", "单位种类", "名称"),
        ("新设", "u1", "示例县委", 3110001, "县及", "地方党委", "旧名"),
        (None, "u2", "示例市委", None, "设区市级", "地方党委", None, "没有列名"),
        (None, "u3", "示例乡委", "1+1", "乡级", "地方党委"),
    )
    batch, content = marked(model, _sheet(*rows), "a.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["单位"]
    header = [str(cell.value or "").removesuffix("*") for cell in sheet[1]]
    assert header[:8] == [*rows[0], ""]
    assert set(header[8:]) == {one.titles.zh for one in columns_of(next(iter(model)))} - {
        *header[:8]
    }
    told = [found.code for found in batch.faults]
    assert told.count("unknown-column") == 2
    assert [[cell.value for cell in row[:8]] for row in sheet.iter_rows(min_row=2)] == [
        [*rows[1], None],
        [None, "u2", "示例市委", None, "设区市级", "地方党委", None, "没有列名"],
        [None, "u3", "示例乡委", "1+1", "乡级", "地方党委", None, None],
    ]
    assert "备注" in sheet["A1"].comment.text
    assert "联系电话" in sheet["D1"].comment.text
    assert "名称" in sheet["G1"].comment.text
    assert "县级" in sheet["E2"].comment.text
    assert "没有列名" in sheet["H3"].comment.text


def test_a_workbook_back_comes_back_the_same_with_columns_of_ones_own(model: Model) -> None:
    rows = (
        ("备注", "编号", "名称", "层级", "单位种类"),
        ("甲", "u1", "示例县委", "县及", "地方党委"),
    )
    _, once = marked(model, _sheet(*rows), "a.xlsx")
    _, twice = marked(model, once, "a.xlsx")

    def cells(content: bytes) -> list[list[object]]:
        sheet = openpyxl.load_workbook(io.BytesIO(content))["单位"]
        return [[cell.value for cell in row] for row in sheet]

    assert cells(once) == cells(twice)


def test_in_csv_too_no_column_is_lost(model: Model) -> None:
    text = "id,备注,name,kind,level\nu1,新设,示例县委,地方党委,县及\n"
    _, content = marked(model, text.encode(), "units.csv")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["单位"]
    assert [cell.value for cell in sheet[2]][:5] == ["u1", "新设", "示例县委", "地方党委", "县及"]


def test_a_type_that_contradicts_its_table_is_in_the_workbook_back(model: Model) -> None:
    record = {"id": "r1", "type": "report", "kind": "动员部署", "unit": "u1", "date": "2013-02-20"}
    _, content = marked(model, json.dumps({"records": [record]}).encode(), "a.json")
    cells = [
        cell.value
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
        if sheet.title not in IGNORED
        for row in sheet.iter_rows(min_row=2)
        for cell in row
    ]
    assert "动员部署" in cells
