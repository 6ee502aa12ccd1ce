"""Make the demo: two years of a prefecture that does not exist, as ``records.json``.

Run ``python data/demo/prefecture.py [OUTPUT]``. The same bytes come out on every day and machine:
every draw is seeded by the record it is for, so that a change to one record moves no other.

Everybody does their duty, except where ``plan.csv`` says otherwise: 改 changes fields of a record
(``-`` stands for a value that was not recorded), 缺 leaves the record out, 另 adds another one, 换
replaces a head. ``expected.csv`` holds the findings that must follow; it was written from the text
of the regulation before there were any records.

The places are in no list of Chinese divisions, region codes that begin with 99 belong to no
province, and the people are called after herbs and seasons.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from cases import CASES, TASKS
from register import SEED, Prefecture, later, read_plan

Row: TypeAlias = dict[str, Any]

HERE: Final = Path(__file__).parent
YEARS: Final = (2013, 2014)

GROUPS: Final = (
    "部门党组", "人大机关党组", "政协机关党组", "审判机关党组", "检察机关党组", "人民团体党组",
)  # fmt: skip
PARTY_BODIES: Final = ("地方党委", *GROUPS, "国有企业党委", "事业单位党委")
DEPARTMENTS: Final = ("党委职能部门", "政府职能部门", "组织人事部门")
# Article 6, item (1): which yearly meeting a body holds, where it holds one.
MEETINGS: Final = {
    "地方党委": "专题党委常委会议",
    "政府": "政府廉政工作会议",
    **dict.fromkeys(GROUPS, "专题党组会议"),
}
ALL_COVERED: Final = ["领导班子", "领导干部", "有关部门"]
ALL_ELEMENTS: Final = ["责任领导", "责任部门", "责任人员", "具体目标", "工作措施", "完成时限"]

# Tasks are handed down from the prefecture to the townships, reports come up from them.
BREAKDOWN: Final = {
    "设区市级": ("01-20", "02-28"), "县级": ("02-17", "03-14"), "乡级": ("03-03", "03-21"),
}  # fmt: skip
REPORT: Final = {
    "设区市级": ("02-17", "03-21"), "县级": ("01-20", "02-28"), "乡级": ("01-06", "01-24"),
}  # fmt: skip


def enter_year(here: Prefecture, unit: Row, year: int) -> None:
    """Enter what articles 6, 11, 16 and 20 ask of a unit every year."""
    name, kind, level = unit["id"], unit["kind"], unit["level"]
    superiors = [unit[key] for key in ("parent_party", "parent_disc") if unit.get(key)] or None
    if kind in PARTY_BODIES or kind in DEPARTMENTS:
        first, last = (f"{year}-{day}" for day in BREAKDOWN[level])
        issued = here.enter(
            "责任分解", name, year, first, last, form="党委（党组）文件", covers=ALL_COVERED
        )
        day = issued[0]["date"] if issued else first
        last = min(later(day, 12), f"{year}-03-28")
        here.enter("动员部署", name, year, later(day, 1), last)
        here.enter("责任分解备案", name, year, later(day, 5), later(day, 16), to=superiors)
    if kind in MEETINGS:
        here.enter(MEETINGS[kind], name, year, f"{year}-02-18", f"{year}-10-31", dedicated=True)
    if kind in PARTY_BODIES:
        if level != "乡级":
            here.enter(
                "年中专题会议", name, year, f"{year}-06-10", f"{year}-07-25", member_reports=True
            )
        # Article 20 with reading A39: a body that did not exist in the year before owes no report.
        if unit.get("founded", "") < f"{year}-01-01":
            first, last = (f"{year}-{day}" for day in REPORT[level])
            here.enter(
                "责任制年度报告",
                name,
                year,
                first,
                last,
                year=None,
                to=superiors,
                covers=year - 1,
                special=True,
            )


def enter_foundations(here: Prefecture, unit: Row) -> None:
    """Enter what stands until it is changed: leading group, systems, implementing rules."""
    name, founded = unit["id"], unit.get("founded")
    first, last = (founded, later(founded, 21)) if founded else ("2012-02-13", "2012-04-27")
    here.enter("领导小组成立", name, None, first, last, office_at=unit.get("disc"))
    first, last = later(last, 10), later(last, 90)
    systems = ["检查制度", "考核制度", "结果运用制度"]
    for kind in systems if unit["level"] == "乡级" else [*systems, "实施细则"]:
        here.enter(kind, name, None, first, last)


def enter_committee_year(here: Prefecture, unit: Row, year: int) -> None:
    """Enter a Party committee's plan, its report to the plenary, and its head's yearly file."""
    name = unit["id"]
    here.enter("工作计划", name, year, f"{year}-01-14", f"{year}-03-20")
    if unit["level"] != "乡级":
        here.enter(
            "常委会向全委会工作报告",
            name,
            year - 1,
            f"{year - 1}-12-17",
            f"{year - 1}-12-28",
            topics=["责任制执行情况", "经济社会发展"],
        )
    here.enter(
        "干部年度材料",
        name,
        year - 1,
        f"{year}-01-14",
        f"{year}-01-29",
        person=here.head(name, f"{year}-01-14"),
        contains=["民主生活会", "述职述廉", "评议"],
    )


def enter_tasks(here: Prefecture, year: int) -> None:
    """Enter the leading group's division of tasks and what the departments make of it."""
    here.enter(
        "任务分解意见",
        "yt-lingdao",
        year,
        f"{year}-01-14",
        f"{year}-01-25",
        approved_by=["yt-shiwei", "yt-zhengfu"],
        implemented=f"{year}-01-28",
        tasks=[
            {"task": task, "lead": lead, "participants": list(others)}
            for task, lead, others in TASKS
        ],
    )
    for _, lead, _ in TASKS:
        for plan in here.enter(
            "落实计划", lead, year, f"{year}-02-18", f"{year}-03-08", elements=ALL_ELEMENTS
        ):
            filed = (later(plan["date"], 2), later(plan["date"], 9))
            here.enter("落实计划备案", lead, year, *filed, to=["yt-lingdao-ban"], ref=plan["id"])
    for unit in sorted({other for _, _, others in TASKS for other in others}):
        here.enter("具体措施", unit, year, f"{year}-03-11", f"{year}-03-29")


def enter_assessments(here: Prefecture, unit: Row, year: int) -> None:
    """Enter how the leading group a level above assessed the year before (articles 22 to 27)."""
    name, group, day = unit["id"], unit["upper_lg"], f"{year}-01-08"
    if not unit.get("founded", "") < f"{year}-01-01" <= unit.get("dissolved", "9999"):
        return
    draw = random.Random(f"{SEED}/{name}/{year}/grade")  # noqa: S311 - drawn to be repeated
    grade = "一般" if name == "qh-xingtang" else draw.choice(("优秀", "较好", "较好"))
    graded = (name, here.head(name, day))
    team = "yt-kaohe" if unit["kind"] == "地方党委" and unit["level"] == "县级" else None
    # The record is the assessing group's, not the unit's.
    for row in here.enter(
        "责任制考核",
        name,
        year - 1,
        day,
        f"{year}-01-25",
        unit=None,
        year=None,
        assessed=name,
        assessor=group,
        assess_year=year - 1,
        team=team,
        team_leader=group.replace("lingdao", "jiwei-head"),
        grades=[{"subject": each, "grade": grade} for each in graded],
    ):
        row["finished"] = later(row["date"], 42)
        days = (later(row["finished"], 3), later(row["finished"], 18))
        for kind, to in (("考核反馈", name), ("考核汇报", group)) if team else ():
            here.enter(kind, name, year - 1, *days, unit=team, to=[to], ref=row["id"])


def enter_half_years(here: Prefecture, unit: Row) -> None:
    """Enter a discipline organ's half-year reports to the one above (article 40)."""
    for period, first in (
        ("2012H2", "2013-01-04"),
        ("2013H1", "2013-07-04"),
        ("2013H2", "2014-01-06"),
        ("2014H1", "2014-07-03"),
    ):
        here.enter(
            "责任追究半年报告",
            unit["id"],
            period,
            first,
            later(first, 20),
            to=[unit["parent_disc"]],
            period=period,
        )


def make(plan: Path) -> Row:
    """Make the prefecture as the plan has it."""
    here = Prefecture(read_plan(plan))
    for unit in here.of_kind(*PARTY_BODIES):
        enter_foundations(here, unit)
    for head, day in here.new_heads.items():
        rank = "县处级正职" if here.units[head]["kind"] == "地方党委" else "乡科级正职"
        here.enter(
            "任职", head, None, day, day, person=f"{head}-head", rank=rank, leading_post=True
        )
    for year in YEARS:
        enter_tasks(here, year)
        for unit in here.of_kind(*PARTY_BODIES, *DEPARTMENTS, "政府"):
            enter_year(here, unit, year)
            if unit["kind"] == "地方党委":
                enter_committee_year(here, unit, year)
            if "upper_lg" in unit:
                enter_assessments(here, unit, year)
    for unit in here.of_kind("纪检监察机关"):
        if "parent_disc" in unit:
            enter_half_years(here, unit)
    here.records += CASES
    return here.to_json()


def main(arguments: Sequence[str]) -> None:
    """Write the records to the file named, or beside this script."""
    output = Path(arguments[0]) if arguments else HERE / "records.json"
    text = json.dumps(make(HERE / "plan.csv"), ensure_ascii=False, indent=2)
    output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
