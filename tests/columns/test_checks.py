"""A check in columns reports what a check by pyoxigraph does, byte for byte."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dutygraph.columns.graph import ColumnGraph
from dutygraph.compliance import checking
from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.fiction.breaches import Plan
from dutygraph.fiction.province import province
from dutygraph.fiction.writing import write
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import open_regulations


def _told(report: Report) -> str:
    return json.dumps([report.to_json(), report.verdicts], ensure_ascii=False)


@pytest.fixture
def columns(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ColumnGraph]]:
    """Check everything in columns; gives the graphs that were."""
    made: list[ColumnGraph] = []
    working = checking.working_columns

    def keep(*given: object) -> ColumnGraph:
        made.append(working(*given))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(checking, "COLUMNS_FROM", 0)
    monkeypatch.setattr(checking, "working_columns", keep)
    yield made


@pytest.mark.parametrize("settings", [(), ("reference_units=skip",)], ids=["usual", "skip"])
def test_a_province_is_checked_alike(
    settings: tuple[str, ...], tmp_path: Path, columns: list[ColumnGraph]
) -> None:
    made = province(150, "7", range(2012, 2014), planted=(Plan.of((), 0.2),))
    write(made, tmp_path, dt.date(2014, 4, 15), "json")
    records = [read_files([tmp_path / "records.json"], model=load_model()).ntriples()]
    checker = Checker(open_regulations(), "hebei", settings)
    question = Question(dt.date(2014, 4, 15), 2013)
    in_columns = checker.check(records, question)
    checking.COLUMNS_FROM = 1 << 40
    assert _told(in_columns) == _told(checker.check(records, question))
    assert len(in_columns.findings) > 100
    assert [graph.refused for graph in columns] == [{}]
