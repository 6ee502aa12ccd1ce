"""Running the checks on a fictional province, to hold what they find to what they must find."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import Batch, read_files
from dutygraph.records.model import Model
from dutygraph.records.triples import DEFAULT_BASE
from dutygraph.regulations.prepared import open_regulations

CHECKED = frozenset(
    {"art6.item1", "art11", "art12.para1", "art12.para2", "art16", "art20", "art43"}
)
"""The checks whose findings are held to those expected: to be added to as checks are written."""

Found = frozenset[tuple[str, str, str, str]]


@cache
def _model() -> Model:
    return load_model()


@cache
def _checker(settings: tuple[str, ...] = ()) -> Checker:
    return Checker(open_regulations(), "hebei", settings)


def imported(content: dict[str, Any], folder: Path) -> Batch:
    file = folder / "records.json"
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return read_files([file], model=_model())


def checked(batch: Batch, as_of: str, year: int, settings: tuple[str, ...] = ()) -> Report:
    question = Question(dt.date.fromisoformat(as_of), year)
    return _checker(settings).check([batch.ntriples(DEFAULT_BASE)], question)


def found(report: Report) -> Found:
    return frozenset(
        (each.provision, each.code, each.status, each.subject)
        for each in report.findings
        if each.provision in CHECKED
    )
