"""A duty calendar as iCalendar (RFC 5545): one all-day event on the last day of each dated duty.

An event keeps its UID from one download to the next, so that importing a later one updates it. No
clock is read: the time stamp is the day as of which the calendar was made.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import icalendar

from dutygraph.compliance.calendar import STATE_WORDS, Calendar, Entry, Named

_PRODUCT = "-//dutygraph//duty calendar//ZH"
_REMINDERS = ("reminder_first_days", "reminder_last_days")
"""The settings that say how many days before the last day there is a reminder."""

# RFC 5545, 3.1 and 3.3.11: a text holds no control character but tab and the escaped line break.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def icalendar_file(calendar: Calendar) -> bytes:
    """Give the dated entries of a calendar as an iCalendar object (UTF-8, lines folded)."""
    made = icalendar.Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    # The library escapes no property that RFC 5545 does not know, unless told that it is a text.
    made.add("x-wr-calname", icalendar.vText(_text(_title(calendar))))
    for entry in calendar.dated:
        made.add_component(_event(entry, calendar))
    content: bytes = made.to_ical()
    return content


def _title(calendar: Calendar) -> str:
    whose = calendar.unit.zh if calendar.unit else "各单位"
    return f"{whose} {calendar.year} 年责任日历"


def _event(entry: Entry, calendar: Calendar) -> icalendar.Event:
    assert entry.due is not None  # noqa: S101 - dated entries have a last day
    event = icalendar.Event()
    event.add("uid", f"{entry.key}@{calendar.regulation}.dutygraph")
    event.add("dtstamp", dt.datetime.combine(calendar.as_of, dt.time(), dt.UTC))
    event.add("dtstart", entry.due)
    summary = _summary(entry)
    event.add("summary", _text(summary))
    event.add("description", _text("\n".join(_description(entry))))
    event.add("categories", ["责任日历", _text(entry.provision_zh)])
    if entry.is_open:
        for name in _REMINDERS:
            event.add_component(_alarm(summary, int(calendar.settings[name] or 0)))
    else:
        event.add("status", "CONFIRMED")
        event.add("transp", "TRANSPARENT")
    return event


def _alarm(summary: str, days: int) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", dt.timedelta(days=-days))
    alarm.add("description", _text(summary))
    return alarm


def _summary(entry: Entry) -> str:
    whose = f"（{entry.bearer.zh}）" if entry.bearer else ""
    mark = f"〔{STATE_WORDS[entry.status][0]}〕" if entry.status else ""
    return f"{mark}{entry.provision_zh}：{entry.action_zh}{whose}"


def _description(entry: Entry) -> Iterator[str]:
    """Give the lines that say what is owed: in Chinese with the words of the text, then English."""
    bearers = (entry.bearer,) if entry.bearer else entry.borne_as
    span = f"{entry.opens} – {entry.due}" if entry.opens else str(entry.due)
    yield f"“{entry.quote}”"
    yield f"条款：{entry.provision_zh}（{entry.norm}）"
    yield f"义务人：{_listed(bearers, 'zh')}"
    if entry.about:
        yield f"所涉单位：{entry.about.zh}"
    if entry.to:
        yield f"对象：{_listed(entry.to, 'zh')}{'（其一即可）' if entry.any_of else ''}"
    yield f"期限：{span}"
    if entry.proof:
        yield f"证明的记录：{_listed(entry.proof, 'zh')}"
    done = f" {entry.done_on}" if entry.done_on else ""
    if entry.status:
        yield f"状态：{STATE_WORDS[entry.status][0]}{done}"
    yield ""
    yield f"{entry.provision_en}: {entry.action_en}"
    yield f"By: {_listed(bearers, 'en')}"
    if entry.about:
        yield f"For: {entry.about.zh}"
    if entry.to:
        yield f"To: {_listed(entry.to, 'en')}{' (one of them is enough)' if entry.any_of else ''}"
    yield f"Time: {span}"
    if entry.proof:
        yield f"Proved by: {_listed(entry.proof, 'en')}"
    if entry.status:
        yield f"Status: {STATE_WORDS[entry.status][1]}{done}"


def _listed(named: tuple[Named, ...], language: str) -> str:
    if language == "en":
        return ", ".join(one.en or one.zh for one in named)
    return "、".join(one.zh for one in named)


def _text(words: str) -> str:
    return _UNWRITABLE.sub(" ", words)
