"""A complete regular year: what the regulation asks of every unit of a place, all of it done.

What the text dates (articles 6, 11, 13, 16, 20, 24, 40) is done on a day drawn within its time;
what it asks for at once is done on the day of its occasion.
"""

from __future__ import annotations

from typing import Final

from dutygraph.fiction.drawing import Row, later
from dutygraph.fiction.register import Register
from dutygraph.fiction.roster import CENTRE, DEPARTMENTS, GROUPS, PARTY_BODIES

ALL_COVERED: Final = ["领导班子", "领导干部", "有关部门"]
ALL_ELEMENTS: Final = ["责任领导", "责任部门", "责任人员", "具体目标", "工作措施", "完成时限"]
ALL_CONTAINED: Final = ["民主生活会", "述职述廉", "评议"]
COVERED_TOPICS: Final = ["责任制执行情况", "其他议题"]
# Article 6, item (1), reading A11: who holds which meeting.
MEETINGS: Final = {
    "地方党委": "专题党委常委会议",
    "政府": "政府廉政工作会议",
    **dict.fromkeys(GROUPS, "专题党组会议"),
}
_TASKS: Final = ("制度建设", "作风建设", "教育培训", "监督检查")


def enter_foundations(here: Register, unit: Row, first_year: int) -> None:
    """Enter what stands until it is changed: leading group, systems, implementing rules.

    All of it on the day of founding, since from that day on it is asked for; long before for a
    unit that was there before the years began. A new head has the leading group set up anew.
    """
    if unit["kind"] not in PARTY_BODIES:
        return
    name, founded = unit["id"], unit.get("founded")
    kinds = ["领导小组成立", "检查制度", "考核制度", "结果运用制度"]
    if unit["level"] != "乡级":
        kinds.append("实施细则")
    slugs = ("leading-group", "inspection-system", "assessment-system", "results-system", "rules")
    window = (f"{first_year - 1}-09-01", f"{first_year - 1}-12-20")
    for kind, slug in zip(kinds, slugs, strict=False):
        record = f"{name}-{slug}"
        day = founded or here.lots.workday(record, *window) or window[1]
        fields = {} if kind != "领导小组成立" else _group(here, unit, day)
        here.enter(kind, record, day, unit=name, **fields)
    changed = here.new_head_on(name)
    if changed:
        fields = _group(here, unit, changed)
        here.enter("领导小组成立", f"{name}-leading-group-2", changed, unit=name, **fields)


def _group(here: Register, unit: Row, day: str) -> dict[str, str | None]:
    return {"head": here.head(unit["id"], day), "office_at": unit.get("disc")}


def enter_year(here: Register, unit: Row, year: int) -> None:
    """Enter what articles 6, 11, 16, 18 and 20 ask of a unit every year."""
    name, kind = unit["id"], unit["kind"]
    if kind in PARTY_BODIES or kind in DEPARTMENTS:
        _enter_breakdown(here, unit, year)
    if kind in MEETINGS:
        here.enter_drawn(
            MEETINGS[kind], f"{name}-{year}-meeting", unit, f"{year}-02-15", f"{year}-12-20",
            unit=name, year=year, dedicated=True,
        )  # fmt: skip
    if kind not in PARTY_BODIES:
        return
    if unit["level"] != "乡级" and unit.get("founded", "") <= f"{year}-07-31":
        here.enter_drawn(
            "年中专题会议", f"{name}-{year}-midyear", unit, f"{year}-06-04", f"{year}-07-25",
            unit=name, year=year, member_reports=True,
        )  # fmt: skip
    if unit.get("founded", "") < f"{year}-01-01":
        here.enter_drawn(
            "责任制年度报告", f"{name}-{year}-annual-report", unit,
            f"{year}-01-06", f"{year}-03-20",
            unit=name, to=_superiors(unit), covers=year - 1, special=True,
        )  # fmt: skip
    _enter_cadre_files(here, unit, year)


def _superiors(unit: Row) -> list[str] | None:
    found = [unit[key] for key in ("parent_party", "parent_disc") if unit.get(key)]
    return found or None


def _enter_breakdown(here: Register, unit: Row, year: int) -> None:
    """Enter article 11: the breakdown of the first quarter, the mobilisation and the filing."""
    name = unit["id"]
    if unit.get("founded", "") > f"{year}-01-01":
        return
    issued = here.enter_drawn(
        "责任分解", f"{name}-{year}-breakdown", unit, f"{year}-01-09", f"{year}-03-08",
        unit=name, year=year, form="党委（党组）文件", covers=list(ALL_COVERED),
    )  # fmt: skip
    if issued is None:
        return
    day = issued["date"]
    here.enter_drawn(
        "动员部署", f"{name}-{year}-mobilisation", unit, later(day, 1), later(day, 9),
        unit=name, year=year,
    )  # fmt: skip
    here.enter_drawn(
        "责任分解备案", f"{name}-{year}-breakdown-filing", unit, later(day, 2), later(day, 16),
        unit=name, year=year, to=_superiors(unit),
    )  # fmt: skip


def _enter_cadre_files(here: Register, unit: Row, year: int) -> None:
    """Enter the yearly files of the head and of the deputy (article 18)."""
    name = unit["id"]
    head = here.head(name, f"{year + 1}-01-12")
    for person, slug in ((head, "head"), (here.deputy(unit), "deputy")):
        if unit.get("founded", "") < f"{year + 1}-01-01":
            here.enter_drawn(
                "干部年度材料", f"{name}-{year}-{slug}-file", unit,
                f"{year + 1}-01-12", f"{year + 1}-01-28",
                unit=name, year=year, person=person, contains=list(ALL_CONTAINED),
            )  # fmt: skip


def enter_assessment(here: Register, unit: Row, year: int) -> None:
    """Enter how the leading group a level above assessed a year (articles 22, 24, 26.3, 27)."""
    name, group = unit["id"], unit.get("upper_lg")
    if group is None or unit.get("founded", "") > f"{year}-12-31":
        return
    above = here.staff.place.key if group == CENTRE else group.removesuffix("-lingdao")
    slug = f"{name}-{year}-assessment"
    day = f"{year + 1}-01-08"
    grade = here.lots.choice(f"{slug}/grade", ("优秀", "较好", "较好", "一般"))
    graded = [who for who in (name, here.head(name, day)) if who]
    row = here.enter_drawn(
        "责任制考核", slug, unit, day, f"{year + 1}-01-25",
        assessed=name, assessor=group, assess_year=year,
        team=None if group == CENTRE else f"{above}-kaohe",
        team_leader=f"{above}-jiwei-head",
        grades=[{"subject": who, "grade": grade} for who in graded],
    )  # fmt: skip
    if row is None:
        return
    row["finished"] = later(row["date"], 40)
    if "team" not in row:
        return
    for kind, stem, to in (("考核反馈", "feedback", name), ("考核汇报", "briefing", group)):
        here.enter(
            kind, f"{name}-{year}-{stem}", row["finished"],
            unit=row["team"], to=[to], ref=row["id"],
        )  # fmt: skip


def enter_organs(here: Register, unit: Row, year: int) -> None:
    """Enter what particular organs do in a year (articles 8, 17, 19 and 40)."""
    name, kind = unit["id"], unit["kind"]
    if kind == "地方党委" and unit["level"] != "乡级":
        here.enter_drawn(
            "常委会向全委会工作报告", f"{name}-{year}-plenary-report", unit,
            f"{year}-12-15", f"{year}-12-28", unit=name, year=year, topics=list(COVERED_TOPICS),
        )  # fmt: skip
    if kind == "巡视机构":
        here.enter_drawn(
            "巡视报告", f"{name}-{year}-tour-report", unit, f"{year}-03-10", f"{year}-11-20",
            unit=name, year=year, topics=list(COVERED_TOPICS),
        )  # fmt: skip
    if kind == "纪检监察机关" and unit.get("parent_disc"):
        for half, first in (("H1", f"{year}-07-03"), ("H2", f"{year + 1}-01-04")):
            here.enter_drawn(
                "责任追究半年报告", f"{name}-{year}{half}-half-year", unit, first, later(first, 22),
                unit=name, to=[unit["parent_disc"]], period=f"{year}{half}",
            )  # fmt: skip
    if kind == "人大机关党组":
        _enter_congress(here, unit, year)


def _enter_congress(here: Register, unit: Row, year: int) -> None:
    """Enter legislation coordinated, and deputies' proposals passed on and answered."""
    name = unit["id"]
    if unit["legislative_power"]:
        here.enter_drawn(
            "立法协调", f"{name}-{year}-legislation", unit, f"{year}-03-04", f"{year}-11-28",
            unit=name, year=year,
        )  # fmt: skip
    for number in (1, 2):
        proposal = here.enter_drawn(
            "代表意见建议", f"{name}-{year}-proposal-{number}", unit,
            f"{year}-02-10", f"{year}-03-05", unit=name, year=year,
        )  # fmt: skip
        if proposal is None:
            continue
        day, ref = proposal["date"], proposal["id"]
        here.enter("转办", f"{ref}-passed-on", later(day, 6), unit=name, ref=ref)
        answered = here.staff.organ("zhengfu") or name
        here.enter("答复代表", f"{ref}-answer", later(day, 95), unit=answered, ref=ref)


def enter_tasks(here: Register, year: int) -> None:
    """Enter the division of tasks, the lead units' plans and what participants are asked for.

    Articles 12 (item 2), 13 and 14, in places whose leading group has an office.
    """
    group, office = here.staff.organ("lingdao"), here.staff.organ("bangongshi")
    bodies = [
        unit for unit in here.staff.bodies if "founded" not in unit and "dissolved" not in unit
    ]
    if not (group and office and bodies):
        return
    place = here.staff.units[group]
    drawn = here.lots.shuffled(f"{group}-{year}/tasks", bodies)
    leads, others = drawn[: len(_TASKS)], drawn[len(_TASKS) : len(_TASKS) + 3]
    tasks = [
        {"task": task, "lead": lead["id"], "participants": [other["id"] for other in others]}
        for task, lead in zip(_TASKS, leads, strict=False)
    ]
    opinion = here.enter_drawn(
        "任务分解意见", f"{group}-{year}-tasks", place, f"{year}-01-08", f"{year}-01-25",
        unit=group, year=year, tasks=tasks,
        approved_by=[here.staff.organ("dangwei"), here.staff.organ("zhengfu")],
    )  # fmt: skip
    if opinion is None:
        return
    opinion["implemented"] = later(opinion["date"], 5)
    for lead in leads:
        _enter_plan(here, lead, year)
    for other in others:
        here.enter_drawn(
            "具体措施", f"{other['id']}-{year}-measures", other, f"{year}-03-04", f"{year}-03-29",
            unit=other["id"], year=year,
        )  # fmt: skip
    _enter_request(here, office, others, year)


def _enter_plan(here: Register, lead: Row, year: int) -> None:
    name = lead["id"]
    plan = here.enter_drawn(
        "落实计划", f"{name}-{year}-plan", lead, f"{year}-02-06", f"{year}-03-20",
        unit=name, year=year, elements=list(ALL_ELEMENTS),
    )  # fmt: skip
    if plan:
        here.enter(
            "落实计划备案", f"{name}-{year}-plan-filing", later(plan["date"], 6),
            unit=name, year=year, to=[lead["office"]], ref=plan["id"],
        )  # fmt: skip


def _enter_request(here: Register, office: str, asked: list[Row], year: int) -> None:
    if not asked:
        return
    request = f"{office}-{year}-request"
    day = here.lots.workday(request, f"{year}-04-08", f"{year}-05-20") or f"{year}-04-08"
    here.enter(
        "提供情况要求", request, day,
        unit=office, year=year, to=[unit["id"] for unit in asked], reply_by=later(day, 21),
    )  # fmt: skip
    for unit in asked:
        here.enter_drawn(
            "提供情况", f"{unit['id']}-{year}-reply", unit, later(day, 5), later(day, 19),
            unit=unit["id"], reply_to=request,
        )  # fmt: skip
