"""A run's findings as CSV (RFC 4180), which a spreadsheet opens as what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from dutygraph.reports import cells
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import Export
from dutygraph.reports.grouping import unit_of
from dutygraph.reports.wording import Pair
from dutygraph.spreadsheets import safe_cell

COLUMNS = (
    *("provision", "code", "status", "subject", "subject_name", "year", "norms", "due"),
    *("message_zh", "message_en", "days_late", "unit", "level", "region"),
    *("quotes", "evidence", "remedy", "readings", "consequences"),
)
_BYTE_ORDER_MARK = "\ufeff"


def rows(edition: Edition) -> Iterator[list[str]]:
    """Give the header and a row for each finding; with a comparison, what became of it too."""
    became = None if edition.comparison is None else edition.comparison.changes()
    yield [*COLUMNS, *([] if became is None else ["change"])]
    for finding in edition.findings:
        row = [
            *(finding.provision, finding.code, finding.status),
            *(finding.subject, finding.subject_name, str(finding.year)),
            "、".join(finding.norms),
            finding.due or "",
            *(finding.message_zh, finding.message_en),
            "" if finding.days_late is None else str(finding.days_late),
            unit_of(finding)[0],
            *(finding.subject_level or "", finding.subject_region or ""),
            "\n".join(f"{quote['norm']} {quote['quote']}" for quote in finding.quotes),
            "\n".join(cells.evidence(finding, edition.wording)),
            "\n".join(cells.remedies(finding, edition.wording)),
            "、".join(reading["reading"] for reading in finding.readings),
            "、".join(one["provision"] for one in finding.consequences),
        ]
        if became is not None:
            row.append(became.get((*finding.match, finding.status), ""))
        yield row


def _write(edition: Edition, out: BinaryIO) -> None:
    # The byte order mark tells a spreadsheet that it is UTF-8.
    text = io.TextIOWrapper(out, "utf-8", "replace", newline="", write_through=True)
    text.write(_BYTE_ORDER_MARK)
    writer = csv.writer(text)
    for row in rows(edition):
        writer.writerow([safe_cell(cell) for cell in row])
    text.detach()


EXPORTS = (
    Export(
        "csv",
        ".csv",
        Pair("CSV", "CSV"),
        Pair(
            "做统计的人：每条发现一行，列名固定，可用任何表格或统计软件打开。",
            "For whoever counts: a row for each finding, in columns that do not change.",
        ),
        "text/csv; charset=utf-8",
        is_text=True,
        write=_write,
    ),
)
