"""The duty calendar: what is due when, and that it never says otherwise than the checks do."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dutygraph.compliance import planning
from dutygraph.compliance.automata import Automaton
from dutygraph.compliance.calendar import STATE_WORDS, Calendar, Entry
from dutygraph.compliance.checking import Checker, Question, Report, UnknownUnitError
from dutygraph.compliance.planning import Planner
from dutygraph.compliance.shapes import shapes
from dutygraph.compliance.ways import WaysError
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import Batch, read_files
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.store.embedded import EmbeddedStore

pytestmark = pytest.mark.xdist_group("calendar")
"""In one process: most tests look at the same calendars."""

DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
CASES = sorted((Path(__file__).parent / "calendars").glob("*.json"))
RUNS = [(dt.date(2014, 12, 10), 2014), (dt.date(2014, 12, 10), 2013), (dt.date(2014, 3, 10), 2014)]
STORE = open_regulations()
GRAPH = "https://dutygraph.example/id/import/demo"


@cache
def _model() -> Any:
    return load_model()


@cache
def _demo() -> Batch:
    return read_files([DEMO], model=_model())


@cache
def _planner(*settings: str) -> Planner:
    return Planner(STORE, "hebei", settings)


@cache
def _report(as_of: dt.date, year: int) -> Report:
    return Checker(STORE, "hebei").check([_demo().ntriples()], Question(as_of, year))


@cache
def _imported() -> EmbeddedStore:
    """Give a store of the regulation and the demo's records."""
    store = EmbeddedStore.in_memory()
    for name in prepared_graphs():
        store.replace_graph(name, STORE.graph(name))
    store.replace_graph(GRAPH, _demo().ntriples())
    return store


def _units() -> list[str]:
    return [unit["id"] for unit in json.loads(DEMO.read_text(encoding="utf-8"))["units"]]


@cache
def _calendars(as_of: dt.date, year: int) -> dict[str, Calendar]:
    plan = _planner().plan([_demo().ntriples()], as_of, year)
    return {unit: plan.of(unit) for unit in _units()}


def _entries(as_of: dt.date, year: int) -> list[Entry]:
    return [entry for one in _calendars(as_of, year).values() for entry in _all(one)]


def _all(calendar: Calendar) -> tuple[Entry, ...]:
    return (*calendar.dated, *calendar.undated)


def _bearer(entry: Entry) -> str:
    assert entry.bearer is not None
    assert entry.bearer.id is not None
    return entry.bearer.id


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_every_finding_stands_in_the_calendar_of_its_unit_and_no_other_does(
    run: tuple[dt.date, int],
) -> None:
    """Both ways: what a check reports of a duty, the calendar shows, and the reverse."""
    planner = _planner()
    to_do = {norm.id for norm in planner.tasks.norms.all if norm.iri in planner.tasks.to_do}
    shown = {
        (_bearer(entry), entry.norm, found["code"], found["status"])
        for entry in _entries(*run)
        for found in entry.findings
    }
    reported = [
        one
        for one in _report(*run).findings
        if to_do & set(one.norms)
        # A dated case stands in the calendar of the year in which it falls due.
        if one.due is None or str(run[1]) in (str(one.year), one.due[:4])
    ]
    assert reported
    for one in reported:
        # A finding may name a norm that somebody else bears beside the one that its subject does.
        assert any((one.subject, norm, one.code, one.status) in shown for norm in one.norms), one
    # What a missing record would show of a neighbouring duty is missing there as well.
    said = {(one.subject, one.code, one.status) for one in reported}
    assert {(subject, code, status) for subject, _, code, status in shown} == said


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_what_is_done_was_found_fault_with_by_no_check(run: tuple[dt.date, int]) -> None:
    faulted = {
        (finding.subject, norm) for finding in _report(*run).findings for norm in finding.norms
    }
    done = [one for one in _entries(*run) if one.status == "done" and one.year == run[1]]
    assert done
    for entry in done:
        assert (_bearer(entry), entry.norm) not in faulted
        assert entry.done_on is not None
        assert entry.done_on <= run[0]
        assert entry.evidence


@pytest.mark.parametrize("run", RUNS[:2], ids=str)
def test_whoever_a_check_finds_to_have_met_it_has_nothing_overdue(
    run: tuple[dt.date, int],
) -> None:
    violated = {
        finding.subject
        for finding in _report(*run).findings
        if finding.status in ("violation", "advisory")
    }
    pressing = {_bearer(one) for one in _entries(*run) if one.status in ("overdue", "late")}
    assert pressing
    assert pressing <= violated


def test_entries_come_in_the_order_of_their_last_day_and_belong_to_the_year() -> None:
    for calendar in _calendars(*RUNS[0]).values():
        days = [entry.due for entry in calendar.dated]
        assert days == sorted(day for day in days if day is not None)
        for entry in _all(calendar):
            assert entry.status in STATE_WORDS
            if entry.due is not None:
                assert 2014 in (entry.year, entry.due.year)
            elif entry.year != 2014:
                assert entry.status != "done"
        assert all(entry.due is None for entry in calendar.undated)


def test_no_two_entries_share_a_key() -> None:
    for calendar in _calendars(*RUNS[0]).values():
        keys = [entry.key for entry in _all(calendar)]
        assert len(keys) == len(set(keys))


def test_every_norm_with_a_date_is_in_the_general_calendar() -> None:
    planner = _planner()
    listed = {entry.norm for entry in _all(planner.general(dt.date(2014, 6, 30), 2014))}
    dated = {norm.id for norm in planner.tasks.norms.all if norm.iri in planner.tasks.dated}
    assert dated <= listed
    # What is only allowed, forbidden or a consequence has a deadline too, and is nothing to do.
    assert listed.isdisjoint({"art38.para2#n1", "art38.para1#n1", "art15.item4#n5"})


def test_the_general_calendar_has_each_half_year_and_nothing_done() -> None:
    calendar = _planner().general(dt.date(2014, 6, 30), 2014)
    halves = [(entry.half, entry.due) for entry in calendar.dated if entry.norm == "art40#n5"]
    assert halves == [
        ("2013H2", dt.date(2014, 1, 31)),
        ("2014H1", dt.date(2014, 7, 31)),
        ("2014H2", dt.date(2015, 1, 31)),
    ]
    assert {entry.status for entry in _all(calendar)} == {None}
    assert {entry.bearer for entry in _all(calendar)} == {None}


def test_a_setting_moves_the_day_and_is_named() -> None:
    calendar = _planner("midyear_core=06-10..07-20").general(dt.date(2014, 6, 30), 2014)
    moved = [entry for entry in calendar.dated if entry.norm == "art16#n1"]
    assert [(entry.opens, entry.due) for entry in moved] == [
        (dt.date(2014, 6, 10), dt.date(2014, 7, 20))
    ]
    assert moved[0].date_settings["midyear_core"] == "06-10..07-20"


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_what_lies_around_a_unit_is_enough_for_its_calendar(run: tuple[dt.date, int]) -> None:
    planner, store = _planner(), _imported()
    for unit, calendar in _calendars(*run).items():
        assert planner.calendar_of(unit, store, [GRAPH], *run) == calendar


def test_no_shape_looks_at_what_others_owe() -> None:
    """So a calendar needs to know no more than what those owe whose duties it shows."""
    selects = [text for shape in shapes("hebei") for text in (*shape.targets, *shape.selects)]
    owing = [who for text in selects for who in re.findall(r"(\S+)\s+\S*dg:owes", text)]
    assert len(owing) > 50
    assert set(owing) <= {"$this", "?this"}


def test_a_unit_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(UnknownUnitError, match="nobody"):
        _planner().plan([_demo().ntriples()], *RUNS[0]).of("nobody")
    with pytest.raises(UnknownUnitError, match="nobody"):
        _planner().calendar_of("nobody", _imported(), [GRAPH], *RUNS[0])


def test_where_no_ways_can_be_told_a_calendar_is_made_from_all_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none(*_: object) -> Automaton:
        raise WaysError

    monkeypatch.setattr(planning, "ways_of", none)
    made = _planner().calendar_of("qh-xianwei", _imported(), [GRAPH], *RUNS[0])
    assert made == _calendars(*RUNS[0])["qh-xianwei"]


def test_before_commencement_nothing_is_owed() -> None:
    calendar = _planner().plan([_demo().ntriples()], dt.date(2011, 6, 1), 2011).of("qh-xianwei")
    assert calendar.commencement == "CommencementUnknown"
    assert not _all(calendar)


def test_the_json_holds_no_date_but_in_text() -> None:
    told = _calendars(*RUNS[0])["qh-xianwei"].to_json()
    again = json.loads(json.dumps(told, ensure_ascii=False))
    assert again == told
    assert again["dated"][0]["due"] == "2014-03-31"
    assert again["unit"]["id"] == "qh-xianwei"


def _expectations() -> Iterator[Any]:
    for file in CASES:
        case = json.loads(file.read_text(encoding="utf-8"))
        for number, run in enumerate(case["runs"]):
            yield pytest.param(case["given"], run, id=f"{file.stem}-{number + 1}")


@pytest.mark.parametrize(("given", "run"), list(_expectations()))
def test_a_calendar_is_as_written_down(
    given: dict[str, Any], run: dict[str, Any], tmp_path: Path
) -> None:
    """A case gives records and, for each run, what some norms' entries must be, key by key."""
    file = tmp_path / "records.json"
    file.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    batch = read_files([file], model=_model())
    assert not batch.errors, [str(fault) for fault in batch.errors]
    planner = _planner(*run.get("settings", []))
    plan = planner.plan([batch.ntriples()], dt.date.fromisoformat(run["as_of"]), run["year"])
    told = plan.of(run["unit"]).to_json()
    entries = told["dated"] + told["undated"]
    for expected in run["expects"]:
        fitting = [
            entry
            for entry in entries
            if entry["norm"] == expected["norm"]
            and expected.get("bearer") in (None, entry["bearer"]["id"])
        ]
        assert len(fitting) == expected.get("times", 1), expected
        for entry in fitting:
            for name, value in expected.items():
                if name != "times":
                    assert _told(entry[name]) == value, (name, expected)


def _told(value: Any) -> Any:
    """Give who is named by id, or by name where there is none, and a record by its id."""
    if isinstance(value, list):
        return [_told(item) for item in value]
    if isinstance(value, dict):
        if "code" in value:
            return value["code"]
        return value.get("record") or value.get("id") or value.get("name_zh")
    return value
