"""What the checks of standing duties must find: what is owed at any time and not once a year.

- Article 12, paragraphs 1 and 2, A17, A45: every Party committee or group has a leading group,
  headed by its principal head in post, with an office in its own discipline organ. The latest
  establishment counts, and of several on one day what they all say; without any both paragraphs
  are MISSING.
- Articles 15 (1st paragraph), 21, 28 and 41, A55: systems and implementing rules exist; the text
  sets no date, so that their absence is for review.
- Article 43, A36: before the day by which the regulation was surely in force every unit gets one
  review and nothing else.
"""

from __future__ import annotations

from typing import Final

from dutygraph.fiction.drawing import Row
from dutygraph.fiction.evidence import Evidence, alive
from dutygraph.fiction.roster import PARTY_BODIES

_SYSTEMS: Final = {
    "art15.para1": "检查制度",
    "art21": "考核制度",
    "art28": "结果运用制度",
    "art41": "实施细则",
}


def check_commencement(here: Evidence, unit: Row) -> None:
    """Run the check of article 43 on a day before the regulation was surely in force."""
    why = "在检查日是否已适用本办法无法确定：原文没有施行日期"
    here.find("art43", "COMMENCEMENT_UNKNOWN", unit["id"], why, status="review")


def check_unit(here: Evidence, unit: Row) -> None:
    """Run the checks of what one unit owes at any time."""
    here.look_at("art43", unit["id"])
    if unit["kind"] not in PARTY_BODIES or not alive(unit, here.as_of, here.as_of):
        return
    _leading_group(here, unit)
    for key, kind in _SYSTEMS.items():
        if kind == "实施细则" and unit.get("level") in (None, "乡级"):
            continue
        here.look_at(key, unit["id"])
        if not here.by_unit(unit["id"], kind):
            why = f"没有{kind}的记录，条文没有期限，由人工判断"
            here.find(key, "MISSING", unit["id"], why, status="review")


def _leading_group(here: Evidence, unit: Row) -> None:
    name = unit["id"]
    for key in ("art12.para1", "art12.para2"):
        here.look_at(key, name)
    rows = here.by_unit(name, "领导小组成立")
    if not rows:
        here.find("art12.para1", "MISSING", name, "没有成立领导小组的记录")
        here.find("art12.para2", "MISSING", name, "没有领导小组，也就没有其办公室")
        return
    heads = here.heads(name, here.as_of)
    last = max(row["date"] for row in rows)
    latest = [row for row in rows if row["date"] == last]
    # Of several of one day none is the latest: they must all say so.
    if not heads or any("head" not in row for row in latest):
        here.find("art12.para1", "UNVERIFIABLE", name, "没有登记领导小组组长或者主要负责人")
    elif not any(row["head"] in heads for row in latest):
        here.find("art12.para1", "WRONG_HEAD", name, "的领导小组组长不是现任主要负责人")
    elif not all(row["head"] in heads for row in latest):
        here.find("art12.para1", "UNVERIFIABLE", name, f"{last}的两份成立记录组长不同")
    if "disc" not in unit or any("office_at" not in row for row in latest):
        here.find("art12.para2", "UNVERIFIABLE", name, "没有登记办公室所在或者纪检机构")
    elif not any(row["office_at"] == unit["disc"] for row in latest):
        here.find("art12.para2", "WRONG_LOCATION", name, "的领导小组办公室没有设在本单位纪检机构")
    elif not all(row["office_at"] == unit["disc"] for row in latest):
        here.find("art12.para2", "UNVERIFIABLE", name, f"{last}的两份成立记录办公室所在不同")
