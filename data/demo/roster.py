"""Who exists in the demo: the units of a prefecture, its counties and townships, and their people.

Places, bodies and posts are made up. A city's or county's departments and organs have its Party
committee and discipline commission above them (the territorial line), a county bureau has the
city's bureau above it along the functional line, and nobody above the city is in the data.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A division with a Party committee, a government and a discipline commission."""

    key: str
    name: str
    level: str
    region: str
    above: Place | None = None

    @property
    def committee(self) -> str:
        """The id of the place's Party committee."""
        return self.key + {"设区市级": "-shiwei", "县级": "-xianwei", "乡级": ""}[self.level]

    def organ(self, slug: str) -> str:
        """Give the id of another organ of the place: zhengfu, jiwei, lingdao, paizhu."""
        return f"{self.key}-{slug}"


@dataclass(frozen=True)
class Body:
    """A body under a place's Party committee, with the posts of its head and of its second.

    ``split`` tells that the second, not the head, is the administrative head.
    """

    key: str
    name: str
    kind: str
    head: str
    second: str
    split: bool = False


CITY: Final = Place("yt", "云棠市", "设区市级", "990100")
COUNTIES: Final = (
    Place("sy", "松月县", "县级", "990121", CITY),
    Place("wc", "望川县", "县级", "990122", CITY),
    Place("qh", "青禾县", "县级", "990123", CITY),
)
TOWNSHIPS: Final = tuple(
    Place(key, county.name + name, "乡级", f"{county.region}{code}", county)
    for county, key, name, code in (
        (COUNTIES[0], "sy-zhenxi", "枕溪镇", "101"),
        (COUNTIES[0], "sy-tingsong", "听松乡", "201"),
        (COUNTIES[1], "wc-ludu", "芦渡镇", "101"),
        (COUNTIES[1], "wc-hepo", "鹤坡乡", "201"),
        (COUNTIES[2], "qh-mailang", "麦浪镇", "101"),
        (COUNTIES[2], "qh-xingtang", "杏塘乡", "201"),
    )
)
PLACES: Final = (
    CITY,
    *(
        place
        for county in COUNTIES
        for place in (county, *TOWNSHIPS)
        if county in (place, place.above)
    ),
)

_BUREAU: Final = ("部门党组", "党组书记、局长", "党组成员、副局长")
BODIES: Final[Mapping[str, tuple[Body, ...]]] = {
    "yt": (
        Body("renda", "人大机关党组", "人大机关党组", "党组书记、主任", "党组成员、副主任"),
        Body("zhengxie", "政协机关党组", "政协机关党组", "党组书记、主席", "党组成员、副主席"),
        Body("fayuan", "中级人民法院党组", "审判机关党组", "党组书记、院长", "党组成员、副院长"),
        Body(
            "jianchayuan", "人民检察院党组", "检察机关党组",
            "党组书记、检察长", "党组成员、副检察长",
        ),
        Body("zuzhi", "委组织部", "组织人事部门", "部长", "副部长"),
        Body("xuanchuan", "委宣传部", "党委职能部门", "部长", "副部长"),
        Body("fazhi", "政府法制办公室", "政府职能部门", "主任", "副主任"),
        Body("jiaoyu", "教育局党组", *_BUREAU),
        Body("jiaotong", "交通运输局党组", "部门党组", "党组书记", "党组副书记、局长", split=True),
        Body("zhujian", "住房和城乡建设局党组", *_BUREAU),
        Body("wujia", "物价局党组", *_BUREAU),
        Body("shiyao", "食品药品监督管理局党组", *_BUREAU),
        Body("fulian", "妇女联合会党组", "人民团体党组", "党组书记、主席", "党组成员、副主席"),
        Body(
            "xueyuan", "职业技术学院党委", "事业单位党委",
            "党委书记", "党委副书记、院长", split=True,
        ),
        Body(
            "chengtou", "城市建设投资集团党委", "国有企业党委",
            "党委书记、董事长", "党委副书记、总经理", split=True,
        ),
    ),
    **{
        county: (
            Body("renda", "人大机关党组", "人大机关党组", "党组书记、主任", "党组成员、副主任"),
            *(Body(key, f"{name}党组", *_BUREAU) for key, name in bureaus),
        )
        for county, bureaus in (
            ("sy", (("jiaoyu", "教育局"), ("shuili", "水利局"))),
            ("wc", (("jiaoyu", "教育局"), ("zhujian", "住房和城乡建设局"))),
            ("qh", (("nongye", "农业局"), ("minzheng", "民政局"))),
        )
    },
}  # fmt: skip
# What is particular to one unit.
PARTICULARS: Final[Mapping[str, Row]] = {
    "yt-wujia": {"dissolved": "2013-06-28"},
    "yt-shiyao": {"founded": "2014-06-16"},
    "yt-chengtou": {"disc": "yt-chengtou-jiwei"},
    "yt-renda": {"legislative_power": False},
    "sy-renda": {"legislative_power": False},
    "wc-renda": {"legislative_power": False},
    "qh-renda": {"legislative_power": False},
}


def units() -> Iterator[Row]:
    """Give every unit as a row, place by place from the city down."""
    for place in PLACES:
        yield from _core(place)
        for body in BODIES.get(place.key, ()):
            yield _under(place, body)
    yield {
        "id": "yt-chengtou-jiwei", "name": "云棠市城市建设投资集团纪委", "kind": "纪检监察机关",
        "level": CITY.level, "parent_disc": CITY.organ("jiwei"), "region": CITY.region,
    }  # fmt: skip
    yield {
        "id": "yt-kaohe", "name": "云棠市党风廉政建设责任制第一考核组", "kind": "考核组",
        "level": CITY.level, "region": CITY.region,
    }  # fmt: skip


def _core(place: Place) -> Iterator[Row]:
    """Give the committee of a place, its government, discipline commission and leading group."""
    common = {"level": place.level, "region": place.region}
    above = place.above
    superiors = (
        {"parent_party": above.committee, "parent_disc": above.organ("jiwei")} if above else {}
    )
    short = "党委" if place.level == "乡级" else "委"
    yield {
        "id": place.committee, "name": place.name + short, "kind": "地方党委", **superiors,
        "disc": place.organ("jiwei"), "govt": place.organ("zhengfu"),
        **({"upper_lg": above.organ("lingdao")} if above else {}), **common,
    }  # fmt: skip
    yield {
        "id": place.organ("zhengfu"), "name": f"{place.name}人民政府", "kind": "政府", **common
    }  # fmt: skip
    yield {
        "id": place.organ("jiwei"), "name": f"{place.name}纪委", "kind": "纪检监察机关",
        **({"parent_disc": above.organ("jiwei")} if above else {}), **common,
    }  # fmt: skip
    if place.level == "乡级":
        return
    yield {
        "id": place.organ("lingdao"), "name": f"{place.name}党风廉政建设责任制工作领导小组",
        "kind": "领导小组", **common,
    }  # fmt: skip
    if place is CITY:
        yield {
            "id": "yt-lingdao-ban", "name": f"{place.name}党风廉政建设责任制工作领导小组办公室",
            "kind": "领导小组办公室", **common,
        }  # fmt: skip
    yield {
        "id": place.organ("paizhu"), "name": f"{place.name}纪委派驻纪检组", "kind": "纪检监察机关",
        "parent_disc": place.organ("jiwei"), **common,
    }  # fmt: skip


def _under(place: Place, body: Body) -> Row:
    """Give a body under a place's Party committee."""
    unit: Row = {
        "id": place.organ(body.key), "name": place.name + body.name, "kind": body.kind,
        "parent_party": place.committee, "parent_disc": place.organ("jiwei"),
    }  # fmt: skip
    counterparts = {above.key for above in BODIES["yt"]} if place.above else set()
    if body.key in counterparts and body.kind == "部门党组":
        unit |= {"vertical_party": CITY.organ(body.key), "vertical_disc": CITY.organ("paizhu")}
    unit |= {"disc": place.organ("paizhu"), "upper_lg": place.organ("lingdao")}
    if place is CITY:
        unit["office"] = "yt-lingdao-ban"
    return unit | PARTICULARS.get(unit["id"], {}) | {"level": place.level, "region": place.region}


# People ---------------------------------------------------------------------------------------

_SURNAMES: Final = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施孔曹严华金"
    "魏陶姜戚谢邹柏章苏潘葛范彭鲁韦马方俞任袁柳"
)
_GIVEN: Final = (
    "谷雨", "小满", "白露", "立夏", "秋分", "霜降", "惊蛰", "半夏",
    "苏木", "忍冬", "青蒿", "连翘", "泽兰", "菖蒲", "杜若", "茯苓",
    "决明", "石斛", "麦冬", "玉竹", "云苓", "海桐", "木槿", "紫菀",
    "款冬", "甘松", "扶桑", "辛夷", "佩兰", "重楼", "青黛", "空青",
)  # fmt: skip


def people(seed: str, new_heads: Mapping[str, str]) -> list[Row]:
    """Give the people as rows. ``new_heads`` gives unit → the day its head is replaced."""
    cast = _Cast(seed, new_heads)
    for place in PLACES:
        rank = {"设区市级": "市", "县级": "县"}.get(place.level, place.name[-1])
        party = f"{rank}党委" if place.level == "乡级" else f"{rank}委"
        member = "委员" if place.level == "乡级" else "常委"
        committee = place.committee
        cast.head(committee, f"{party}书记")
        cast.add(
            f"{place.organ('zhengfu')}-head",
            {"unit": committee, "post": f"{party}副书记", "administrative_head": True},
            {"unit": place.organ("zhengfu"), "post": f"{rank}长",
             "principal_head": True, "administrative_head": True},
        )  # fmt: skip
        cast.add(
            f"{place.organ('jiwei')}-head",
            {"unit": committee, "post": f"{party}{member}"},
            {"unit": place.organ("jiwei"), "post": "纪委书记", "principal_head": True},
        )
        if place.level != "乡级":
            cast.head(place.organ("paizhu"), "纪检组组长")
        for body in BODIES.get(place.key, ()):
            unit = place.organ(body.key)
            cast.head(unit, body.head, administrative_head=not body.split)
            role: Row = {"unit": unit, "post": body.second}
            if body.split:
                cast.add(f"{unit}-admin", role | {"administrative_head": True})
            else:
                cast.add(f"{unit}-deputy", role)
    cast.add(
        "yt-chengtou-jiwei-head",
        {"unit": "yt-chengtou", "post": "党委委员"},
        {"unit": "yt-chengtou-jiwei", "post": "纪委书记", "principal_head": True},
    )
    return cast.people


class _Cast:
    """Gives people names nobody else has, and dates to their roles."""

    def __init__(self, seed: str, new_heads: Mapping[str, str]) -> None:
        self.people: list[Row] = []
        self._seed = seed
        self._new_heads = new_heads
        self._taken: set[str] = set()

    def head(self, unit: str, post: str, *, administrative_head: bool = False) -> None:
        """Add the principal head of a unit, and before that the one who was replaced."""
        role: Row = {"unit": unit, "post": post, "principal_head": True}
        if administrative_head:
            role["administrative_head"] = True
        changed = self._new_heads.get(unit)
        if changed:
            self.add(f"{unit}-former", role | {"to": changed})
            role["from"] = changed
        self.add(f"{unit}-head", role)

    def add(self, identifier: str, *roles: Row) -> None:
        """Add a person whose roles began on one day, in the years before the measures."""
        draw = random.Random(f"{self._seed}/{identifier}")  # noqa: S311 - drawn to be repeated
        name = draw.choice(_SURNAMES) + draw.choice(_GIVEN)
        while name in self._taken:
            name = draw.choice(_SURNAMES) + draw.choice(_GIVEN)
        self._taken.add(name)
        began = dt.date(2010, 1, 4) + dt.timedelta(weeks=draw.randrange(100))
        life = PARTICULARS.get(roles[0]["unit"], {})
        self.people.append({
            "id": identifier, "name": name, "party_member": True, "leading_cadre": True,
            "roles": [
                {
                    "unit": role["unit"],
                    "post": role["post"],
                    "from": role.get("from") or life.get("founded") or began.isoformat(),
                    "to": role.get("to") or life.get("dissolved"),
                    **{flag: True for flag in ("principal_head", "administrative_head")
                       if role.get(flag)},
                }
                for role in roles
            ],
        })  # fmt: skip
