"""The history of imports on the command line: listed, shown, undone, replaced."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from running import answer, run

from dutygraph.cli import opening
from dutygraph.store.graphs import GraphStore

SEEN = "SELECT ?name WHERE { ?u a dg:Unit ; dcterms:identifier ?id ; rdfs:label ?name }"


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUTYGRAPH_STORE", str(tmp_path / "store"))


def units(file: Path, **names: str) -> Path:
    rows = [
        {"id": key, "name": name, "kind": "地方党委", "level": "县级"}
        for key, name in names.items()
    ]
    file.write_text(json.dumps({"units": rows}, ensure_ascii=False), encoding="utf-8")
    return file


def seen() -> list[str]:
    found: Any = answer("sparql", SEEN)["results"]["bindings"]
    return sorted(row["name"]["value"] for row in found)


def test_without_imports_the_list_is_empty() -> None:
    assert answer("imports") == []


def test_a_corrected_file_is_a_version_that_can_be_looked_at_and_undone(tmp_path: Path) -> None:
    file = units(tmp_path / "a.json", u1="甲县委")
    first = answer("import", file)
    assert (first["changed"], first["replaces"], first["counts"]) == (True, None, {"units": 1})
    assert answer("import", file)["changed"] is False
    second = answer("import", units(file, u1="乙县委", u2="丙县委"), "--by", "张三")
    assert second["replaces"] == first["import"]
    assert seen() == ["丙县委", "乙县委"]
    old, new = answer("imports")
    assert (old["id"], old["state"], new["id"], new["state"]) == (
        first["import"], "replaced", second["import"], "active",
    )  # fmt: skip
    assert (new["by"], new["rows"], new["replaces"], list(new["files"])) == (
        "张三", 2, old["id"], ["a.json"],
    )  # fmt: skip
    shown = answer("imports", "show", new["id"])
    assert shown["changes"] == [
        {"entity": "unit", "id": "u1", "change": "changed"},
        {"entity": "unit", "id": "u2", "change": "added"},
    ]
    assert answer("imports", "undo", new["id"][:6]) == {
        "undone": new["id"], "active_again": old["id"],
    }  # fmt: skip
    assert seen() == ["甲县委"]


def test_tables_and_csv_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    file = units(tmp_path / "a.json", u1="甲县委")
    assert "已导入 imported: units 1" in run("import", file).stdout
    assert "什么也没有改变 imported already, nothing changed" in run("import", file).stdout
    result = run("import", units(file, u1="乙县委"), "--format", "csv")
    assert "取代 replacing" in result.stderr
    listed = run("imports").stdout
    assert "已被取代 replaced" in listed
    assert "有效 active" in listed
    rows = list(csv.DictReader(io.StringIO(run("imports", "--format", "csv").stdout)))
    assert [row["state"] for row in rows] == ["replaced", "active"]
    assert "改动 changed" in run("imports", "show", rows[1]["id"]).stdout
    told = run("imports", "show", rows[1]["id"], "--format", "csv").stdout
    assert told == "entity,id,change\nunit,u1,changed\n"
    undone = run("imports", "undo", rows[1]["id"]).stdout
    assert f"重新有效 active again: {rows[0]['id']}" in undone
    last = run("imports", "undo", rows[0]["id"])
    assert last.stdout == f"已撤销 undone: {rows[0]['id']}\n"


def test_a_dry_run_says_what_would_be_replaced_and_replaces_nothing(tmp_path: Path) -> None:
    first = answer("import", units(tmp_path / "a.json", u1="甲县委"))["import"]
    dry = answer("import", units(tmp_path / "a.json", u1="乙县委"), "--dry-run")
    assert (dry["import"], dry["replaces"], dry["changed"]) == (None, first, False)
    assert seen() == ["甲县委"]


def test_another_file_replaces_an_import_that_is_named(tmp_path: Path) -> None:
    first = answer("import", units(tmp_path / "a.json", u1="甲县委"))["import"]
    other = units(tmp_path / "b.json", u1="乙县委")
    refused = run("import", other)
    assert refused.exit_code == 2
    assert f"--replace {first}" in refused.stderr
    assert answer("import", other, "--replace", first)["replaces"] == first
    again = run("import", units(tmp_path / "c.json", u9="丁县委"), "--replace", first)
    assert again.exit_code == 2
    assert "was replaced or undone before" in again.stderr


@pytest.mark.parametrize("command", [["undo", "nope"], ["show", "nope"]])
def test_an_import_that_is_not_there_ends_the_command_with_2(
    command: list[str], tmp_path: Path
) -> None:
    result = run("imports", *command)
    assert result.exit_code == 2
    assert "没有导入「nope」" in result.stderr
    assert not (tmp_path / "store").exists()


def test_an_undo_that_would_leave_references_hanging_says_which(tmp_path: Path) -> None:
    first = answer("import", units(tmp_path / "a.json", u1="甲县委"))["import"]
    meeting = {
        "id": "r1",
        "type": "meeting",
        "kind": "动员部署",
        "date": "2014-03-20",
        "unit": "u1",
    }
    (tmp_path / "b.json").write_text(json.dumps({"records": [meeting]}), encoding="utf-8")
    assert run("import", tmp_path / "b.json").exit_code == 0
    result = run("imports", "undo", first)
    assert result.exit_code == 2
    assert "b.json · records · 第1行" in result.stderr
    assert seen() == ["甲县委"]


def test_an_import_that_another_one_overtakes_is_checked_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = units(tmp_path / "a.json", u1="甲县委"), units(tmp_path / "b.json", u1="乙县委")
    really = opening.for_writing

    def late(location: str | None) -> GraphStore:
        monkeypatch.setattr(opening, "for_writing", really)
        assert run("import", first).exit_code == 0
        return really(location)

    monkeypatch.setattr(opening, "for_writing", late)
    result = run("import", second)
    assert result.exit_code == 2
    assert "先前已从 a.json · units · 第1行 导入" in result.stderr
    assert seen() == ["甲县委"]


def test_checks_see_the_version_in_force_alone(tmp_path: Path) -> None:
    run("import", units(tmp_path / "a.json", u1="甲县委", u2="乙县委"))
    run("import", units(tmp_path / "a.json", u1="甲县委"))
    report = answer("check", "--as-of", "2014-12-10")
    assert {row["subject"] for row in report["findings"]} <= {"u1"}
    assert any(row["subject"] == "u1" for row in report["findings"])
