"""Every command and page that reads a store has the same output at a server as in a directory."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from servers import Server

from dutygraph.cli.main import dutygraph
from webapp import create_app

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "data" / "demo" / "records.json"


def _lines(name: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _run(location: str, *arguments: str) -> str:
    result = CliRunner().invoke(dutygraph, [*arguments, "--store", location])
    assert result.exit_code in (0, 1), result.output
    return result.stdout


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a directory's store into which the demo was imported."""
    location = str(tmp_path_factory.mktemp("store"))
    _run(location, "import", str(DEMO))
    return location


@pytest.fixture(scope="module")
def filled(running: Server) -> Iterator[Server]:
    """Give a server into which the demo was imported."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in running.settings.items():
            monkeypatch.setenv(name, value)
        _run(running.query, "import", str(DEMO))
        yield running


@pytest.mark.parametrize("line", _lines("commands.txt"))
def test_a_command_says_the_same_at_a_server(line: str, filled: Server, directory: str) -> None:
    command = shlex.split(line)
    assert _run(filled.query, *command) == _run(directory, *command)


@pytest.fixture(scope="module")
def sites(filled: Server, directory: str) -> tuple[FlaskClient, FlaskClient]:
    """Give the site of the server and that of the directory."""
    usual = {"AS_OF": "2014-12-10", "PATIENCE": None, "PERSONAL": True}
    made = [create_app({"STORE": one, **usual}) for one in (filled.query, directory)]
    there, here = (site.test_client() for site in made)
    return there, here


@pytest.mark.parametrize("address", _lines("pages.txt"))
def test_a_page_shows_the_same_from_a_server(
    address: str, sites: tuple[FlaskClient, FlaskClient]
) -> None:
    there, here = (_without_secrets(site.get(address).text) for site in sites)
    assert there == here


def _without_secrets(page: str) -> str:
    return re.sub(r'nonce="[^"]*"|name="token" value="[^"]*"', "", page)


def test_versions_and_undo_work_at_a_server_as_in_a_directory(
    filled: Server, sites: tuple[FlaskClient, FlaskClient], tmp_path: Path
) -> None:
    file = tmp_path / "village.json"
    seen = "SELECT ?name WHERE { ?unit dcterms:identifier 'village' ; rdfs:label ?name }"
    names = []
    for name in ("甲乡党委", "乙乡党委"):
        unit = {"id": "village", "name": name, "kind": "地方党委", "level": "乡级"}
        file.write_text(json.dumps({"units": [unit]}, ensure_ascii=False), encoding="utf-8")
        _run(filled.query, "import", str(file))
        names.append(_run(filled.query, "sparql", seen, "--format", "csv").split())
    assert names == [["name", "甲乡党委"], ["name", "乙乡党委"]]
    assert "乙乡党委" in sites[0].get("/units").text, "the site sees what was imported meanwhile"
    imports = json.loads(_run(filled.query, "imports", "--format", "json"))
    assert [one["state"] for one in imports] == ["active", "replaced", "active"]
    assert (imports[-1]["label"], imports[-1]["rows"]) == ("village.json", 1)
    changed = json.loads(
        _run(filled.query, "imports", "show", imports[-1]["id"], "--format", "json")
    )
    assert changed
    _run(filled.query, "imports", "undo", imports[-1]["id"])
    assert _run(filled.query, "sparql", seen, "--format", "csv").split() == names[0]
    _run(filled.query, "imports", "undo", imports[-2]["id"])
    assert _run(filled.query, "sparql", seen, "--format", "csv").split() == ["name"]
