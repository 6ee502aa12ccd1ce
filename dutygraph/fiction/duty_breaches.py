"""Breaches of articles 6 to 28 and 39 to 41: provision, code, kind of record, change."""

from __future__ import annotations

from typing import Final

from dutygraph.fiction.changes import (
    FORGET,
    UNIT,
    Change,
    Site,
    Value,
    Whose,
    astray,
    key,
    leaving_all_out,
    leaving_out,
    moved,
    only_the_first,
    own_government,
    setting,
    when,
    with_both,
)
from dutygraph.fiction.drawing import Row, later

_MEETINGS: Final = ("专题党委常委会议", "专题党组会议", "政府廉政工作会议")
_SYSTEMS: Final = (
    ("art15.para1", "检查制度"), ("art21", "考核制度"), ("art28", "结果运用制度"),
    ("art41", "实施细则"),
)  # fmt: skip


def _latest_group(site: Site) -> str | None:
    """Give the unit when this is its only leading group: one breach shows the same on all days."""
    unit = str(site.row["unit"])
    rows = [row for row in site.of_kind("领导小组成立") if row["unit"] == unit]
    return unit if rows == [site.row] else None


def _approver(site: Site) -> str | None:
    return str(site.here.staff.place.organ("dangwei"))


def _inspector(site: Site) -> str | None:
    return site.reference().get("inspector") or None


def _corrected(kind: str) -> Whose:
    """Whose correction this is, when what it refers to is of a kind."""
    return when(UNIT, lambda site: site.reference().get("kind") == kind)


def _after_the_limit(site: Site) -> str:
    problem = site.reference()
    orders = [row for row in site.of_kind("责成谈话") if row.get("ref") == problem["id"]]
    limit = problem.get("report_by") or orders[0]["report_by"]
    return later(limit, 9)


def _other_group(site: Site) -> str | None:
    """Give a leading group of another level than that which assesses the unit."""
    place = site.here.staff.place
    groups = [
        each.organ("lingdao")
        for each in (place, place.above, place.above and place.above.above)
        if each and each.level != "乡级"
    ]
    others = [group for group in groups if group != site.row["assessor"]]
    return others[0] if others and "team" in site.row else None


def _assess_otherwise(site: Site) -> None:
    group = _other_group(site)
    site.row["assessor"] = group
    for act in site.about():
        if act["kind"] == "考核汇报":
            act["to"] = [group]


def _no_cadre(site: Site) -> str:
    return str(site.row["team_leader"]).removesuffix("-head") + "-clerk"


def _team_assessed(site: Site) -> str | None:
    return site.reference().get("team") or None


def _graded(site: Site) -> str | None:
    return str(site.row["grades"][0]["subject"])


def _regrade(grade: str | None) -> Value:
    def grades(site: Site) -> list[Row]:
        first, *others = site.row["grades"]
        known = {"grade": grade} if grade else {}
        return [{"subject": first["subject"], **known}, *others]

    return grades


def _serious(whose: Whose) -> Whose:
    return when(whose, lambda site: site.reference().get("nature") == "严重问题")


DUTIES: Final[tuple[tuple[str, str, str, Change], ...]] = (
    *(
        ("art6.item1", code, kind, change)
        for code, change in (
            ("MISSING", leaving_out()),
            ("NOT_DEDICATED", setting(dedicated=False)),
            ("UNVERIFIABLE", setting(dedicated=FORGET)),
        )
        for kind in _MEETINGS
    ),
    ("art8.item1", "MISSING", "立法协调", leaving_out()),
    ("art8.item1", "MISSING", "答复代表", leaving_out(lambda site: site.reference()["unit"])),
    (
        "art9.item3", "MISSING", "违纪违法情况报告",
        leaving_out(lambda site: site.here.head(site.row["unit"], site.row["date"])),
    ),
    (
        "art9.item3", "MISSING_ADDRESSEE", "违纪违法情况报告",
        setting(
            lambda site: site.here.head(site.row["unit"], site.row["date"]), to=only_the_first
        ),
    ),
    ("art11", "MISSING", "责任分解", leaving_out()),
    ("art11", "MISSING", "动员部署", leaving_out()),
    ("art11", "MISSING", "责任分解备案", leaving_out(with_both(UNIT))),
    ("art11", "LATE", "责任分解", setting(date=moved("04-12"))),
    ("art11", "LATE", "动员部署", setting(date=moved("04-09"))),
    ("art11", "WRONG_FORM", "责任分解", setting(form="其他")),
    (
        "art11", "INCOMPLETE_CONTENT", "责任分解",
        setting(covers=lambda _: ["领导班子", "领导干部"]),
    ),
    ("art11", "UNVERIFIABLE", "责任分解", setting(form=FORGET)),
    (
        "art11", "MISSING_ADDRESSEE", "责任分解备案",
        setting(with_both(UNIT), to=only_the_first),
    ),
    ("art11", "WRONG_ADDRESSEE", "责任分解备案", setting(with_both(UNIT), to=astray)),
    ("art12.para1", "MISSING", "领导小组成立", leaving_out(_latest_group)),
    (
        "art12.para1", "WRONG_HEAD", "领导小组成立",
        setting(_latest_group, head=lambda site: f"{site.row['unit']}-deputy"),
    ),
    ("art12.para1", "UNVERIFIABLE", "领导小组成立", setting(_latest_group, head=FORGET)),
    (
        "art12.para2", "WRONG_LOCATION", "领导小组成立",
        setting(_latest_group, office_at=lambda site: site.row["unit"]),
    ),
    ("art12.para2", "UNVERIFIABLE", "领导小组成立", setting(_latest_group, office_at=FORGET)),
    (
        "art12.item2", "MISSING_APPROVAL", "任务分解意见",
        setting(_approver, approved_by=lambda site: site.row["approved_by"][:1]),
    ),
    ("art12.item2", "UNVERIFIABLE", "任务分解意见", setting(_approver, approved_by=FORGET)),
    ("art13.item1", "MISSING", "落实计划备案", leaving_out()),
    ("art13.item1", "MISSING", "落实计划", leaving_out()),
    (
        "art13.item1", "INCOMPLETE_CONTENT", "落实计划",
        setting(elements=lambda site: site.row["elements"][:-1]),
    ),
    ("art13.item1", "WRONG_ADDRESSEE", "落实计划备案", setting(to=own_government)),
    ("art13.item1", "UNVERIFIABLE", "落实计划备案", setting(to=FORGET)),
    ("art14.item2", "MISSING", "提供情况", leaving_out()),
    ("art15.item4", "MISSING", "纠正建议", leaving_out(_inspector)),
    ("art15.item4", "MISSING", "责成谈话", leaving_out(_inspector)),
    ("art15.item4", "MISSING", "谈话", leaving_out()),
    ("art15.item4", "MISSING", "纠正情况报告", leaving_out(_corrected("检查发现问题"))),
    (
        "art15.item4", "LATE", "纠正情况报告",
        setting(_corrected("检查发现问题"), date=_after_the_limit),
    ),
    ("art16", "MISSING", "年中专题会议", leaving_out()),
    ("art16", "OUT_OF_WINDOW", "年中专题会议", setting(date=moved("08-14"))),
    ("art16", "OUT_OF_WINDOW", "年中专题会议", setting(date=moved("10-11"))),
    ("art16", "INCOMPLETE_CONTENT", "年中专题会议", setting(member_reports=False)),
    ("art16", "UNVERIFIABLE", "年中专题会议", setting(member_reports=FORGET)),
    *(
        (provision, code, kind, setting(topics=topics))
        for provision, kind in (("art17", "常委会向全委会工作报告"), ("art19", "巡视报告"))
        for code, topics in (
            ("INCOMPLETE_CONTENT", lambda _: ["其他议题"]), ("UNVERIFIABLE", FORGET),
        )
    ),
    (
        "art18", "INCOMPLETE_CONTENT", "干部年度材料",
        setting(key("person"), contains=lambda _: ["民主生活会", "述职述廉"]),
    ),
    ("art18", "UNVERIFIABLE", "干部年度材料", setting(key("person"), contains=FORGET)),
    ("art20", "MISSING", "责任制年度报告", leaving_out(with_both(UNIT))),
    ("art20", "LATE", "责任制年度报告", setting(with_both(UNIT), date=moved("04-15"))),
    ("art20", "WRONG_FORM", "责任制年度报告", setting(with_both(UNIT), special=False)),
    ("art20", "UNVERIFIABLE", "责任制年度报告", setting(with_both(UNIT), special=FORGET)),
    (
        "art20", "OUT_OF_WINDOW", "责任制年度报告",
        setting(with_both(UNIT), date=moved("12-20", -1)),
    ),
    (
        "art20", "MISSING_ADDRESSEE", "责任制年度报告",
        setting(with_both(UNIT), to=only_the_first),
    ),
    ("art20", "WRONG_ADDRESSEE", "责任制年度报告", setting(with_both(UNIT), to=astray)),
    ("art22", "WRONG_LEVEL", "责任制考核", Change(_other_group, _assess_otherwise)),
    ("art22", "WRONG_LEADER", "责任制考核", setting(key("assessor"), team_leader=_no_cadre)),
    ("art22", "UNVERIFIABLE", "责任制考核", setting(key("assessor"), team_leader=FORGET)),
    ("art24", "MISSING", "责任制考核", leaving_all_out(key("assessor"))),
    ("art24", "UNVERIFIABLE", "责任制考核", setting(key("assessor"), assess_year=FORGET)),
    ("art26.item2", "MISSING", "纠正情况报告", leaving_out(_corrected("考核发现问题"))),
    (
        "art26.item2", "LATE", "纠正情况报告",
        setting(_corrected("考核发现问题"), date=_after_the_limit),
    ),
    ("art26.item2", "MISSING", "严重问题报告", leaving_out(_serious(UNIT))),
    (
        "art26.item2", "MISSING_ADDRESSEE", "严重问题报告",
        setting(_serious(UNIT), to=only_the_first),
    ),
    ("art26.item2", "UNVERIFIABLE", "考核发现问题", setting(key("team"), nature=FORGET)),
    ("art26.item3", "MISSING", "考核反馈", leaving_out(_team_assessed)),
    ("art26.item3", "MISSING", "考核汇报", leaving_out(_team_assessed)),
    ("art26.item3", "WRONG_ADDRESSEE", "考核反馈", setting(_team_assessed, to=own_government)),
    ("art26.item3", "UNVERIFIABLE", "考核汇报", setting(_team_assessed, to=FORGET)),
    ("art27", "INVALID_VALUE", "责任制考核", setting(_graded, grades=_regrade("优良"))),
    ("art27", "UNVERIFIABLE", "责任制考核", setting(_graded, grades=_regrade(None))),
    ("art39", "MISSING", "违纪违法案件", setting(leader_responsibility_examined=False)),
    ("art39", "UNVERIFIABLE", "违纪违法案件", setting(leader_responsibility_examined=FORGET)),
    ("art40", "MISSING", "责任追究半年报告", leaving_out()),
    ("art40", "WRONG_ADDRESSEE", "责任追究半年报告", setting(to=own_government)),
    ("art40", "UNVERIFIABLE", "责任追究半年报告", setting(to=FORGET)),
    *((provision, "MISSING", kind, leaving_out()) for provision, kind in _SYSTEMS),
)  # fmt: skip
