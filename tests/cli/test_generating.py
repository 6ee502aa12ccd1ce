"""``dutygraph generate``: a province on disk, and the findings that belong to it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from running import run

from dutygraph.records.csvw import load_model

AS_OF = ("--as-of", "2014-12-31")


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_province_is_written_with_its_findings_and_counts(tmp_path: Path) -> None:
    size = ("--units", "40", "--years", "2012-2013", "--with-centre")
    made = run("generate", tmp_path, *size, *AS_OF, "--breach", "art20.LATE=1")
    assert made.exit_code == 0, made.output
    content = json.loads((tmp_path / "records.json").read_text(encoding="utf-8"))
    assert len(content["units"]) == 42
    expected = _rows(tmp_path / "expected.csv")
    assert {(row["as_of"], row["provision"], row["code"]) for row in expected} == {
        ("2014-12-31", "art20", "LATE")
    }
    assert {row["year"] for row in expected} == {"2012", "2013"}
    assert all(row["why"].startswith("第二十条：") for row in expected)
    counts = {
        (row["year"], row["provision"]): row for row in _rows(tmp_path / "expected-counts.csv")
    }
    late = sum(row["year"] == "2013" for row in expected)
    assert counts["2013", "art20"]["breached"] == str(late)
    assert counts["2013", "art11"]["met"] == counts["2013", "art11"]["looked_at"] != "0"


def test_the_same_command_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        made = run("generate", tmp_path / name, "--units", "20", *AS_OF, "--breaches", "0.2")
        assert made.exit_code == 0, made.output
    for file in ("records.json", "expected.csv", "expected-counts.csv"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_what_is_generated_is_checked_as_expected(tmp_path: Path) -> None:
    run("generate", tmp_path, "--units", "20", *AS_OF, "--with-centre")
    report = run("check", tmp_path / "records.json", *AS_OF, "--year", "2013", "--format", "json")
    assert report.exit_code == 0, report.output
    assert json.loads(report.stdout)["findings"] == []


def test_csv_files_hold_what_the_json_document_holds(tmp_path: Path) -> None:
    run("generate", tmp_path / "json", "--units", "40", *AS_OF)
    run("generate", tmp_path / "csv", "--units", "40", *AS_OF, "--format", "csv")
    content = json.loads((tmp_path / "json" / "records.json").read_text(encoding="utf-8"))
    folder = tmp_path / "csv" / "records"
    assert {file.stem for file in folder.iterdir()} <= {table.name for table in load_model()}
    written = {row["id"]: row for file in folder.iterdir() for row in _rows(file) if "id" in row}
    rows = [row for part in content.values() for row in part]
    assert set(written) == {row["id"] for row in rows}
    for row in rows:
        for key, value in row.items():
            if key == "type" or (isinstance(value, list) and isinstance(value[0], dict)):
                continue
            text = "、".join(value) if isinstance(value, list) else str(value)
            assert written[row["id"]][key] == {"True": "true", "False": "false"}.get(text, text)
    roles = _rows(folder / "roles.csv")
    assert len(roles) == sum(len(person["roles"]) for person in content["persons"])


def test_ntriples_hold_every_record(tmp_path: Path) -> None:
    run("generate", tmp_path, "--units", "5", *AS_OF, "--format", "nt")
    text = (tmp_path / "records.nt").read_text(encoding="utf-8")
    assert "record/sheng-dangwei-2013-meeting>" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--years", "2013-2012"), "not '2013-2012'"),
        (("--years", "now"), "not 'now'"),
        (("--units", "3"), "5<=x<=100000"),
        (("--breach", "art11.LATER=1"), "no breach 'art11.LATER'"),
        (("--breaches", "2"), "0<=x<=1"),
        (("--as-of", "2014-2-1"), "takes a date as YYYY-MM-DD, not '2014-2-1'"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(
    arguments: tuple[str, str], words: str, tmp_path: Path
) -> None:
    result = run("generate", tmp_path / "out", *AS_OF, *arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("generate", tmp_path / "file" / "out", "--units", "5", *AS_OF)
    assert result.exit_code == 2
    assert "cannot write" in result.output


def test_findings_follow_the_settings_that_are_given(tmp_path: Path) -> None:
    size = ("--units", "20", "--as-of", "2014-12-31")
    settings = ("--set", "missing_upper_unit=violation", "--set", "superior_line=vertical")
    made = run("generate", tmp_path, *size, *settings, "--breaches", "0.3")
    assert made.exit_code == 0, made.output
    checked = run(
        "check", tmp_path / "records.json", "--as-of", "2014-12-31", "--year", "2013", *settings,
        "--format", "json",
    )  # fmt: skip
    keys = ("provision", "code", "status", "subject")
    found = {tuple(one[key] for key in keys) for one in json.loads(checked.stdout)["findings"]}
    assert found == {tuple(row[key] for key in keys) for row in _rows(tmp_path / "expected.csv")}
    run("generate", tmp_path / "usual", *size, "--breaches", "0.3")
    usual = {tuple(row[key] for key in keys) for row in _rows(tmp_path / "usual" / "expected.csv")}
    assert found != usual


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("award_year_basis=violation_year", "'award_year_basis' cannot be set for made-up data"),
        ("joint_addressee=some", "joint_addressee"),
        ("no_such=1", "no_such"),
        ("joint_addressee", "joint_addressee"),
    ],
)
def test_a_setting_that_cannot_be_taken_is_refused(
    assignment: str, words: str, tmp_path: Path
) -> None:
    made = run("generate", tmp_path / "made", "--units", "20", *AS_OF, "--set", assignment)
    assert made.exit_code == 2
    assert words in made.output
    assert not (tmp_path / "made").exists()
