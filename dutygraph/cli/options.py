"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

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
