"""dutygraph calendar: its forms say the same, and what cannot be asked is refused."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import icalendar
import pytest
from running import answer, run

DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
ASKED = ("calendar", "qh-xingtang", DEMO, "--year", "2014", "--as-of", "2014-12-10")


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUTYGRAPH_STORE", str(tmp_path / "store"))


@pytest.fixture(scope="module")
def told() -> Any:
    """Give the calendar that is asked for as JSON; files are all that it depends on."""
    return answer(*ASKED)


def test_every_form_has_every_dated_duty(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert len(told["dated"]) > 5
    rows = list(csv.DictReader(io.StringIO(run(*ASKED, "--format", "csv").stdout)))
    assert [row["key"] for row in rows] == [
        entry["key"] for entry in told["dated"] + told["undated"]
    ]
    events = icalendar.Calendar.from_ical(run(*ASKED, "--format", "ics").stdout).walk("VEVENT")
    assert [str(event["uid"]).partition("@")[0] for event in events] == [
        entry["key"] for entry in told["dated"]
    ]
    table = run(*ASKED)
    assert table.exit_code == 0
    assert len(re.findall(r"^ \d{4}-\d\d-\d\d ", table.stdout, re.MULTILINE)) == len(told["dated"])
    assert "逾期 overdue" in table.stdout
    assert "青禾县杏塘乡党委 (qh-xingtang)" in table.stdout


def test_the_keys_of_an_entry_are_those_of_the_contract(told: Any) -> None:
    assert told.keys() == {
        *("regulation", "unit", "year", "as_of", "commencement", "settings", "dated", "undated"),
    }
    for entry in told["dated"] + told["undated"]:
        assert entry.keys() >= {
            *("due", "opens", "status", "provision", "norm", "quote", "action_zh", "action_en"),
            *("bearer", "to", "proof", "done_on", "evidence", "readings", "date_settings"),
            *("findings", "checked", "case", "about", "year", "half"),
        }
        assert entry["quote"]
        assert entry["bearer"]["id"]


def test_it_is_written_to_a_file_instead_of_printed(told: Any, tmp_path: Path) -> None:
    file = tmp_path / "日历.ics"
    done = run(*ASKED, "--format", "ics", "--output", file)
    assert done.exit_code == 0
    assert done.stdout == ""
    assert str(file) in done.stderr
    content = file.read_bytes()
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"\r\r" not in content
    assert list(tmp_path.glob(".*")) == []
    json_file = tmp_path / "calendar.json"
    assert run(*ASKED, "--format", "json", "--output", json_file).exit_code == 0
    assert json.loads(json_file.read_text(encoding="utf-8")) == told


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    refused = run(*ASKED, "--output", tmp_path / "missing" / "calendar.ics")
    assert refused.exit_code == 2
    assert "cannot write" in refused.stderr
    assert run(*ASKED, "--output", tmp_path).exit_code == 2


def test_the_store_is_looked_at_where_no_file_is_named(told: Any) -> None:
    assert run("import", DEMO).exit_code == 0
    without = [each for each in ASKED if each != DEMO]
    assert answer(*without) == told


def test_a_setting_changes_it(told: Any) -> None:
    assert told["settings"]["reminder_first_days"] == "30"
    moved = answer(*ASKED, "--set", "filing_deadline_art11=q1_end")
    assert moved["settings"] != told["settings"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("calendar", "nobody", DEMO, "--year", "2014"), "nobody"),
        (("calendar", "qh-xianwei", DEMO), "--year"),
        (("calendar", "qh-xianwei", DEMO, "--year", "1899"), "1900"),
        (("calendar", "qh-xianwei", DEMO, "--year", "9999"), "9998"),
        (("calendar", "qh-xianwei", DEMO, "--year", "x"), "--year"),
        (("calendar", "qh-xianwei", DEMO, "--year", "2014", "--as-of", "2014-2-1"), "YYYY-MM-DD"),
        (("calendar", "qh-xianwei", DEMO, "--year", "2014", "--set", "nothing=1"), "nothing"),
        (("calendar", "qh-xianwei", "--year", "2014"), "dutygraph import"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(
    arguments: tuple[str | Path, ...], said: str
) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_before_the_measures_were_in_force_it_says_so() -> None:
    told = run("calendar", "qh-xianwei", DEMO, "--year", "2011", "--as-of", "2011-12-31")
    assert told.exit_code == 0
    assert "nothing is owed" in " ".join(told.stdout.split())
