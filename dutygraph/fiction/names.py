"""What fictional places and people are called.

Places are named with characters that no Chinese division bears (silk, inkstones, fireflies, fair
weather) before one of a landscape; people after herbs and solar terms.
"""

from __future__ import annotations

from typing import Final

PROVINCE: Final = "澄霁省"
_COLOURS: Final = "霁黛翎霓萤砚笺绡璃缃筠鸢蔻棠漪鹂翡霰缈睿箬蘅黍暄"
_WIDE: Final = "川原泽岭"
_NEAR: Final = "汀渚湄坞岫麓浦岑"
_SMALL: Final = ("溪镇", "坡乡", "埠镇", "桥镇", "坪乡", "泉镇", "岗乡", "湾镇", "垄乡", "井乡")

_HERBS: Final = (
    "茯苓", "苍术", "半夏", "白芷", "紫苏", "杜衡", "连翘", "泽兰", "青黛", "菘蓝", "佩兰", "当归",
    "川芎", "忍冬", "茵陈", "远志", "石斛", "玉竹", "黄芪", "紫菀", "天冬", "麦冬", "防风", "独活",
)  # fmt: skip
_TERMS: Final = (
    "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑",
    "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒",
)  # fmt: skip


def prefecture(number: int) -> str:
    """Give the name of a prefecture, 0 being the first."""
    return _pair(_COLOURS, _WIDE, number) + "市"


def county(number: int) -> str:
    """Give the name of a county, 0 being the first."""
    return _pair(_COLOURS, _NEAR, number) + "县"


def township(number: int) -> str:
    """Give the name of a township within its county, 0 being the first."""
    return _pair(_COLOURS, _SMALL, number)


def person(number: int) -> str:
    """Give a person's name: a herb and a solar term."""
    herb = _HERBS[number % len(_HERBS)]
    return herb + _TERMS[number // len(_HERBS) % len(_TERMS)]


def _pair(first: str, second: str | tuple[str, ...], number: int) -> str:
    """Pair characters so that neighbours differ in both; a number beyond all pairs is written."""
    turn, rest = divmod(number, len(first) * len(second))
    name = first[rest % len(first)] + second[(rest + rest // len(first)) % len(second)]
    return name if not turn else f"{name[0]}{_HERBS[(turn - 1) % len(_HERBS)][0]}{name[1:]}"
