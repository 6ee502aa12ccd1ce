"""The workbook to fill in is handed out by the site as by the command line."""

from __future__ import annotations

from flask.testing import FlaskClient

from dutygraph.records.csvw import load_model
from dutygraph.records.formats import Source
from dutygraph.records.importing import read_sources


def test_the_template_is_a_workbook_that_the_import_reads(demo: FlaskClient) -> None:
    answer = demo.get("/downloads/template.xlsx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith('"template.xlsx"')
    batch = read_sources([Source("template.xlsx", answer.data)], model=load_model())
    assert [found.code for found in batch.faults] == ["no-rows"]


def test_the_findings_lead_to_the_template(demo: FlaskClient) -> None:
    assert "/downloads/template.xlsx" in demo.get("/findings").get_data(as_text=True)
