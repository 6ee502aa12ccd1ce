"""Tables of a run: CSV and the Excel workbook hold every finding, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from dutygraph.compliance.checking import Report
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import exports
from dutygraph.spreadsheets import safe_cell


def written(edition: Edition, form: str) -> bytes:
    out = io.BytesIO()
    exports()[form].write(edition, out)
    return out.getvalue()


def workbook(edition: Edition) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(written(edition, "xlsx")))


def rows_of(book: Workbook, sheet: str) -> list[tuple[object, ...]]:
    return list(book[sheet].iter_rows(min_row=2, values_only=True))


def test_a_csv_says_that_it_is_utf_8_and_holds_every_finding(edition: Edition) -> None:
    content = written(edition, "csv")
    assert content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [(row["provision"], row["code"], row["subject"]) for row in rows] == [
        (one.provision, one.code, one.subject) for one in edition.findings
    ]
    assert [row["message_zh"] for row in rows] == [one.message_zh for one in edition.findings]
    assert any("records.json" in row["evidence"] for row in rows)


def test_a_workbook_holds_every_finding_in_the_order_of_the_text(edition: Edition) -> None:
    rows = rows_of(workbook(edition), "发现")
    assert [(row[0], row[5], row[9]) for row in rows] == [
        (one.provision, one.subject, one.year) for one in edition.findings
    ]
    assert [row[11] for row in rows] == [one.days_late for one in edition.findings]
    assert any("第 " in str(row[15]) and "records.json" in str(row[15]) for row in rows)


def test_every_summary_of_a_workbook_adds_up_to_the_findings(edition: Edition) -> None:
    book = workbook(edition)
    for sheet in ("单位汇总", "地区汇总", "层级汇总"):
        rows = rows_of(book, sheet)
        assert sum(row[-1] for row in rows) == len(edition.findings), sheet  # type: ignore[misc]
        assert all(sum(row[-5:-1]) == row[-1] for row in rows), sheet  # type: ignore[arg-type]
    provisions = rows_of(book, "条款汇总")
    assert [row[2:7] for row in provisions] == [
        (one.looked_at, one.met, one.breached, one.not_due, one.unknown) for one in edition.checks
    ]


def test_a_workbook_names_the_settings_that_were_changed_and_the_readings(
    edition: Edition, report: Report
) -> None:
    changed = replace(report, settings=report.settings | {"joint_addressee": "any"})
    book = workbook(replace(edition, report=changed))
    settings = {row[0]: row for row in rows_of(book, "设置")}
    assert settings.keys() == report.settings.keys()
    value, default, mark = settings["joint_addressee"][3:6]
    assert str(value).endswith(" (any)")
    assert (default, mark) == ("两者都要 Both of them (all)", "已改 changed")
    assert settings["due_soon_days"][3] == "30"
    assert settings["due_soon_days"][5] is None
    assert "A03" in str(settings["joint_addressee"][6])
    assert {row[0]: row[5] for row in rows_of(book, "读法")} == edition.readings()


def test_every_sheet_is_ready_to_filter_and_to_print(edition: Edition) -> None:
    for sheet in workbook(edition):
        assert sheet.freeze_panes == "A2", sheet.title
        assert sheet.auto_filter.ref.startswith("A1:"), sheet.title
        assert sheet.page_setup.orientation == "landscape", sheet.title
        assert sheet.print_title_rows == "$1:$1", sheet.title
        width = sum(column.width for column in sheet.column_dimensions.values())
        assert width / int(sheet.page_setup.fitToWidth or 1) < 200, sheet.title
        assert "&P" in str(sheet.oddFooter.center.text), sheet.title


def test_a_check_that_looked_at_nothing_says_so_in_the_workbook(nothing: Edition) -> None:
    (row,) = rows_of(workbook(nothing), "条款汇总")
    assert row[2] == 0
    assert "没有可检查的对象" in str(row[-1])


def test_no_name_becomes_a_formula_or_a_link_in_a_workbook(hostile: Edition) -> None:
    book = workbook(hostile)
    names = {one.subject_name for one in hostile.findings}
    assert len(names) == 8
    assert {row[4] for row in rows_of(book, "发现")} == names
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


def test_no_name_becomes_a_formula_in_csv(hostile: Edition) -> None:
    rows = list(csv.reader(io.StringIO(written(hostile, "csv").decode("utf-8-sig"), newline="")))
    assert {row[4] for row in rows[1:]} == {safe_cell(one.subject_name) for one in hostile.findings}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]


@pytest.mark.parametrize("length", [32_767, 32_768, 100_000])
def test_words_that_no_cell_holds_are_cut_and_say_so(edition: Edition, length: int) -> None:
    long = replace(edition.findings[0], message_zh="长" * length)
    cell = str(rows_of(workbook(replace(edition, findings=[long])), "发现")[0][12])
    assert len(cell) == 32_767
    assert cell.endswith("…") == (length > 32_767)


def test_a_row_is_as_high_as_its_words_need(edition: Edition) -> None:
    sheet = workbook(edition)["发现"]
    heights = [float(sheet.row_dimensions[row].height) for row in range(2, sheet.max_row + 1)]
    assert all(13.5 < height <= 409 for height in heights)
    longest = max(range(len(heights)), key=lambda row: len(edition.findings[row].quotes))
    assert heights[longest] > 13.5 * len(edition.findings[longest].quotes)
