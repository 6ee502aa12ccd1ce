"""What `dutygraph check` prints and writes: formats, files, groups, comparison, settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import answer, run

from dutygraph.reports.exports import exports

DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
CHECK = ["check", str(DEMO), "--as-of", "2014-12-10"]
COUNTY = [*CHECK, "--region", "990122"]


@pytest.mark.parametrize("form", sorted(exports()))
def test_every_export_can_be_written_to_a_file(form: str, tmp_path: Path) -> None:
    file = tmp_path / f"检查{exports()[form].suffix}"
    file.write_bytes(b"what was there")
    result = run(*COUNTY, "--format", form, "--output", file)
    assert result.exit_code == 1, result.output
    assert not result.stdout
    assert len(file.read_bytes()) > 500
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("form", sorted(name for name, one in exports().items() if one.is_text))
def test_an_export_that_is_text_goes_to_a_pipe_without_a_mark(form: str) -> None:
    result = run(*COUNTY, "--format", form)
    assert result.exit_code == 1
    assert result.stdout
    assert not result.stdout.startswith("\ufeff")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "xlsx"], "--output"),
        (["--format", "docx"], ".docx"),
        (["--format", "csv", "--output", "."], "是目录"),
        (["--format", "csv", "--output", "no/such/folder/a.csv"], "cannot write"),
        (["--output", "a.txt"], "--format"),
        (["--format", "json", "--group-by", "unit"], "--group-by"),
        (["--format", "csv", "--output", "a.csv", "--group-by", "unit"], "--group-by"),
        (["--status", "fine"], "due_soon"),
        (["--region", "98"], "98"),
        (["--compare", str(DEMO)], "records.json"),
        (["--settings", str(DEMO)], "TOML"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    options: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*COUNTY[:-2], "--provision", "art20", *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not list(tmp_path.iterdir())


def test_statuses_narrow_what_is_shown_and_the_exit_code_follows() -> None:
    whole = answer(*CHECK)
    shown = answer(*CHECK, "--status", "review,due_soon")
    assert {one["status"] for one in shown["findings"]} == {"review", "due_soon"}
    assert shown["checks"] == whole["checks"]
    assert shown["asked"]["status"] == ["review", "due_soon"]
    assert run(*CHECK, "--status", "review").exit_code == 0
    assert run(*CHECK, "--status", "violation").exit_code == 1


@pytest.mark.parametrize("by", ["unit", "provision", "level", "region"])
def test_findings_are_counted_by_group(by: str) -> None:
    printed = run(*CHECK, "--group-by", by).stdout
    key = {"unit": "qh-xingtang", "provision": "art20", "level": "县级", "region": "990122"}[by]
    assert key in printed


def test_a_run_is_compared_with_an_earlier_one(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    run(*CHECK, "--format", "json", "--output", earlier)
    compared = answer(*CHECK, "--provision", "art20", "--compare", earlier)["comparison"]
    findings = json.loads(earlier.read_text("utf-8"))["findings"]
    of_article = [one for one in findings if one["provision"] == "art20"]
    assert compared["counts"] == {
        "new": 0,
        "changed": 0,
        "still_open": len(of_article),
        "cured": 0,
        "not_looked_at": len(findings) - len(of_article),
    }
    printed = run(*CHECK, "--provision", "art20", "--compare", earlier).stdout
    assert f"仍未解决 still open {len(of_article)}" in printed
    assert "这次未检查" in printed


def test_settings_come_from_a_file_and_the_command_line_wins(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[settings]\njoint_addressee = "any"\ndue_soon_days = 5\n', encoding="utf-8")
    settings = answer(*COUNTY, "--settings", file, "--set", "due_soon_days=7")["settings"]
    assert (settings["joint_addressee"], settings["due_soon_days"]) == ("any", "7")


def test_settings_are_listed_with_what_they_take_and_their_readings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    rows = {row["name"]: row for row in answer("settings")}
    assert rows.keys() == answer(*COUNTY)["settings"].keys()
    assert rows["joint_addressee"]["choices"] == ["all", "any"]
    assert rows["joint_addressee"]["options"]["any"] == {
        "zh": "其中之一即可",
        "en": "One of them is enough",
    }
    assert rows["due_soon_days"]["options"] == {}
    assert rows["joint_addressee"]["readings"] == ["A03"]
    assert "0–3660" in rows["due_soon_days"]["takes"]
    assert "any 其中之一即可 One of them is enough" in run("settings").stdout
    assert "joint_addressee" in run("settings", "--format", "csv").stdout
    file = tmp_path / "settings.toml"
    file.write_text(run("settings", "--format", "toml").stdout, encoding="utf-8")
    usual = answer(*COUNTY)
    assert answer(*COUNTY, "--settings", file)["settings"] == usual["settings"]
