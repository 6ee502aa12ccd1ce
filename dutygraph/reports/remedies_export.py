"""The records that would cure a run's findings, as a workbook to complete and to import.

Each row is filled in as far as the data go; what is left, its date first of all, is coloured.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from dutygraph.records.csvw import load_model
from dutygraph.records.template import write_to_complete
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import Export
from dutygraph.reports.wording import Pair
from dutygraph.spreadsheets import XLSX

_LEFT = ("date",)


def remedies(edition: Edition) -> Iterator[dict[str, Any]]:
    """Give each record once, with an id of its own that says whose and what it is."""
    seen: set[str] = set()
    numbers: dict[str, int] = {}
    for finding in edition.findings:
        for remedy in finding.remedy:
            content = json.dumps(remedy, ensure_ascii=False, sort_keys=True)
            if content in seen:
                continue
            seen.add(content)
            stem = f"{finding.subject}-{finding.provision}-{finding.year}"
            numbers[stem] = numbers.get(stem, 0) + 1
            yield {"id": f"{stem}-{numbers[stem]}", **remedy}


def _write(edition: Edition, out: BinaryIO) -> None:
    # A zip archive is written from its end too, which a plain stream need not allow.
    workbook = io.BytesIO()
    write_to_complete(workbook, load_model(), remedies(edition), _LEFT)
    out.write(workbook.getvalue())


EXPORTS = (
    Export(
        "remedies",
        ".xlsx",
        Pair("待补记录（可填好再导入）", "records to complete and import"),
        Pair(
            "补记录的人：缺的每条记录已填好能填的，补上日期等，再导入。",
            "For whoever completes the records: add the dates to each, and import it.",
        ),
        XLSX,
        is_text=False,
        write=_write,
        stem="remedies",
    ),
)
