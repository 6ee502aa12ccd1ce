"""Workbooks, archives and RDF with something wrong give their faults, and cost little."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from typing import Any

import pytest
from made_files import PREFIXES, SOUND, UNIT, Made, made, repacked, workbook

from dutygraph.records import sheets
from dutygraph.records.fault_log import KEPT, KEPT_OF_A_KIND, FaultLog
from dutygraph.records.faults import Place, error_count
from dutygraph.records.formats import Source
from dutygraph.records.importing import Batch, read_sources
from dutygraph.records.model import Model

MADE = made()


def read(model: Model, name: str, content: bytes) -> Batch:
    return read_sources([Source(name, content)], model=model)


@pytest.mark.parametrize("case", MADE)
def test_a_file_gives_the_faults_that_belong_to_it(case: str, model: Model) -> None:
    one: Made = MADE[case]
    batch = read(model, one.name, one.content)
    told = [(each.code, each.place.sheet, each.place.row, each.column) for each in batch.faults]
    assert told == one.told
    for found in batch.faults:
        assert str(found).isprintable()
        assert found.message.zh != found.message.en


def test_why_an_archive_cannot_be_read_is_said_in_both_languages(model: Model) -> None:
    for case in ("no workbook", "an older workbook", "another archive", "no archive", "a password"):
        (only,) = read(model, MADE[case].name, MADE[case].content).faults
        assert not re.search(r"[a-z]{2,} [a-z]{2,}", only.message.zh), only.message.zh
        assert only.message.en.isascii(), only.message.en


def test_reading_a_hostile_workbook_takes_this_process_no_memory(model: Model) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for case in ("the last cell of a sheet", "a bomb", "a zip bomb"):
        read(model, MADE[case].name, MADE[case].content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_sound_workbook_and_sound_turtle_have_no_fault(model: Model) -> None:
    assert read(model, "a.xlsx", workbook()).faults == ()
    assert read(model, "a.ttl", (PREFIXES + SOUND).encode()).faults == ()


def test_merged_cells_give_their_value_to_each_row(model: Model) -> None:
    batch = read(model, "a.xlsx", MADE["merged cells"].content)
    assert [row.first("level") for row in batch.rows] == ["县级", "县级"]


def test_a_row_at_the_end_of_a_sheet_costs_no_million_rows_before_it(model: Model) -> None:
    last = 1_048_576

    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(4, 0, ["u2", *UNIT[1:]])
        sheet.write_row(last - 1, 0, ["u3", *UNIT[1:3], "县及"])

    content = workbook(fill)
    batch = read(model, "a.xlsx", content)
    (only,) = batch.faults
    assert (only.place.row, only.column, only.seen) == (last, "level", "县及")
    assert [row.place.row for row in batch.rows] == [2, 5, last]
    read_by_child = subprocess.run(
        [sys.executable, "-m", sheets.__name__],
        input=content,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
    )
    rows = json.loads(read_by_child.stdout.splitlines()[1])["rows"]
    assert [row if isinstance(row, int) else row[0] for row in rows] == [
        *("编号*", "u1", 2, "u2", last - 6, "u3")
    ]


def test_a_link_to_click_on_is_no_link_to_data(model: Model) -> None:
    content = workbook(lambda _, sheet: sheet.write_url(2, 1, "https://e.example/", None, "示例"))
    codes = {found.code for found in read(model, "a.xlsx", content).errors}
    assert codes == {"missing-value"}


def test_titles_may_stand_above_the_headers_and_blank_rows_between(model: Model) -> None:
    lines = ["单位", "", "编号,名称,单位种类,层级", "", "u1,示例县委,地方党委,县级", ",,,"]
    batch = read(model, "单位.csv", "\n".join(lines).encode())
    assert batch.faults == ()
    assert [row.place.row for row in batch.rows] == [5]


def test_a_fault_in_a_sheet_names_the_cell_and_its_header(model: Model) -> None:
    content = "编号,名称,单位种类,层级\nu1,示例县委,地方党委,县及\n".encode()
    (only,) = read(model, "单位.csv", content).faults
    assert str(only).startswith("单位.csv · 单位 · 第2行 · D2 层级：「县及」不是可用的值")
    assert (only.cell, only.column, only.nearest) == ("D2", "level", "县级")


def test_chinese_names_in_an_archive_made_by_windows_are_read(model: Model) -> None:
    name = "单位.csv".encode("gb18030").decode("cp437")
    plain = repacked(MADE["another archive"].content, {}, {"aaaaaaaa": "编号,单位种类\n".encode()})
    content = plain.replace(b"aaaaaaaa", name.encode("cp437"))
    codes = [found.code for found in read(model, "a.zip", content).faults]
    assert codes == ["no-rows"]


def test_a_resource_is_named_in_the_faults_of_its_row(model: Model) -> None:
    content = PREFIXES + SOUND.replace("dg:County", '"县及"')
    (only,) = read(model, "a.ttl", content.encode()).faults
    assert "<https://e.example/unit/u1>" in str(only)
    assert (only.code, only.place.row, only.nearest) == ("unknown-term", 1, "县级")


# Bounds -----------------------------------------------------------------------------------------


def test_of_one_kind_of_fault_the_first_are_kept_and_the_others_counted() -> None:
    log = FaultLog()
    for number in range(1, KEPT_OF_A_KIND + 6):
        log.note("not-boolean", Place("a.json", "units", number, sequence=number), "x", seen=number)
    *kept, last = log
    assert len(kept) == KEPT_OF_A_KIND
    assert (last.code, last.count, last.column) == ("more-errors", 5, "x")
    assert "5" in last.message.zh
    assert error_count(log) == KEPT_OF_A_KIND + 5
    assert last.place.sequence == KEPT_OF_A_KIND + 1


def test_more_warnings_are_a_warning() -> None:
    log = FaultLog()
    for number in range(KEPT_OF_A_KIND + 1):
        log.note("unknown-column", Place("a.json", "units", number), "x", seen="x")
    assert [found.code for found in log][-1] == "more-warnings"
    assert not log.has_errors


def test_faults_of_ever_new_columns_are_bounded_too() -> None:
    log, other = FaultLog(), FaultLog()
    for number in range(KEPT + 500):
        (log, other)[number % 2].note("unknown-column", Place("a", "b", 1), f"k{number}", seen="x")
    log.absorb(other)
    found = list(log)
    assert len(found) < KEPT + 2000
    assert sum(each.count for each in found) == KEPT + 500


# Cycles -----------------------------------------------------------------------------------------


def _units(*superiors: tuple[str, str, str]) -> bytes:
    lines = ["id,name,kind,level,parent_party,vertical_party,parent_disc"]
    lines += [f"{name},示例,地方党委,县级,{a},{b}," for name, a, b in superiors]
    return "\n".join(lines).encode()


def test_a_cycle_through_two_kinds_of_superior_is_found(model: Model) -> None:
    content = _units(("a", "b", ""), ("b", "", "c"), ("c", "a", ""), ("d", "a", ""))
    (only,) = read(model, "units.csv", content).faults
    assert (only.code, only.place.row, only.column, only.seen) == (
        "superior-cycle", 2, "parent_party", "b",
    )  # fmt: skip
    assert "a —上一级党委（党组）→ b —条线上一级党组→ c —上一级党委（党组）→ a" in only.message.zh


def test_of_a_knot_of_superiors_one_cycle_is_told_and_units_below_it_are_not(model: Model) -> None:
    content = _units(("a", "b", "c"), ("b", "", "a"), ("c", "b", ""), ("d", "c", "b"))
    (only,) = read(model, "units.csv", content).faults
    assert (only.code, only.place.row) == ("superior-cycle", 2)


def test_two_ways_to_the_same_superior_are_no_cycle(model: Model) -> None:
    content = _units(("a", "b", "c"), ("b", "d", ""), ("c", "d", ""), ("d", "", ""))
    assert read(model, "units.csv", content).faults == ()


def test_a_chain_of_a_hundred_thousand_superiors_is_followed(model: Model) -> None:
    units = [
        (f"u{n}", f"u{n + 1}", "") if n % 2 else (f"u{n}", "", f"u{n + 1}") for n in range(20_000)
    ]
    content = _units(*units, ("u20000", "", "u0"))
    (only,) = read(model, "units.csv", content).faults
    assert only.code == "superior-cycle"
