"""Questions about time: by when something is due in the words of the text, and whether it is late.

Choices are the text's own words of time, or how a day lies to the limit; what readings differ on,
such as the days of mid-year, is given in the question or kept well away from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dutygraph.regulations.norms import Norm
from dutygraph.reports.wording import Pair
from dutygraph.training.materials import Materials
from dutygraph.training.sheets import CHOICES, Choice, Question

_YEAR = 2014
_NONE = "none"
_VAGUE = frozenset({"promptly", "early"})
"""Deadlines without days: what is prompt may be early, so neither is a distractor of the other."""
_LEVELS = {"window": 1, "recurring": 1, "promptly": 2, "early": 2, "set_by_authority": 2}
_BAR_LEVEL = 3
_ON_TIME, _LATE, _EARLY = "on time", "late", "early"
_NEAR, _FAR = (0, 1), (-20, 30)
"""Days from the end of a window of the text: its boundary, and well inside and outside."""
_SET_FAR = (-30, 80)
"""The same where a setting gives the window: far enough that every reading agrees."""
_INSIDE, _OUTSIDE = 0.6, 1.5
"""Where in a bar period, as a share of it, and after it a day lies."""


def time_questions(materials: Materials) -> Iterator[Question]:
    """Give every question about time: by when, and whether a day is late."""
    dated = [norm for norm in materials.norms.all if norm.deadline is not None]
    for norm in dated:
        yield from _by_when(materials, norm, dated)
    for norm in dated:
        if norm.deadline and norm.deadline["type"] == "window":
            yield from _is_late(materials, norm)
        if norm.iri in materials.months:
            yield from _is_barred(materials, norm)


def _raw(norm: Norm) -> str:
    return (norm.deadline or {})["raw"] or ""


def _told(materials: Materials, norm: Norm) -> Pair:
    """Give a norm's words of time, in English with what they mean in the graph."""
    deadline = norm.deadline or {}
    names = (deadline["freq"], deadline["type"]) if deadline["freq"] else (deadline["type"],)
    meant = ", ".join((name or "").replace("_", " ") for name in names)
    if deadline["type"] == "window" and norm.iri not in materials.window_settings:
        meant = f"{deadline['from']} to {deadline['to']}"
    return Pair(_raw(norm), f"{_raw(norm)} ({meant})")


def _by_when(materials: Materials, norm: Norm, dated: list[Norm]) -> Iterator[Question]:
    place, deadline = materials.provision(norm), norm.deadline or {}
    action = _without_time(norm)
    if action is None:
        return
    bearers = materials.labels(materials.values("bearer", norm.iri))
    right = Choice(
        value=_raw(norm),
        words=_told(materials, norm),
        right=True,
        reason=Pair(
            f"{place.zh}的原文写的是“{_raw(norm)}”。", f"The words of {place.en} say {_raw(norm)}."
        ),
        sources=(materials.source(norm),),
    )
    others: dict[str, Norm] = {}
    for other in dated:
        if _raw(other) != _raw(norm) and _excludes(materials, norm, other):
            others.setdefault(_raw(other), other)
    wrong = tuple(_other_time(materials, other) for other in others.values())
    wrong += (_no_time(materials, norm),)
    if len(wrong) >= CHOICES - 1:
        yield Question(
            key=f"when/{norm.id}",
            topic="when",
            level=_LEVELS.get(deadline["type"] or "", _BAR_LEVEL),
            norm=norm.id,
            stem=Pair(
                f"{place.zh}：{bearers.zh}{action.zh}。原文写的时间是哪一个？",
                f"{place.en}, {bearers.en}: {action.en}. Which words of time does the text use?",
            ),
            right=right,
            wrong=wrong,
        )


def _without_time(norm: Norm) -> Pair | None:
    """Give the act without its words of time; None where nothing would be left to ask."""
    words = _raw(norm)
    action = norm.action_zh.replace(words, "……", 1)
    said = norm.object_en if words in norm.action_zh else norm.action_en
    if not said or action.strip("…") == "":
        return None
    return Pair(action, said)


def _excludes(materials: Materials, norm: Norm, other: Norm) -> bool:
    """Tell whether the words of time of one norm cannot be right for another.

    What is to be done in the first quarter of each year is to be done each year, too.
    """
    one, two = norm.deadline or {}, other.deadline or {}
    if one["type"] in _VAGUE and two["type"] in _VAGUE:
        return False
    if one["type"] == two["type"] == "bar_period":
        return bool(materials.months.get(norm.iri) and materials.months.get(other.iri))
    if one["freq"] and one["freq"] == two["freq"]:
        return one["type"] == two["type"] == "window" and _apart_in_the_year(norm, other)
    return True


def _apart_in_the_year(norm: Norm, other: Norm) -> bool:
    one, two = norm.deadline or {}, other.deadline or {}
    return str(one["to"]) < str(two["from"]) or str(two["to"]) < str(one["from"])


def _other_time(materials: Materials, other: Norm) -> Choice:
    place = materials.provision(other)
    return Choice(
        value=_raw(other),
        words=_told(materials, other),
        right=False,
        reason=Pair(
            f"这一项的原文没有这样写；“{_raw(other)}”例如是{place.zh}的：{other.action_zh}。",
            f"The words on this do not say so; it is in {place.en}, for instance: "
            f"{other.action_en}.",
        ),
        sources=(materials.source(other),),
    )


def _no_time(materials: Materials, norm: Norm) -> Choice:
    return Choice(
        value=_NONE,
        words=Pair("原文没有写时间", "the text gives no time"),
        right=False,
        reason=Pair(f"原文写了时间：“{_raw(norm)}”。", f"The text does give a time: {_raw(norm)}."),
        sources=(materials.source(norm),),
    )


def _day(written: str | None) -> dt.date:
    return dt.date.fromisoformat(f"{_YEAR}-{written}")


def _is_late(materials: Materials, norm: Norm) -> Iterator[Question]:
    deadline = norm.deadline or {}
    first, last = _day(deadline["from"]), _day(deadline["to"])
    by_setting = norm.iri in materials.window_settings
    for offset in _SET_FAR if by_setting else (*_NEAR, *_FAR):
        yield _lateness(materials, norm, (first, last), last + dt.timedelta(days=offset))
    if first > dt.date(_YEAR, 1, 1):
        yield _lateness(materials, norm, (first, last), first - dt.timedelta(days=_SET_FAR[1]))


def _lateness(
    materials: Materials, norm: Norm, window: tuple[dt.date, dt.date], day: dt.date
) -> Question:
    first, last = window
    verdict = _EARLY if day < first else _LATE if day > last else _ON_TIME
    place, bearers = (
        materials.provision(norm),
        materials.labels(materials.values("bearer", norm.iri)),
    )
    given = Pair("", "")
    if setting := materials.window_settings.get(norm.iri):
        given = Pair(
            f"（按默认设置 {setting}，“{_raw(norm)}”是{first}至{last}。）",
            f" (By the default of the setting {setting} the window is {first} to {last}.)",
        )
    words = {
        _ON_TIME: Pair("按时，在期限之内", "on time, within the window"),
        _LATE: Pair("迟了，期限已过", "late, the window has closed"),
        _EARLY: Pair("早了，期限还没有开始", "too early, the window has not opened"),
        _NONE: Pair("无从谈起，原文没有写时间", "it cannot be said, the text gives no time"),
    }
    choices = {
        value: Choice(
            value=value,
            words=said,
            right=value == verdict,
            reason=_time_reason(norm, window, day, value),
            sources=(materials.source(norm),),
        )
        for value, said in words.items()
    }
    near = (day - last).days in _NEAR
    return Question(
        key=f"late/{norm.id}/{day}",
        topic="late",
        level=2 if near else 1,
        norm=norm.id,
        stem=Pair(
            f"{place.zh}：{bearers.zh}{norm.action_zh}。{given.zh}"
            f"办理、成文、发送、收文都在{day}这一天，是否按时？",
            f"{place.en}, {bearers.en}: {norm.action_en}.{given.en} It was done, dated, sent and "
            f"received on {day}. Is that on time?",
        ),
        right=choices.pop(verdict),
        wrong=tuple(choices.values()),
    )


def _time_reason(norm: Norm, window: tuple[dt.date, dt.date], day: dt.date, value: str) -> Pair:
    first, last = window
    span = Pair(
        f"期限是{first}至{last}（含首尾两日）", f"the window is {first} to {last}, both included"
    )
    if value == _NONE:
        return Pair(f"原文写了时间：“{_raw(norm)}”。", f"The text does give a time: {_raw(norm)}.")
    if day > last:
        gone = (day - last).days
        return Pair(
            f"{span.zh}，{day}已过{gone}天。", f"{span.en}; {day} is {gone} day(s) past it."
        )
    if day < first:
        left = (first - day).days
        return Pair(
            f"{span.zh}，{day}早{left}天。", f"{span.en}; {day} is {left} day(s) before it."
        )
    return Pair(f"{span.zh}，{day}在其中。", f"{span.en}; {day} lies within.")


def _is_barred(materials: Materials, norm: Norm) -> Iterator[Question]:
    """Ask whether a day lies within a bar period, far from its ends (readings differ on those)."""
    months, place = materials.months[norm.iri], materials.provision(norm)
    begins = dt.date(_YEAR - 1, 5, 10)
    years, month = divmod(begins.month - 1 + months, 12)
    ends = dt.date(begins.year + years, month + 1, begins.day)
    for share in (_INSIDE, _OUTSIDE):
        day = begins + dt.timedelta(days=int((ends - begins).days * share))
        barred = day < ends
        words = {
            "barred": Pair("不得：还在限制期内", "barred: the period is running"),
            "free": Pair(
                "不再受这一条限制：限制期已满", "no longer barred by this: it has run out"
            ),
            _NONE: Pair("不受限制：原文没有写限制期", "not barred: the text gives no period"),
            "for good": Pair("不得：限制没有期限", "barred: the bar has no end"),
        }
        span = Pair(
            f"限制期{months}个月，自{begins}起，至{ends}前后届满",
            f"the bar lasts {months} months from {begins} and ends about {ends}",
        )
        lies = (
            Pair(f"{day}还在其中", f"{day} lies within")
            if barred
            else Pair(f"{day}已在其后", f"{day} lies after it")
        )
        said = Pair(f"{span.zh}；{lies.zh}。", f"{span.en}; {lies.en}.")
        choices = {
            value: Choice(
                value=value,
                words=word,
                right=value == ("barred" if barred else "free"),
                reason=Pair(
                    f"原文写了限制期：“{_raw(norm)}”。", f"The text gives a period: {_raw(norm)}."
                )
                if value in (_NONE, "for good")
                else said,
                sources=(materials.source(norm),),
            )
            for value, word in words.items()
        }
        condition = Pair(norm.condition or "", norm.condition_en or "")
        yield Question(
            key=f"late/{norm.id}/{day}",
            topic="late",
            level=_BAR_LEVEL,
            norm=norm.id,
            stem=Pair(
                f"{place.zh}：{condition.zh}领导干部，处理决定于{begins}作出。到{day}，"
                f"“{norm.action_zh.replace(_raw(norm), '')}”的限制对他是否还有效？",
                f"{place.en}, a leading cadre ({condition.en}); the decision was made on {begins}. "
                f"On {day}, does the bar of this provision still hold for him?",
            ),
            right=choices.pop("barred" if barred else "free"),
            wrong=tuple(choices.values()),
        )
