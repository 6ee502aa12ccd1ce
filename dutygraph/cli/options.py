"""The options that several commands share, and the day that a run is as of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import click

from dutygraph.compliance import days
from dutygraph.regulations.prepared import regulations

Command = TypeVar("Command", bound=Callable[..., Any])


def format_option(*more: str) -> Callable[[Command], Command]:
    """Give the ``--format`` option: table (default), json, csv and what else a command knows."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json", "csv", *more]),
        default="table",
        show_default=True,
        help="输出形式 / how to print",
    )


def store_option(command: Command) -> Command:
    """Give the ``--store`` option: the embedded store's directory or an endpoint's address."""
    return click.option(
        "--store",
        "location",
        metavar="DIR|URL",
        help="数据目录或 SPARQL 端点（默认 $DUTYGRAPH_STORE 或 .dutygraph）"
        "/ the store's directory or SPARQL endpoint",
    )(command)


def by_option(command: Command) -> Command:
    """Give the ``--by`` option: who imports or undoes, for the history."""
    return click.option("--by", metavar="NAME", help="由谁操作，记入历史 / who does it")(command)


def party_options(command: Command) -> Command:
    """Give the options that say more of a party: its body, level and legislative power."""
    options = (
        click.option(
            "--body",
            help="其主持或者所在的领导班子：政府、部门党组 … / the kind of body it heads or is in",
        ),
        click.option("--level", help="层级：省级、设区市级、县级、乡级 / level of the body"),
        click.option(
            "--legislative-power/--no-legislative-power",
            default=None,
            help="人大享有地方立法权与否 / whether the congress has legislative power",
        ),
    )
    # click puts the option that is applied last first.
    for option in reversed(options):
        command = option(command)
    return command


def regulation_option(command: Command) -> Command:
    """Give the ``--regulation`` option; the first there is when not given."""
    known = regulations()
    return click.option(
        "--regulation",
        type=click.Choice(known),
        default=known[0],
        show_default=True,
        help="哪部法规 / which regulation",
    )(command)


def given_day(text: str) -> dt.date:
    """Read the day that a run is as of; a usage error for what is no such day."""
    try:
        return days.day(text)
    except ValueError:
        raise click.UsageError(
            f"--as-of 应为 YYYY-MM-DD 形式的日期，不是「{text}」 / "
            f"--as-of takes a date as YYYY-MM-DD, not {text!r}"
        ) from None


def year_option(required: bool, words: str) -> Callable[[Command], Command]:
    """Give the ``--year`` option."""
    year = click.IntRange(days.YEARS[0], days.YEARS[-1])
    return click.option("--year", type=year, required=required, help=words)
