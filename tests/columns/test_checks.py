"""A check in columns reports what a check by pyoxigraph does, byte for byte."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from united import parted, told, united

from dutygraph.compliance import checking
from dutygraph.compliance.checking import Checker, Question
from dutygraph.fiction.breaches import Plan
from dutygraph.fiction.province import province
from dutygraph.fiction.writing import write
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import open_regulations

_QUESTIONS = parted()


def _province(folder: Path, units: int) -> bytes:
    made = province(units, "7", range(2012, 2014), planted=(Plan.of((), 0.2),))
    write(made, folder, dt.date(2014, 4, 15), "json")
    return read_files([folder / "records.json"], model=load_model()).ntriples()


@pytest.mark.parametrize("settings", [(), ("reference_units=skip",)], ids=["usual", "skip"])
def test_a_province_is_checked_alike(settings: tuple[str, ...], tmp_path: Path) -> None:
    records = [_province(tmp_path, 150)]
    checker = Checker(open_regulations(), "hebei", settings)
    question = Question(dt.date(2014, 4, 15), 2013)
    in_columns = checker.check_in_columns(records, question)
    assert told(in_columns) == told(checker.check(records, question))
    assert len(in_columns.findings) > 100


@pytest.mark.parametrize("number", [0, len(_QUESTIONS) // 2])
def test_worked_examples_are_found_alike(number: int, tmp_path: Path) -> None:
    """All examples of a question, and some others, each as records of units of its own."""
    records, checker, question = united(number, tmp_path)
    in_columns = checker.check_in_columns([records], question)
    assert told(in_columns) == told(checker.check([records], question))
    assert in_columns.findings


def test_large_records_are_checked_in_columns_and_refused_ones_by_pyoxigraph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checking, "COLUMNS_FROM", 0)
    caplog.set_level("INFO")
    checker = Checker(open_regulations(), "hebei")
    question = Question(dt.date(2014, 4, 15), 2013)
    records = _province(tmp_path, 60)
    usual = checker.check([records], question)
    assert not caplog.records
    blank = b"_:b <http://www.w3.org/2000/01/rdf-schema#comment> <urn:x> .\n"
    assert told(checker.check([records, blank], question)) == told(usual)
    assert "blank nodes" in caplog.text
