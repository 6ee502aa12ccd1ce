"""A finding can be followed from notice to closure, by the records alone."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from dutygraph.compliance.checking import Checker, Question
from dutygraph.compliance.rectification import OPEN, State, states
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import open_regulations

STORE = open_regulations()
UNITS = [
    {"id": "c", "name": "乙县委", "kind": "地方党委", "level": "县级"},
    {"id": "d", "name": "乙县纪委", "kind": "纪检监察机关", "level": "县级"},
]
KEY = ("art20", "LATE", "c", 2014)


def _record(number: int, kind: str, date: str, **more: Any) -> dict[str, Any]:
    unit = "c" if kind == "整改报告" else "d"
    record = {"id": f"r{number}", "type": "rectification", "kind": kind, "date": date, "unit": unit}
    return record | more


def _notice(number: int, date: str, **more: Any) -> dict[str, Any]:
    about = {"provision": "art20", "code": "LATE", "subject": "c", "covers": 2014}
    return _record(number, "整改通知", date, to=["c"], **(about | more))


NOTICE = _notice(1, "2014-05-05", report_by="2014-06-05")
REPORT = _record(2, "整改报告", "2014-05-20", ref="r1", to=["d"])
ACCEPTED = _record(3, "整改核实", "2014-05-25", ref="r2", accepted=True)
CLOSED = _record(4, "整改销号", "2014-05-28", ref="r3")


def _states(tmp_path: Path, *records: dict[str, Any], as_of: str = "2014-06-30") -> Any:
    file = tmp_path / "records.json"
    file.write_text(json.dumps({"units": UNITS, "records": records}), encoding="utf-8")
    batch = read_files([file], model=load_model())
    assert not batch.errors, [str(fault) for fault in batch.errors]
    question = Question(dt.date.fromisoformat(as_of), 2014)
    return states(Checker(STORE, "hebei").working_graph([batch.ntriples()], question))


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ((NOTICE,), "notified"),
        ((NOTICE, REPORT), "reported"),
        ((NOTICE, REPORT, ACCEPTED), "verified"),
        ((NOTICE, REPORT, ACCEPTED, CLOSED), "closed"),
        ((NOTICE, REPORT, ACCEPTED | {"accepted": False}), "notified"),
        ((NOTICE, REPORT, ACCEPTED | {"accepted": None}), "reported"),
        ((NOTICE, CLOSED | {"ref": "r1"}), "closed"),
    ],
    ids=[
        "noticed",
        "reported",
        "accepted",
        "closed",
        "not accepted",
        "accepted or not is not recorded",
        "closed without more",
    ],
)
def test_the_latest_step_gives_the_state(
    records: tuple[dict[str, Any], ...], state: str, tmp_path: Path
) -> None:
    found = _states(tmp_path, *records)
    assert set(found) == {KEY}
    assert found[KEY].state == state
    assert found[KEY].limit == dt.date(2014, 6, 5)
    assert [step.record for step in found[KEY].history] == [record["id"] for record in records]


def test_what_was_done_on_one_day_counts_in_the_order_of_the_course(tmp_path: Path) -> None:
    day = {"date": "2014-05-05"}
    found = _states(tmp_path, CLOSED | day, ACCEPTED | day, REPORT | day, NOTICE)
    assert found[KEY].state == "closed"
    assert [step.kind for step in found[KEY].history] == [
        *("整改通知", "整改报告", "整改核实", "整改销号")
    ]


def test_a_report_after_one_that_was_not_accepted_is_a_new_report(tmp_path: Path) -> None:
    refused = ACCEPTED | {"accepted": False}
    again = _record(5, "整改报告", "2014-06-01", ref="r3")
    assert _states(tmp_path, NOTICE, REPORT, refused, again)[KEY].state == "reported"


def test_a_later_notice_on_the_same_finding_begins_anew_with_its_own_limit(tmp_path: Path) -> None:
    second = _notice(5, "2014-06-10", report_by="2014-07-10")
    found = _states(tmp_path, NOTICE, REPORT, ACCEPTED, CLOSED, second)[KEY]
    assert (found.state, found.limit) == ("notified", dt.date(2014, 7, 10))
    assert len(found.history) == 5


def test_a_notice_without_a_day_sets_no_limit(tmp_path: Path) -> None:
    assert _states(tmp_path, _notice(1, "2014-05-05"))[KEY].limit is None


@pytest.mark.parametrize(
    "other", [{"provision": "art11"}, {"code": "MISSING"}, {"subject": "d"}, {"covers": 2013}]
)
def test_findings_that_differ_in_one_thing_are_followed_apart(
    other: dict[str, Any], tmp_path: Path
) -> None:
    found = _states(tmp_path, NOTICE, REPORT, _notice(5, "2014-05-05", **other))
    assert len(found) == 2
    assert found[KEY].state == "reported"
    (key,) = set(found) - {KEY}
    assert found[key].state == "notified"


def test_a_finding_of_a_person_is_followed_by_the_persons_id(tmp_path: Path) -> None:
    file = tmp_path / "records.json"
    person = {"id": "m", "name": "李某", "roles": [{"unit": "c", "from": "2011-01-01"}]}
    notice = _notice(1, "2014-05-05", subject="m", provision="art18", code="INCOMPLETE_CONTENT")
    given = {"units": UNITS, "persons": [person], "records": [notice]}
    file.write_text(json.dumps(given), encoding="utf-8")
    records = read_files([file], model=load_model()).ntriples()
    graph = Checker(STORE, "hebei").working_graph([records], Question(dt.date(2014, 6, 30), 2014))
    assert set(states(graph)) == {("art18", "INCOMPLETE_CONTENT", "m", 2014)}


def test_a_step_of_after_the_day_has_not_been_taken(tmp_path: Path) -> None:
    given = (NOTICE, REPORT)
    assert _states(tmp_path, *given, as_of="2014-05-19")[KEY].state == "notified"
    assert _states(tmp_path, *given, as_of="2014-05-20")[KEY].state == "reported"
    assert not _states(tmp_path, *given, as_of="2014-05-04")


def test_a_state_has_a_stable_json(tmp_path: Path) -> None:
    assert _states(tmp_path, NOTICE, REPORT)[KEY].to_json() == {
        "state": "reported",
        "limit": "2014-06-05",
        "history": [
            {"kind": "整改通知", "date": "2014-05-05", "unit": "d", "record": "r1"},
            {"kind": "整改报告", "date": "2014-05-20", "unit": "c", "record": "r2"},
        ],
    }
    assert OPEN.to_json() == State().to_json() == {"state": "open", "limit": None, "history": []}
