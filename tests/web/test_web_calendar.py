"""The calendar page: month by month what the core says, for a unit or everybody, and its files."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape
from pathlib import Path

import icalendar
import pytest
from flask.testing import FlaskClient
from shown import plain, text_of

from dutygraph.compliance.calendar import STATE_WORDS, Calendar
from dutygraph.compliance.planning import Planner
from dutygraph.records.history import record_graphs
from dutygraph.regulations.prepared import open_directory

UNIT = "qh-xingtang"


@pytest.fixture(scope="module")
def calendar(demo_store: Path) -> Calendar:
    store = open_directory(demo_store)
    records = [store.graph(name) for name in record_graphs(store)]
    return Planner(store, "hebei").plan(records, dt.date(2014, 12, 10), 2014).of(UNIT)


def rows(html: str) -> list[str]:
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    return [row for body in bodies for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)]


def test_every_duty_of_the_unit_is_a_row_in_the_month_of_its_last_day(
    demo: FlaskClient, calendar: Calendar
) -> None:
    text = text_of(demo, f"/calendar?unit={UNIT}")
    found = [plain(row) for row in rows(text)]
    entries = [*calendar.dated, *calendar.undated]
    assert len(found) == len(entries)
    for row, entry in zip(found, entries, strict=True):
        assert entry.action_zh in row
        assert entry.quote in row
        assert entry.norm in row
        assert STATE_WORDS[entry.status or ""][0] in row
        assert entry.due is None or entry.due.isoformat() in row
        for named in (*entry.to, *entry.proof):
            assert named.zh in row
    months = re.findall(r'<h2 id="month-([\d-]+)">', text)
    assert months == sorted({str(entry.due)[:7] for entry in calendar.dated})


def test_without_a_unit_it_is_what_is_due_for_everybody(demo: FlaskClient) -> None:
    text = text_of(demo, "/calendar")
    assert "责任日历" in text
    assert 'name="unit"' in text
    said = plain(text)
    assert "每半年向上级纪检监察机关报告有关责任追究的实施情况" in said
    assert not any(mark in said for mark in ("■ 逾期", "✓ 已办"))


def test_a_unit_is_found_by_its_name_too(demo: FlaskClient) -> None:
    answer = demo.get("/calendar", query_string={"unit": "青禾县杏塘乡党委"})
    assert answer.status_code == 303
    assert answer.location == f"/calendar?unit={UNIT}"


def test_the_unit_s_page_and_the_navigation_lead_to_it(demo: FlaskClient) -> None:
    assert f'href="/calendar?unit={UNIT}"' in text_of(demo, f"/units/{UNIT}")
    assert '<a href="/calendar" aria-current="page">' in text_of(demo, "/calendar")
    assert '<a href="/calendar">' in text_of(demo, "/")


def test_the_calendar_file_has_an_event_for_each_dated_row(
    demo: FlaskClient, calendar: Calendar
) -> None:
    text = text_of(demo, f"/calendar?unit={UNIT}")
    (address,) = re.findall(r'href="(/calendar\.ics[^"]*)"', text)
    answer = demo.get(unescape(address))
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert f'filename="calendar-{UNIT}-2014.ics"' in answer.headers["Content-Disposition"]
    events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert len(events) == len(calendar.dated)


def test_the_json_is_that_of_the_core(demo: FlaskClient, calendar: Calendar) -> None:
    answer = demo.get(f"/calendar.json?unit={UNIT}")
    assert answer.content_type == "application/json"
    assert json.loads(answer.data) == calendar.to_json()


def test_the_day_the_year_and_a_setting_go_along_to_the_files(demo: FlaskClient) -> None:
    query = "as_of=2014-03-10&set.reminder_first_days=10"
    text = text_of(demo, f"/calendar?unit={UNIT}&{query}")
    assert "临期" in plain(text)
    (address,) = re.findall(r'href="(/calendar\.ics[^"]*)"', text)
    content = demo.get(unescape(address)).text
    assert "TRIGGER:-P10D" in content
    assert "DTSTAMP:20140310T000000Z" in content


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("unit=nobody", 404, "没有编号或者名称为“nobody”的单位"),
        ("unit=<script>", 404, "&lt;script&gt;"),
        ("year=12", 400, "“12”不是年份"),
        ("as_of=never", 400, "“never”不是日期"),
        ("set.nothing=1", 400, "没有名为 nothing 的设置"),
    ],
)
def test_what_cannot_be_asked_says_why(
    demo: FlaskClient, query: str, status: int, said: str
) -> None:
    answer = demo.get(f"/calendar?{query}")
    assert answer.status_code == status
    alert = re.search(r'role="alert">([^<]+)<', answer.text)
    assert alert
    assert said in alert[1]
    for form in ("ics", "json"):
        assert demo.get(f"/calendar.{form}?{query}").status_code == status


def test_there_is_no_other_form(demo: FlaskClient) -> None:
    answer = demo.get("/calendar.pdf")
    assert answer.status_code == 404
    assert "ics" in answer.text


def test_without_records_the_general_calendar_is_there(empty: FlaskClient) -> None:
    text = text_of(empty, "/calendar?year=2014")
    assert "2014年3月" in text
    assert 'name="unit"' not in text
    assert empty.get("/calendar?unit=qh-xianwei").status_code == 404


def test_before_the_measures_were_in_force_the_page_says_so(demo: FlaskClient) -> None:
    said = plain(text_of(demo, f"/calendar?unit={UNIT}&as_of=2011-06-01"))
    assert "没有应当履行的责任" in said


def test_in_english_the_page_is_english_and_what_stays_chinese_is_marked(
    demo: FlaskClient,
) -> None:
    demo.set_cookie("lang", "en")
    for address in ("/calendar", f"/calendar?unit={UNIT}"):
        text = text_of(demo, address).partition("<main")[2].partition("</main>")[0]
        assert "March 2014" in text
        unmarked = re.sub(r'<(\w+)[^>]*lang="zh".*?</\1>', "", text, flags=re.DOTALL)
        unmarked = re.sub(r"<datalist.*?</datalist>", "", unmarked, flags=re.DOTALL)
        words = plain(unmarked)
        assert not re.findall(r"[\u4e00-\u9fff]+", words), address
