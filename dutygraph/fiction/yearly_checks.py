"""What the yearly checks must find, worked out from the text and its readings by hand.

- Article 6 (1), A11, A41: one dedicated meeting in the calendar year, of a local Party committee
  its standing committee's, of a government its own, of a Party group the group's. MISSING after
  31 December. Only undedicated ones: NOT_DEDICATED, for review.
- Article 11, A02, A03, A38: by 31 March the breakdown, as a Party document that covers all three,
  and the mobilisation; filed with both next-higher bodies, for which there is no date of its own,
  so that it is missing once the quarter is over.
- Article 16, A04, A44: county level and above, a meeting from 1 June to 31 July, with members'
  reports; from 1 May or until 31 August it is for review, beyond that a violation. Reports made
  beyond count only where no other meeting was held.
- Article 20, A05, A39, A40: in the first quarter a report of its own on the year before, to both
  next-higher bodies. A superior founded only after the quarter is none that it could have gone to.
- Article 13 (1), A19: a lead unit's plan has all six elements and is filed with the office, by
  year's end.
- Article 24, A24: the leading group a level above has every unit assessed for the year, at the
  latest 90 days after it.
- Article 40, A10, A37: a report for each half-year to a superior discipline organ; due soon for 31
  days after the half, then missing until it is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dutygraph.fiction.addressees import addressees, reaching, unknown_superior, unreached
from dutygraph.fiction.drawing import Row, later
from dutygraph.fiction.evidence import IN_FORCE, Evidence, Line, alive, chinese
from dutygraph.fiction.roster import DEPARTMENTS, GROUPS, PARTY_BODIES

_MEETING_OF: Final = {
    "地方党委": "专题党委常委会议",
    "政府": "政府廉政工作会议",
    **dict.fromkeys(GROUPS, "专题党组会议"),
}
_SCOPES: Final = ("领导班子", "领导干部", "有关部门")
_ELEMENTS: Final = ("责任领导", "责任部门", "责任人员", "具体目标", "工作措施", "完成时限")
_PARTY_FORM: Final = "党委（党组）文件"
_ASSESSMENT_GRACE: Final = 90
_HALF_YEAR_GRACE: Final = 31


def check_unit(here: Evidence, unit: Row) -> None:
    """Run all yearly checks of one unit."""
    for check in (_article_6, _article_11, _article_16, _article_20, _article_24, _article_40):
        check(here, unit)


def _article_6(here: Evidence, unit: Row) -> None:
    key, name, year = "art6.item1", unit["id"], here.year
    kind = _MEETING_OF.get(unit["kind"])
    opens, due = f"{year}-01-01", f"{year}-12-31"
    if kind is None or due < IN_FORCE or not alive(unit, due, due):
        return
    here.look_at(key, name)
    held = [row for row in here.by_unit(name, kind) if opens <= row["date"]]
    if here.as_of <= due:
        if all(row.get("dedicated") is False for row in held):
            here.pending(key, name, due, f"{year}年还没有召开{kind}")
        return
    held = [row for row in held if row["date"] <= due]
    said = [row.get("dedicated") for row in held]
    if not held:
        here.find(key, "MISSING", name, f"{year}年没有召开{kind}的记录")
    elif True in said:
        return
    elif None in said:
        here.find(key, "UNVERIFIABLE", name, f"{year}年的{kind}没有登记是否专题")
    else:
        why = f"{year}年的{kind}都不是专题会议，是否算数由人工判断"
        here.find(key, "NOT_DEDICATED", name, why, status="review")


def _article_11(here: Evidence, unit: Row) -> None:
    key, name, year = "art11", unit["id"], here.year
    due = f"{year}-03-31"
    if unit["kind"] not in (*PARTY_BODIES, *DEPARTMENTS) or due < IN_FORCE:
        return
    files = alive(unit, here.as_of, here.as_of)
    if not alive(unit, due, due):
        return
    here.look_at(key, name)
    issued = here.of_year(name, "责任分解", year)
    held = here.of_year(name, "动员部署", year)
    filed = here.of_year(name, "责任分解备案", year)
    if here.as_of <= due:
        _article_11_ahead(here, unit, issued, held, filed, due)
        return
    for rows, what in ((issued, "印发责任分解"), (held, "动员部署")):
        if not rows:
            here.find(key, "MISSING", name, f"{year}年没有{what}的记录")
        elif all(row["date"] > due for row in rows):
            first = min(row["date"] for row in rows)
            here.find(key, "LATE", name, f"{chinese(first)}才{what}，已过第一季度")
    _breakdown_content(here, name, issued, due)
    if files:
        _filing(here, unit, filed)


def _article_11_ahead(
    here: Evidence, unit: Row, issued: list[Row], held: list[Row], filed: list[Row], due: str
) -> None:
    key, name = "art11", unit["id"]
    proper = [row for row in issued if row.get("form", _PARTY_FORM) == _PARTY_FORM]
    covered = {scope for row in issued for scope in row.get("covers") or _SCOPES}
    if not proper or not covered.issuperset(_SCOPES):
        here.pending(key, name, due, f"{here.year}年责任分解还没有印发")
    if not held:
        here.pending(key, name, due, f"{here.year}年还没有动员部署")
    lacking = unreached(here, unit, filed, due)
    if alive(unit, here.as_of, here.as_of) and lacking:
        soon = here.assumed.filing_deadline_art11 == "q1_end"
        here.pending(key, name, due, f"{here.year}年责任分解还没有备案", soon=soon)


def _breakdown_content(here: Evidence, name: str, issued: list[Row], due: str) -> None:
    """Look at the form and the scope of the breakdowns; one in time is not mended later."""
    key, year = "art11", here.year
    in_time = [row for row in issued if row["date"] <= due]
    rows = in_time or issued
    if not rows:
        return
    forms = [row.get("form") for row in rows]
    if _PARTY_FORM not in forms:
        if None in forms:
            here.find(key, "UNVERIFIABLE", name, f"没有登记{year}年责任分解的文件形式")
        else:
            here.find(key, "WRONG_FORM", name, f"{year}年责任分解不是以党委（党组）文件印发")
    covered = {scope for row in rows for scope in row.get("covers", ())}
    lacking = [scope for scope in _SCOPES if scope not in covered]
    if lacking and all(row.get("covers") for row in rows):
        here.find(key, "INCOMPLETE_CONTENT", name, f"{year}年责任分解没有明确{'、'.join(lacking)}")
    elif lacking:
        here.find(key, "UNVERIFIABLE", name, f"没有登记{year}年责任分解明确了谁的职责")


def _filing(here: Evidence, unit: Row, filed: list[Row]) -> None:
    act, due = f"{here.year}年责任分解", f"{here.year}-03-31"
    lines = here.lines(unit, due)
    for line in lines:
        got = reaching(here, lines, line, filed)
        if not line.stood:
            if not got:
                unknown_superior(here, "art11", unit, line, filed, act)
        elif not filed:
            here.find("art11", "MISSING", unit["id"], f"{act}没有报{line.called}备案的记录")
        elif got:
            _filed_late(here, unit, line, filed, got)
        else:
            addressees(here, "art11", unit, lines, line, filed, act)


def _filed_late(here: Evidence, unit: Row, line: Line, filed: list[Row], got: list[Row]) -> None:
    """Look at when it was filed, where the filing is held to the quarter (A02, R2)."""
    due = f"{here.year}-03-31"
    held = here.assumed.filing_deadline_art11 == "q1_end"
    own = [row for row in filed if line.stood & set(row.get("to", ()))]
    if held and own and all(row["date"] > due for row in got):
        first = min(row["date"] for row in own)
        here.find("art11", "LATE", unit["id"], f"{chinese(first)}才报{line.called}备案")


def _article_16(here: Evidence, unit: Row) -> None:
    key, name, year = "art16", unit["id"], here.year
    (opens, due), (soft_opens, soft_due) = here.assumed.midyear(year)
    above = unit.get("level") in ("省级", "设区市级", "县级")
    local = here.assumed.midyear_party_group == "local_committees_only"
    bound = unit["kind"] == "地方党委" if local else unit["kind"] in PARTY_BODIES
    if not bound or not above or due < IN_FORCE or not alive(unit, due, due):
        return
    here.look_at(key, name)
    rows = here.of_year(name, "年中专题会议", year)
    days = [row["date"] for row in rows]
    outer = [day for day in days if soft_opens <= day <= soft_due]
    core = [day for day in days if opens <= day <= due]
    if outer and not core:
        why = f"{chinese(outer[0])}才开年中专题会议，不在核心窗口之内，是否算年中由人工判断"
        here.find(key, "OUT_OF_WINDOW", name, why, status="review")
    _members_reports(here, unit, rows, core, outer)
    if here.as_of <= due:
        hopeful = (
            row["date"] >= soft_opens and row.get("member_reports") is not False for row in rows
        )
        if not any(hopeful):
            here.pending(key, name, due, f"{year}年还没有召开年中专题会议")
        return
    status = "review" if here.as_of <= soft_due else "violation"
    if not rows:
        here.find(key, "MISSING", name, f"{year}年没有年中专题会议的记录", status=status)
        return
    if not outer:
        why = f"{chinese(days[0])}开的会不在年中"
        here.find(key, "OUT_OF_WINDOW", name, why, status=status)


def _members_reports(
    here: Evidence, unit: Row, rows: list[Row], core: list[str], outer: list[str]
) -> None:
    """Look at the reports made on the days of the windows; elsewhere only if there are none."""
    key, name, year = "art16", unit["id"], here.year
    at_core = [row.get("member_reports") for row in rows if row["date"] in core]
    reported = [row["date"] for row in rows if row.get("member_reports") and row["date"] in outer]
    if core and reported and all(each is False for each in at_core):
        why = f"核心窗口内的会议没有专题汇报，{chinese(reported[0])}的有，是否算年中由人工判断"
        here.find(key, "INCOMPLETE_CONTENT", name, why, status="review")
    (_, due), _ = here.assumed.midyear(year)
    if here.as_of <= due or not rows or True in at_core:
        return
    said = [row.get("member_reports") for row in rows if not outer or row["date"] in outer]
    if None in said and (outer or True not in said):
        here.find(key, "UNVERIFIABLE", name, f"{year}年年中会议没有登记班子成员是否汇报")
    if all(each is False for each in said):
        here.find(key, "INCOMPLETE_CONTENT", name, f"{year}年年中会议上班子成员没有专题汇报")


def _article_20(here: Evidence, unit: Row) -> None:
    key, name, year = "art20", unit["id"], here.year - 1
    opens, due = f"{here.year}-01-01", f"{here.year}-03-31"
    if unit["kind"] not in PARTY_BODIES or due < IN_FORCE:
        return
    if not alive(unit, f"{year}-12-31", due):
        return
    here.look_at(key, name)
    reports = here.by_unit(name, "责任制年度报告")
    rows = [row for row in reports if row.get("covers") == year]
    unclear = [row for row in reports if "covers" not in row and opens <= row["date"] <= due]
    lines, act = here.lines(unit, due), f"{year}年度报告"
    for line in lines:
        got = reaching(here, lines, line, rows)
        if any(line.stood & set(row.get("to", ())) for row in rows):
            _report_received(here, name, line.called, got, opens, due)
        if here.as_of <= due:
            skipped = not line.superiors and here.assumed.missing_upper_unit == "skip"
            proper = got if line.superiors else rows
            if not skipped and all(row.get("special") is False for row in proper):
                here.pending(key, name, due, f"还没有报送{year}年度责任制情况")
        elif not line.stood:
            if here.assumed.joint_addressee == "all" or not got:
                unknown_superior(here, key, unit, line, rows, act)
        elif not rows and unclear:
            here.find(
                key, "UNVERIFIABLE", name, f"没有登记所报告的年度，{year}年度是否报告无法核实"
            )
        elif not rows:
            here.find(key, "MISSING", name, f"没有向{line.called}报告{year}年度责任制情况的记录")
        elif not got:
            addressees(here, key, unit, lines, line, rows, act)


def _report_received(
    here: Evidence, name: str, called: str, got: list[Row], opens: str, due: str
) -> None:
    """Look at when and in which form a superior got the report."""
    key, days = "art20", [row["date"] for row in got]
    if min(days) > due:
        here.find(key, "LATE", name, f"{chinese(min(days))}才报{called}，已过第一季度")
    if min(days) < opens and not any(opens <= day <= due for day in days):
        why = f"{chinese(min(days))}已提前报{called}，不在第一季度，是否认可由人工判断"
        here.find(key, "OUT_OF_WINDOW", name, why, status="review")
    if here.as_of <= due:
        return
    said = [row.get("special") for row in got if row["date"] <= due] or [
        row.get("special") for row in got
    ]
    if True in said:
        return
    if None in said:
        here.find(key, "UNVERIFIABLE", name, f"没有登记报{called}的是否专题报告")
    else:
        here.find(key, "WRONG_FORM", name, f"报{called}的不是专题报告")


def _article_24(here: Evidence, unit: Row) -> None:
    key, group, year = "art24", unit.get("upper_lg"), here.year
    end = f"{year}-12-31"
    due = later(end, _ASSESSMENT_GRACE)
    if group is None or due < IN_FORCE or not alive(unit, end, end) or here.is_out(unit["id"]):
        return
    here.look_at(key, group)
    rows = [row for row in here.of_kind("责任制考核") if row.get("assessed") == unit["id"]]
    if any(row.get("assess_year") == year for row in rows):
        return
    if here.as_of <= due:
        here.pending(key, group, due, "", soon=False)
        return
    unclear = [row for row in rows if "assess_year" not in row and row["date"] >= f"{year}-01-01"]
    code = "UNVERIFIABLE" if unclear else "MISSING"
    why = f"对{unit['name']}{year}年度的考核" + ("没有登记考核年度" if unclear else "没有记录")
    here.find(key, code, group, why, involved=unit["id"])


def check_lead_units(here: Evidence) -> None:
    """Run the check of article 13 (1) on the lead units of the year."""
    leads = {
        task["lead"]
        for row in here.of_kind("任务分解意见")
        if int(row.get("year") or row["date"][:4]) == here.year
        for task in row.get("tasks", ())
        if "lead" in task
    }
    leads |= {
        row["unit"]
        for row in here.of_kind("落实计划")
        if int(row.get("year") or row["date"][:4]) == here.year
    }
    for unit in sorted(leads):
        _article_13(here, here.units[unit])


def _article_13(here: Evidence, unit: Row) -> None:
    key, name, year = "art13.item1", unit["id"], here.year
    plans, filed = (here.of_year(name, kind, year) for kind in ("落实计划", "落实计划备案"))
    elements = {element for row in plans for element in row.get("elements", ())}
    lacking = [element for element in _ELEMENTS if element not in elements]
    office, to = unit.get("office"), {each for row in filed for each in row.get("to", ())}
    here.look_at(key, name)
    if here.as_of <= f"{year}-12-31":
        if not plans or lacking or not office or office not in to:
            here.pending(key, name, None, "")
        return
    if not plans:
        here.find(key, "MISSING", name, f"{year}年没有落实计划的记录")
        return
    if lacking and any(not row.get("elements") for row in plans):
        here.find(key, "UNVERIFIABLE", name, f"没有登记{year}年落实计划的内容")
    elif lacking:
        here.find(key, "INCOMPLETE_CONTENT", name, f"{year}年落实计划缺{'、'.join(lacking)}")
    if not filed:
        here.find(key, "MISSING", name, f"{year}年落实计划没有备案的记录")
    elif not office or (office not in to and any(not row.get("to") for row in filed)):
        here.find(key, "UNVERIFIABLE", name, f"没有登记{year}年落实计划报给谁备案")
    elif office not in to:
        here.find(key, "WRONG_ADDRESSEE", name, f"{year}年落实计划没有报领导小组办公室备案")


def _article_40(here: Evidence, unit: Row) -> None:
    name = unit["id"]
    if unit["kind"] != "纪检监察机关" or not here.lines(unit, here.as_of)[1].superiors:
        return
    superiors = here.above(name, 1)
    rows = here.by_unit(name, "责任追究半年报告")
    for half, end in (("H1", f"{here.year}-06-30"), ("H2", f"{here.year}-12-31")):
        if end >= IN_FORCE and alive(unit, end, end):
            _half_year(here, name, superiors, rows, f"{here.year}{half}", end)


def _half_year(
    here: Evidence, name: str, superiors: set[str], rows: Iterable[Row], period: str, end: str
) -> None:
    key = "art40"
    here.look_at(key, name)
    made = [row for row in rows if row.get("period") == period]
    if any(superiors & set(row.get("to", ())) for row in made):
        return
    due = later(end, _HALF_YEAR_GRACE)
    if here.as_of <= due:
        why = f"还没有报{period}责任追究情况"
        here.pending(key, name, due, why, soon_from=later(end, 1))
    elif any(not row.get("to") for row in made):
        here.find(key, "UNVERIFIABLE", name, f"{period}责任追究情况没有登记报给谁")
    elif made:
        here.find(key, "WRONG_ADDRESSEE", name, f"{period}责任追究情况没有报上级纪检监察机关")
    elif any("period" not in row for row in rows):
        here.find(key, "UNVERIFIABLE", name, f"的半年报告没有登记期间，{period}是否报告无法核实")
    else:
        here.find(key, "MISSING", name, f"没有报{period}责任追究情况的记录")
