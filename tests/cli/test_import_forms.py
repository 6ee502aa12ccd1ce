"""Importing from the command line whatever form the records have."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from running import run

UNIT = "编号,名称,单位种类,层级\nu1,示例县委,地方党委,{level}\n"


@pytest.fixture
def store(tmp_path: Path) -> str:
    return str(tmp_path / "store")


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_template_is_written_and_what_is_no_xlsx_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "记录.xlsx"
    assert run("template", str(file)).exit_code == 0
    assert "单位" in openpyxl.load_workbook(file).sheetnames
    refused = run("template", str(tmp_path / "a.xls"))
    assert (refused.exit_code, ".xlsx" in refused.stderr) == (2, True)
    nowhere = run("template", str(tmp_path / "none" / "a.xlsx"))
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (2, True)


def test_a_folder_of_csv_files_is_one_import(tmp_path: Path, store: str) -> None:
    folder = tmp_path / "records"
    write(folder, "单位.csv", UNIT.format(level="县级"))
    write(folder, "人员.csv", "编号,姓名\np1,示例人\n")
    write(folder, "任职.csv", "人员,单位,任职日期\np1,u1,2013-03-05\n")
    result = run("import", str(folder), "--store", store)
    assert result.exit_code == 0, result.stderr
    assert "persons 1、units 1" in result.stdout


def test_a_dry_run_gives_the_workbook_back_with_the_faults_marked(
    tmp_path: Path, store: str
) -> None:
    file = write(tmp_path, "单位.csv", UNIT.format(level="县及"))
    back = tmp_path / "退回.xlsx"
    result = run("import", str(file), "--dry-run", "--marked", str(back), "--store", store)
    assert result.exit_code == 2
    assert "第2行 · D2 层级" in result.stderr
    assert "县级" in openpyxl.load_workbook(back)["单位"]["D2"].comment.text
    assert not Path(store).exists()


@pytest.mark.parametrize("inside", [False, True])
def test_the_marked_workbook_never_takes_the_place_of_what_it_is_made_from(
    tmp_path: Path, store: str, *, inside: bool
) -> None:
    file = tmp_path / "记录.xlsx"
    assert run("template", str(file)).exit_code == 0
    before = file.read_bytes()
    given, back = (tmp_path, tmp_path / "退回.xlsx") if inside else (file, file)
    result = run("import", str(given), "--dry-run", "--marked", str(back), "--store", store)
    assert (result.exit_code, "name another place" in result.stderr) == (2, True)
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


def test_faults_beyond_those_listed_are_counted(tmp_path: Path, store: str) -> None:
    rows = "".join(f"u{number},示例,地方党委,县及\n" for number in range(1500))
    file = write(tmp_path, "单位.csv", "编号,名称,单位种类,层级\n" + rows)
    result = run("import", str(file), "--dry-run", "--store", store)
    assert "共 1500 处错误" in result.stderr
    assert "1500 errors" in result.stderr
    told = json.loads(run("import", str(file), "--format", "json", "--store", store).stdout)
    assert sum(fault["count"] for fault in told["errors"]) == 1500
    assert len(told["errors"]) == 1001
