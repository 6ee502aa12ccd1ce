"""The commands that take org records in: import and demo."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import click

from dutygraph import artefacts
from dutygraph.cli import opening
from dutygraph.cli.accounts import noted
from dutygraph.cli.findings import print_edition
from dutygraph.cli.options import by_option, format_option, regulation_option, store_option
from dutygraph.cli.output import print_json, progress
from dutygraph.compliance.checking import Checker, Question
from dutygraph.files import whole_file
from dutygraph.records.committing import Receipt, commit
from dutygraph.records.csvw import load_model
from dutygraph.records.faults import Fault, error_count
from dutygraph.records.history import History, import_id, record_graphs
from dutygraph.records.importing import Batch, read_files
from dutygraph.records.intake import known_to, records_base
from dutygraph.records.template import write_marked
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.reports.edition import Edition
from dutygraph.reports.wording import Wording
from dutygraph.store.embedded import EmbeddedStore, store_location
from dutygraph.store.endpoint import is_endpoint
from dutygraph.store.graphs import GraphStore

_SHOWN = 100
"""Faults that the screen shows; --format json gives them all."""


class Refused(click.ClickException):
    """Input that cannot be used: exit code 2, every fault on stderr."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault]) -> None:
        errors = [fault for fault in faults if fault.is_error]
        number = error_count(errors)
        lines = [str(fault) for fault in errors[:_SHOWN]]
        if len(errors) > _SHOWN:
            more = number - _SHOWN
            lines.append(f"… 另有 {more} 处，见 --format json / {more} more, see --format json")
        lines.append(
            f"共 {number} 处错误，什么也没有导入 / {_counted(number)}; nothing was imported"
        )
        super().__init__("\n".join(lines))

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the faults to stderr, one line each."""
        click.echo(self.message, file=file, err=file is None)


def _counted(errors: int) -> str:
    return "1 error" if errors == 1 else f"{errors} errors"


def base() -> str:
    """Give the base of the records' IRIs: what the operator set as DUTYGRAPH_BASE, or ours."""
    try:
        return records_base()
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _read(
    files: Sequence[Path],
    store: GraphStore | None,
    *,
    keep: bool = False,
    replaced: str | None = None,
) -> Batch:
    known = None if store is None else known_to(store, base(), replaced)
    with progress("读取记录… / reading records…") as tell:
        return read_files(files, model=load_model(), known=known, keep=keep, progress=tell)


def _refuse_to_overwrite(marked: Path, files: Sequence[Path]) -> None:
    """Keep a marked workbook, which has the known sheets alone, off the files it is made from."""
    read = {file.resolve() for file in files}
    if marked.resolve() in read or marked.resolve().parent in read:
        raise click.UsageError(
            f"{marked} 是要导入的文件，或者在要导入的文件夹里；--marked 请另写一处 / "
            f"{marked} is to be imported, or lies in a folder that is; name another place"
        )


def _write_marked(file: Path, batch: Batch) -> None:
    try:
        with whole_file(file) as stream:
            write_marked(stream, load_model(), batch)
    except OSError as error:
        raise click.UsageError(f"{file}：{error} / {file} cannot be written") from error
    click.echo(f"已写出 written: {file}", err=True)


def _warn(batch: Batch) -> None:
    for fault in batch.warnings[:_SHOWN]:
        click.echo(str(fault), err=True)
    more = len(batch.warnings) - _SHOWN
    if more > 0:
        click.echo(f"… 另有 {more} 处提醒 / {more} more warnings", err=True)


files_argument = click.argument(
    "files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILES]..."
)


@click.command(name="import")
@files_argument
@format_option()
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / report faults, write nothing")
@click.option(
    "--marked",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.xlsx",
    help="写回标出错误的工作簿 / write the rows back as a workbook with the faults marked",
)
@click.option(
    "--replace",
    "replaced",
    metavar="IMPORT",
    help="取代先前的哪次导入 / the import that this one takes the place of",
)
@by_option
@store_option
def import_command(
    files: tuple[Path, ...],
    form: str,
    dry_run: bool,
    marked: Path | None,
    replaced: str | None,
    by: str | None,
    location: str | None,
) -> None:
    """导入单位、人员和记录 / import units, persons and records: all or nothing.

    可用 takes: Excel (.xlsx), CSV (.csv, .zip, 文件夹 a folder), JSON, RDF (.ttl .nt .jsonld .rdf).

    同名文件再次导入即为新版，取代旧版 / a file of the same name is the next version of its import.

    例 example: dutygraph import data/demo/records.json
    """
    if not files:
        raise click.UsageError("请给出要导入的文件 / name the files to import")
    if marked is not None:
        _refuse_to_overwrite(marked, files)
    batch = _read(files, opening.for_reading(location), keep=marked is not None, replaced=replaced)
    if marked is not None:
        _write_marked(marked, batch)
    _refuse(batch, form)
    receipt = None
    if not dry_run:
        # Opened for writing only now: input that is refused leaves no trace, not even a store.
        store = opening.for_writing(location)
        if History.of(store).position != batch.position:
            # Another import came between; nobody else can write any more, so this check holds.
            batch = _read(files, store, replaced=replaced)
            _refuse(batch, form)
        receipt = _commit(batch, store, by)
        noted(location, "import", import_id(receipt.graph))
    if form == "json":
        _print_batch(batch, receipt)
        return
    _warn(batch)
    click.echo(_said(batch, receipt), err=form == "csv")


def _refuse(batch: Batch, form: str) -> None:
    """End the command, with every fault told, for a batch with errors."""
    if not batch.errors:
        return
    if form == "json":
        _print_batch(batch, None)
        raise SystemExit(2)
    raise Refused(batch.faults)


def _commit(batch: Batch, store: GraphStore, by: str | None = None) -> Receipt:
    with progress("写入… / writing…"):
        return commit(batch, store, base(), recorded_at=dt.datetime.now(dt.UTC), by=by)


def _said(batch: Batch, receipt: Receipt | None) -> str:
    counts = "、".join(f"{name} {number}" for name, number in batch.counts().items())
    if receipt is None:
        return f"可以导入 can be imported: {counts}"
    name = import_id(receipt.graph)
    if not receipt.changed:
        return f"内容早已导入，什么也没有改变 imported already, nothing changed: {name}"
    new = f"已导入 imported: {counts} ({name})"
    if receipt.replaced is None:
        return new
    return f"{new}，取代 replacing {import_id(receipt.replaced)}"


def _print_batch(batch: Batch, receipt: Receipt | None) -> None:
    print_json(
        {
            "import": None if receipt is None else import_id(receipt.graph),
            "replaces": None if batch.replaces is None else import_id(batch.replaces),
            "changed": receipt is not None and receipt.changed,
            "counts": batch.counts(),
            "errors": [fault.to_json() for fault in batch.errors],
            "warnings": [fault.to_json() for fault in batch.warnings],
        }
    )


def given_records(files: Sequence[Path]) -> tuple[str, bytes]:
    """Give the records of files as N-Triples, after the name of the graph that they make.

    Raises Refused for files with faults.
    """
    batch = _read(files, None)
    if batch.errors:
        raise Refused(batch.faults)
    _warn(batch)
    return batch.graph(base()), batch.ntriples(base())


def gathered_records(
    files: Sequence[Path], location: str | None
) -> tuple[GraphStore, tuple[str, ...]]:
    """Give a store, and its graphs with the records of files or those imported.

    With files it is in memory. Raises Refused for files with faults, a usage error where nothing
    was imported.
    """
    if not files:
        imported, graphs = _imported(location)
        return imported, tuple(graphs)
    graph, ntriples = given_records(files)
    store = opening.regulations_alone()
    store.fill(graph, ntriples)
    return store, (graph,)


@contextmanager
def stored_records(
    files: Sequence[Path], location: str | None
) -> Iterator[tuple[GraphStore, tuple[str, ...], str]]:
    """Give a store, its graphs with the records of files or those imported, and where it is.

    Other processes can open it there. The records of files are put into a store of their own, which
    is gone afterwards. Raises what ``gathered_records`` does.
    """
    if not files:
        store, graphs = _imported(location)
        place = store_location(location)
        yield store, tuple(graphs), place if is_endpoint(place) else str(Path(place).absolute())
        return
    graph, ntriples = given_records(files)
    with TemporaryDirectory(prefix="dutygraph-") as folder:
        with progress("整理… / putting them in order…"):
            EmbeddedStore.open(Path(folder)).fill(graph, ntriples)
        yield opening.for_reading(folder), (graph,), folder


def _imported(location: str | None) -> tuple[GraphStore, list[str]]:
    store = opening.for_reading(location)
    graphs = record_graphs(store)
    if not graphs:
        raise click.UsageError(
            "还没有导入记录；请写上文件，或先运行 dutygraph import / "
            "no records were imported; name files, or run dutygraph import first"
        )
    return store, graphs


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
    _commit(batch, store)
    records = [store.graph(name) for name in record_graphs(store)]
    checker = Checker(store, regulation)
    reports = [checker.check(records, question) for question in _demo_questions(demo)]
    if form == "json":
        print_json([report.to_json() for report in reports])
        return
    wording = Wording(store, prepared_graphs(), regulation)
    for report in reports:
        print_edition(Edition.of(report, wording), form)


def _demo_questions(demo: Path) -> list[Question]:
    """Give the runs whose findings stand in the demo's expected.csv, the latest year first."""
    with (demo / "expected.csv").open(encoding="utf-8", newline="") as lines:
        runs = {(row["as_of"], int(row["year"])) for row in csv.DictReader(lines)}
    return [Question(dt.date.fromisoformat(day), year) for day, year in sorted(runs, reverse=True)]
