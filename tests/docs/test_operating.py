"""The guide for operators names every setting, and files and commands that there are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from dutygraph.cli.main import dutygraph
from dutygraph.configuration import CONFIG, VARIABLES, ConfigurationError, read

ROOT = Path(__file__).parents[2]
WORDS = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
CODE = [*(ROOT / "dutygraph").rglob("*.py"), *(ROOT / "webapp").rglob("*.py")]
EXAMPLE = ROOT / "deploy" / "dutygraph.toml"


def test_every_variable_that_the_code_reads_is_a_setting() -> None:
    read_ = {
        name
        for file in CODE
        for name in re.findall(r"\bDUTYGRAPH_[A-Z_]+[A-Z]\b", file.read_text(encoding="utf-8"))
    }
    # Whether a site is configured in whole is said by their names put together.
    assert read_ - {CONFIG} == {variable.name for variable in VARIABLES}


def test_the_table_has_the_row_of_every_setting_and_no_other() -> None:
    rows = re.findall(r"^\| `[a-z_]+` \| `DUTYGRAPH_.+$", WORDS, re.MULTILINE)
    assert rows == [variable.row for variable in VARIABLES]


def test_every_option_of_serve_is_a_setting() -> None:
    known = {variable.key for variable in VARIABLES}
    options = {option.name for option in dutygraph.commands["serve"].params}
    assert options - {"location"} <= known
    for variable in VARIABLES:
        for option in re.findall(r"`--([a-z]+)`", variable.en):
            assert option in {*options, "store"}, variable.name


def test_the_example_of_a_file_has_all_settings_and_can_be_read() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    everything = tomllib.loads(re.sub(r"^# (?=[a-z_]+ = )", "", text, flags=re.MULTILINE))
    assert list(everything) == [variable.key for variable in VARIABLES]
    environment: dict[str, str] = {}
    read(EXAMPLE, environment)
    assert environment["DUTYGRAPH_STORE"] == "/var/lib/dutygraph/store"


def test_what_is_set_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('port = 1\nlog = "error"\nwritable = true\npatience = 0.5\n', encoding="utf-8")
    environment = {"DUTYGRAPH_PORT": "2"}
    read(file, environment)
    assert environment == {
        "DUTYGRAPH_PORT": "2",
        "DUTYGRAPH_LOG": "error",
        "DUTYGRAPH_WRITABLE": "1",
        "DUTYGRAPH_PATIENCE": "0.5",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prt = 1", "unknown key 'prt'"),
        ("port = [1]", "port takes one value"),
        ("port = ", "cannot be used"),
        (None, "cannot be used"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    text: str | None, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=words):
        read(file, {})


def test_commands_that_are_told_of_are_there() -> None:
    named = set(re.findall(r"`?dutygraph (store|serve|import|check)(?: ([a-z]+))?", WORDS))
    assert {("store", "backup"), ("store", "verify"), ("serve", "")} <= named
    for command, sub in named:
        found = dutygraph.commands[command]
        assert not sub or not isinstance(found, click.Group) or sub in found.commands


@pytest.mark.parametrize("name", re.findall(r"`(deploy/[\w./-]+)`", WORDS))
def test_files_that_are_told_of_are_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_the_container_is_built_from_all_that_the_package_is_built_from() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {*wheel["packages"], *wheel["force-include"], *project["project"]["license-files"]}
    wanted |= {project["project"]["readme"], "pyproject.toml", "requirements.txt"}
    taken = re.findall(r"^!(.+)$", (ROOT / ".containerignore").read_text("utf-8"), re.MULTILINE)
    assert set(taken) == wanted


def test_the_unit_serves_as_somebody_without_rights() -> None:
    unit = (ROOT / "deploy" / "dutygraph.service").read_text(encoding="utf-8")
    container = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    for line in ("User=dutygraph", "CapabilityBoundingSet=", "ProtectSystem=strict"):
        assert f"\n{line}\n" in unit
    assert re.search(r"^ExecStart=\S+/dutygraph serve$", unit, re.MULTILINE)
    assert re.search(r"^USER [1-9]\d*$", container, re.MULTILINE)
    assert 'ENTRYPOINT ["dutygraph"]\nCMD ["serve"]' in container
