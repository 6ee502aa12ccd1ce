"""The people of a unit: its head, deputy and members, with their posts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from dutygraph.fiction import names
from dutygraph.fiction.drawing import Lots, Row, known

Person: TypeAlias = Row

_SPLIT: Final = ("国有企业党委", "事业单位党委")
"""Kinds whose second, not the head, is the administrative head."""
_POSTS: Final = {
    "地方党委": ("书记", "副书记", "常委"),
    "政府": ("行政首长", "行政副职", "政府成员"),
    "纪检监察机关": ("书记", "副书记", "常委"),
    "组织人事部门": ("部长", "副部长", "部务会成员"),
    "党委职能部门": ("部长", "副部长", "部务会成员"),
    "政府职能部门": ("主任", "副主任", "办务会成员"),
    "国有企业党委": ("党委书记", "党委副书记、总经理", "党委委员"),
    "事业单位党委": ("党委书记", "党委副书记、院长", "党委委员"),
}
_GROUP_POSTS: Final = ("党组书记", "党组副书记", "党组成员")
WITHOUT_PEOPLE: Final = ("领导小组", "领导小组办公室", "考核组", "巡视机构")


def head_id(unit: str) -> str:
    """Give the id of a unit's first head."""
    return f"{unit}-head"


def posts_of(unit: Row, new_head: str | None, lots: Lots, first_year: int) -> Iterator[Person]:
    """Give the people of a unit; ``new_head`` is the day on which another head takes over."""
    if unit["kind"] in WITHOUT_PEOPLE:
        return
    name, posts = unit["id"], _POSTS.get(unit["kind"], _GROUP_POSTS)
    since = unit.get("founded") or f"{first_year - 2}-03-01"
    split = unit["kind"] in _SPLIT
    head = {"principal_head": True, "administrative_head": not split}
    number = lots.of(f"{name}/people").randrange(10_000)
    yield _person(head_id(name), number, name, posts[0], since, new_head, **head)
    if new_head:
        yield _person(f"{name}-head-2", number + 7, name, posts[0], new_head, None, **head)
    yield _person(
        f"{name}-deputy", number + 1, name, posts[1], since, None,
        principal_head=False, administrative_head=split,
    )  # fmt: skip
    yield _person(f"{name}-member", number + 2, name, posts[2], since, None)
    if unit["kind"] == "纪检监察机关":
        clerk = _person(f"{name}-clerk", number + 3, name, "科员", since, None)
        yield clerk | {"leading_cadre": False}


def sanctioned(unit: str, lots: Lots, first_year: int) -> Iterator[Person]:
    """Give the two people of a unit who lost their posts in the first year (article 38)."""
    for slug in ("removed", "demoted"):
        number = lots.of(f"{unit}-{slug}/people").randrange(10_000)
        yield _person(f"{unit}-{slug}", number, unit, "干部", f"{first_year - 2}-03-01", None)


def _person(
    identifier: str,
    number: int,
    unit: str,
    post: str,
    since: str,
    until: str | None,
    **flags: bool,
) -> Person:
    role = known({"unit": unit, "post": post, "from": since, "to": until, **flags})
    return {
        "id": identifier,
        "name": names.person(number),
        "party_member": True,
        "leading_cadre": True,
        "roles": [role],
    }
