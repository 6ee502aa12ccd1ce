"""What the checks of acts in turn must find: reports, inspections, assessments, requests.

They look at all cases from the day the regulation was in force, whatever the year; what the text
asks for at once is only asked whether it is there (A52). A limit's last day is in time.

- Article 8 (1), A12: a congress with legislative power coordinates legislation every year; every
  deputy's proposal is passed on and answered by year's end.
- Article 9 (3), A37: a member's misconduct is reported to a higher Party body and to a higher
  discipline body; the principal head in post on the day answers for it.
- Article 12 (2), A18: an implemented division of tasks has its committee's approval and, of a local
  committee, the government's.
- Article 14 (2): whoever is asked for information gives it by the limit; later mends it.
- Article 15 (4), A20: a problem of the same-level committee brings an advice; one of a lower
  body's member an order to talk, and the unit ordered talks and reports within the limit.
- Articles 17, 18, 19: the plenary's report, the cadre's yearly file, the tour's report cover it.
- Article 22: the group a level above assesses, led by a Party member and leading cadre.
- Article 26 (2), A25: an ordinary problem's correction is reported to team or office in time; a
  serious one goes to the Party committee and the discipline commission, both.
- Article 26 (3): feedback to the assessed, a briefing to the group that assessed.
- Article 27: a grade is one of four.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from dutygraph.fiction.drawing import Row
from dutygraph.fiction.evidence import Evidence, chinese, year_of
from dutygraph.fiction.roster import PARTY_BODIES

_ABOVE: Final = ("上级党委", "上级纪委")
_GRADES: Final = ("优秀", "较好", "一般", "较差")
_CONTENTS: Final = ("民主生活会", "述职述廉", "评议")
_TOPIC: Final = "责任制执行情况"


def check_cases(here: Evidence) -> None:
    """Run all these checks on the records of a place."""
    for proposal in here.cases("代表意见建议"):
        _article_8_proposal(here, proposal)
    for case in here.cases("班子成员违纪违法"):
        _article_9(here, case)
    for row in here.cases("任务分解意见"):
        if here.happened(row, "implemented"):
            _article_12_approval(here, row)
    for row in here.cases("提供情况要求"):
        for unit in row.get("to", ()):
            _article_14(here, row, unit)
    for row in here.cases("检查发现问题"):
        _article_15_problem(here, row)
    for row in here.cases("责成谈话"):
        if "ordered" in row:
            _article_15_order(here, row)
    _topics(here)
    _cadre_files(here)
    for row in here.cases("责任制考核"):
        if not here.is_out(row.get("assessed")):
            _assessment(here, row)
    for row in here.cases("考核发现问题"):
        if not here.is_out(row.get("assessed")):
            _assessment_problem(here, row)


def check_congress(here: Evidence, unit: Row) -> None:
    """Run the yearly part of the check of article 8 (1) on a congress's Party group."""
    power, key, name = unit.get("legislative_power"), "art8.item1", unit["id"]
    if unit["kind"] != "人大机关党组" or power is False:
        return
    here.look_at(key, name)
    if here.of_year(name, "立法协调", here.year):
        return
    if here.as_of <= f"{here.year}-12-31":
        here.pending(key, name, None, "")
    elif power is None:
        here.find(key, "UNVERIFIABLE", name, "没有登记是否享有地方立法权")
    else:
        here.find(key, "MISSING", name, f"{here.year}年没有立法协调的记录")


def _article_8_proposal(here: Evidence, row: Row) -> None:
    key, name, year = "art8.item1", row["unit"], year_of(row)
    here.look_at(key, name)
    lacking = [
        kind
        for kind, rows in (
            ("转办", [act for act in here.about(row["id"], "转办") if act["unit"] == name]),
            ("答复代表", here.about(row["id"], "答复代表")),
        )
        if not rows
    ]
    if lacking and here.as_of <= f"{year}-12-31":
        here.pending(key, name, None, "")
    elif lacking:
        why = f"{year}年的代表意见建议没有{'、'.join(lacking)}的记录"
        here.find(key, "MISSING", name, why, year=year)


def _article_9(here: Evidence, case: Row) -> None:
    key, unit, year = "art9.item3", case["unit"], year_of(case)
    heads = here.heads(unit, case["date"])
    if not heads:
        here.find(key, "UNVERIFIABLE", unit, "没有登记当时的主要负责人", year=year)
        return
    reports = [
        row for row in here.about(case["id"], "违纪违法情况报告") if row.get("unit", unit) == unit
    ]
    for head in heads:
        here.look_at(key, head)
        _reported_upwards(here, case, head, reports)


def _reported_upwards(here: Evidence, case: Row, head: str, reports: list[Row]) -> None:
    """Look at whether both superiors got a report, or either where one is enough (A03, A37).

    One that is not in the data (A40) is open, or left out, or counts as one that got none.
    """
    key, year = "art9.item3", year_of(case)
    above = {called: here.above(case["unit"], kind) for kind, called in enumerate(_ABOVE)}
    reached = {to for row in reports for to in row.get("to", ())}
    if here.assumed.joint_addressee == "any" and any(each & reached for each in above.values()):
        return
    unknown = [called for called, each in above.items() if not each]
    lacking = [called for called, each in above.items() if each and not each & reached]
    if here.assumed.missing_upper_unit == "violation":
        lacking += unknown
    if here.assumed.missing_upper_unit == "review":
        for called in unknown:
            here.find(key, "UNVERIFIABLE", head, f"所在单位的{called}不在数据中", year=year)
    if lacking and not reports:
        here.find(key, "MISSING", head, "没有向上级报告班子成员违纪违法的记录", year=year)
    elif lacking and any(not row.get("to") for row in reports):
        here.find(key, "UNVERIFIABLE", head, "的报告没有登记报给谁", year=year)
    elif lacking:
        why = f"没有把班子成员违纪违法报{'、'.join(lacking)}"
        here.find(key, "MISSING_ADDRESSEE", head, why, year=year)


def _article_12_approval(here: Evidence, row: Row) -> None:
    key, year = "art12.item2", year_of(row)
    committee = _committee(here, here.units[row["unit"]])
    if committee is None:
        here.find(key, "UNVERIFIABLE", row["unit"], "所属党委不在数据中", year=year)
        return
    name, approved = committee["id"], row.get("approved_by", ())
    here.look_at(key, name)
    local = committee["kind"] == "地方党委"
    if not approved:
        here.find(key, "UNVERIFIABLE", name, f"没有登记{year}年任务分解意见经谁批准", year=year)
    elif name not in approved or (
        local and "govt" in committee and committee["govt"] not in approved
    ):
        why = f"{year}年任务分解意见没有经党委、政府批准"
        here.find(key, "MISSING_APPROVAL", name, why, year=year)
    elif local and "govt" not in committee:
        here.find(key, "UNVERIFIABLE", name, "的同级政府没有登记", year=year)


def _committee(here: Evidence, unit: Row) -> Row | None:
    """Give the committee that a division of tasks needs the approval of."""
    if unit["kind"] in PARTY_BODIES:
        return unit
    if unit.get("parent_party"):
        return here.units[unit["parent_party"]]
    return next(
        (
            other
            for other in here.units.values()
            if other["kind"] == "地方党委"
            and (other.get("level"), other.get("region")) == (unit.get("level"), unit.get("region"))
        ),
        None,
    )


def _article_14(here: Evidence, row: Row, unit: str) -> None:
    key, year = "art14.item2", year_of(row)
    here.look_at(key, unit)
    given = [
        reply
        for reply in here.by_unit(unit, "提供情况")
        if row["id"] in (reply.get("reply_to"), reply.get("ref"))
    ]
    if given:
        return
    if "reply_by" not in row:
        here.find(key, "UNVERIFIABLE", unit, "没有提供情况，也没有登记期限", year=year)
    elif here.as_of <= row["reply_by"]:
        here.pending(key, unit, None, "")
    else:
        why = f"到{chinese(row['reply_by'])}没有提供所要的情况"
        here.find(key, "MISSING", unit, why, year=year)


def _article_15_problem(here: Evidence, row: Row) -> None:
    key, year = "art15.item4", year_of(row)
    inspector, belongs = row.get("inspector"), row.get("belongs_to")
    if not inspector or not belongs:
        subject = inspector or row["unit"]
        here.find(key, "UNVERIFIABLE", subject, "没有登记问题属于谁或者由谁检查", year=year)
        return
    kind = {"同级党委": "纠正建议", "下级班子其他成员": "责成谈话"}.get(belongs)
    if kind is None:
        return
    here.look_at(key, inspector)
    if not here.about(row["id"], kind):
        here.find(key, "MISSING", inspector, f"发现{belongs}的问题后没有{kind}的记录", year=year)


def _article_15_order(here: Evidence, order: Row) -> None:
    key, unit, year = "art15.item4", order["ordered"], year_of(order)
    here.look_at(key, unit)
    problem = str(order.get("ref", order["id"]))
    acts = [order["id"], problem]
    talks = [row for ref in acts for row in here.about(ref, "谈话") if row["unit"] == unit]
    reports = [
        row for ref in acts for row in here.about(ref, "纠正情况报告") if row["unit"] == unit
    ]
    limit = order.get("report_by")
    inspector = (here.record(problem) or {}).get("inspector")
    if (
        inspector
        and reports
        and all(row.get("to") and inspector not in row["to"] for row in reports)
    ):
        here.find(key, "UNVERIFIABLE", unit, "的纠正情况没有报给责成的机关", year=year)
    if limit is None:
        if not talks or not reports:
            here.find(key, "UNVERIFIABLE", unit, "没有谈话或者报告，也没有登记期限", year=year)
        return
    if talks and reports:
        first = min(row["date"] for row in reports)
        if first > limit:
            here.find(key, "LATE", unit, f"{chinese(first)}才报告纠正情况", year=year)
        return
    if here.as_of <= limit:
        _limit_ahead(here, key, unit, limit, "谈话并报告纠正情况", year)
        return
    here.find(key, "MISSING", unit, f"到{chinese(limit)}没有谈话或者没有报告纠正情况", year=year)
    if reports and min(row["date"] for row in reports) > limit:
        here.find(key, "LATE", unit, "的纠正情况报告迟了", year=year)


def _limit_ahead(here: Evidence, key: str, unit: str, limit: str, what: str, year: int) -> None:
    here.pending(key, unit, limit, f"应在{chinese(limit)}前{what}", year=year)


def _topics(here: Evidence) -> None:
    """Look at articles 17 and 19: one plenary report of a year covers it, and every tour's does."""
    by_year: dict[tuple[str, str, int, str], list[Row]] = defaultdict(list)
    for row in here.cases("常委会向全委会工作报告"):
        by_year["art17", row["unit"], year_of(row), ""].append(row)
    for row in here.cases("巡视报告"):
        by_year["art19", row["unit"], year_of(row), row["id"]].append(row)
    for (key, unit, year, _), rows in by_year.items():
        here.look_at(key, unit)
        if any(_TOPIC in row.get("topics", ()) for row in rows):
            continue
        if any(not row.get("topics") for row in rows):
            here.find(key, "UNVERIFIABLE", unit, f"{year}年的报告没有登记内容", year=year)
        else:
            why = f"{year}年的报告没有反映责任制执行情况"
            here.find(key, "INCOMPLETE_CONTENT", unit, why, year=year)


def _cadre_files(here: Evidence) -> None:
    """Look at article 18: a person's files of a year together contain all three."""
    by_person: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in here.cases("干部年度材料"):
        if "person" in row:
            by_person[row["person"], year_of(row)].append(row)
    for (person, year), rows in by_person.items():
        leading = here.people[person].get("leading_cadre")
        if leading is False:
            continue
        here.look_at("art18", person)
        contained = {part for row in rows for part in row.get("contains", ())}
        lacking = [part for part in _CONTENTS if part not in contained]
        if not lacking:
            continue
        if leading is None or any(not row.get("contains") for row in rows):
            here.find("art18", "UNVERIFIABLE", person, f"{year}年材料没有登记内容", year=year)
        else:
            why = f"{year}年{'、'.join(lacking)}没有反映责任制执行情况"
            here.find("art18", "INCOMPLETE_CONTENT", person, why, year=year)


def _assessment(here: Evidence, row: Row) -> None:
    """Look at articles 22, 26 (3) and 27 in one assessment."""
    assessed, year = row.get("assessed"), year_of(row)
    upper = here.units[assessed].get("upper_lg") if assessed else None
    _article_22(here, row, assessed, upper, year)
    if here.happened(row, "finished") and row.get("team"):
        _article_26_results(here, row, assessed, row.get("assessor") or upper, year)
    for grade in row.get("grades", ()):
        subject = grade.get("subject") or assessed
        if subject is None:
            continue
        here.look_at("art27", subject)
        if not grade.get("grade"):
            here.find("art27", "UNVERIFIABLE", subject, f"{year}年的等次没有登记", year=year)
        elif grade["grade"] not in _GRADES:
            here.find("art27", "INVALID_VALUE", subject, f"{year}年的等次不是四种之一", year=year)


def _article_22(
    here: Evidence, row: Row, assessed: str | None, upper: str | None, year: int
) -> None:
    key, assessor = "art22", row.get("assessor") or upper
    if assessor is None:
        return
    here.look_at(key, assessor)
    if "assessor" not in row:
        here.find(key, "UNVERIFIABLE", assessor, "没有登记由谁考核", year=year)
        return
    what = f"{year}年度的一次考核"
    if upper is None:
        here.find(key, "UNVERIFIABLE", assessor, f"{what}没有登记应由谁考核", year=year)
    elif assessor != upper:
        why = f"考核了不归它考核的单位：{what}"
        here.find(key, "WRONG_LEVEL", assessor, why, year=year, involved=assessed)
    leader = here.people.get(row.get("team_leader", ""), {})
    facts = [leader.get("party_member"), leader.get("leading_cadre")]
    if False in facts:
        why = f"{what}的带队人不是党员领导干部"
        here.find(key, "WRONG_LEADER", assessor, why, year=year, involved=assessed)
    elif None in facts:
        here.find(key, "UNVERIFIABLE", assessor, f"{what}没有登记由谁带队", year=year)


def _article_26_results(
    here: Evidence, row: Row, assessed: str | None, group: str | None, year: int
) -> None:
    key, team = "art26.item3", row["team"]
    here.look_at(key, team)
    for kind, whom in (("考核反馈", assessed), ("考核汇报", group)):
        acts = here.about(row["id"], kind)
        reached = {to for act in acts for to in act.get("to", ())}
        if not acts:
            why = f"考核结束后没有{kind}的记录"
            here.find(key, "MISSING", team, why, year=year, involved=assessed)
        elif whom is None or (whom not in reached and any(not act.get("to") for act in acts)):
            here.find(key, "UNVERIFIABLE", team, f"的{kind}没有登记送给谁", year=year)
        elif whom not in reached:
            why = f"的{kind}没有送到该送的单位"
            here.find(key, "WRONG_ADDRESSEE", team, why, year=year, involved=assessed)


def _assessment_problem(here: Evidence, row: Row) -> None:
    """Look at article 26 (2): what became of a problem that an assessment found."""
    key, year = "art26.item2", year_of(row)
    nature, assessed, team = (row.get(name) for name in ("nature", "assessed", "team"))
    if nature is None:
        subject = team or assessed
        if subject:
            here.find(key, "UNVERIFIABLE", subject, "没有登记问题的性质", year=year)
    elif nature == "一般性问题" and assessed:
        _ordinary(here, row, assessed, year)
    elif nature == "严重问题" and team:
        _serious(here, row, team, year)


def _ordinary(here: Evidence, row: Row, unit: str, year: int) -> None:
    key, limit = "art26.item2", row.get("report_by")
    here.look_at(key, unit)
    either = {row.get("team"), row.get("office")} - {None}
    made = [act for act in here.about(row["id"], "纠正情况报告") if act["unit"] == unit]
    got = [act for act in made if either & set(act.get("to", ()))]
    if got and limit is not None:
        first = min(act["date"] for act in got)
        if first > limit:
            here.find(key, "LATE", unit, f"{chinese(first)}才报告纠正情况", year=year)
    elif got:
        return
    elif any(not act.get("to") for act in made):
        here.find(key, "UNVERIFIABLE", unit, "的纠正情况报告没有登记报给谁", year=year)
    elif limit is None:
        here.find(key, "UNVERIFIABLE", unit, "没有报告纠正情况，也没有登记期限", year=year)
    elif here.as_of <= limit:
        _limit_ahead(here, key, unit, limit, "报告纠正情况", year)
    else:
        here.find(key, "MISSING", unit, f"到{chinese(limit)}没有报告纠正情况", year=year)


def _serious(here: Evidence, row: Row, team: str, year: int) -> None:
    key = "art26.item2"
    here.look_at(key, team)
    made = here.about(row["id"], "严重问题报告")
    wanted = [row.get("same_party"), row.get("same_disc")]
    reached = {to for act in made for to in act.get("to", ())}
    if not made:
        why = "没有报告考核发现的严重问题"
        here.find(key, "MISSING", team, why, year=year, involved=row.get("assessed"))
    elif None in wanted or (any(not act.get("to") for act in made) and not set(wanted) <= reached):
        here.find(key, "UNVERIFIABLE", team, "的严重问题报告没有登记报给谁", year=year)
    elif not set(wanted) <= reached:
        why = "没有把严重问题报党委和纪委双方"
        here.find(key, "MISSING_ADDRESSEE", team, why, year=year, involved=row.get("assessed"))
