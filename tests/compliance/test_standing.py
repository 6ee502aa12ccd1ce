"""Where the checks stand is what a check of everything now says, whatever came and went."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Set
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from dutygraph.columns.algebra import RefusedError
from dutygraph.compliance import standing
from dutygraph.compliance.checking import Checker, Question, Report, UnknownUnitError
from dutygraph.compliance.results import Results
from dutygraph.compliance.standing import Standing
from dutygraph.compliance.ways import WaysError
from dutygraph.fiction.breaches import Plan
from dutygraph.fiction.province import province
from dutygraph.records import texts
from dutygraph.records.committing import Receipt, undo
from dutygraph.records.history import record_graphs
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from tests.compliance.kept import GRAPHS, KEY, STAMP, report_of
from tests.records.imported import BASE, MOMENT, put, source

QUESTION = Question(dt.date(2014, 6, 30), 2013)
FILE = "results.sqlite"
NEW = {"id": "n1", "name": "示例乡党委", "kind": "地方党委", "level": "乡级"}
Told = tuple[dict[str, Any], dict[str, dict[str, str]], dict[str, Any]]


class Office:
    """A store with the records of a small province, and its checks."""

    def __init__(self, folder: Path, store: EmbeddedStore, size: int) -> None:
        self.folder, self.store = folder, store
        refresh(store)
        made = province(size, 1, (2012, 2013), planted=[Plan.of((), 0.2)]).to_json()
        self.units = [unit["id"] for unit in made["units"]]
        self.region = next(u["region"] for u in reversed(made["units"]) if u.get("region"))[:4]
        put(store, source("province.json", **made))

    def note(self, *rows: dict[str, Any], file: str = "more.json") -> Receipt:
        """Import records from a file."""
        return put(self.store, source(file, records=list(rows)))

    def standing(self, question: Question = QUESTION, *settings: str) -> Told:
        """Tell where the checks stand."""
        return told(Standing(self.store, str(self.folder), "hebei", settings).report(question))

    def checked(self, question: Question = QUESTION, *settings: str) -> Told:
        """Tell what a check of everything says."""
        records = [self.store.graph(name) for name in record_graphs(self.store)]
        return told(Checker(self.store, "hebei", settings).check(records, question))


class Spy:
    """Tells whom each check was asked to look at, None for all."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Set[str] | None] = []
        check = Checker.check

        def spied(
            checker: Checker,
            records: Iterable[bytes],
            question: Question,
            among: Set[str] | None = None,
        ) -> Report:
            self.asked.append(among)
            return check(checker, records, question, among)

        monkeypatch.setattr(Checker, "check", spied)

    def seen(self) -> list[Set[str] | None]:
        """Give whom the checks since the last call looked at."""
        asked, self.asked = self.asked, []
        return asked


def told(report: Report) -> Told:
    return report.to_json(), report.verdicts, report.subjects


def meeting(identifier: str, unit: str, date: str = "2013-03-20") -> dict[str, Any]:
    return {"id": identifier, "type": "meeting", "kind": "动员部署", "date": date, "unit": unit}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    return Office(folder, EmbeddedStore.open(folder), 40)


@pytest.fixture
def small(tmp_path: Path) -> Office:
    return Office(tmp_path, EmbeddedStore.in_memory(), 5)


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    return Spy(monkeypatch)


# What has changed -------------------------------------------------------------------------------


def test_it_says_what_a_whole_check_says_after_every_import_replacement_and_undoing(
    office: Office, spy: Spy
) -> None:
    first, second = office.units[-1], office.units[-2]
    before = office.standing()
    assert before == office.checked()
    assert before[0]["findings"], "some have breaches"
    spy.seen()

    few: list[int] = []

    def holds() -> Told:
        now = office.standing()
        (among,) = spy.seen()
        assert among is not None
        few.append(len(among))
        assert now == office.checked()
        spy.seen()
        return now

    one = office.note(meeting("m1", first))
    holds()
    other = office.note(meeting("m1", second), meeting("m2", first, "2014-01-20"))
    assert other.replaced == one.graph
    holds()
    unit = put(office.store, source("unit.json", units=[{**NEW, "parent_party": first}]))
    assert "n1" in holds()[2]
    undo(unit.graph[-16:], office.store, BASE, recorded_at=MOMENT)
    assert "n1" not in holds()[2]
    undo(other.graph[-16:], office.store, BASE, recorded_at=MOMENT)
    holds()
    undo(one.graph[-16:], office.store, BASE, recorded_at=MOMENT)
    assert holds() == before
    assert max(few) < len(before[2]) / 4, "an import of one record has few checked again"


def test_several_imports_at_once_are_brought_up_together(office: Office, spy: Spy) -> None:
    office.standing()
    spy.seen()
    notes = [
        office.note(meeting(f"s{number}", unit), file=f"s{number}.json")
        for number, unit in enumerate(office.units[-3:])
    ]
    now = office.standing()
    assert [among is None for among in spy.seen()] == [False]
    assert now == office.checked()
    for note in notes:
        undo(note.graph[-16:], office.store, BASE, recorded_at=MOMENT)


def test_what_was_kept_needs_no_check(office: Office, spy: Spy) -> None:
    first = office.standing()
    spy.seen()
    assert office.standing() == first
    assert spy.seen() == []


def test_a_part_is_what_a_check_of_the_part_says(office: Office) -> None:
    for part in (
        Question(QUESTION.as_of, QUESTION.year, unit=office.units[-1]),
        Question(QUESTION.as_of, QUESTION.year, region=office.region),
        Question(QUESTION.as_of, QUESTION.year, provision="art11"),
    ):
        assert office.standing(part) == office.checked(part), part
    with pytest.raises(UnknownUnitError, match="no unit 'nobody'"):
        office.standing(Question(QUESTION.as_of, QUESTION.year, unit="nobody"))


def test_a_change_that_touches_most_has_all_checked(small: Office, spy: Spy) -> None:
    small.standing()
    spy.seen()
    for number, unit in enumerate(small.units):
        small.note(meeting(f"a{number}", unit), file=f"a{number}.json")
    now = small.standing()
    assert spy.seen() == [None]
    assert now == small.checked()


def test_checks_whose_ways_cannot_be_told_are_run_over_everything(
    small: Office, spy: Spy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: str) -> None:
        raise WaysError

    monkeypatch.setattr(standing, "routes", never)
    unit = Question(QUESTION.as_of, QUESTION.year, unit=small.units[0])
    small.standing()
    small.note(meeting("w1", small.units[0]))
    for question in (QUESTION, unit):
        spy.seen()
        now = small.standing(question)
        assert spy.seen() == [None]
        assert now == small.checked(question)


def test_a_region_too_large_for_one_slice_is_checked_as_the_whole_is(
    small: Office, spy: Spy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "SIZE", 1)
    question = Question(QUESTION.as_of, QUESTION.year, region=small.region)
    now = small.standing(question)
    assert spy.seen() == [None]
    assert now == small.checked(question)


# Other runs -------------------------------------------------------------------------------------


def test_many_units_are_checked_in_columns_and_in_blocks_where_these_refuse(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = dataclasses.replace(QUESTION, as_of=dt.date(2014, 7, 1))
    expected = office.checked(question)
    monkeypatch.setattr(standing, "_ONE_RUN", 0)
    monkeypatch.setattr(standing, "processes", _refused)
    assert office.standing(question) == expected
    (office.folder / FILE).unlink()
    monkeypatch.setattr(Checker, "check_in_columns", _refused)
    monkeypatch.setattr(standing, "processes", lambda: nullcontext(map))
    assert office.standing(question) == expected


def _refused(*_: object) -> None:
    raise RefusedError("for the test")


def test_another_day_year_or_setting_is_another_run(small: Office, spy: Spy) -> None:
    runs = [
        (QUESTION, ()),
        (Question(QUESTION.as_of, 2012), ()),
        (Question(dt.date(2014, 1, 5), 2013), ()),
        (QUESTION, ("due_soon_days=90",)),
    ]
    first = [small.standing(question, *settings) for question, settings in runs]
    assert spy.seen() == [None] * len(runs)
    assert [small.standing(question, *settings) for question, settings in runs] == first
    assert spy.seen() == [], "each is kept beside the others"
    assert first == [small.checked(question, *settings) for question, settings in runs]
    assert len({json.dumps(one[0], sort_keys=True) for one in first}) == len(runs)


# The file ---------------------------------------------------------------------------------------


def _settle(file: Path) -> None:
    base = sqlite3.connect(file)
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()


def _damage(file: Path) -> None:
    file.write_bytes(b"not a database" * 100)


def _make_foreign(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as base:
        base.execute("CREATE TABLE theirs (one)")
        base.execute("PRAGMA user_version = 7")
    base.close()


def _make_older(file: Path) -> None:
    with sqlite3.connect(file) as base:
        base.execute("DROP TABLE finding")
        base.execute("PRAGMA user_version = 99")
    base.close()


def _cut(file: Path) -> None:
    _settle(file)
    file.write_bytes(file.read_bytes()[:5000])


def _scratch(file: Path) -> None:
    _settle(file)
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("spoil", [_damage, _make_foreign, _make_older, _cut, _scratch, _empty])
def test_a_file_that_cannot_be_used_is_made_anew(small: Office, spy: Spy, spoil: Any) -> None:
    first = small.standing()
    spoil(small.folder / FILE)
    spy.seen()
    assert small.standing() == first
    assert spy.seen() == [None], "made anew"
    assert small.standing() == first
    assert spy.seen() == [], "and kept"


def test_where_nothing_can_be_kept_the_answer_is_still_right(small: Office, spy: Spy) -> None:
    (small.folder / FILE).mkdir()
    assert small.standing() == small.standing() == small.checked()
    assert spy.seen() == [None] * 3


def test_a_database_that_somebody_else_holds_costs_no_answer(
    small: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = small.standing()
    put(small.store, source("unit.json", units=[{**NEW, "parent_party": small.units[-1]}]))
    connect = sqlite3.connect

    def impatient(*given: Any, **named: Any) -> sqlite3.Connection:
        return connect(*given, **{**named, "timeout": 0.01})

    monkeypatch.setattr(sqlite3, "connect", impatient)
    holder = connect(small.folder / FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    now = small.standing()
    holder.execute("ROLLBACK")
    holder.close()
    assert now == small.checked()
    assert now == small.standing() != first


# Several processes ------------------------------------------------------------------------------


def test_of_two_that_bring_a_run_up_to_date_the_later_one_gives_way(tmp_path: Path) -> None:
    file = tmp_path / FILE
    Results(file).keep(KEY, STAMP, GRAPHS, report_of(3, "met"))
    kept = Results(file).find(KEY)
    assert kept is not None
    touched = {"urn:u1"}
    part = report_of(3, "breached", only=1)
    assert Results(file).amend(kept, ("urn:g1", "urn:g2"), touched, part)
    assert not Results(file).amend(kept, ("urn:g3",), touched, report_of(3, "unknown", only=1))
    with pytest.raises(LookupError):
        Results(file).report(kept, QUESTION, {})
    now = Results(file).find(KEY)
    assert now is not None
    assert now.graphs == ("urn:g1", "urn:g2")
    assert Results(file).report(now, QUESTION, {}).verdicts == {
        "art11": {"u0": "met", "u1": "breached", "u2": "met"}
    }


def test_runs_of_other_shapes_or_code_are_forgotten(tmp_path: Path) -> None:
    results = Results(tmp_path / FILE)
    results.keep("one", "old", GRAPHS, report_of(2, "met"))
    results.keep("two", "old", GRAPHS, report_of(2, "met"))
    results.keep("three", "new", GRAPHS, report_of(2, "met"))
    found = [results.find(key) is not None for key in ("one", "two", "three")]
    assert found == [False, False, True]


@pytest.mark.parametrize(
    ("place", "expected"), [("begun", "met"), ("written", "met"), ("committed", "breached")]
)
def test_a_process_that_is_killed_leaves_the_old_run_or_the_new_one(
    tmp_path: Path, place: str, expected: str
) -> None:
    file = tmp_path / FILE
    Results(file).keep(KEY, STAMP, GRAPHS, report_of(20_000, "met"))
    script = Path(__file__).with_name("kept.py")
    process = subprocess.Popen(
        [sys.executable, str(script), str(file), place],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline().strip() == place.encode()
        process.kill()
        assert process.wait() == -signal.SIGKILL
    kept = Results(file).find(KEY)
    assert kept is not None
    assert (
        told(Results(file).report(kept, QUESTION, {}))[1:] == told(report_of(20_000, expected))[1:]
    )


def test_a_graph_is_written_out_of_the_store_once(
    small: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    graph = EmbeddedStore.graph

    def spied(store: EmbeddedStore, name: str) -> bytes:
        written.append(name)
        return graph(store, name)

    monkeypatch.setattr(texts, "_FROM", 1)
    monkeypatch.setattr(EmbeddedStore, "graph", spied)
    later = dataclasses.replace(QUESTION, as_of=dt.date(2014, 12, 31))
    first, second = small.standing(), small.standing(later)
    assert written == record_graphs(small.store)
    monkeypatch.undo()
    assert (first, second) == (small.checked(), small.checked(later))
