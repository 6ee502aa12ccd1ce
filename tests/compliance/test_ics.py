"""The calendar as iCalendar: read back it says the same, whatever a unit is called."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cache
from pathlib import Path

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from dutygraph.compliance.calendar import STATE_WORDS, Calendar, Entry, Named
from dutygraph.compliance.ics import icalendar_file
from dutygraph.compliance.planning import Planner
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import open_regulations

DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
AS_OF = dt.date(2014, 12, 10)
# Names with what iCalendar gives a meaning to, line ends and controls.
_HOSTILE = [
    "\\",
    ",",
    ";",
    ":",
    '"',
    "^",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\x00",
    "\x85",
    "\u2028",
    "END:VEVENT",
]
NAMES = st.lists(st.one_of(st.text(max_size=4), st.sampled_from(_HOSTILE)), min_size=1).map("".join)


@cache
def _calendar(*settings: str) -> Calendar:
    batch = read_files([DEMO], model=load_model())
    planner = Planner(open_regulations(), "hebei", settings)
    return planner.plan([batch.ntriples()], AS_OF, 2014).of("yt-shiwei")


def _events(calendar: Calendar) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(icalendar_file(calendar)).walk("VEVENT"))


def test_every_dated_duty_is_one_whole_day_and_no_other_duty_is_any() -> None:
    calendar = _calendar()
    assert calendar.undated
    events = _events(calendar)
    assert [event.decoded("dtstart") for event in events] == [one.due for one in calendar.dated]
    for event, entry in zip(events, calendar.dated, strict=True):
        assert event["dtstart"].params["VALUE"] == "DATE"
        assert entry.action_zh in event["summary"]
        for words in (entry.quote, entry.norm, entry.provision_zh, entry.action_en):
            assert words in event["description"]
        for named in entry.to:
            assert named.zh in event["description"]
        assert "责任日历" in event["categories"].cats


def test_what_is_done_reminds_of_nothing_and_the_rest_twice() -> None:
    calendar = _calendar("reminder_first_days=21", "reminder_last_days=3")
    found = {one.status for one in calendar.dated}
    assert {"done", "unknown"} <= found
    for event, entry in zip(_events(calendar), calendar.dated, strict=True):
        triggers = [alarm.decoded("trigger").days for alarm in event.walk("VALARM")]
        if entry.status in ("done", "late"):
            assert triggers == []
            assert event["status"] == "CONFIRMED"
            assert event["transp"] == "TRANSPARENT"
        else:
            assert triggers == [-21, -3]
            assert "transp" not in event


def test_it_reminds_thirty_and_five_days_before_unless_set_otherwise() -> None:
    lines = icalendar_file(_calendar()).decode().split("\r\n")
    assert {line for line in lines if line.startswith("TRIGGER")} == {
        "TRIGGER:-P30D",
        "TRIGGER:-P5D",
    }


def test_the_same_calendar_is_the_same_file_and_no_clock_is_read() -> None:
    content = icalendar_file(_calendar())
    assert content == icalendar_file(_calendar())
    stamps = {event.decoded("dtstamp") for event in _events(_calendar())}
    assert stamps == {dt.datetime(2014, 12, 10, tzinfo=dt.UTC)}


def test_an_event_keeps_its_identifier_when_its_state_and_day_change() -> None:
    calendar = _calendar()
    moved = [
        dataclasses.replace(one, status="overdue", due=one.due + dt.timedelta(days=1))
        for one in calendar.dated
        if one.due
    ]
    later = dataclasses.replace(calendar, as_of=dt.date(2015, 2, 1), dated=tuple(moved))
    before = [event["uid"] for event in _events(calendar)]
    assert before == [event["uid"] for event in _events(later)]
    assert len(before) == len(set(before))


@given(name=NAMES, identifier=NAMES, state=st.sampled_from(sorted(STATE_WORDS)))
def test_no_name_breaks_the_file(name: str, identifier: str, state: str) -> None:
    """RFC 5545, 3.1: lines of at most 75 octets that end in CRLF; 3.3.11: texts are escaped."""
    calendar = _hostile(name, identifier, state)
    content = icalendar_file(calendar)
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert event.decoded("dtstart") == calendar.dated[0].due
    # Every character that can be written is there, in its order; the others are spaces.
    kept = [character for character in name if character.isprintable()]
    told = iter(str(event["summary"]))
    assert all(character in told for character in kept)
    assert len(event.walk("VALARM")) == (0 if state in ("done", "late") else 2)


def _hostile(name: str, identifier: str, state: str) -> Calendar:
    calendar = _calendar()
    unit = Named(identifier, name)
    entry: Entry = dataclasses.replace(calendar.dated[0], bearer=unit, to=(unit,), status=state)
    return dataclasses.replace(calendar, unit=unit, dated=(entry,), undated=())
