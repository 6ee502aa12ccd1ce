"""The records that would cure findings come as a workbook that can be completed and imported."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

import dutygraph
from dutygraph.compliance.checking import Checker, Question
from dutygraph.records.csvw import load_model
from dutygraph.records.formats import Source
from dutygraph.records.importing import read_files, read_sources
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import exports
from dutygraph.reports.remedies_export import remedies
from dutygraph.reports.wording import Wording

DEMO = Path(dutygraph.__file__).parent.parent / "data" / "demo" / "records.json"
MODEL = load_model()


@pytest.fixture(scope="module")
def edition() -> Edition:
    store = open_regulations()
    records = read_files([DEMO], model=MODEL).ntriples()
    report = Checker(store, "hebei").check([records], Question(dt.date(2014, 12, 10), 2014))
    return Edition.of(report, Wording(store, prepared_graphs(), "hebei"))


def _workbook(edition: Edition) -> bytes:
    out = io.BytesIO()
    exports()["remedies"].write(edition, out)
    return out.getvalue()


def test_every_record_that_would_cure_a_finding_has_a_row_without_a_date(edition: Edition) -> None:
    wanted = list(remedies(edition))
    assert len({row["id"] for row in wanted}) == len(wanted) > 10
    batch = read_sources([Source("a.xlsx", _workbook(edition))], model=MODEL)
    missing = [found for found in batch.errors if found.code == "missing-value"]
    assert len(missing) == len(wanted)
    assert {found.column for found in missing} == {"date"}


def test_the_rows_once_dated_are_imported_and_cure_what_they_can(edition: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_workbook(edition)))
    for sheet in book.worksheets:
        heads = {cell.value: cell.column for cell in sheet[1] if cell.value}
        if "日期*" in heads and "编号*" in heads:
            for row in range(2, sheet.max_row + 1):
                if sheet.cell(row, heads["编号*"]).value:
                    sheet.cell(row, heads["日期*"]).value = "2014-03-03"
    out = io.BytesIO()
    book.save(out)
    demo = Source("demo.json", DEMO.read_bytes())
    batch = read_sources([demo, Source("a.xlsx", out.getvalue())], model=MODEL)
    assert [str(found) for found in batch.errors] == []
    store = open_regulations()
    question = Question(dt.date(2014, 12, 10), 2014)
    report = Checker(store, "hebei").check([batch.ntriples()], question)
    missing = {("MISSING", "violation"), ("MISSING_ADDRESSEE", "violation")}
    before = {one.key for one in edition.findings if (one.code, one.status) in missing}
    after = {one.key for one in report.findings if (one.code, one.status) in missing}
    assert before
    assert not before & after
