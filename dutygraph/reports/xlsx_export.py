"""A run as an Excel workbook: findings, summaries, settings and readings, ready to print.

No cell is a formula or a link, whatever is in it, and rows are written as they come, so that the
memory that is needed does not grow with them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dutygraph.compliance.findings import STATUSES
from dutygraph.reports import cells
from dutygraph.reports.comparison import CHANGES, Comparison
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import Export, ExportError
from dutygraph.reports.grouping import grouped, unit_of
from dutygraph.reports.wording import CHANGE_WORDS, NOBODY, VERDICTS, Pair
from dutygraph.spreadsheets import XLSX

_LONGEST = 32_767
"""Characters that a cell holds (Excel specifications and limits)."""
_MOST_ROWS = 1_048_576
_LINE, _HIGHEST = 13.5, 409.0
"""The height of a line of 10 points, and of the highest row there is, in points."""
_PAGE_WIDTH = 190
"""Characters that can be read beside each other on a landscape page."""
_FILLS = {"violation": "#F8D7DA", "review": "#FFF3CD", "advisory": "#E2E3E5", "due_soon": "#D1ECF1"}

Columns = Mapping[Pair, int]
"""Headings with the width of their column, in characters."""

_FINDINGS: Columns = {
    Pair("条款", "provision"): 12,
    Pair("条款名称", "provision in words"): 22,
    Pair("状态", "status"): 12,
    Pair("问题", "problem"): 20,
    Pair("对象", "subject"): 26,
    Pair("对象编号", "subject id"): 18,
    Pair("所在单位", "unit"): 26,
    Pair("层级", "level"): 12,
    Pair("区划", "region"): 12,
    Pair("年度", "year"): 8,
    Pair("期限", "due"): 12,
    Pair("逾期天数", "days late"): 10,
    Pair("说明", "message"): 48,
    Pair("英文说明", "message in English"): 48,
    Pair("原文", "words of the text"): 48,
    Pair("看过的记录", "records looked at"): 42,
    Pair("补救的记录", "record that would cure it"): 42,
    Pair("所据读法", "readings"): 56,
    Pair("可能涉及的情形", "situations it may be"): 48,
}
_CHANGE = Pair("与上次比较", "since the earlier run")


class _Book:
    """A workbook with the formats that its sheets share."""

    def __init__(self, workbook: Workbook, edition: Edition) -> None:
        self._workbook = workbook
        self._about = (
            f"{edition.wording.regulation.zh} · {edition.report.year} 年 · "
            f"截至 as of {edition.report.as_of}"
        )
        self._head = self._format(bold=True, bg_color="#1F3864", font_color="#FFFFFF")
        self._plain = self._format()
        self._marked = self._format(bold=True)
        self._statuses = {
            status: self._format(bold=True, bg_color=color) for status, color in _FILLS.items()
        }

    def _format(self, **facts: Any) -> Format:
        shared = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
        return self._workbook.add_format({"font_name": "宋体", "font_size": 10, **shared, **facts})

    def sheet(self, name: str, columns: Columns, rows: Iterable[Sequence[object]]) -> None:
        """Add a sheet; a status comes as (status, words), a cell to stress as ("", words)."""
        sheet = self._workbook.add_worksheet(name)
        self._set_up(sheet, columns)
        for place, heading in enumerate(columns):
            sheet.write_string(0, place, f"{heading.zh}\n{heading.en}", self._head)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last >= _MOST_ROWS:
                raise ExportError(
                    "一张工作表放不下这么多行，请用 --format csv，或者缩小范围 / "
                    "a worksheet cannot hold so many rows; use --format csv or ask for less"
                )
            sheet.set_row(last, _height(row, list(columns.values())))
            for column, cell in enumerate(row):
                self._write(sheet, last, column, cell)
        sheet.autofilter(0, 0, last, len(columns) - 1)

    def _set_up(self, sheet: Worksheet, columns: Columns) -> None:
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        # A sheet too wide to be read on one page goes over several, its first column on each.
        sheet.fit_to_pages(-(-sum(columns.values()) // _PAGE_WIDTH), 0)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_header(f"&L{self._about.replace('&', '&&')}&R&A")
        sheet.set_footer("&C第 &P 页，共 &N 页 · page &P of &N")
        sheet.set_row(0, 30)
        for place, width in enumerate(columns.values()):
            sheet.set_column(place, place, width)

    def _write(self, sheet: Worksheet, row: int, column: int, cell: object) -> None:
        style = self._plain
        if isinstance(cell, tuple):
            style, cell = self._statuses.get(cell[0], self._marked), cell[1]
        if cell is None or cell == "":
            sheet.write_blank(row, column, None, style)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, style)
        else:
            words = str(cell)
            if len(words) > _LONGEST:
                words = words[: _LONGEST - 1] + "…"
            sheet.write_string(row, column, words, style)


def _height(row: Sequence[object], widths: Sequence[int]) -> float:
    """Give the height, in points, at which all words of a row show; some programs do not."""
    lines = 1
    for cell, width in zip(row, widths, strict=True):
        words = cell[1] if isinstance(cell, tuple) else cell
        if isinstance(words, str) and len(words) * 2 > width:
            lines = max(lines, sum(_lines(part, width) for part in words.split("\n")))
    return min(_LINE * lines + 2, _HIGHEST)


def _lines(words: str, width: int) -> int:
    # A Chinese character is as wide as two others, and has three bytes in UTF-8.
    wide = (len(words.encode("utf-8", "replace")) + len(words)) / 2
    return max(1, math.ceil(wide / (width - 1)))


def _finding_rows(edition: Edition) -> Iterator[list[object]]:
    wording = edition.wording
    became = None if edition.comparison is None else edition.comparison.changes()
    for finding in edition.findings:
        row: list[object] = [
            finding.provision,
            str(wording.provision(finding.provision)),
            (finding.status, str(wording.status(finding.status))),
            f"{wording.code(finding.code)} {finding.code}",
            finding.subject_name,
            finding.subject,
            unit_of(finding)[1],
            str(wording.concept(finding.subject_level)) if finding.subject_level else None,
            finding.subject_region,
            finding.year,
            finding.due,
            finding.days_late,
            finding.message_zh,
            finding.message_en,
            "\n".join(f"「{quote['quote']}」 {quote['norm']}" for quote in finding.quotes),
            "\n".join(cells.evidence(finding, wording)),
            "\n".join(cells.remedies(finding, wording)),
            "\n".join(cells.followed(reading, wording) for reading in finding.readings),
            "\n".join(
                f"{wording.provision(one['provision']).zh}「{one['quote']}」"
                for one in finding.consequences
            ),
        ]
        if became is not None:
            change = became.get((*finding.match, finding.status))
            row.append(None if change is None else str(CHANGE_WORDS[change]))
        yield row


def _status_columns(edition: Edition) -> dict[Pair, int]:
    return {edition.wording.status(status): 12 for status in STATUSES}


def _unit_rows(edition: Edition) -> Iterator[list[object]]:
    for group in grouped(edition.findings, "unit", edition.wording):
        first = group.findings[0]
        counts = group.counts()
        level = first.subject_level
        yield [
            group.label,
            group.key,
            str(edition.wording.concept(level)) if level else None,
            first.subject_region,
            *counts.values(),
            sum(counts.values()),
        ]


def _provision_rows(edition: Edition) -> Iterator[list[object]]:
    groups = {group.key: group for group in grouped(edition.findings, "provision", edition.wording)}
    for counts in edition.checks:
        group = groups.get(counts.provision)
        found = group.counts() if group else dict.fromkeys(STATUSES, 0)
        numbers = [getattr(counts, name) for name in VERDICTS]
        yield [
            counts.provision,
            str(edition.wording.provision(counts.provision)),
            *numbers,
            *found.values(),
            None if counts.looked_at else ("", str(NOBODY)),
        ]


def _region_rows(edition: Edition) -> Iterator[list[object]]:
    for region in grouped(edition.findings, "region", edition.wording):
        for level in grouped(region.findings, "level", edition.wording):
            counts = level.counts()
            yield [region.label, level.label, *counts.values(), sum(counts.values())]


def _level_rows(edition: Edition) -> Iterator[list[object]]:
    for level in grouped(edition.findings, "level", edition.wording):
        counts = level.counts()
        yield [level.label, *counts.values(), sum(counts.values())]


def _setting_rows(edition: Edition) -> Iterator[list[object]]:
    for key, value in edition.report.settings.items():
        setting = edition.wording.settings[key]
        changed = value != setting.default
        shown = edition.wording.value(key, value)
        yield [
            key,
            setting.label_zh,
            setting.label_en,
            ("", shown) if changed else shown,
            edition.wording.value(key, setting.default),
            "已改 changed" if changed else None,
            "、".join(edition.wording.readings_of(key)),
        ]


def _reading_rows(edition: Edition) -> Iterator[list[object]]:
    for key, number in edition.readings().items():
        reading = edition.wording.readings[key]
        yield [
            key,
            str(reading.title),
            f"{reading.question.zh}\n{reading.question.en}",
            f"{reading.default} {reading.default_words.zh}\n{reading.default_words.en}",
            "\n".join(
                f"{name}: {edition.wording.value(name, edition.report.settings[name])}"
                for name in reading.settings
            ),
            number,
        ]


def _comparison_rows(comparison: Comparison, edition: Edition) -> Iterator[list[object]]:
    for name, (then, now) in comparison.settings.items():
        was, became = (edition.wording.value(name, one) for one in (then, now))
        changed = f"{name}: {was} → {became}"
        yield ["设置不同 another setting", None, None, None, None, None, None, None, changed]
    for change in CHANGES:
        for entry in comparison[change]:
            before = entry.before and str(edition.wording.status(entry.before))
            yield [
                str(CHANGE_WORDS[change]),
                entry.provision,
                f"{edition.wording.code(entry.code)} {entry.code}",
                (entry.status, str(edition.wording.status(entry.status))),
                before,
                entry.subject_name,
                entry.subject,
                entry.year,
                f"{entry.message_zh}\n{entry.message_en}",
            ]


def _write(edition: Edition, out: BinaryIO) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    day = dt.datetime.combine(edition.report.as_of, dt.time(), tzinfo=dt.UTC)
    with xlsxwriter.Workbook(out, options) as workbook:
        # The same run is the same file, whenever it is written.
        workbook.set_properties({"created": day, "author": "dutygraph"})
        _sheets(_Book(workbook, edition), edition)


def _sheets(book: _Book, edition: Edition) -> None:
    statuses, total = _status_columns(edition), {Pair("合计", "total"): 10}
    compared = {} if edition.comparison is None else {_CHANGE: 16}
    unit = {Pair("单位", "unit"): 32, Pair("编号", "id"): 22}
    level, region = {Pair("层级", "level"): 14}, {Pair("区划", "region"): 18}
    book.sheet("发现", {**_FINDINGS, **compared}, _finding_rows(edition))
    book.sheet("单位汇总", {**unit, **level, **region, **statuses, **total}, _unit_rows(edition))
    provision = {Pair("条款", "provision"): 14, Pair("条款名称", "in words"): 32}
    verdicts = dict.fromkeys(VERDICTS.values(), 10)
    remark = {Pair("备注", "remark"): 24}
    book.sheet(
        "条款汇总", {**provision, **verdicts, **statuses, **remark}, _provision_rows(edition)
    )
    book.sheet("地区汇总", {**region, **level, **statuses, **total}, _region_rows(edition))
    book.sheet("层级汇总", {**level, **statuses, **total}, _level_rows(edition))
    if edition.comparison is not None:
        columns = {
            _CHANGE: 18,
            Pair("条款", "provision"): 12,
            Pair("问题", "problem"): 20,
            Pair("状态", "status"): 14,
            Pair("上次状态", "status before"): 14,
            Pair("对象", "subject"): 28,
            Pair("对象编号", "subject id"): 20,
            Pair("年度", "year"): 8,
            Pair("说明", "message"): 60,
        }
        book.sheet("与上次比较", columns, _comparison_rows(edition.comparison, edition))
    settings = {
        Pair("名称", "name"): 30,
        Pair("设置", "in Chinese"): 32,
        Pair("英文", "in English"): 36,
        Pair("取值", "value"): 24,
        Pair("默认", "default"): 24,
        Pair("改动", "changed"): 14,
        Pair("读法", "readings"): 16,
    }
    book.sheet("设置", settings, _setting_rows(edition))
    readings = {
        Pair("读法", "reading"): 8,
        Pair("疑点", "open point"): 36,
        Pair("问题", "question"): 60,
        Pair("默认读法", "default reading"): 60,
        Pair("设置", "settings"): 36,
        Pair("有关的发现", "findings"): 10,
    }
    book.sheet("读法", readings, _reading_rows(edition))


EXPORTS = (
    Export(
        "xlsx",
        ".xlsx",
        Pair("Excel 工作簿", "Excel workbook"),
        Pair(
            "逐条核对整改的人：发现、汇总、设置和读法各一个工作表，可筛选、可打印。",
            "For whoever works through the findings: sheets to filter and to print.",
        ),
        XLSX,
        is_text=False,
        write=_write,
    ),
)
