"""The report on the second reading gives its figures, and every difference is decided."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "second-reading"
REPORT = (FOLDER / "README.md").read_text(encoding="utf-8")
FOLDERS = [FOLDER, FOLDER / "repeat"]


def _agreement() -> ModuleType:
    spec = importlib.util.spec_from_file_location("agreement", ROOT / "benchmarks" / "agreement.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)

    sys.modules["agreement"] = module
    spec.loader.exec_module(module)
    return module


agreement = _agreement()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_figures_of_the_report_are_those_of_the_readings(folder: Path) -> None:
    assert agreement.table(folder) in REPORT


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_difference_is_decided_with_a_reason(folder: Path) -> None:
    with (folder / "decisions.csv").open(encoding="utf-8", newline="") as file:
        decisions = list(csv.DictReader(file))
    keys = ("article", "provision", "norm", "quote", "field", "first", "second")
    assert [tuple(row[key] for key in keys) for row in decisions] == [
        tuple(row[key] for key in keys) for row in agreement.differences(folder)
    ]
    for row in decisions:
        assert row["decision"] in ("first", "second", "other")
        assert len(row["reason"].split()) >= 5


def test_more_than_ten_articles_were_read_twice() -> None:
    assert len(list((FOLDER / "second").glob("*.json"))) > 10


def test_the_articles_read_again_are_those_under_the_mark() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in agreement.table(FOLDER).splitlines()[2:-1]
    ]
    low = {row[0] for row in rows if "—" not in row[5] and min(float(row[4]), float(row[5])) < 0.8}
    assert {file.stem for file in (FOLDER / "repeat" / "second").glob("*.json")} == low


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.json")), ids=lambda file: str(file)[-24:])
def test_every_quote_of_a_reading_stands_in_its_provision(file: Path) -> None:
    texts = agreement._texts()[file.stem]
    for norm in json.loads(file.read_text(encoding="utf-8")):
        assert norm["quote"] in texts[norm["provision"]]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        # Cohen 1960 by hand: 0.7 agreed, 0.5 by chance.
        ([("a", "a")] * 4 + [("b", "b")] * 3 + [("a", "b")] * 1 + [("b", "a")] * 2, 0.4),
        ([("a", "a"), ("b", "b")], 1.0),
        ([("a", "b"), ("b", "a")], -1.0),
        ([("a", "a")] * 3, 1.0),
        ([("a", "a"), ("a", "b")], 0.0),
    ],
)
def test_kappa_is_what_the_formula_gives(pairs: list[tuple[str, str]], expected: float) -> None:
    assert agreement.kappa(pairs) == pytest.approx(expected)


readings = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1)


@given(readings)
def test_kappa_does_not_depend_on_who_is_first(pairs: list[tuple[str, str]]) -> None:
    swapped = [(second, first) for first, second in pairs]
    assert agreement.kappa(pairs) == pytest.approx(agreement.kappa(swapped))
    assert -1 <= agreement.kappa(pairs) <= 1


def test_the_report_calls_a_model_a_model() -> None:
    assert re.search(r"All readers were language models; no lawyer", REPORT)
