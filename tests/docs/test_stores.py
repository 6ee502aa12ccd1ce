"""docs/stores.md tells the truth: its settings are those there are, its files and numbers stand."""

from __future__ import annotations

import re
from pathlib import Path

from dutygraph.queries.catalogue import questions
from dutygraph.queries.limits import limits
from dutygraph.store import endpoint, remote, transport

ROOT = Path(__file__).parents[2]
STORES = (ROOT / "docs" / "stores.md").read_text(encoding="utf-8")


def test_the_settings_are_those_there_are() -> None:
    known = {
        value
        for name, value in vars(endpoint).items()
        if name.isupper() and isinstance(value, str) and value.startswith("DUTYGRAPH_")
    }
    assert set(re.findall(r"DUTYGRAPH_\w+", STORES)) == {*known, "DUTYGRAPH_STORE"}
    assert f"| {endpoint.Endpoint.of('http://h/', {}).timeout:g} |" in STORES


def test_the_numbers_are_those_of_the_code() -> None:
    *first, last = (f"{pause:g}" for pause in transport._PAUSES)
    assert f"after {', '.join(first)} and {last} seconds" in STORES
    assert f"at most {transport._LONGEST:g} seconds" in STORES
    assert f"parts of {remote._CHUNK >> 20} MB" in STORES
    assert f"{remote._STEP >> 20} MB at a time" in STORES
    assert f"all {len(questions())} questions" in STORES
    assert len(limits("Virtuoso/07.20.3229")) == 2
    assert "two questions are answered on this machine" in STORES


def test_its_files_and_links_exist() -> None:
    for path in re.findall(r"`((?:queries|data)/[\w./-]*)`", STORES):
        assert (ROOT / path).exists(), path
    for link in re.findall(r"\]\(([^)#:]+)\)", STORES):
        assert (ROOT / "docs" / link).exists(), link
