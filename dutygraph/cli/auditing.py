"""The commands about the audit log: shown, and looked at for traces of tampering."""

from __future__ import annotations

from dataclasses import asdict

import click

from dutygraph.accounts.acts import act, outcome
from dutygraph.accounts.audit import Audit
from dutygraph.cli.options import format_option, store_option
from dutygraph.cli.output import print_json, print_rows
from dutygraph.store.embedded import store_location
from dutygraph.store.endpoint import beside

_COLUMNS = {
    "number": "序号 number",
    "at": "时间 at",
    "who": "谁 who",
    "act": "做了什么 act",
    "about": "对什么 about",
    "outcome": "结果 outcome",
    "origin": "地址 origin",
}


def _audit(location: str | None) -> Audit:
    return Audit(beside(store_location(location)))


@click.group(name="audit")
def audit_group() -> None:
    """审计日志：谁在何时做了什么 / the audit log: who did what, when.

    例 example: dutygraph audit show --limit 20
    """


@audit_group.command(name="show")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1), help="几条 / how many"
)
@format_option()
@store_option
def show_command(limit: int, form: str, location: str | None) -> None:
    """显示最近的记录，新的在前 / show the latest entries, the newest first.

    例 example: dutygraph audit show --format csv
    """
    rows = [
        {"number": one.number} | asdict(one.entry) | {"hash": one.hash}
        for one in _audit(location).entries(limit)
    ]
    if form == "json":
        print_json(rows)
    else:
        said = [
            row | {"act": str(act(row["act"])), "outcome": str(outcome(row["outcome"]))}
            for row in rows
        ]
        print_rows(said, _COLUMNS, form)


@audit_group.command(name="verify")
@click.option(
    "--anchor", metavar="N:HASH", help="以前抄下的锚点 / an anchor that was written down before"
)
@store_option
@click.pass_context
def verify_command(ctx: click.Context, anchor: str | None, location: str | None) -> None:
    """核对封印链，打印锚点 / look at the chain of seals and print the anchor to write down.

    改过、抽走、插入的记录会被发现，退出码为 1；整条链重写或者末尾截去，只有抄在别处的锚点能发现。
    Entries changed, taken away or put in are found: exit code 1. A chain that was written anew, or
    cut off with its count, shows only by an anchor that was kept elsewhere.

    例 example: dutygraph audit verify --anchor 12:9f2c…
    """
    try:
        verdict = _audit(location).verify(anchor)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    for fault in verdict.faults:
        click.echo(fault)
    click.echo(f"共 {verdict.number} 条，锚点 {verdict.number} entries, anchor: {verdict.anchor}")
    if verdict.faults:
        ctx.exit(1)
