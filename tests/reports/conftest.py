"""Editions that the tests hand out: the demo's, a hostile one, one that looked at nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.records.triples import DEFAULT_BASE
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.reports.edition import Edition
from dutygraph.reports.wording import Wording
from dutygraph.store.embedded import EmbeddedStore

DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
HOSTILE = Path(__file__).parent / "hostile.json"

Checked = Callable[..., Report]


@pytest.fixture(scope="session")
def regulations() -> EmbeddedStore:
    return open_regulations()


@pytest.fixture(scope="session")
def wording(regulations: EmbeddedStore) -> Wording:
    return Wording(regulations, prepared_graphs(), "hebei")


@pytest.fixture(scope="session")
def checked(regulations: EmbeddedStore) -> Checked:
    """Give a function that checks a file of records as of a day."""

    def check(file: Path, as_of: str, *settings: str, **asked: Any) -> Report:
        batch = read_files([file], model=load_model())
        assert not batch.errors, [str(fault) for fault in batch.errors]
        day = dt.date.fromisoformat(as_of)
        question = Question(day, asked.pop("year", day.year), **asked)
        checker = Checker(regulations, "hebei", settings)
        return checker.check([batch.ntriples(DEFAULT_BASE)], question)

    return check


@pytest.fixture(scope="session")
def report(checked: Checked) -> Report:
    return checked(DEMO, "2014-12-10")


@pytest.fixture(scope="session")
def edition(report: Report, wording: Wording) -> Edition:
    return Edition.of(report, wording)


@pytest.fixture(scope="session")
def hostile(checked: Checked, wording: Wording) -> Edition:
    """Give the edition of units whose names try to be formulas, tags and templates."""
    return Edition.of(checked(HOSTILE, "2014-12-10"), wording)


@pytest.fixture(scope="session")
def nothing(
    checked: Checked, wording: Wording, tmp_path_factory: pytest.TempPathFactory
) -> Edition:
    """Give the edition of a run that looked at nobody."""
    alone = {"id": "g", "name": "示例考核组", "kind": "考核组", "level": "县级"}
    file = tmp_path_factory.mktemp("nothing") / "alone.json"
    file.write_text(json.dumps({"units": [alone], "persons": [], "records": []}), "utf-8")
    return Edition.of(checked(file, "2014-12-10", provision="art20"), wording)
