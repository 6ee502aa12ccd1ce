"""Bars on posts end where the calendar and the settings say, in the working graph."""

from __future__ import annotations

import calendar
import datetime as dt
import json
from pathlib import Path

import pytest

from dutygraph.compliance.checking import Checker, Question
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import open_regulations
from dutygraph.terms import sparql_prologue

STORE = open_regulations()
DAYS = [dt.date(2012, 1, 1) + dt.timedelta(days=day) for day in range(3 * 366)]
_BARS = (
    sparql_prologue()
    + "SELECT ?id ?until WHERE {"
    + " ?duty dg:barredUntil ?until ; dg:arisesFrom ?decision . ?decision dcterms:identifier ?id }"
)


def _after(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return dt.date(day.year + years, month + 1, min(day.day, last))


def _bars(tmp_path: Path, **decision: object) -> dict[str, str]:
    """Give until when a decision of each day bars, by its date."""
    given = {
        "persons": [{"id": "h", "name": "赵某"}],
        "records": [
            {"id": day.isoformat(), "type": "case", "kind": "责任追究决定", "subject": "h"}
            | {"date": day.isoformat()}
            | decision
            for day in DAYS
        ],
    }
    file = tmp_path / "records.json"
    file.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    batch = read_files([file], model=load_model())
    assert not batch.errors, [str(fault) for fault in batch.errors]
    graph = Checker(STORE, "hebei").working_graph(
        [batch.ntriples()], Question(dt.date(2020, 1, 1), 2020)
    )
    return {row["id"].value: row["until"].value for row in graph.select(_BARS, ())}


@pytest.mark.parametrize(
    ("measures", "effect", "months"),
    [
        (["免职"], None, 12),
        (["降职"], None, 24),
        (["责令辞职", "党纪政纪处分"], 18, 18),
        (["责令辞职", "党纪政纪处分"], 6, 12),
        (["责令辞职"], 18, 12),
    ],
)
def test_a_bar_runs_out_on_the_same_day_or_on_the_last_of_the_month(
    measures: list[str], effect: int | None, months: int, tmp_path: Path
) -> None:
    bars = _bars(tmp_path, measures=measures, discipline_effect_months=effect)
    assert bars == {day.isoformat(): _after(day, months).isoformat() for day in DAYS}


def test_measures_that_bar_nothing_have_no_end(tmp_path: Path) -> None:
    assert not _bars(tmp_path, measures=["调整职务", "党纪政纪处分"], discipline_effect_months=24)
