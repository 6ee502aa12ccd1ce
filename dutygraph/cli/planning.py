"""The command about what is due: the duty calendar of a unit and a year."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from dutygraph.cli.options import (
    format_option,
    given_day,
    regulation_option,
    store_option,
    year_option,
)
from dutygraph.cli.output import print_json, print_rows, progress, written_to
from dutygraph.cli.recording import files_argument, gathered_records
from dutygraph.compliance.calendar import STATE_WORDS, Calendar, Entry, Named
from dutygraph.compliance.ics import icalendar_file
from dutygraph.compliance.planning import Planner

_COLUMNS = {
    "due": "截止 due",
    "state": "状态 status",
    "provision": "条款 provision",
    "action": "事项 what",
    "whose": "义务人 by",
    "towards": "对象 to",
    "done_on": "办结 done on",
}
_CSV_COLUMNS = (
    *("due", "opens", "status", "provision", "norm", "quote", "words", "action_zh", "action_en"),
    *("bearer_id", "bearer", "borne_as", "to_ids", "to", "any_of", "proof", "done_on", "evidence"),
    *("case", "about", "year", "half", "readings", "date_settings", "findings", "checked", "key"),
)


@click.command(name="calendar")
@click.argument("unit")
@files_argument
@year_option(True, "哪一年 / which year")
@click.option(
    "--as-of", metavar="DATE", help="截至哪一天（YYYY-MM-DD，默认今天）/ as of which day (today)"
)
@click.option(
    "--set", "assignments", multiple=True, metavar="NAME=VALUE", help="改变设置 / change a setting"
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入文件，不打印 / write to a file instead of printing",
)
@format_option("ics")
@store_option
@regulation_option
def calendar_command(
    unit: str,
    files: tuple[Path, ...],
    year: int,
    as_of: str | None,
    assignments: tuple[str, ...],
    output: Path | None,
    form: str,
    location: str | None,
    regulation: str,
) -> None:
    """一个单位一年的责任日历 / what a unit has to do in a year, when, to whom; done or not.

    写了文件就看这些文件，不写就看已导入的记录。ics 可导入日历程序，截止日前按设置提醒。
    With files, these are looked at; without, what was imported. ics goes into a calendar program
    and reminds before the last day, as the settings say.

    例 example: dutygraph calendar qh-xianwei data/demo/records.json --year 2014 --as-of 2014-12-10
    """
    day = given_day(as_of) if as_of else dt.datetime.now(dt.UTC).date()
    store, graphs = gathered_records(files, location)
    planner = Planner(store, regulation, assignments)
    with progress("排日历… / making the calendar…"):
        calendar = planner.calendar_of(unit, store, graphs, day, year)
    with written_to(output):
        _print(calendar, form)


def _print(calendar: Calendar, form: str) -> None:
    if form == "json":
        print_json(calendar.to_json())
    elif form == "ics":
        click.echo(icalendar_file(calendar).decode(), nl=False)
    elif form == "csv":
        rows = [_flat(entry) for entry in (*calendar.dated, *calendar.undated)]
        print_rows(rows, dict.fromkeys(_CSV_COLUMNS, ""), "csv")
    else:
        _print_tables(calendar)


def _print_tables(calendar: Calendar) -> None:
    print_rows([_row(entry) for entry in calendar.dated], _COLUMNS, "table")
    if calendar.undated:
        click.echo("没有期限的责任 / duties without a date")
        columns = {key: words for key, words in _COLUMNS.items() if key != "due"}
        print_rows([_row(entry) for entry in calendar.undated], columns, "table")
    if calendar.commencement != "InForce":
        click.echo(
            f"截至 {calendar.as_of}，本办法尚未施行或者施行日期不明，没有应当履行的责任 / "
            f"as of {calendar.as_of} the measures are not in force, or it is unknown whether they "
            "are: nothing is owed"
        )
    assert calendar.unit is not None  # noqa: S101 - the command asks for a unit
    click.echo(
        f"{calendar.unit.zh} ({calendar.unit.id})，{calendar.year} 年，"
        f"截至 as of {calendar.as_of}: 有期限 dated {len(calendar.dated)}，"
        f"无期限 undated {len(calendar.undated)}"
    )


def _row(entry: Entry) -> dict[str, Any]:
    zh, en = STATE_WORDS[entry.status or "unknown"]
    codes = " ".join(found["code"] for found in entry.findings)
    period = f"（{entry.half}）" if entry.half else ""
    return {
        "due": entry.due,
        "state": f"{zh} {en}\n{codes}".strip() if entry.checked else "不查 not checked",
        "provision": f"{entry.provision_zh}\n{entry.norm}",
        "action": f"{entry.action_zh}{period}\n{entry.action_en}",
        "whose": _whose(entry),
        "towards": _names(entry.to),
        "done_on": entry.done_on,
    }


def _whose(entry: Entry) -> str:
    bearer = f"{entry.bearer.zh} ({entry.bearer.id})" if entry.bearer else ""
    about = f" → {entry.about.zh} ({entry.about.id})" if entry.about else ""
    return bearer + about


def _flat(entry: Entry) -> dict[str, Any]:
    """Give an entry as one row of flat cells."""
    return vars(entry) | {
        "bearer_id": entry.bearer.id if entry.bearer else None,
        "bearer": entry.bearer.zh if entry.bearer else None,
        "borne_as": _names(entry.borne_as),
        "to_ids": [one.id for one in entry.to if one.id],
        "to": _names(entry.to),
        "proof": _names(entry.proof),
        "evidence": [proof["record"] for proof in entry.evidence],
        "case": entry.case["record"] if entry.case else None,
        "about": entry.about.id if entry.about else None,
        "readings": [reading["reading"] for reading in entry.readings],
        "date_settings": [f"{name}={value}" for name, value in entry.date_settings.items()],
        "findings": [f"{found['code']} {found['status']}" for found in entry.findings],
        "key": entry.key,
    }


def _names(named: tuple[Named, ...]) -> str:
    return "、".join(one.zh for one in named)
