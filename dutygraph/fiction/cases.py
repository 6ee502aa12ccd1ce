"""Cases that came up in a place in a year, each handled as the regulation asks.

What must follow at once follows on the same day. People of different parts keep apart: decisions
are about deputies and members, awards go to heads, so that no award and no appointment collides
with a decision by chance.
"""

from __future__ import annotations

from typing import Final

from dutygraph.fiction.drawing import Row, later
from dutygraph.fiction.register import Register

_SHARE_TOWNSHIP: Final = 0.15
_MILD: Final = ("批评教育", "诫勉谈话", "责令作出书面检查")
_RETIRED: Final = "到龄退休"


def enter_cases(here: Register, year: int, first_year: int) -> None:
    """Enter a year's cases: each kind once where a place has the bodies, few in townships."""
    here_key = f"{here.staff.place.key}-{year}"
    if here.staff.place.level == "乡级":
        if here.lots.happens(f"{here_key}/cases", _SHARE_TOWNSHIP):
            committee = here.staff.units[here.staff.place.organ("dangwei")]
            _misconduct(here, committee, year)
            _ordered_correction(here, committee, committee["parent_disc"], year)
        return
    bodies = here.lots.shuffled(f"{here_key}/bodies", here.staff.steady)
    organ = here.staff.organ("jiwei")
    _advice(here, organ, year)
    if not bodies:
        return
    _misconduct(here, bodies[0], year)
    _ordered_correction(here, bodies[-1], organ, year)
    _awards(here, bodies, year)
    _assessment_problems(here, bodies, year)
    _situations(here, bodies, year)
    _decisions_together(here, bodies[0], year)
    _closed_files(here, bodies, year)
    # The bars of article 38 run for up to two years: one of each in the first year.
    if year == first_year:
        _removal(here, here.staff.steady[0], year)


def _day(here: Register, name: str, first: str, last: str) -> str:
    return here.lots.workday(name, first, last) or first


def _advice(here: Register, organ: str | None, year: int) -> None:
    """Article 15 (4): a problem of the same-level committee, and the advice to correct it."""
    committee = here.staff.organ("dangwei")
    name = f"{committee}-{year}-finding"
    day = _day(here, name, f"{year}-03-05", f"{year}-10-20")
    here.enter("检查发现问题", name, day, unit=committee, belongs_to="同级党委", inspector=organ)
    here.enter("纠正建议", f"{name}-advice", day, unit=organ, ref=name)


def _ordered_correction(here: Register, body: Row, organ: str | None, year: int) -> None:
    """Article 15 (4): a problem of a lower body's member, the order to talk, talk and report."""
    unit = body["id"]
    name = f"{unit}-{year}-problem"
    day = _day(here, name, f"{year}-03-05", f"{year}-10-20")
    person = here.deputy(body)
    here.enter(
        "检查发现问题", name, day,
        unit=unit, belongs_to="下级班子其他成员", inspector=organ, person=person,
    )  # fmt: skip
    here.enter(
        "责成谈话", f"{name}-order", day,
        unit=organ, ref=name, ordered=unit, report_by=later(day, 30),
    )  # fmt: skip
    here.enter("谈话", f"{name}-talk", later(day, 6), unit=unit, ref=name, person=person)
    here.enter("纠正情况报告", f"{name}-report", later(day, 20), unit=unit, ref=name, to=[organ])


def _misconduct(here: Register, body: Row, year: int) -> None:
    """Article 9 (3): a member's misconduct, and the report of it to both superiors."""
    name = f"{body['id']}-{year}-misconduct"
    day = _day(here, name, f"{year}-02-20", f"{year}-11-10")
    here.enter("班子成员违纪违法", name, day, unit=body["id"], person=f"{body['id']}-member")
    here.enter(
        "违纪违法情况报告", f"{name}-report", day,
        unit=body["id"], ref=name, to=[body["parent_party"], body["parent_disc"]],
    )  # fmt: skip


def _awards(here: Register, bodies: list[Row], year: int) -> None:
    """Article 38: awards of heads, and of a body that no decision is about."""
    for body in bodies[:2]:
        name = f"{body['id']}-{year}-merit"
        day = _day(here, name, f"{year}-11-05", f"{year}-12-24")
        here.enter("年度考核评优", name, day, subject=here.head(body["id"], day), year=year)
    if len(bodies) > 1:
        name = f"{bodies[-1]['id']}-{year}-award"
        day = _day(here, name, f"{year}-11-05", f"{year}-12-24")
        here.enter("评选先进", name, day, subject=bodies[-1]["id"], year=year, title="先进集体")


def _assessment_problems(here: Register, bodies: list[Row], year: int) -> None:
    """Article 26 (2): an ordinary problem corrected in time, and a serious one reported."""
    organ = here.staff.organ
    common: Row = {
        "team": organ("kaohe"), "office": organ("bangongshi"),
        "same_party": organ("dangwei"), "same_disc": organ("jiwei"),
    }  # fmt: skip
    for body, nature, stem in (
        (bodies[0], "一般性问题", "ordinary"),
        (bodies[-1], "严重问题", "serious"),
    ):
        unit = body["id"]
        name = f"{unit}-{year}-{stem}"
        day = _day(here, name, f"{year}-03-04", f"{year}-05-20")
        limit = later(day, 40) if stem == "ordinary" else None
        here.enter(
            "考核发现问题", name, day, assessed=unit, nature=nature, report_by=limit, **common
        )
        if stem == "ordinary":
            here.enter(
                "纠正情况报告", f"{name}-report", later(day, 25),
                unit=unit, ref=name, to=[common["office"]],
            )  # fmt: skip
        else:
            here.enter(
                "严重问题报告", f"{name}-report", day,
                unit=common["team"], ref=name, to=[common["same_party"], common["same_disc"]],
            )  # fmt: skip


def _situations(here: Register, bodies: list[Row], year: int) -> None:
    """Article 29: situations confirmed, each with its decision of articles 31 to 35."""
    unit = bodies[0]["id"]
    name = f"{unit}-{year}-situation"
    item = _item(here, 0, year)
    day = _day(here, name, f"{year}-03-04", f"{year}-10-10")
    here.enter("触发情形认定", name, day, item=item, subject=unit, confirmed=True, concluded=day)
    here.enter(
        "责任追究决定", f"{name}-decision", day,
        subject=unit, subject_kind="领导班子", severity="情节较重", measures=["通报批评"],
        suspected_crime=False, handled_by=["纪检监察机关"], violation_year=year, ref=name,
    )  # fmt: skip
    for number, body in enumerate(bodies[:3], start=1):
        _person_decided(here, body, number, year)


def _item(here: Register, number: int, year: int) -> int:
    """Give the item of article 29 that a situation is of: a place has all seven in two years."""
    offset: int = here.lots.of(f"{here.staff.place.key}/items").randrange(7)
    return (offset + 4 * year + number) % 7 + 1


_PERSONAL: Final[tuple[Row, ...]] = (
    {"severity": "情节较轻", "suspected_crime": False, "handled_by": ["纪检监察机关"]},
    {
        "severity": "情节较重", "measures": ["通报批评"], "suspected_crime": False,
        "aggravation": ["art33.item1"], "treated_as_heavier": True, "handled_by": ["纪检监察机关"],
    },
    {
        "severity": "情节严重", "measures": ["党纪政纪处分", "移送司法机关"],
        "suspected_crime": True, "handled_by": ["纪检监察机关"], "discipline_effect_months": 12,
    },
)  # fmt: skip


def _person_decided(here: Register, body: Row, number: int, year: int) -> None:
    subject = f"{body['id']}-member"
    name = f"{body['id']}-{year}-cadre-situation"
    item = _item(here, number, year)
    day = _day(here, name, f"{year}-03-04", f"{year}-10-10")
    mild = [here.lots.choice(f"{name}/measure", _MILD)]
    fields = {"measures": mild} | _PERSONAL[number - 1]
    here.enter("触发情形认定", name, day, item=item, subject=subject, confirmed=True, concluded=day)
    here.enter(
        "责任追究决定", f"{name}-decision", day,
        subject=subject, subject_kind="领导干部", violation_year=year, ref=name, **fields,
    )  # fmt: skip


def _decisions_together(here: Register, body: Row, year: int) -> None:
    """Article 36: a wrong decision taken together, and one taken by one alone."""
    unit = body["id"]
    name = f"{unit}-{year}-wrong-decision"
    day = _day(here, name, f"{year}-04-08", f"{year}-11-10")
    head = here.head(unit, day)
    deputy, member = here.deputy(body), f"{unit}-member"
    here.enter(
        "错误决策追责", name, day, unit=unit, mode="集体决策",
        votes=[
            {"person": head, "position": "赞成", "role": "主要负责人"},
            {"person": deputy, "position": "弃权", "role": "其他成员"},
            {"person": member, "position": "明确反对", "role": "其他成员", "when": "会上"},
        ],
        assigned=[
            {"person": head, "type": "主要领导责任"},
            {"person": deputy, "type": "重要领导责任"},
        ],
    )  # fmt: skip
    here.enter(
        "错误决策追责", f"{name}-alone", day, unit=unit, mode="个人决定或批准", decider=deputy,
        assigned=[{"person": deputy, "type": "个人责任"}],
    )  # fmt: skip


def _closed_files(here: Register, bodies: list[Row], year: int) -> None:
    """Articles 37 and 39: a lead that ended with a decision, and a case that looked at leaders."""
    unit = bodies[-1]["id"]
    name = f"{unit}-{year}-lead"
    day = _day(here, name, f"{year}-03-04", f"{year}-09-10")
    subject = f"{unit}-deputy"
    here.enter(
        "追责线索", name, day,
        subject=subject, should_pursue=True, closed=later(day, 30), closed_reason=_RETIRED,
    )  # fmt: skip
    here.enter(
        "责任追究决定", f"{name}-decision", later(day, 20),
        subject=subject, subject_kind="领导干部", severity="情节较轻", measures=["批评教育"],
        suspected_crime=False, handled_by=["纪检监察机关"], violation_year=year, ref=name,
    )  # fmt: skip
    case = f"{unit}-{year}-case"
    here.enter(
        "违纪违法案件", case, day,
        unit=unit, party=f"{unit}-member", closed=later(day, 60),
        leader_responsibility_examined=True,
    )  # fmt: skip


def _removal(here: Register, body: Row, year: int) -> None:
    """Article 38, paragraph 2: a removal and a demotion, and the posts given after their bars."""
    unit = body["id"]
    common: Row = {
        "subject_kind": "领导干部", "severity": "情节严重", "suspected_crime": False,
        "handled_by": ["组织人事部门"], "violation_year": year, "former_rank": "乡科级正职",
    }  # fmt: skip
    name = f"{unit}-{year}-removal"
    day = _day(here, name, f"{year}-03-04", f"{year}-05-20")
    removed, demoted = f"{unit}-removed", f"{unit}-demoted"
    here.enter("责任追究决定", name, day, subject=removed, measures=["免职"], **common)
    here.enter(
        "任职", f"{name}-lower", later(day, 100),
        person=removed, rank="乡科级副职", leading_post=True,
    )  # fmt: skip
    here.enter(
        "任职", f"{name}-again", later(day, 366),
        person=removed, rank="乡科级正职", leading_post=True,
    )  # fmt: skip
    name = f"{unit}-{year}-demotion"
    here.enter(
        "责任追究决定", name, day,
        subject=demoted, measures=["降职"], demoted_to="乡科级副职", **common,
    )  # fmt: skip
    here.enter(
        "任职", f"{name}-again", later(day, 732),
        person=demoted, rank="乡科级正职", leading_post=True,
    )  # fmt: skip
