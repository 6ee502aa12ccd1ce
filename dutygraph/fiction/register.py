"""The register of one place: its people, and its records as they are entered one after another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from dutygraph.fiction.drawing import Lots, Row, known
from dutygraph.fiction.people import Person
from dutygraph.fiction.roster import Staff

# Kind → record type.
TYPES: Final = {
    kind: record_type
    for record_type, kinds in {
        "document": (
            "责任分解", "领导小组成立", "任务分解意见", "落实计划", "具体措施", "提供情况要求",
            "检查制度", "考核制度", "结果运用制度", "实施细则", "工作计划", "立法协调",
            "代表意见建议", "转办", "答复代表", "纠正建议", "考核反馈", "评选先进",
        ),
        "filing": ("责任分解备案", "落实计划备案"),
        "meeting": (
            "专题党委常委会议", "专题党组会议", "政府廉政工作会议", "动员部署", "领导班子会议",
            "年中专题会议",
        ),
        "report": (
            "责任制年度报告", "责任追究半年报告", "常委会向全委会工作报告", "巡视报告", "提供情况",
            "纠正情况报告", "严重问题报告", "考核汇报", "违纪违法情况报告",
        ),
        "assessment": ("责任制考核", "考核发现问题", "干部年度材料", "年度考核评优"),
        "case": (
            "检查发现问题", "责成谈话", "谈话", "检查诫勉谈话", "函询", "班子成员违纪违法",
            "触发情形认定", "责任追究决定", "错误决策追责", "追责线索", "违纪违法案件",
        ),
        "appointment": ("任职",),
    }.items()
    for kind in kinds
}  # fmt: skip
FOREVER: Final = "9999-12-31"


class Register:
    """A place's staff, people and records; records are rows of the import model's JSON form."""

    def __init__(self, staff: Staff, people: Iterable[Person], lots: Lots) -> None:
        self.staff = staff
        self.lots = lots
        self.people = {person["id"]: person for person in people}
        self.records: list[Row] = []
        self._heads: dict[str, list[tuple[str, str, str]]] = {}
        for person in self.people.values():
            for role in person["roles"]:
                if role.get("principal_head"):
                    term = (role["from"], role.get("to", FOREVER), person["id"])
                    self._heads.setdefault(role["unit"], []).append(term)

    def head(self, unit: str, day: str) -> str | None:
        """Give who is a unit's principal head on a day, None when nobody is."""
        terms = self._heads.get(unit, ())
        return next((who for first, last, who in terms if first <= day < last), None)

    def new_head_on(self, unit: str) -> str | None:
        """Give the day on which a unit's head changes, None when it does not."""
        terms = self._heads.get(unit, ())
        return terms[1][0] if len(terms) > 1 else None

    def deputy(self, unit: Row) -> str:
        """Give the id of a unit's deputy head."""
        return f"{unit['id']}-deputy"

    def enter(self, kind: str, name: str, day: str, **fields: Any) -> Row:
        """Enter a record of a kind, by its id and date; what is None is not recorded."""
        row = known({"id": name, "type": TYPES[kind], "kind": kind, "date": day, **fields})
        self.records.append(row)
        return row

    def enter_drawn(
        self, kind: str, name: str, about: Row, first: str, last: str, **fields: Any
    ) -> Row | None:
        """Enter a record on a working day between two days on which a unit existed.

        None when there is no such day.
        """
        first = max(first, about.get("founded", first))
        if "dissolved" in about and about["dissolved"] <= last:
            return None
        day = self.lots.workday(name, first, last)
        return None if day is None else self.enter(kind, name, day, **fields)
