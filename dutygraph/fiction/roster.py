"""Who exists in a fictional province: its units, with their superiors, and their people.

The bodies of a place have its Party committee and discipline commission above them (the
territorial line, reading A37); a county's bureau has the prefecture's bureau of the same trade
above it along the functional line. Nobody above the province is in the data, unless the roster is
made with a centre.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dutygraph.fiction.drawing import Lots, Row, known
from dutygraph.fiction.people import Person, posts_of, sanctioned
from dutygraph.fiction.places import CORE, SMALL_CORE, Place

GROUPS: Final = (
    "部门党组", "人大机关党组", "政协机关党组", "审判机关党组", "检察机关党组", "人民团体党组",
)  # fmt: skip
PARTY_BODIES: Final = ("地方党委", *GROUPS, "国有企业党委", "事业单位党委")
DEPARTMENTS: Final = ("党委职能部门", "政府职能部门", "组织人事部门")
BY_REFERENCE: Final = ("人民团体党组", "国有企业党委", "事业单位党委")
"""Article 41: to these the regulation applies by reference."""

CENTRE: Final = "zhongshu"
CENTRE_DISCIPLINE: Final = "zhongshu-jiwei"

# What bodies a place has, in this order, as far as its number of bodies goes: (slug, name, kind).
_FIRST: Final[tuple[tuple[str, str, str], ...]] = (
    ("zuzhi", "委组织部", "组织人事部门"),
    ("renda", "人大机关党组", "人大机关党组"),
    ("jiaoyu", "教育局党组", "部门党组"),
    ("fazhi", "政府法制办公室", "政府职能部门"),
    ("fulian", "妇女联合会党组", "人民团体党组"),
    ("xuanchuan", "委宣传部", "党委职能部门"),
    ("zhengxie", "政协机关党组", "政协机关党组"),
    ("fayuan", "人民法院党组", "审判机关党组"),
    ("jianchayuan", "人民检察院党组", "检察机关党组"),
    ("jituan1", "第一投资集团党委", "国有企业党委"),
    ("xuexiao1", "第一职业学院党委", "事业单位党委"),
    ("xunshi", "委巡视工作机构", "巡视机构"),
    ("tongzhan", "委统战部", "党委职能部门"),
    ("xinfang", "政府信访办公室", "政府职能部门"),
    ("gonghui", "总工会党组", "人民团体党组"),
)
_TRADES: Final = (
    "财政", "民政", "水利", "农业", "交通运输", "卫生", "林业", "审计", "统计", "环境保护",
    "住房和城乡建设", "人力资源和社会保障", "国土资源", "商务", "文化", "体育", "旅游", "司法行政",
    "质量技术监督", "安全生产监督管理", "粮食", "物价", "气象", "地震", "档案", "城市管理",
)  # fmt: skip
_SHARE_FOUNDED: Final = 0.02
_SHARE_DISSOLVED: Final = 0.01
_SHARE_NEW_HEAD: Final = 0.03
STEADY: Final = ("地方党委", "政府", "纪检监察机关", "巡视机构", "人大机关党组", "组织人事部门")
"""Kinds that are there throughout and whose people stay."""


@dataclass(frozen=True)
class Staff:
    """A place with its units, as rows of the import model, by id and in order."""

    place: Place
    units: Mapping[str, Row]

    @property
    def bodies(self) -> list[Row]:
        """The bodies under the place's Party committee that report to it, in order."""
        bound = (*PARTY_BODIES, *DEPARTMENTS)
        return [
            unit
            for unit in self.units.values()
            if unit["kind"] in bound and unit["kind"] != "地方党委"
        ]

    @property
    def steady(self) -> list[Row]:
        """The bodies that existed all the years, with a Party group or committee."""
        return [
            unit
            for unit in self.bodies
            if unit["kind"] in PARTY_BODIES and "founded" not in unit and "dissolved" not in unit
        ]

    def organ(self, slug: str) -> str | None:
        """Give the id of an organ of the place when it has that organ."""
        name = self.place.organ(slug)
        return name if name in self.units else None


@dataclass(frozen=True)
class Roster:
    """All units and people of a province, place by place, made anew at each asking."""

    places: list[Place]
    lots: Lots
    years: tuple[int, ...]
    with_centre: bool

    @cached_property
    def _slugs(self) -> Mapping[str, frozenset[str]]:
        return {
            place.key: frozenset(slug for slug, _, _ in _bodies(place)) for place in self.places
        }

    def staff(self) -> Iterator[Staff]:
        """Give each place with its units, from the province down."""
        for place in self.places:
            units = {unit["id"]: unit for unit in self._units(place)}
            yield Staff(place, units)

    def centre(self) -> list[Row]:
        """Give the units above the province: none unless the roster has a centre.

        No kind of unit of the model stands above a province. A leading group does for one, since
        it owes nothing by itself; a discipline organ without a superior owes no half-year report.
        """
        if not self.with_centre:
            return []
        return [
            {"id": CENTRE, "name": "中枢领导小组", "kind": "领导小组", "level": "省级"},
            {
                "id": CENTRE_DISCIPLINE, "name": "中枢纪检机关", "kind": "纪检监察机关",
                "level": "省级",
            },
        ]  # fmt: skip

    def people(self, staff: Staff) -> Iterator[Person]:
        """Give the people of a place's units, unit by unit."""
        for unit in staff.units.values():
            yield from posts_of(unit, self._new_head(unit), self.lots, self.years[0])
        if staff.steady and staff.place.level != "乡级":
            yield from sanctioned(staff.steady[0]["id"], self.lots, self.years[0])

    def _new_head(self, unit: Row) -> str | None:
        """Give the day on which a unit's head changes, None for most units."""
        if unit["kind"] in STEADY or unit["kind"] not in (*PARTY_BODIES, *DEPARTMENTS):
            return None
        if "founded" in unit or "dissolved" in unit:
            return None
        if not self.lots.happens(f"{unit['id']}/new-head", _SHARE_NEW_HEAD):
            return None
        year = self.lots.choice(f"{unit['id']}/new-head-year", self.years)
        return self.lots.workday(f"{unit['id']}/new-head-day", f"{year}-04-10", f"{year}-11-20")

    def _units(self, place: Place) -> Iterator[Row]:
        small = place.level == "乡级"
        organs = SMALL_CORE if small else CORE[: len(CORE) + min(place.bodies, 0)]
        for slug in organs:
            yield known(self._organ(place, slug))
        for slug, name, kind in _bodies(place):
            yield known(self._body(place, slug, name, kind, organs))

    def _organ(self, place: Place, slug: str) -> Row:
        """Give an organ that every place of its level has."""
        above = place.above
        party, discipline, group = (
            (above.organ("dangwei"), above.organ("jiwei"), above.organ("lingdao"))
            if above
            else (CENTRE, CENTRE_DISCIPLINE, CENTRE)
            if self.with_centre
            else (None, None, None)
        )
        short = "党委" if place.level == "乡级" else "委"
        particular: dict[str, Row] = {
            "dangwei": {
                "name": place.name + short, "kind": "地方党委", "parent_party": party,
                "parent_disc": discipline, "disc": place.organ("jiwei"),
                "govt": place.organ("zhengfu"), "upper_lg": group,
            },
            "zhengfu": {"name": f"{place.name}人民政府", "kind": "政府"},
            "jiwei": {
                "name": f"{place.name}纪委", "kind": "纪检监察机关", "parent_disc": discipline,
            },
            "lingdao": {
                "name": f"{place.name}党风廉政建设责任制工作领导小组", "kind": "领导小组",
                # A county's leading group is found by level and region alone.
                "parent_party": None if place.level == "县级" else place.organ("dangwei"),
            },
            "bangongshi": {
                "name": f"{place.name}党风廉政建设责任制领导小组办公室", "kind": "领导小组办公室",
            },
            "kaohe": {"name": f"{place.name}责任制考核组", "kind": "考核组"},
            "paizhu": {
                "name": f"{place.name}纪委派驻纪检组", "kind": "纪检监察机关",
                "parent_disc": place.organ("jiwei"),
            },
        }  # fmt: skip
        common = {"id": place.organ(slug), "level": place.level, "region": place.region}
        return common | particular[slug]

    def _body(self, place: Place, slug: str, name: str, kind: str, organs: tuple[str, ...]) -> Row:
        """Give a body under a place's Party committee."""
        row: Row = {
            "id": place.organ(slug),
            "name": place.name + name,
            "kind": kind,
            "level": place.level,
            "region": place.region,
            "parent_party": place.organ("dangwei"),
            "parent_disc": place.organ("jiwei"),
        }
        if kind in PARTY_BODIES:
            row["disc"] = place.organ("paizhu" if "paizhu" in organs else "jiwei")
        if kind in (*PARTY_BODIES, *DEPARTMENTS):
            row |= {"upper_lg": place.organ("lingdao"), "office": place.organ("bangongshi")}
            row |= self._life(row["id"], kind)
        if kind == "人大机关党组":
            row["legislative_power"] = place.level != "县级"
        above = place.above
        if above and slug in self._slugs[above.key]:
            row |= {"vertical_party": above.organ(slug), "vertical_disc": above.organ("jiwei")}
        return row

    def _life(self, unit: str, kind: str) -> Row:
        """Give when a body was founded or dissolved: most of them neither, none in a first quarter.

        Nor around a day on which a duty falls due, so that a short life owes what it can do.
        """
        year = self.lots.choice(f"{unit}/life-year", self.years)
        if kind in STEADY:
            return {}
        if self.lots.happens(f"{unit}/founded", _SHARE_FOUNDED):
            late = self.lots.happens(f"{unit}/founded-late", 0.5)
            first, last = ("08-05", "10-20") if late else ("04-10", "07-05")
            day = self.lots.workday(f"{unit}/founded-day", f"{year}-{first}", f"{year}-{last}")
            return {"founded": day}
        if self.lots.happens(f"{unit}/dissolved", _SHARE_DISSOLVED):
            day = self.lots.workday(f"{unit}/dissolved-day", f"{year}-06-20", f"{year}-06-30")
            return {"dissolved": day}
        return {}


def _bodies(place: Place) -> Iterator[tuple[str, str, str]]:
    """Give a place's bodies: what every place has, bureaus, then enterprises and schools."""
    wanted = max(place.bodies, 0) if place.level != "乡级" else 0
    catalogue = _catalogue(county=place.level == "县级")
    for _, body in zip(range(wanted), catalogue, strict=False):
        yield body


def _catalogue(*, county: bool) -> Iterator[tuple[str, str, str]]:
    # Inspection bodies are a province's and a prefecture's.
    yield from (body for body in _FIRST if not (county and body[2] == "巡视机构"))
    for number, trade in enumerate(_TRADES, start=1):
        yield f"ju{number:02}", f"{trade}局党组", "部门党组"
    number = 2
    while True:
        yield f"jituan{number}", f"第{number}投资集团党委", "国有企业党委"
        yield f"xuexiao{number}", f"第{number}职业学院党委", "事业单位党委"
        number += 1
