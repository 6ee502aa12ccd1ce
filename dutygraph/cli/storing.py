"""The commands about the store itself: what it can do."""

from __future__ import annotations

from dataclasses import asdict

import click

from dutygraph.cli.options import format_option, store_option
from dutygraph.cli.output import print_json, print_rows, progress
from dutygraph.queries.limits import limits
from dutygraph.store.embedded import EmbeddedStore, store_location
from dutygraph.store.endpoint import is_endpoint
from dutygraph.store.graphs import GraphStore
from dutygraph.store.probe import probe
from dutygraph.store.remote import RemoteStore

_COLUMNS = {
    "name": "名称 name",
    "title_zh": "能力",
    "title_en": "capability",
    "needed": "必需 needed",
    "met": "具备 met",
    "said": "得到的回答 what came",
}


@click.group(name="store")
def store_group() -> None:
    """数据的存放处 / the store.

    例 example: dutygraph store probe --store http://localhost:7878/query
    """


@store_group.command(name="probe")
@format_option()
@store_option
@click.pass_context
def probe_command(ctx: click.Context, form: str, location: str | None) -> None:
    """试出存放处能做什么、缺什么 / try out what a store can do and what it lacks.

    试用的数据写入后随即删除。缺少必需的能力，退出码为 1。
    What is written for it is taken out again. Exit code 1 where something needed is lacking.

    例 example: dutygraph store probe --store http://localhost:7878/query
    """
    with progress("试用存放处… / trying the store…"):
        store = _opened(store_location(location))
        found = list(probe(store))
    server = store.server if isinstance(store, RemoteStore) else "embedded"
    known = limits(server)
    if form == "json":
        capabilities = [asdict(one) for one in found]
        unanswered = {name: asdict(limit) for name, limit in known.items()}
        print_json({"server": server, "capabilities": capabilities, "unanswered": unanswered})
    else:
        print_rows([_shown(asdict(one)) for one in found], _COLUMNS, form)
    if form == "table":
        click.echo(f"服务器 server: {server}")
        for name, limit in known.items():
            click.echo(
                f"由本机回答的问题 answered on this machine: {name}: "
                f"{limit.reason_zh} / {limit.reason_en}"
            )
    if any(one.needed and not one.met for one in found):
        ctx.exit(1)


def _opened(location: str) -> GraphStore:
    # The embedded engine is tried in memory: the same in every directory.
    if is_endpoint(location):
        return RemoteStore.at(location)
    return EmbeddedStore.in_memory()


def _shown(row: dict[str, object]) -> dict[str, object]:
    for name in ("needed", "met"):
        row[name] = "是 yes" if row[name] else "否 no"
    return row
