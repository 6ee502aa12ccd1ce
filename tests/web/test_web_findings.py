"""The findings pages: counts, filters, evidence, the day and the settings that are asked for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shown import plain, text_of

from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.compliance.settings import Settings
from dutygraph.records.history import record_graphs
from dutygraph.regulations.prepared import open_directory, open_regulations, prepared_graphs
from dutygraph.reports.exports import exports
from webapp.runs import Run

STATUSES = ("violation", "review", "advisory", "due_soon")


@pytest.fixture(scope="module")
def report(demo_store: Path) -> Report:
    """Give the core's own report for the run that the page shows unless asked for another."""
    store = open_directory(demo_store)
    return Checker(store, "hebei").check(
        [store.graph(name) for name in record_graphs(store)],
        Question(dt.date(2014, 12, 10), 2014),
    )


def cards(html: str) -> list[str]:
    return re.findall(r'<article class="finding.*?</article>', html, re.DOTALL)


def test_the_page_counts_what_the_core_counts(demo: FlaskClient, report: Report) -> None:
    text = text_of(demo, "/findings")
    rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", text, re.DOTALL)
    shown = [[int(n) for n in re.findall(r'class="figure[^>]*>(\d+)<', row)] for row in rows]
    counted = [
        [one.looked_at, one.met, one.breached, one.not_due, one.unknown] if one.looked_at else []
        for one in report.checks
    ]
    assert sorted(shown) == sorted(counted)


def test_a_check_that_looked_at_nothing_says_so(
    import_files: Callable[..., Path], make_site: Callable[..., Flask], tmp_path: Path
) -> None:
    alone = tmp_path / "alone.json"
    alone.write_text(
        '{"units": [{"id": "g", "name": "示例考核组", "kind": "考核组", "level": "县级"}],'
        ' "persons": [], "records": []}',
        encoding="utf-8",
    )
    site = make_site(import_files(tmp_path / "store", alone), AS_OF="2014-12-10")
    text = text_of(site.test_client(), "/findings")
    assert "没有可检查的对象" in text


def test_every_finding_is_on_the_page_with_its_words_and_its_evidence(
    demo: FlaskClient, report: Report
) -> None:
    found = [plain(card) for card in cards(text_of(demo, "/findings"))]
    assert len(found) == len(report.findings) > 0
    for finding in report.findings:
        fitting = [
            card
            for card in found
            if all(line in card for line in finding.message_zh.splitlines())
            and finding.subject_name in card
        ]
        assert fitting, finding
        for proof in finding.evidence:
            assert f"第 {proof['row']} 行" in fitting[0]
            assert str(proof["record"]) in fitting[0]
        for norm in finding.norms:
            assert norm in fitting[0]


@pytest.mark.parametrize("status", STATUSES)
def test_findings_are_narrowed_to_a_status(demo: FlaskClient, report: Report, status: str) -> None:
    found = cards(text_of(demo, f"/findings?status={status}"))
    assert len(found) == sum(one.status == status for one in report.findings)
    assert all(f'class="finding status-{status}"' in card for card in found)


def test_findings_are_narrowed_to_a_provision_a_unit_and_words(
    demo: FlaskClient, report: Report
) -> None:
    first = report.findings[0]
    of_provision = [one for one in report.findings if one.provision == first.provision]
    of_unit = [one for one in report.findings if one.subject == first.subject]
    named = [one for one in report.findings if "住房和城乡建设" in one.subject_name]
    assert len(cards(text_of(demo, f"/findings?provision={first.provision}"))) == len(of_provision)
    assert len(cards(text_of(demo, f"/findings?unit={first.subject}"))) == len(of_unit)
    assert len(cards(text_of(demo, "/findings?q=住房和城乡建设"))) == len(named) > 0
    assert "没有符合条件的发现" in text_of(demo, "/findings?q=没有这样的字")


def test_a_status_is_known_by_its_mark_and_its_words_not_by_its_colour(demo: FlaskClient) -> None:
    text = text_of(demo, "/findings")
    marks = dict(
        re.findall(
            r'class="status status-(\w+)"><span aria-hidden="true">(.)</span> [^<]+</span>', text
        )
    )
    assert set(marks) == set(STATUSES)
    assert len(set(marks.values())) == len(STATUSES)


def test_the_day_is_that_of_the_latest_record_unless_another_is_set(
    demo_store: Path, make_site: Callable[..., Flask]
) -> None:
    text = text_of(make_site(demo_store).test_client(), "/findings")
    latest = re.search(r"截至 (\d{4}-\d\d-\d\d)", plain(text))
    assert latest
    assert dt.date(2014, 6, 1) < dt.date.fromisoformat(latest[1]) < dt.date(2014, 12, 31)
    set_otherwise = make_site(demo_store, AS_OF=dt.date(2013, 6, 30), YEAR=2012).test_client()
    assert "2012 年度检查，截至 2013-06-30" in plain(text_of(set_otherwise, "/findings"))


def test_another_day_gives_another_year_and_other_findings(demo: FlaskClient) -> None:
    text = text_of(demo, "/findings?as_of=2013-03-10")
    assert "2013 年度检查，截至 2013-03-10" in plain(text)
    assert cards(text) != cards(text_of(demo, "/findings"))


def test_a_setting_changes_the_outcome_and_goes_along_to_the_unit(demo: FlaskClient) -> None:
    query = "set.reference_units=violation"
    usual, changed = text_of(demo, "/findings"), text_of(demo, f"/findings?{query}")
    assert len(re.findall('class="finding status-advisory"', usual)) > 0
    assert len(re.findall('class="finding status-advisory"', changed)) == 0
    assert re.search(rf'href="/units/[^"?]+\?{re.escape(query)}"', changed)


def test_an_address_holds_only_what_differs_from_the_usual(demo: FlaskClient) -> None:
    answer = demo.get(
        "/findings?as_of=2014-12-10&year=2014&set.joint_addressee=all&set.due_soon_days=10"
        "&status=&provision=&unit=&q="
    )
    assert answer.status_code == 303
    assert answer.location == "/findings?set.due_soon_days=10"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=yesterday", "“yesterday”不是日期"),
        ("as_of=2014-02-30", "“2014-02-30”不是日期"),
        ("as_of=0001-01-01", "“0001-01-01”不是日期"),
        ("as_of=9999-12-31", "“9999-12-31”不是日期"),
        ("as_of=20141210", "“20141210”不是日期"),
        ("year=9999", "“9999”不是年份"),
        ("year=12", "“12”不是年份"),
        ("year=99999999999999999999", "不是年份"),
        ("set.nothing=1", "没有名为 nothing 的设置"),
        ("set.due_soon_days=many", "due_soon_days"),
        ("set.joint_addressee=<script>", "&lt;script&gt;"),
    ],
)
@pytest.mark.parametrize("address", ["/findings", "/units", "/units/qh-xianwei"])
def test_a_question_that_cannot_be_asked_says_why_and_shows_the_usual_run(
    demo: FlaskClient, address: str, query: str, said: str
) -> None:
    answer = demo.get(f"{address}?{query}")
    assert answer.status_code == 400
    alert = re.search(r'role="alert">([^<]+)<', answer.text)
    assert alert
    assert said in alert[1]
    assert "<script>" not in answer.text


def test_without_records_the_page_says_how_to_get_some(empty: FlaskClient) -> None:
    for address in ("/findings", "/units"):
        text = text_of(empty, address)
        assert "dutygraph demo" in text
        assert "dutygraph import" in text
    assert "已导入的数据" not in text_of(empty, "/")


def test_a_unit_s_page_shows_its_facts_its_findings_and_its_records(
    demo: FlaskClient, report: Report
) -> None:
    subject = next(one.subject for one in report.findings if one.status == "violation")
    own = [one for one in report.findings if one.subject == subject]
    text = text_of(demo, f"/units/{subject}")
    assert len(cards(text)) >= len(own)
    said = plain(text)
    for finding in own:
        assert finding.message_zh.splitlines()[0] in said
    dates = re.findall(r'<time datetime="([^"]+)"', text.partition('id="records"')[2])
    assert dates == sorted(dates, reverse=True)
    assert len(dates) > 5
    assert len(re.findall(r"records\.json · records · 第 \d+ 行", text)) >= len(dates)
    assert 'href="/units/' in text.partition('class="trail"')[2].partition("</p>")[0]


def test_units_stand_in_the_order_of_the_tree(demo: FlaskClient) -> None:
    text = text_of(demo, "/units?view=list")
    rows = re.findall(r'<tr class="depth-(\d)">\s*<th scope="row"><a href="/units/([^"]+)"', text)
    assert len(rows) == 65
    assert rows[0] == ("0", "yt-shiwei")
    places = [unit for _, unit in rows]
    assert places.index("qh-xianwei") < places.index("qh-xingtang")
    depths = [int(depth) for depth, _ in rows]
    assert all(after <= before + 1 for before, after in pairwise(depths))


def test_units_are_narrowed_to_a_level_and_to_words(demo: FlaskClient) -> None:
    county = text_of(demo, "/units?level=County")
    assert "青禾县委" in county
    assert "云棠市委<" not in county.partition("<tbody>")[2]
    assert "松月县教育局" in text_of(demo, "/units?q=松月县教育局")
    assert "没有符合条件的单位" in text_of(demo, "/units?q=没有")


def test_the_page_leads_to_every_form_of_what_it_shows(demo: FlaskClient) -> None:
    text = text_of(demo, "/findings?status=violation&provision=art20")
    links = re.findall(r'href="(/findings/report\.(\w+)\?([^"]+))"', text)
    assert sorted(form for _, form, _ in links) == sorted(exports())
    assert {unescape(query) for _, _, query in links} == {"status=violation&provision=art20"}
    for address, form, _ in links:
        answer = demo.get(unescape(address))
        assert answer.status_code == 200, form
        assert answer.data


def test_a_file_holds_the_findings_that_the_page_shows_and_counts_whom_they_are_about(
    demo: FlaskClient, report: Report
) -> None:
    subject = next(one.subject for one in report.findings if one.provision == "art20")
    told = demo.get(f"/findings/report.json?unit={subject}&provision=art20").json
    assert told["asked"]["unit"] == subject
    assert [one["provision"] for one in told["checks"]] == ["art20"]
    assert told["checks"][0]["looked_at"] == 1
    assert {(one["subject"], one["provision"]) for one in told["findings"]} == {(subject, "art20")}


def test_the_files_are_kept_and_the_printable_page_is_shown(demo: FlaskClient) -> None:
    kept = demo.get("/findings/report.junit").headers["Content-Disposition"]
    assert kept == 'attachment; filename="findings-2014-12-10.xml"'
    printable = demo.get("/findings/report.html?set.reference_units=violation")
    assert "Content-Disposition" not in printable.headers
    assert "default-src 'none'" in printable.headers["Content-Security-Policy"]
    assert "<script" not in printable.text


def test_a_report_that_cannot_be_asked_for_says_why(demo: FlaskClient, empty: FlaskClient) -> None:
    assert demo.get("/findings/report.pdf").status_code == 404
    assert "report.xlsx" in demo.get("/findings/report.pdf").text
    refused = demo.get("/findings/report.xlsx?set.nothing=1")
    assert refused.status_code == 400
    assert "没有名为 nothing 的设置" in refused.text
    assert "还没有导入记录" in empty.get("/findings/report.xlsx").text


def test_a_card_says_how_late_on_which_readings_and_what_it_may_be(
    demo: FlaskClient, report: Report
) -> None:
    text = plain(text_of(demo, "/findings?status=violation"))
    late = next(one for one in report.findings if one.status == "violation" and one.days_late)
    assert f"期限 {late.due} ， 逾期 {late.days_late} 天" in text.replace("，逾期", " ， 逾期")
    assert late.readings[0]["reading"] in text
    assert late.consequences[0]["quote"] in text
    assert "由有权机关认定" in text


def test_every_setting_that_a_check_has_can_be_set_in_an_address(demo: FlaskClient) -> None:
    text = text_of(demo, "/findings")
    known = Settings.of(open_regulations(), prepared_graphs(), ()).known
    assert set(re.findall(r'name="set\.(\w+)"', text)) == set(known)
    examples = {"Days": "7", "Window": "05-10..08-10", "DateValue": "2011-12-24"}
    for key, setting in known.items():
        others = [one for one in setting.choices if one != setting.default]
        for value in others or [examples.get(setting.value_type)]:
            # Of special_meeting_rule there is one choice only, which is the default.
            if value is not None:
                run = Run.asked({f"set.{key}": value}, known, dt.date(2014, 12, 10), None)
                assert run.assignments == ((key, value),)
