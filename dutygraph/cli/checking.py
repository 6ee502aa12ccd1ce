"""The commands that check org records: check, and settings, which says how a check can be set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from dutygraph.cli import opening
from dutygraph.cli.findings import print_edition, save_edition
from dutygraph.cli.options import (
    format_option,
    given_day,
    regulation_option,
    store_option,
    year_option,
)
from dutygraph.cli.output import print_json, print_rows, progress
from dutygraph.cli.recording import files_argument, given_records, stored_records
from dutygraph.compliance.blocks import Job, check_blocks, processes
from dutygraph.compliance.checking import Checker, Question
from dutygraph.compliance.cluster import cluster
from dutygraph.compliance.findings import STATUSES
from dutygraph.compliance.settings import Setting, Settings
from dutygraph.compliance.settings_file import read_settings, settings_file
from dutygraph.compliance.standing import Standing
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.reports.comparison import compared, read_earlier
from dutygraph.reports.edition import Edition, Scope
from dutygraph.reports.exports import exports
from dutygraph.reports.grouping import SORTERS
from dutygraph.reports.wording import Wording
from dutygraph.store.graphs import GraphStore

_FORMS = [name for name in exports() if name not in ("json", "csv")]


@click.command(name="check")
@files_argument
@click.option(
    "--as-of", required=True, metavar="DATE", help="检查到哪一天（YYYY-MM-DD）/ as of which day"
)
@year_option(False, "检查哪一年（默认 --as-of 的那一年）/ which year")
@click.option("--unit", help="只检查一个单位（id）及与它有关的 / one unit and what hangs on it")
@click.option("--provision", help="只检查一条：art20、art12 / one provision")
@click.option("--region", metavar="CODE", help="只检查区划代码以此开头的 / one region, by its code")
@click.option(
    "--status",
    metavar="STATUS,…",
    default="",
    help=f"只列这些状态 / show these statuses only: {', '.join(STATUSES)}",
)
@click.option(
    "--settings",
    "settings_from",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="设置文件（TOML）/ a file of settings; see: dutygraph settings --format toml",
)
@click.option(
    "--set", "assignments", multiple=True, metavar="NAME=VALUE", help="改变设置 / change a setting"
)
@click.option(
    "--compare",
    "earlier",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="与以前一次的 JSON 比较 / compare with the JSON of an earlier run",
)
@click.option(
    "--group-by", type=click.Choice(list(SORTERS)), help="表格按此汇总 / count findings by this"
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="分块由几个进程检查 / in blocks, by how many processes",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="分块由 Dask 集群检查：tcp://主机:8786 / in blocks, by the workers of a Dask scheduler",
)
@format_option(*_FORMS)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="写入文件 / a file to write; xlsx and docx need one",
)
@store_option
@regulation_option
def check_command(
    files: tuple[Path, ...],
    as_of: str,
    year: int | None,
    unit: str | None,
    provision: str | None,
    region: str | None,
    status: str,
    settings_from: Path | None,
    assignments: tuple[str, ...],
    earlier: Path | None,
    group_by: str | None,
    workers: int | None,
    scheduler: str | None,
    form: str,
    output: Path | None,
    location: str | None,
    regulation: str,
) -> None:
    """检查责任是否履行 / check whether each unit has done what it must, as of a day.

    写了文件就只检查这些文件，不导入；不写就检查已导入的记录。列出的发现里有违规时退出码为 1。
    With files, these are checked and not imported; without, what was imported. Exit code 1 when
    there is a violation among the findings shown.

    例 example: dutygraph check data/demo/records.json --as-of 2014-12-10 --format xlsx -o 检查.xlsx
    """
    day = given_day(as_of)
    scope = Scope(unit, provision, region, _statuses(status))
    before = read_earlier(earlier) if earlier is not None else None
    question = Question(day, year or day.year, unit, provision, region)
    if workers is not None and scheduler is not None:
        raise click.UsageError(
            "--workers 和 --scheduler 只能用一个 / --workers and --scheduler exclude each other"
        )
    store = opening.regulations_alone()
    if settings_from is not None:
        assignments = (*read_settings(settings_from, _known(store)), *assignments)
    # What the settings cannot be is told before files are read and processes started.
    Settings.of(store, prepared_graphs(), assignments)
    if workers is not None or scheduler is not None:
        with stored_records(files, location) as (held, graphs, place):
            job = Job(place, graphs, regulation, assignments, question)
            blocks = processes(workers) if scheduler is None else cluster(scheduler)
            with blocks as run, progress("检查… / checking…"):
                report = check_blocks(job, held, run)
    elif files:
        _, records = given_records(files)
        with progress("检查… / checking…"):
            report = Checker(store, regulation, assignments).check([records], question)
    else:
        with stored_records((), location) as (held, _, place), progress("检查… / checking…"):
            report = Standing(held, place, regulation, assignments).report(question)
    if provision is not None and not report.checks:
        raise click.UsageError(f"没有对「{provision}」的检查 / there is no check of {provision!r}")
    comparison = compared(report, scope.to_json(), before) if before is not None else None
    wording = Wording(store, prepared_graphs(), regulation)
    edition = Edition.of(report, wording, scope, comparison)
    if output is None:
        print_edition(edition, form, group_by)
    elif group_by is not None:
        raise click.UsageError("--group-by 只用于表格 / --group-by goes with --format table")
    else:
        with progress("写报告… / writing the report…"):
            save_edition(edition, form, output)
    if edition.breached:
        raise SystemExit(1)


def _statuses(given: str) -> tuple[str, ...]:
    """Read ``violation,review``; nothing given is all."""
    wanted = tuple(dict.fromkeys(one.strip() for one in given.split(",") if one.strip()))
    for one in wanted:
        if one not in STATUSES:
            raise click.UsageError(
                f"没有状态「{one}」，有 {', '.join(STATUSES)} / "
                f"there is no status {one!r}; there are {', '.join(STATUSES)}"
            )
    return wanted


def _known(store: GraphStore) -> dict[str, Setting]:
    return Settings.of(store, prepared_graphs(), ()).known


@click.command(name="settings")
@format_option("toml")
@regulation_option
def settings_command(form: str, regulation: str) -> None:
    """列出检查的设置：可取的值、默认值、有关的读法 / list how a check can be set.

    --format toml 给出一份可以修改的设置文件。With --format toml it is a file to edit, for
    check --settings.

    例 example: dutygraph settings --format toml > settings.toml
    """
    store = opening.regulations_alone()
    wording = Wording(store, prepared_graphs(), regulation)
    if form == "toml":
        known = [wording.settings[key] for key in sorted(wording.settings)]
        click.echo(settings_file(known), nl=False)
        return
    rows = wording.settings_json()
    if form == "json":
        print_json(rows)
        return
    if form == "table":
        rows = [row | {"takes": _takes(row)} for row in rows]
    columns = {
        "name": "名称 name",
        "label_zh": "设置",
        "label_en": "setting",
        "takes": "可取 takes",
        "default": "默认 default",
        "readings": "读法 readings",
    }
    print_rows(rows, columns, form)


def _takes(row: Mapping[str, Any]) -> str:
    """Say what a setting takes: its choices with what they mean, or the form of its values."""
    said = [f"{value} {words['zh']} {words['en']}" for value, words in row["options"].items()]
    return "\n".join(said) or str(row["takes"])
