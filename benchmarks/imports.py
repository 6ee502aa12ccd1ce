"""How long a province's workbook takes to be read and validated, and how much memory.

Run from the repository: ``python benchmarks/imports.py [UNITS [RECORDS]]``. A workbook of 15,000
units and 200,000 records (by default) is written, then read and validated as ``dutygraph import
--dry-run`` does; the same rows go through CSV in a zip archive, JSON and N-Triples too. Memory is
the peak of the resident memory of the process and its children together, looked at every 20 ms.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.records.model import Model, Table
from dutygraph.records.tabular import columns_of

Rows = Iterator[dict[str, object]]
_EVERY = 0.02


def units(number: int) -> Rows:
    """Give units in a tree of four levels, each with the next-higher one as its superior."""
    levels = ("省级", "设区市级", "县级", "乡级")
    for place in range(number):
        level = 0 if place == 0 else 1 if place < 12 else 2 if place < 1000 else 3
        row: dict[str, object] = {"id": f"u{place}", "name": f"示例单位{place}", "kind": "地方党委"}
        row |= {"level": levels[level], "region": f"{990000 + place}"}
        if place:
            row["parent_party"] = f"u{(place - 1) // 12}"
        yield row


def records(number: int, of_units: int) -> dict[str, list[dict[str, object]]]:
    """Give records by table, a fifth each of five kinds, over ten years."""
    made: dict[str, list[dict[str, object]]] = {}
    for place in range(number):
        unit, year = f"u{1 + place // 10 % (of_units - 1)}", 2010 + place % 10
        row: dict[str, object] = {"id": f"r{place}", "date": f"{year}-{1 + place % 12:02}-15"}
        row |= {"unit": unit, "year": year}
        match place // 10 % 5:
            case 0:
                table, more = "documents", {"kind": "责任分解", "form": "党委（党组）文件"}
                more |= {"covers": "领导班子、领导干部"}
            case 1:
                table, more = "filings", {"kind": "责任分解备案", "to": "u0"}
            case 2:
                table, more = "meetings", {"kind": "专题党委常委会议", "dedicated": "是"}
            case 3:
                table, more = "reports", {"kind": "责任制年度报告", "to": "u0", "covers": year}
                more |= {"special": "是", "received": row["date"]}
            case _:
                table, more = "meetings", {"kind": "动员部署"}
        made.setdefault(table, []).append(row | more)
    return made


def tables(number_of_units: int, number_of_records: int) -> dict[str, list[dict[str, object]]]:
    """Give the rows of every table that has some."""
    return {"units": list(units(number_of_units))} | records(number_of_records, number_of_units)


def as_workbook(model: Model, rows: dict[str, list[dict[str, object]]]) -> bytes:
    """Write the rows as a workbook."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    for table in _named(model, rows):
        sheet = book.add_worksheet(table.titles.zh)
        columns = columns_of(table)
        sheet.write_row(0, 0, [column.titles.zh for column in columns])
        for number, row in enumerate(rows[table.name], start=1):
            sheet.write_row(number, 0, [row.get(column.name) for column in columns])
    book.close()
    return target.getvalue()


def as_csv(model: Model, rows: dict[str, list[dict[str, object]]]) -> bytes:
    """Write the rows as CSV files in a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in _named(model, rows):
            columns = columns_of(table)
            lines = io.StringIO(newline="")
            writer = csv.writer(lines)
            writer.writerow([column.titles.zh for column in columns])
            writer.writerows([row.get(c.name) for c in columns] for row in rows[table.name])
            archive.writestr(f"{table.titles.zh}.csv", lines.getvalue())
    return target.getvalue()


def as_json(model: Model, rows: dict[str, list[dict[str, object]]]) -> bytes:
    """Write the rows as a JSON document."""
    document: dict[str, list[dict[str, object]]] = {}
    for table in _named(model, rows):
        of = {} if table.row_type is None else {"type": table.row_type}
        document.setdefault(table.list_key, []).extend(of | row for row in rows[table.name])
    return json.dumps(document, ensure_ascii=False).encode()


def _named(model: Model, rows: dict[str, list[dict[str, object]]]) -> Iterator[Table]:
    return (table for table in model if table.name in rows)


# Measuring ---------------------------------------------------------------------------------------


def _resident(process: int) -> int:
    """Give the resident memory of a process and of all it has started, in bytes."""
    found = 0
    waiting = [process]
    while waiting:
        number = waiting.pop()
        try:
            status = Path(f"/proc/{number}/statm").read_text().split()
            found += int(status[1]) * 4096
            for task in Path(f"/proc/{number}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError):
            continue
    return found


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(file: Path) -> tuple[float, float, float, str]:
    """Read a file in a fresh process.

    Gives seconds, processor seconds, the peak of the tree's memory in MB, and what it printed.
    """
    began, used = time.perf_counter(), _processor()
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, __file__, "--read", str(file)], stdout=subprocess.PIPE, text=True
    ) as process:
        peak = 0
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.wait(_EVERY):
                peak = max(peak, _resident(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        printed = process.stdout.read().strip() if process.stdout else ""
        process.wait()
        done.set()
        watcher.join()
    return time.perf_counter() - began, _processor() - used, peak / 1e6, printed


def _read(file: Path) -> None:
    began = time.perf_counter()
    batch = read_files([file], model=load_model())
    spent = time.perf_counter() - began
    sys.stdout.write(f"{spent:.1f} s, {len(batch.rows)} rows, {len(batch.faults)} faults\n")


def main(number_of_units: int = 15_000, number_of_records: int = 200_000) -> None:
    """Write the files, read each, and print a table."""
    model = load_model()
    rows = tables(number_of_units, number_of_records)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, write in (("a.xlsx", as_workbook), ("b.zip", as_csv), ("c.json", as_json)):
            (home / name).write_bytes(write(model, rows))
        batch = read_files([home / "c.json"], model=model)
        (home / "c.nt").write_bytes(batch.ntriples())
        del batch
        bad = [
            row | {"level": f"县及{n}", "parent_party": f"w{n}"}
            for n, row in enumerate(rows["units"] * 6)
        ]
        (home / "d.json").write_bytes(as_json(model, {"units": bad}))
        sys.stdout.write("file     MB on disk  s in all  CPU s  peak MB  reading and validating\n")
        for name in ("a.xlsx", "b.zip", "c.json", "c.nt", "d.json"):
            size = (home / name).stat().st_size / 1e6
            spent, used, peak, printed = measured(home / name)
            sys.stdout.write(
                f"{name:8} {size:10.1f} {spent:9.1f} {used:6.1f} {peak:8.0f}  {printed}\n"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        _read(Path(sys.argv[2]))
    else:
        main(*map(int, sys.argv[1:]))
