"""The README tells the truth: its commands run, its paths exist, its list of commands is whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from dutygraph.cli.main import dutygraph
from dutygraph.queries.catalogue import questions
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import open_regulations

ROOT = Path(__file__).parents[2]
HEBEI = ROOT / "data" / "regulations" / "hebei"
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\.venv/bin/dutygraph (.+)$", README, re.MULTILINE)
LINKS = re.findall(r"\]\(([^)#]+)\)", README)
PATHS = re.findall(r"`([a-z_.]+/[\w./*-]*)`", README)
TARGETS = re.findall(r"^make (\w+)", README, re.MULTILINE)


def test_the_readme_has_commands_links_and_paths() -> None:
    assert len(COMMANDS) >= 5
    assert LINKS
    assert PATHS
    assert {"run", "test"} <= set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_a_make_target_of_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DUTYGRAPH_STORE", str(tmp_path))
    result = CliRunner().invoke(dutygraph, shlex.split(command, comments=True))
    assert result.exit_code in (0, 1), result.output
    assert result.stdout


@pytest.mark.parametrize("link", LINKS)
def test_a_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert link.startswith("http://127.0.0.1") or (ROOT / link).exists()


@pytest.mark.parametrize("path", PATHS)
def test_a_path_of_the_readme_exists(path: str) -> None:
    assert list(ROOT.glob(path.rstrip("/"))), path


def test_the_readme_names_every_command() -> None:
    for name in dutygraph.commands:
        assert re.search(rf"\b{re.escape(name)}\b", README), name


def test_the_readme_counts_questions_norms_and_readings_as_they_are() -> None:
    store = open_regulations()
    norms = Norms(store, "hebei").all
    readings = set(re.findall(r'dg:key "(A\d\d)"', (HEBEI / "readings.ttl").read_text("utf-8")))
    assert f"{len(questions())} competency questions" in README
    assert f"All its norms, {len(norms)}, are in the graph" in README
    assert f"{len(readings)} points that the text leaves open" in README
