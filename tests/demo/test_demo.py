"""The demo prefecture: its script makes it, and the checks find what was written down by hand."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dutygraph.compliance.checking import Checker, Question
from dutygraph.compliance.shapes import shapes
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import Batch, read_files
from dutygraph.regulations.prepared import open_regulations
from dutygraph.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "demo"
RECORDS = DEMO / "records.json"
# The findings of these checks were written down; the other records are there for the reader.
CHECKS = {"art6.item1", "art11", "art12.para1", "art12.para2", "art16", "art20", "art43"}
_DIGITS = "零一二三四五六七八九"


def _rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


EXPECTED = _rows("expected.csv")
RUNS = sorted({(row["as_of"], row["year"]) for row in EXPECTED})


@cache
def _batch() -> Batch:
    return read_files([RECORDS], model=load_model())


@cache
def _content() -> dict[str, list[dict[str, Any]]]:
    content: dict[str, list[dict[str, Any]]] = json.loads(RECORDS.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return open_regulations()


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_script_makes_the_records_byte_for_byte(hash_seed: str, tmp_path: Path) -> None:
    made = tmp_path / "records.json"
    subprocess.run(
        [sys.executable, "-B", DEMO / "prefecture.py", made],
        check=True,
        env={"PYTHONHASHSEED": hash_seed},
        cwd=tmp_path,
    )
    assert made.read_bytes() == RECORDS.read_bytes(), "run python data/demo/prefecture.py"


def test_the_records_are_imported_without_an_error_or_a_warning() -> None:
    assert [str(fault) for fault in _batch().faults] == []


def test_the_two_years_were_written_down() -> None:
    assert set(RUNS) == {("2014-12-10", "2013"), ("2014-12-10", "2014")}
    assert {row["provision"] for row in EXPECTED} <= CHECKS


@pytest.mark.parametrize(("as_of", "year"), RUNS)
def test_a_run_finds_what_was_written_down_and_nothing_else(
    as_of: str, year: str, store: EmbeddedStore
) -> None:
    question = Question(dt.date.fromisoformat(as_of), int(year))
    report = Checker(store, "hebei").check([_batch().ntriples()], question)
    found = {
        (each.provision, each.code, each.status, each.subject)
        for each in report.findings
        if each.provision in CHECKS
    }
    written = {
        (row["provision"], row["code"], row["status"], row["subject"])
        for row in EXPECTED
        if (row["as_of"], row["year"]) == (as_of, year)
    }
    assert found == written
    assert {counts.provision for counts in report.checks if counts.looked_at} >= CHECKS


def test_every_finding_written_down_is_planned_and_every_planned_one_written_down() -> None:
    written = {(row["subject"], row["year"], row["provision"], row["code"]) for row in EXPECTED}
    planned = {
        (row["unit"], year, *gives.split())
        for row in _rows("plan.csv")
        for gives in filter(None, row["gives"].split("; "))
        for year in ([row["year"]] if row["year"] else ["2013", "2014"])
    }
    assert planned == written


def test_every_code_and_every_status_of_the_checks_is_shown() -> None:
    codes = {shape.code for shape in shapes("hebei") if shape.check in CHECKS}
    # Whether the measures were in force is only asked of a day before in_force_by.
    assert {row["code"] for row in EXPECTED} == codes - {"COMMENCEMENT_UNKNOWN"}
    assert {row["status"] for row in EXPECTED} == {"violation", "review", "advisory", "due_soon"}


def test_most_units_have_no_finding() -> None:
    assert 2 * len({row["subject"] for row in EXPECTED}) < len(_content()["units"])


def _number(article: str) -> int:
    """Read 二十, 十二, 四十一, 六."""
    tens, ten, ones = article.rpartition("十")
    return (_DIGITS.index(tens) if tens else bool(ten)) * 10 + (_DIGITS.index(ones) if ones else 0)


@cache
def _articles() -> dict[int, str]:
    source = (ROOT / "data/regulations/hebei/source.txt").read_text(encoding="utf-8")
    parts = re.split(r"^第([一二三四五六七八九十]+)条", source, flags=re.MULTILINE)
    return {
        _number(number): re.sub(r"\s", "", text)
        for number, text in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.mark.parametrize(
    "row", EXPECTED, ids=lambda row: "-".join((row["year"], row["provision"], row["subject"]))
)
def test_a_reason_quotes_the_words_of_its_article(row: dict[str, str]) -> None:
    cited = re.findall(r"第([一二三四五六七八九十]+)条(?:第（.）项)?“([^”]+)”", row["why"])
    assert _number(cited[0][0]) == int(re.findall(r"\d+", row["provision"])[0])
    for article, quote in cited:
        for words in quote.split("……"):
            assert words in _articles()[_number(article)]


def test_no_unit_acts_before_it_is_founded_or_after_it_is_dissolved() -> None:
    units = {unit["id"]: unit for unit in _content()["units"]}
    assert {name for name, unit in units.items() if "founded" in unit} == {"yt-shiyao"}
    assert {name for name, unit in units.items() if "dissolved" in unit} == {"yt-wujia"}
    for record in _content()["records"]:
        unit = units.get(record.get("unit", ""), {})
        assert unit.get("founded", "") <= record["date"] < unit.get("dissolved", "9999"), record
