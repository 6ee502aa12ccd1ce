"""What the checks of accountability must find: situations, decisions, awards, appointments.

- Article 29: a situation that is confirmed and concluded has a decision.
- Articles 31 and 32 (1st paragraph), A29, A30, A31: measures fit the kind of subject and the
  gravity; lighter ones may be added, heavier not; mitigation goes one tier down, aggravation stays
  in the tier; a suspected crime of a person is transferred, beside the tiers.
- Article 33, A48: an aggravating circumstance was treated as one.
- Article 35, A28: discipline by the discipline organ, organisational measures with the
  organisation department.
- Article 36, A32: of those who decided together the head and the direct supervisor bear
  主要领导责任, the others 重要领导责任, nobody who objected in the meeting, no absent other member;
  of one who decided alone only that one, 个人责任.
- Article 37: a change of post or retirement did not end what should have been pursued.
- Article 38, A06 to A09: no award for the year of a decision; no equal or higher leading post for
  12 months after 责令辞职 or 免职, no promotion for 24 months after 降职; with discipline the
  longer of the two; the anniversary is free.
- Article 39: a closed case examined the leaders' responsibility too.
"""

from __future__ import annotations

from typing import Final

from dutygraph.fiction.drawing import Row
from dutygraph.fiction.evidence import Evidence, chinese, months_later, year_of
from dutygraph.fiction.roster import DEPARTMENTS, PARTY_BODIES

_SEVERITIES: Final = ("情节较轻", "情节较重", "情节严重")
_TRANSFER: Final = "移送司法机关"
_DISCIPLINE: Final = "党纪政纪处分"
_TIERS: Final = {
    "领导班子": {"责令作出书面检查": 0, "通报批评": 1, "调整处理": 2},
    "领导干部": {
        "批评教育": 0, "诫勉谈话": 0, "责令作出书面检查": 0, "通报批评": 1, _DISCIPLINE: 2,
        "调整职务": 2, "责令辞职": 2, "免职": 2, "降职": 2,
    },
}  # fmt: skip
_ORGANISATIONAL: Final = ("调整职务", "责令辞职", "免职", "降职", "调整处理")
_RANKS: Final = (
    "乡科级副职", "乡科级正职", "县处级副职", "县处级正职", "厅局级副职", "厅局级正职",
)  # fmt: skip
_LEAVING: Final = (
    "退休", "退出现职", "调动", "调离", "调任", "调出", "调整", "转任", "离任", "卸任", "免职后",
    "岗位变动", "职务变动", "工作变动", "岗位调整", "离职", "辞职",
)  # fmt: skip
_HELD: Final = ("主要领导责任", "重要领导责任")


def check_accountability(here: Evidence) -> None:
    """Run all these checks on the records of a place."""
    for row in here.cases("触发情形认定"):
        if "item" in row and here.happened(row, "concluded"):
            _situation(here, row)
    for row in here.cases("责任追究决定"):
        _ladder(here, row)
        _aggravation(here, row)
        _authority(here, row)
    for row in here.cases("错误决策追责"):
        _wrong_decision(here, row)
    for row in here.cases("追责线索"):
        if here.happened(row, "closed"):
            _lead(here, row)
    _awards(here)
    _bars(here)
    for row in here.cases("违纪违法案件"):
        bound = here.units[row["unit"]]["kind"] in (*PARTY_BODIES, *DEPARTMENTS)
        if bound and here.happened(row, "closed"):
            _examined(here, row)


def _decided(here: Evidence, row: Row, subject: str) -> bool:
    """Tell whether a decision about a subject follows on a record: by reference, else later."""
    return any(
        decision.get("ref") == row["id"]
        or ("ref" not in decision and decision["date"] >= row["date"])
        for decision in here.on(subject, "责任追究决定")
    )


def _situation(here: Evidence, row: Row) -> None:
    subject, confirmed = row.get("subject"), row.get("confirmed")
    if subject is None or confirmed is False:
        return
    key, year = f"art29.item{row['item']}", year_of(row)
    here.look_at(key, subject)
    if _decided(here, row, subject):
        return
    if confirmed is None:
        here.find(key, "UNVERIFIABLE", subject, "的情形没有登记是否属实", year=year)
    else:
        why = "的情形已认定属实并办结，没有责任追究决定"
        here.find(key, "NOT_PURSUED", subject, why, year=year)


def _kind_of_subject(here: Evidence, row: Row) -> str:
    by_thing = "领导班子" if row["subject"] in here.units else "领导干部"
    return str(row.get("subject_kind", by_thing))


def _ladder(here: Evidence, row: Row) -> None:
    """Look at the measures of one decision."""
    subject, kind, year = row["subject"], _kind_of_subject(here, row), year_of(row)
    key = "art31" if kind == "领导班子" else "art32.para1"
    tiers, measures, severity = _TIERS[kind], row.get("measures", ()), row.get("severity")
    here.look_at(key, subject)
    if not measures or severity is None:
        here.find(key, "UNVERIFIABLE", subject, "的追究决定没有登记情节或者方式", year=year)
        if not measures:
            return
    person = kind == "领导干部"
    if any(each not in tiers and not (person and each == _TRANSFER) for each in measures):
        why = f"受到的{'、'.join(measures)}中有不适用于{kind}的"
        here.find(key, "MEASURE_SUBJECT_MISMATCH", subject, why, year=year)
    if person and row.get("suspected_crime") is True and _TRANSFER not in measures:
        here.find(key, "MISSING_TRANSFER", subject, "涉嫌犯罪而没有移送司法机关", year=year)
    found = [tiers[each] for each in measures if each in tiers]
    if severity is None or not found:
        return
    tier = _SEVERITIES.index(severity)
    mitigated = bool(row.get("mitigation")) and tier - 1 in found
    if max(found) > tier or (tier not in found and not mitigated):
        why = f"{severity}，受到的{'、'.join(measures)}与情节不相当"
        here.find(key, "MEASURE_SEVERITY_MISMATCH", subject, why, year=year)


def _aggravation(here: Evidence, row: Row) -> None:
    if not row.get("aggravation"):
        return
    key, subject, year = "art33.para1", row["subject"], year_of(row)
    here.look_at(key, subject)
    treated = row.get("treated_as_heavier")
    if treated is None:
        here.find(key, "UNVERIFIABLE", subject, "没有登记是否从重追究", year=year)
    elif treated is False:
        status = "review" if row.get("mitigation") else "violation"
        why = "有从重情节而没有从重追究"
        here.find(key, "AGGRAVATION_IGNORED", subject, why, status=status, year=year)


def _authority(here: Evidence, row: Row) -> None:
    measures, subject, year = row.get("measures", ()), row["subject"], year_of(row)
    wanted = set()
    if _DISCIPLINE in measures:
        wanted.add("纪检监察机关")
    if any(each in _ORGANISATIONAL for each in measures):
        wanted.add("组织人事部门")
    if not wanted:
        return
    here.look_at("art35", subject)
    handled = row.get("handled_by", ())
    if not handled:
        here.find("art35", "UNVERIFIABLE", subject, "没有登记由谁办理", year=year)
    elif not wanted <= set(handled):
        why = f"的追究没有由{'、'.join(sorted(wanted - set(handled)))}办理"
        here.find("art35", "WRONG_AUTHORITY", subject, why, year=year)


def _wrong_decision(here: Evidence, row: Row) -> None:
    """Look at article 36: who is held for a wrong decision."""
    year, mode = year_of(row), row.get("mode")
    assigned = {each["person"]: each.get("type") for each in row.get("assigned", ())}
    votes = {each["person"]: each for each in row.get("votes", ())}
    if mode is None:
        for person in {*assigned, *votes}:
            here.find("art36.para2", "UNVERIFIABLE", person, "没有登记怎样决定的", year=year)
    elif mode == "集体决策":
        for person in {*assigned, *votes}:
            here.look_at("art36.para2", person)
            _held_together(here, person, votes.get(person), assigned, year)
    else:
        _held_alone(here, row.get("decider"), assigned, year)


def _held_together(
    here: Evidence, person: str, vote: Row | None, assigned: dict[str, str | None], year: int
) -> None:
    key, held = "art36.para2", person in assigned
    known, expected = _expected(vote)
    if not known or (held and assigned[person] is None):
        here.find(key, "UNVERIFIABLE", person, "没有登记怎样表决或者承担什么责任", year=year)
    elif expected is None:
        if held and assigned[person] in _HELD:
            here.find(key, "WRONGLY_HELD", person, "不应承担而被追究领导责任", year=year)
    elif not held:
        here.find(key, "NOT_PURSUED", person, f"应承担{expected}而没有追究", year=year)
    elif assigned[person] != expected:
        why = f"应承担{expected}，追究的是{assigned[person]}"
        here.find(key, "WRONG_RESPONSIBILITY_TYPE", person, why, year=year)


def _expected(vote: Row | None) -> tuple[bool, str | None]:
    """Give whether it can be told what a vote makes one bear, and what: None for nothing."""
    if vote is None or "position" not in vote:
        return False, None
    position, role = vote["position"], vote.get("role")
    if position == "明确反对":
        if "when" not in vote:
            return False, None
        if vote["when"] == "会上":
            return True, None
    if role is None:
        return False, None
    if role in ("主要负责人", "直接主管"):
        return True, _HELD[0]
    return True, None if position == "缺席" else _HELD[1]


def _held_alone(
    here: Evidence, decider: str | None, assigned: dict[str, str | None], year: int
) -> None:
    key = "art36.para3"
    if decider is None:
        for person in assigned:
            here.find(key, "UNVERIFIABLE", person, "没有登记由谁决定", year=year)
        return
    here.look_at(key, decider)
    if decider not in assigned:
        here.find(key, "NOT_PURSUED", decider, "个人决定而没有追究", year=year)
    elif assigned[decider] is None:
        here.find(key, "UNVERIFIABLE", decider, "没有登记承担什么责任", year=year)
    elif assigned[decider] != "个人责任":
        why = f"应承担个人责任，追究的是{assigned[decider]}"
        here.find(key, "WRONG_RESPONSIBILITY_TYPE", decider, why, year=year)
    for person in assigned:
        if person != decider:
            here.find(key, "WRONGLY_HELD", person, "没有作出决定而被追究", year=year)


def _lead(here: Evidence, row: Row) -> None:
    key, subject, should = "art37", row["subject"], row.get("should_pursue")
    if should is False:
        return
    year, reason = year_of(row), row.get("closed_reason")
    here.look_at(key, subject)
    if _decided(here, row, subject):
        return
    if reason is None:
        here.find(key, "UNVERIFIABLE", subject, "的线索没有登记办结原因", year=year)
    elif not any(word in reason for word in _LEAVING):
        return
    elif should is None:
        here.find(key, "UNVERIFIABLE", subject, "的线索没有登记是否应当追究", year=year)
    else:
        why = f"的线索以“{reason}”办结，没有追究"
        here.find(key, "IMPROPER_EXEMPTION", subject, why, year=year)


def _awards(here: Evidence) -> None:
    for kind in ("评选先进", "年度考核评优"):
        for award in here.cases(kind):
            subject, year = award.get("subject"), year_of(award)
            if subject is None:
                continue
            here.look_at("art38.para1", subject)
            decisions = here.on(subject, "责任追究决定")
            if any(int(row["date"][:4]) == year for row in decisions):
                why = f"{year}年受到责任追究，当年又被评先评优"
                here.find("art38.para1", "AWARD_DISQUALIFIED", subject, why, year=year)


def _bars(here: Evidence) -> None:
    for decision in here.cases("责任追究决定"):
        measures, subject = decision.get("measures", ()), decision["subject"]
        if subject not in here.people:
            continue
        posts = [
            row
            for row in here.of_kind("任职")
            if row.get("person") == subject and row["date"] >= decision["date"]
        ]
        if "责令辞职" in measures or "免职" in measures:
            _bar(here, decision, posts, 12, "former_rank", "EARLY_REAPPOINTMENT")
        if "降职" in measures:
            _bar(here, decision, posts, 24, "demoted_to", "EARLY_PROMOTION")


def _bar(
    here: Evidence, decision: Row, posts: list[Row], months: int, against: str, code: str
) -> None:
    key, person = "art38.para2", decision["subject"]
    here.look_at(key, person)
    end = months_later(decision["date"], months)
    effect, unknown = decision.get("discipline_effect_months"), False
    if _DISCIPLINE in decision["measures"]:
        unknown = effect is None
        end = max(end, months_later(decision["date"], effect or 0))
    for post in posts:
        if post["date"] >= end and not unknown:
            continue
        judged = _judged(decision, post, against, code)
        if judged is False:
            continue
        if judged is None or post["date"] >= end:
            here.find(key, "UNVERIFIABLE", person, "的任职能否无法核实", year=year_of(decision))
        else:
            why = f"{chinese(post['date'])}任职，限制到{chinese(end)}为止"
            here.find(key, code, person, why, year=year_of(decision))


def _judged(decision: Row, post: Row, against: str, code: str) -> bool | None:
    """Tell whether a post is what the bar forbids, None when the records do not say."""
    rank, limit = post.get("rank"), decision.get(against)
    if code == "EARLY_PROMOTION":
        if limit is None and rank and decision.get("former_rank"):
            above = _RANKS.index(rank) > _RANKS.index(decision["former_rank"])
            return True if above else None
        if rank is None or limit is None:
            return None
        return _RANKS.index(rank) > _RANKS.index(limit)
    leading = post.get("leading_post")
    if leading is False:
        return False
    if rank is not None and limit is not None and _RANKS.index(rank) < _RANKS.index(limit):
        return False
    return None if None in (rank, limit, leading) else True


def _examined(here: Evidence, row: Row) -> None:
    key, unit, year = "art39", row["unit"], year_of(row)
    here.look_at(key, unit)
    examined = row.get("leader_responsibility_examined")
    if examined is None:
        why = "办结的案件没有登记是否检查领导责任"
        here.find(key, "UNVERIFIABLE", unit, why, year=year)
    elif examined is False:
        here.find(key, "MISSING", unit, "办结的案件没有检查领导责任", year=year)
