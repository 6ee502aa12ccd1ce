"""The commands about org records: import, check and demo."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import click

from dutygraph import artefacts
from dutygraph.cli import opening
from dutygraph.cli.options import format_option, regulation_option, store_option
from dutygraph.cli.output import print_json, print_rows, progress
from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.records.csvw import load_model
from dutygraph.records.faults import Fault
from dutygraph.records.importing import Batch, commit, read_files
from dutygraph.records.known import StoredIds
from dutygraph.records.triples import DEFAULT_BASE, check_base
from dutygraph.regulations.prepared import record_graphs
from dutygraph.store.graphs import GraphStore

_SHOWN = 100
"""Faults that the screen shows; --format json gives them all."""

_FINDING_COLUMNS = {
    "provision": "条款 provision",
    "status": "状态 status",
    "code": "代码 code",
    "unit": "单位 unit",
    "due": "截止 due",
    "message": "说明 message",
}
_COUNT_COLUMNS = {
    "provision": "条款 provision",
    "looked_at": "检查 looked at",
    "met": "已履行 met",
    "breached": "违反 breached",
    "not_due": "未到期 not due",
    "unknown": "无法判断 unknown",
}


class Refused(click.ClickException):
    """Input that cannot be used: exit code 2, every fault on stderr."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault]) -> None:
        errors = [fault for fault in faults if fault.is_error]
        lines = [str(fault) for fault in errors[:_SHOWN]]
        if len(errors) > _SHOWN:
            more = len(errors) - _SHOWN
            lines.append(f"… 另有 {more} 处，见 --format json / {more} more, see --format json")
        lines.append(
            f"共 {len(errors)} 处错误，什么也没有导入 / {_counted(errors)}; nothing was imported"
        )
        super().__init__("\n".join(lines))

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the faults to stderr, one line each."""
        click.echo(self.message, file=file, err=file is None)


def _counted(errors: Sequence[Fault]) -> str:
    return "1 error" if len(errors) == 1 else f"{len(errors)} errors"


def base() -> str:
    """Give the base of the records' IRIs: what the operator set as DUTYGRAPH_BASE, or ours."""
    try:
        return check_base(os.environ.get("DUTYGRAPH_BASE", DEFAULT_BASE))
    except ValueError as error:
        raise click.UsageError(f"DUTYGRAPH_BASE: {error}") from error


def _read(files: Sequence[Path], store: GraphStore | None) -> Batch:
    known = None if store is None else StoredIds(store, record_graphs(store), base())
    with progress("读取记录… / reading records…"):
        return read_files(files, model=load_model(), known=known)


def _warn(batch: Batch) -> None:
    for fault in batch.warnings[:_SHOWN]:
        click.echo(str(fault), err=True)
    more = len(batch.warnings) - _SHOWN
    if more > 0:
        click.echo(f"… 另有 {more} 处提醒 / {more} more warnings", err=True)


_files = click.argument(
    "files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILES]..."
)


@click.command(name="import")
@_files
@format_option()
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / report faults, write nothing")
@store_option
def import_command(files: tuple[Path, ...], form: str, dry_run: bool, location: str | None) -> None:
    """导入单位、人员和记录（JSON）/ import units, persons and records: all or nothing.

    例 example: dutygraph import data/demo/records.json
    """
    if not files:
        raise click.UsageError("请给出要导入的文件 / name the files to import")
    batch = _read(files, opening.for_reading(location))
    if form == "json":
        _print_batch(batch)
    elif not batch.errors:
        _warn(batch)
    if batch.errors:
        raise SystemExit(2) if form == "json" else Refused(batch.faults)
    if not dry_run:
        # Opened for writing only now: input that is refused leaves no trace, not even a store.
        _commit(batch, opening.for_writing(location))
    if form != "json":
        counts = "、".join(f"{name} {number}" for name, number in batch.counts().items())
        done = "可以导入 can be imported" if dry_run else "已导入 imported"
        click.echo(f"{done}: {counts}", err=form == "csv")


def _commit(batch: Batch, store: GraphStore) -> None:
    with progress("写入… / writing…"):
        commit(batch, store, base(), recorded_at=dt.datetime.now(dt.UTC))


def _print_batch(batch: Batch) -> None:
    print_json(
        {
            "counts": batch.counts(),
            "errors": [fault.to_json() for fault in batch.errors],
            "warnings": [fault.to_json() for fault in batch.warnings],
        }
    )


@click.command(name="check")
@_files
@click.option(
    "--as-of", required=True, metavar="DATE", help="检查到哪一天（YYYY-MM-DD）/ as of which day"
)
@click.option(
    "--year",
    type=click.IntRange(1900, 9998),
    help="检查哪一年（默认 --as-of 的那一年）/ which year",
)
@click.option("--unit", help="只检查一个单位（id）及与它有关的 / one unit and what hangs on it")
@click.option("--provision", help="只检查一条：art20、art12 / one provision")
@click.option(
    "--set", "assignments", multiple=True, metavar="NAME=VALUE", help="改变设置 / change a setting"
)
@format_option()
@store_option
@regulation_option
def check_command(
    files: tuple[Path, ...],
    as_of: str,
    year: int | None,
    unit: str | None,
    provision: str | None,
    assignments: tuple[str, ...],
    form: str,
    location: str | None,
    regulation: str,
) -> None:
    """检查责任是否履行 / check whether each unit has done what it must, as of a day.

    写了文件就只检查这些文件，不导入；不写就检查已导入的记录。有违规时退出码为 1。
    With files, these are checked and not imported; without, what was imported. Exit code 1 when
    there is a violation.

    例 example: dutygraph check data/demo/records.json --as-of 2014-12-10
    """
    day = _day(as_of)
    store, records = _records(files, location)
    checker = Checker(store, regulation, assignments)
    with progress("检查… / checking…"):
        report = checker.check(records, Question(day, year or day.year, unit, provision))
    if provision is not None and not report.checks:
        raise click.UsageError(f"没有对「{provision}」的检查 / there is no check of {provision!r}")
    print_report(report, form)
    if report.breached:
        raise SystemExit(1)


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    # A check looks a year back and some days ahead, so the ends of the calendar are no days for it.
    if day is None or day.isoformat() != text or not 1900 <= day.year <= 9998:
        raise click.UsageError(
            f"--as-of 应为 YYYY-MM-DD 形式的日期，不是「{text}」 / "
            f"--as-of takes a date as YYYY-MM-DD, not {text!r}"
        )
    return day


def _records(files: Sequence[Path], location: str | None) -> tuple[GraphStore, list[bytes]]:
    if files:
        batch = _read(files, None)
        if batch.errors:
            raise Refused(batch.faults)
        _warn(batch)
        return opening.regulations_alone(), [batch.ntriples(base())]
    store = opening.for_reading(location)
    graphs = record_graphs(store)
    if not graphs:
        raise click.UsageError(
            "还没有导入记录；请写上文件，或先运行 dutygraph import / "
            "no records were imported; name files, or run dutygraph import first"
        )
    return store, [store.graph(name) for name in graphs]


def print_report(report: Report, form: str) -> None:
    """Print a check run: counts and findings as tables, findings as CSV, or the stable JSON."""
    if form == "json":
        print_json(report.to_json())
        return
    rows = [finding.to_json() for finding in report.findings]
    if form == "csv":
        columns = dict.fromkeys(
            ["provision", "code", "status", "subject", "subject_name", "year", "norms", "due"], ""
        )
        print_rows(rows, columns | dict.fromkeys(["message_zh", "message_en"], ""), "csv")
        return
    print_rows([vars(counts) for counts in report.checks], _COUNT_COLUMNS, "table")
    for counts in report.checks:
        if not counts.looked_at:
            click.echo(
                f"{counts.provision}：没有可检查的单位 / {counts.provision}: nothing to look at"
            )
    shown = [
        row
        | {
            "unit": f"{row['subject_name']} ({row['subject']})",
            "message": f"{row['message_zh']}\n{row['message_en']}",
        }
        for row in rows
    ]
    print_rows(shown, _FINDING_COLUMNS, "table")
    click.echo(f"{report.year} 年，截至 as of {report.as_of}: {len(rows)} 条发现 findings")


@click.command(name="demo")
@format_option()
@store_option
@regulation_option
def demo_command(form: str, location: str | None, regulation: str) -> None:
    """导入一个虚构的设区市两年的数据并检查 / import a fictional prefecture and check its two years.

    例 example: dutygraph demo
    """
    store = opening.for_writing(location)
    demo = artefacts.room("data") / "demo"
    batch = _read([demo / "records.json"], store)
    if batch.errors:
        raise click.UsageError(
            "数据目录里已有别的记录用了演示数据的 id，请用 --store 另选一个目录 / "
            "other records in the store use the demo's ids; name another store with --store"
        )
    if batch.graph(base()) not in record_graphs(store):
        _commit(batch, store)
    records = [store.graph(name) for name in record_graphs(store)]
    checker = Checker(store, regulation)
    reports = [checker.check(records, question) for question in _demo_questions(demo)]
    if form == "json":
        print_json([report.to_json() for report in reports])
        return
    for report in reports:
        print_report(report, form)


def _demo_questions(demo: Path) -> list[Question]:
    """Give the runs whose findings stand in the demo's expected.csv, the latest year first."""
    with (demo / "expected.csv").open(encoding="utf-8", newline="") as lines:
        runs = {(row["as_of"], int(row["year"])) for row in csv.DictReader(lines)}
    return [Question(dt.date.fromisoformat(day), year) for day, year in sorted(runs, reverse=True)]
