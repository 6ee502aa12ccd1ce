"""What docs/imports.md says of where a triple comes from is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dutygraph.cli.main import dutygraph

ROOT = Path(__file__).parents[2]
WORDS = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
DEMO = ROOT / "data" / "demo" / "records.json"


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(dutygraph, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_query_tells_file_sheet_row_time_and_version_of_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUTYGRAPH_STORE", str(tmp_path / "store"))
    (query,) = re.findall(r"```sparql\n(.+?)```", WORDS, re.DOTALL)
    (identifier,) = re.findall(r'dcterms:identifier "([^"]+)"', query)
    document = json.loads(DEMO.read_text(encoding="utf-8"))
    rows = [row["id"] for row in document["records"]]
    file = tmp_path / "records.json"
    for title in (1, 2):
        document["persons"][0]["name"] = f"某{title}"
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        _run("import", str(file), "--by", "张三")
    first, second = json.loads(_run("imports", "--format", "json"))
    (found,) = json.loads(_run("sparql", query, "--format", "json"))["results"]["bindings"]
    told = {name: value["value"] for name, value in found.items()}
    assert told.pop("when")[:10] == second["recorded_at"][:10]
    assert told == {
        "file": "records.json",
        "sheet": "records",
        "row": str(rows.index(identifier) + 1),
        "by": "张三",
        "sha256": "sha256:" + second["files"]["records.json"],
        "import": second["graph"],
        "replaces": first["graph"],
    }


def test_the_commands_that_are_named_are_there() -> None:
    for command in re.findall(r"`dutygraph (imports[a-z ]*?)(?: ID)?`", WORDS):
        _run(*command.split(), "--help")
