"""All that there is to download stands in one place, with a sentence for whom it is."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from html import unescape

import pytest
from flask.testing import FlaskClient
from shown import plain, text_of

from dutygraph.records.csvw import load_model
from dutygraph.records.formats import Source
from dutygraph.records.importing import read_sources
from dutygraph.reports.exports import exports


def test_every_form_of_the_findings_is_offered_with_its_purpose(demo: FlaskClient) -> None:
    text = text_of(demo, "/reports?status=violation&unit=qh-xingtang")
    for name, export in exports().items():
        address = f"/findings/report.{name}?status=violation&unit=qh-xingtang"
        assert f'href="{address.replace("&", "&amp;")}"' in text
        assert export.purpose.zh in text
        assert export.purpose.zh != export.purpose.en


@pytest.mark.parametrize("address", ["/reports", "/reports?unit=qh-xingtang&by=unit"])
def test_every_link_for_a_download_gives_a_file(demo: FlaskClient, address: str) -> None:
    text = text_of(demo, address).partition("<main")[2].partition("</main>")[0]
    links = {unescape(one) for one in re.findall(r'href="([^"]+)" download', text)}
    # The printable page opens. Beside: the calendar twice, counts, template, records, settings.
    assert len(links) == len(exports()) - 1 + 2 + 4
    names: list[str] = []
    for link in links:
        answer = demo.get(link)
        assert answer.status_code == 200, link
        assert answer.data, link
        assert "attachment" in answer.headers["Content-Disposition"], link
        names.append(answer.headers["Content-Disposition"])
    assert len(set(names)) == len(names), "no file takes the place of another"


def test_findings_are_counted_by_unit_as_the_report_lists_them(demo: FlaskClient) -> None:
    found = demo.get("/findings/report.csv").data.decode("utf-8-sig")
    listed = Counter(row["status"] for row in csv.DictReader(io.StringIO(found)))
    for by in ("unit", "provision", "level", "region"):
        table = demo.get(f"/reports/groups.csv?by={by}").data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(table)))
        assert by in rows[0]
        assert {status: sum(int(row[status]) for row in rows) for status in listed} == dict(
            listed
        ), by
        assert sum(int(row["total"]) for row in rows) == sum(listed.values())
        assert all(row["key"] or by != "unit" for row in rows)


def test_the_page_shows_the_counts_that_the_file_has(demo: FlaskClient) -> None:
    table = demo.get("/reports/groups.csv?by=provision").data.decode("utf-8-sig")
    body = text_of(demo, "/reports?by=provision").partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [plain(row).split()[1:] for row in body.split("</tr>") if plain(row)]
    assert rows == [row[2:] for row in list(csv.reader(io.StringIO(table)))[1:]]


def test_the_records_come_in_again_as_they_went_out(demo: FlaskClient) -> None:
    content = demo.get("/reports/records.nt").data
    batch = read_sources([Source("records.nt", content)], model=load_model())
    assert [str(fault) for fault in batch.errors] == []
    assert batch.counts() == {"units": 65, "persons": 85, "records": 753}


def test_a_run_that_cannot_be_made_says_why(demo: FlaskClient) -> None:
    answer = demo.get("/reports?as_of=never")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert demo.get("/reports/groups.csv?as_of=never").status_code == 400


def test_without_records_the_page_offers_what_needs_none(empty: FlaskClient) -> None:
    text = text_of(empty, "/reports")
    assert "/findings/report." not in text
    assert "/downloads/template.xlsx" in text
    assert "还没有导入记录" in text
    assert empty.get("/reports/records.nt").status_code == 404
