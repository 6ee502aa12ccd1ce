"""Neighbours of a complete year: what each record is needed for, and where dates have an edge."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cache

from dutygraph.fiction.neighbours import AS_OF, Shift, absences, shifts
from dutygraph.fiction.province import Province, province

AFTERWARDS = dt.date(2016, 12, 31)
# Kind of record → what is found without it, as provision and code.
NEEDED = {
    "责任分解": {("art11", "MISSING")},
    "动员部署": {("art11", "MISSING")},
    "责任分解备案": {("art11", "MISSING")},
    "领导小组成立": {("art12.para1", "MISSING"), ("art12.para2", "MISSING")},
    "检查制度": {("art15.para1", "MISSING")},
    "考核制度": {("art21", "MISSING")},
    "结果运用制度": {("art28", "MISSING")},
    "实施细则": {("art41", "MISSING")},
    "专题党委常委会议": {("art6.item1", "MISSING")},
    "专题党组会议": {("art6.item1", "MISSING")},
    "政府廉政工作会议": {("art6.item1", "MISSING")},
    "年中专题会议": {("art16", "MISSING")},
    "责任制年度报告": {("art20", "MISSING")},
    "立法协调": {("art8.item1", "MISSING")},
    "转办": {("art8.item1", "MISSING")},
    "答复代表": {("art8.item1", "MISSING")},
    "违纪违法情况报告": {("art9.item3", "MISSING")},
    "落实计划": {("art13.item1", "MISSING")},
    "落实计划备案": {("art13.item1", "MISSING")},
    "提供情况": {("art14.item2", "MISSING")},
    "纠正建议": {("art15.item4", "MISSING")},
    "责成谈话": {("art15.item4", "MISSING")},
    "谈话": {("art15.item4", "MISSING")},
    # Without the problem that they refer to, talk and report no longer answer the order.
    "检查发现问题": {("art15.item4", "MISSING")},
    "纠正情况报告": {("art15.item4", "MISSING"), ("art26.item2", "MISSING")},
    "严重问题报告": {("art26.item2", "MISSING")},
    "责任制考核": {("art24", "MISSING")},
    "考核反馈": {("art26.item3", "MISSING")},
    "考核汇报": {("art26.item3", "MISSING")},
    "责任追究决定": {
        ("art37", "IMPROPER_EXEMPTION"),
        *((f"art29.item{number}", "NOT_PURSUED") for number in range(1, 8)),
    },
    "责任追究半年报告": {("art40", "MISSING")},
}


@cache
def _made() -> Province:
    return province(65, 1, (2012, 2013, 2014), with_centre=True)


@cache
def _kinds() -> dict[str, str]:
    return {row["id"]: row["kind"] for row in _made().records()}


@cache
def _shifts() -> tuple[Shift, ...]:
    return tuple(each for year in (2013, 2014) for each in shifts(_made(), year))


def test_a_record_is_missed_in_the_check_that_asks_for_it() -> None:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for year in (2013, 2014):
        for absence in absences(_made(), AFTERWARDS, year):
            found[_kinds()[absence.record]] |= {finding[:2] for finding in absence.findings}
    assert found == NEEDED


def _edges(kind: str, key: str) -> set[tuple[str, str, frozenset[str], frozenset[str]]]:
    return {
        (
            shift.good.day[5:],
            shift.bad.day[5:],
            frozenset(f"{finding[1]} {finding[2]}" for finding in shift.good.findings),
            frozenset(f"{finding[1]} {finding[2]}" for finding in shift.bad.findings),
        )
        for shift in _shifts()
        if _kinds()[shift.record] == kind
        and shift.key == key
        # Statuses are clearest where no department or body by reference softens them.
        and any(slug in shift.record for slug in ("-dangwei-", "-jiwei-"))
    }


def test_a_breakdown_is_late_from_1_april() -> None:
    assert _edges("责任分解", "date") == {
        ("03-31", "04-01", frozenset(), frozenset({"LATE violation"}))
    }


def test_a_breakdown_is_due_soon_from_1_march_and_missing_from_1_april() -> None:
    soon, missing = frozenset({"DUE_SOON due_soon"}), frozenset({"MISSING violation"})
    assert _edges("责任分解", AS_OF) == {
        ("02-28", "03-01", frozenset(), soon),
        ("03-31", "04-01", soon, missing),
    }


def test_a_mid_year_meeting_is_open_outside_june_and_july_and_wrong_outside_may_to_august() -> None:
    review = frozenset({"OUT_OF_WINDOW review"})
    breach = frozenset({"OUT_OF_WINDOW violation"})
    assert _edges("年中专题会议", "date") == {
        ("06-01", "05-31", frozenset(), review),
        ("07-31", "08-01", frozenset(), review),
        ("05-01", "04-30", review, breach),
        ("08-31", "09-01", review, breach),
    }


def test_an_annual_report_belongs_into_the_first_quarter() -> None:
    assert _edges("责任制年度报告", "date") == {
        ("01-01", "12-31", frozenset(), frozenset({"OUT_OF_WINDOW review"})),
        ("03-31", "04-01", frozenset(), frozenset({"LATE violation"})),
    }


def test_a_half_year_report_is_due_soon_until_31_days_have_passed_and_then_missing() -> None:
    soon, missing = frozenset({"DUE_SOON due_soon"}), frozenset({"MISSING violation"})
    assert _edges("责任追究半年报告", AS_OF) == {
        ("07-31", "08-01", soon, missing),
        ("01-31", "02-01", soon, missing),
    }


def test_an_assessment_is_missing_90_days_after_its_year() -> None:
    assert _edges("责任制考核", AS_OF) == {
        ("03-31", "04-01", frozenset(), frozenset({"MISSING violation"}))
    }


def test_posts_are_free_on_the_anniversary_and_barred_the_day_before() -> None:
    codes = {
        finding[1]
        for shift in _shifts()
        if _kinds()[shift.record] == "任职" and not shift.good.findings
        for finding in shift.bad.findings
    }
    assert codes == {"EARLY_REAPPOINTMENT", "EARLY_PROMOTION"}
