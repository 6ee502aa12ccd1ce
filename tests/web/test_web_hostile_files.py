"""Hostile files, handed in at the page, are refused with their reason and cost little.

A case is a file in hostile_files/ that says how its file is made: ``pieces`` of text, each so many
times, or the ``members`` of an archive, made of pieces too. With ``workbook`` the members are added
to a sound workbook in which words are ``swap``-ped; ``sizes`` are lies of the archive's directory.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import struct
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from uploading import Staff

from dutygraph.records.jobs import Jobs
from dutygraph.records.worker import MEMORY, SECONDS
from webapp import create_app

CASES = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "hostile_files").glob("*.toml"))
}


def _text(pieces: list[list[Any]]) -> bytes:
    return b"".join(str(text).encode() * times for text, times in pieces)


def _workbook() -> dict[str, bytes]:
    """Give the parts of a sound workbook with one unit."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("单位")
    sheet.write_row(0, 0, ["编号", "名称", "单位种类", "层级"])
    sheet.write_row(1, 0, ["u1", "示例县委", "地方党委", "县级"])
    book.close()
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _archive(case: dict[str, Any]) -> bytes:
    parts = _workbook() if case.get("workbook") else {}
    for swap in case.get("swap", ()):
        before, after = swap["before"].encode(), _text(swap["after"])
        assert before in parts[swap["member"]], "nothing would be swapped"
        parts[swap["member"]] = parts[swap["member"]].replace(before, after, 1)
    parts |= {name: _text(pieces) for name, pieces in case.get("members", {}).items()}
    parts |= {f"{number}.csv": b"" for number in range(case.get("blank_members", 0))}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return _lying(target.getvalue(), case.get("sizes", {}))


def _lying(packed: bytes, sizes: dict[str, int]) -> bytes:
    """Say of members, in the directory at an archive's end, that they have other sizes."""
    content = bytearray(packed)
    for at in (met.start() for met in re.finditer(rb"PK\x01\x02", packed)):
        (length,) = struct.unpack_from("<H", content, at + 28)
        name = content[at + 46 : at + 46 + length].decode()
        if name in sizes:
            struct.pack_into("<I", content, at + 24, sizes[name])
    return bytes(content)


def made(case: dict[str, Any]) -> bytes:
    return _text(case["pieces"]) if "pieces" in case else _archive(case)


def named(name: str) -> str:
    """Give the name of a case's file: one that says which case it is, but for tables as CSV."""
    file = CASES[name]["file"]
    return file if Path(file).suffix == ".csv" else f"{name}{Path(file).suffix}"


@pytest.fixture(scope="module")
def faults(
    bare_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Mapping[str, Any]]]:
    """Hand in the files of all cases at once; give what is said of each."""
    place = tmp_path_factory.mktemp("hostile_files")
    shutil.copytree(bare_store, place, dirs_exist_ok=True)
    site = create_app({"STORE": str(place), "TESTING": True, "PATIENCE": None, "WRITABLE": True})
    staff = Staff(site.test_client(), place)
    job = staff.hand_in(*((made(case), named(name)) for name, case in CASES.items()))
    assert "什么也没有写入" in staff.words(job)
    assert staff.history().imports == ()
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in Jobs(place / "jobs").faults(job.rpartition("/")[2], None, 0, 10_000):
        found[one["file"]].append(one)
    return found


def test_there_are_cases_and_no_two_have_one_name() -> None:
    assert CASES
    assert len({named(name) for name in CASES}) == len(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_refused_with_its_reason(
    faults: dict[str, list[Mapping[str, Any]]], name: str
) -> None:
    case, told = CASES[name], faults[named(name)]
    assert {one["code"] for one in told} == set(case["codes"])
    assert "error" in {one["severity"] for one in told}
    said = "".join(one["message_zh"] + one["message_en"] for one in told)
    assert [words for words in case.get("words", ()) if words not in said] == []


def test_a_job_that_wants_more_memory_than_it_may_have_ends_and_changes_nothing(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY, str(1 << 30))
    words = staff.words(staff.hand_in((b'{"units": [' + b"[]," * 14_000_000 + b"{}]}", "a.json")))
    # Where a thread of the store is what it lacks memory for, that ends the whole process.
    assert "要用的内存超过了上限" in words or "进程中断了" in words
    assert staff.history().imports == ()


def test_a_job_that_takes_longer_than_it_may_says_so(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECONDS, "1")
    rows = ", ".join(f'{{"id": "u{number}"}}' for number in range(400_000))
    words = staff.words(staff.hand_in((f'{{"units": [{rows}]}}'.encode(), "a.json")))
    assert "处理器时间超过了上限" in words
    assert staff.history().imports == ()


def test_what_looks_like_a_formula_or_a_script_goes_out_as_words(staff: Staff) -> None:
    names = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "javascript:alert(1)", "\t=1"]
    units = [
        {"id": name, "name": name, "kind": "地方党委", "level": "县级", "founded": "2001-01-01"}
        for name in names
    ]
    staff.confirm(staff.hand_in((json.dumps({"units": units}).encode(), "a.json")))
    assert len(staff.history().imports) == 1
    day = "as_of=2014-12-10&year=2014"
    with staff.client.get(f"/findings/report.csv?{day}") as answer:
        cells = [cell for row in csv.reader(io.StringIO(answer.text[1:])) for cell in row]
    assert {f"'{name}" for name in names[:4]} < set(cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    with staff.client.get(f"/findings/report.xlsx?{day}") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    written = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert set(names[:5]) < {cell.value for cell in written}
    assert [cell for cell in written if cell.data_type == "f" or cell.hyperlink] == []
    for page in ("/units", "/findings?as_of=2014-12-10"):
        assert "javascript:alert(1)" in staff.client.get(page).text
        assert 'href="javascript:' not in staff.client.get(page).text
