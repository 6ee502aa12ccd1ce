"""The commands about the store itself: what it can do, its backups, whether it is sound."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from dutygraph.accounts.accounts import Accounts
from dutygraph.cli.accounts import noted
from dutygraph.cli.options import format_option, regulation_option, store_option
from dutygraph.cli.output import print_json, print_rows, progress
from dutygraph.compliance.inside import UnfitError, refuse_unfit_inside
from dutygraph.queries.limits import limits
from dutygraph.store.embedded import EmbeddedStore, store_location
from dutygraph.store.endpoint import is_endpoint
from dutygraph.store.graphs import GraphStore
from dutygraph.store.probe import Capability, probe
from dutygraph.store.remote import RemoteStore
from dutygraph.upkeep.backup import backup
from dutygraph.upkeep.restoring import restore
from dutygraph.upkeep.soundness import examine

_COLUMNS = {
    "name": "名称 name",
    "title_zh": "能力",
    "title_en": "capability",
    "needed": "必需 needed",
    "met": "具备 met",
    "said": "得到的回答 what came",
}
_FLAWS = {"place": "位置 place", "zh": "问题", "en": "what is wrong"}


@click.group(name="store")
def store_group() -> None:
    """数据的存放处：能做什么、备份、恢复、核对 / the store: its abilities, backups, soundness.

    例 example: dutygraph store backup /backups/dutygraph-2014-12-10
    """


@store_group.command(name="probe")
@format_option()
@store_option
@regulation_option
@click.pass_context
def probe_command(ctx: click.Context, form: str, location: str | None, regulation: str) -> None:
    """试出存放处能做什么、缺什么 / try out what a store can do and what it lacks.

    试用的数据写入后随即删除。缺少必需的能力，退出码为 1。
    What is written for it is taken out again. Exit code 1 where something needed is lacking.

    例 example: dutygraph store probe --store http://localhost:7878/query
    """
    with progress("试用存放处… / trying the store…"):
        store = _opened(store_location(location))
        found = list(probe(store))
        server = "embedded"
        if isinstance(store, RemoteStore):
            server = store.server
            found.append(_checks(store, regulation, found))
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


def _checks(store: RemoteStore, regulation: str, probed: list[Capability]) -> Capability:
    """Try whether checks can run inside an endpoint; without, they run on this machine."""
    said = ""
    try:
        refuse_unfit_inside(store, regulation, probed)
    except UnfitError as error:
        said = str(error)
    title = "检查在服务器里进行，结果与本机相同", "checks run inside it, with what is found here"
    return Capability("checks-inside", *title, needed=False, met=not said, said=said)


_folder = click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")


@store_group.command(name="backup")
@_folder
@store_option
def backup_command(folder: Path, location: str | None) -> None:
    """备份数据目录，使用中也可以 / copy the store's directory as of one moment, in use or not.

    DIR 应当还不存在，或者是空文件夹；备份完整出现，或者完全不出现。
    DIR is not there yet, or empty; the backup appears whole or not at all.

    例 example: dutygraph store backup /backups/dutygraph-2014-12-10
    """
    store = _directory(location)
    with progress("备份… / backing up…"):
        made = backup(store, folder)
    click.echo(
        f"已备份 backed up: {store} → {folder}"
        f"（导入 imports {made.imports}，文件 files {len(made.files)}）"
    )


@store_group.command(name="restore")
@_folder
@click.option(
    "--overwrite",
    is_flag=True,
    help="取代已有的数据，原来的移到旁边 / replace what is there, which is moved aside",
)
@store_option
def restore_command(folder: Path, overwrite: bool, location: str | None) -> None:
    """以备份 DIR 恢复数据目录，全有或全无 / put a backup in the store's place, whole or not at all.

    例 example: dutygraph store restore /backups/dutygraph-2014-12-10
    """
    store = _directory(location)
    with progress("恢复… / restoring…"):
        restored = restore(folder, store, overwrite=overwrite)
    made = restored.manifest
    click.echo(
        f"已恢复 restored: {folder} → {store}（{made.made_at}，导入 imports {made.imports}）"
    )
    noted(location, "store.restore", f"{folder} {made.made_at}")
    if Accounts(store).exist:
        click.echo(
            "用户、密码和令牌是备份时的；其后停用的用户、撤销的令牌请重新停用和撤销 / accounts, "
            "passwords and tokens are those of the backup; turn off and revoke again what has "
            "been turned off and revoked since"
        )
    if restored.aside is not None:
        click.echo(f"原来的数据在 what was there is now in: {restored.aside}")


@store_group.command(name="verify")
@format_option()
@store_option
@click.pass_context
def verify_command(ctx: click.Context, form: str, location: str | None) -> None:
    """核对数据目录或者备份是否完好 / look whether a store, or a backup, is sound.

    全部图读到底，与导入的历史核对；数据库和备份的文件逐一检查。有问题则退出码为 1。
    All graphs are read to the end and held to the history of imports; databases and the files of a
    backup are gone through. Exit code 1 where something is wrong.

    例 example: dutygraph store verify --store /backups/dutygraph-2014-12-10
    """
    directory = _directory(location)
    with progress("核对… / examining…"):
        found = examine(directory)
    rows = [asdict(flaw) for flaw in found.flaws]
    if form == "json":
        print_json({"sound": not rows} | asdict(found))
    elif form == "csv" or rows:
        print_rows(rows, _FLAWS, form)
    if form == "table":
        verdict = "有问题 not sound" if rows else "完好 sound"
        click.echo(
            f"{verdict}: {directory}（导入 imports {found.imports}，其中记有校验和 with a digest "
            f"{found.measured}；三元组 triples {found.triples}；文件 files {found.files}）"
        )
    if rows:
        ctx.exit(1)


def _directory(location: str | None) -> Path:
    place = store_location(location)
    if is_endpoint(place):
        raise click.UsageError(
            f"{place} 是 SPARQL 端点，请用它自己的工具备份和核对 / "
            f"{place} is a SPARQL endpoint; back it up and examine it with its own tools"
        )
    return Path(place)


def _opened(location: str) -> GraphStore:
    # The embedded engine is tried in memory: the same in every directory.
    if is_endpoint(location):
        return RemoteStore.at(location)
    return EmbeddedStore.in_memory()


def _shown(row: dict[str, object]) -> dict[str, object]:
    for name in ("needed", "met"):
        row[name] = "是 yes" if row[name] else "否 no"
    return row
