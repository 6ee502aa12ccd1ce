"""The commands about the history of imports: listed, shown, undone."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import click

from dutygraph.cli import opening
from dutygraph.cli.accounts import noted
from dutygraph.cli.options import by_option, format_option, store_option
from dutygraph.cli.output import print_json, print_rows, progress
from dutygraph.cli.recording import base
from dutygraph.records.changes import changes
from dutygraph.records.committing import undo
from dutygraph.records.history import History, import_id

_COLUMNS = {
    "id": "导入 import",
    "label": "名称 label",
    "files": "文件 files",
    "recorded_at": "时间 when",
    "by": "由谁 by",
    "rows": "行 rows",
    "state": "状态 state",
    "replaces": "取代 replaces",
}
_CHANGE_COLUMNS = {"entity": "种类 entity", "id": "id", "change": "变化 change"}
_WORDS = {
    "active": "有效 active",
    "replaced": "已被取代 replaced",
    "undone": "已撤销 undone",
    "unfinished": "未完成 unfinished",
    "added": "新增 added",
    "changed": "改动 changed",
    "removed": "删去 removed",
    "unit": "单位 unit",
    "person": "人员 person",
    "record": "记录 record",
}


@click.group(name="imports", invoke_without_command=True)
@format_option()
@store_option
@click.pass_context
def imports_group(context: click.Context, form: str, location: str | None) -> None:
    """列出、查看、撤销导入 / list the imports, show what one changed, undo one.

    被取代和撤销的版本留在数据目录里，查询和检查看不到。
    Versions that were replaced or undone stay in the store, out of sight of queries and checks.

    例 example: dutygraph imports --format json
    """
    if context.invoked_subcommand is not None:
        return
    found = [one.to_json() for one in History.of(opening.for_reading(location)).imports]
    if form == "json":
        print_json(found)
    elif form == "csv":
        print_rows([row | {"files": list(row["files"])} for row in found], _COLUMNS, form)
    else:
        shown = [
            row | {"state": _WORDS[row["state"]], "files": list(row["files"])} for row in found
        ]
        print_rows(shown, _COLUMNS, form)


@imports_group.command(name="show")
@click.argument("name", metavar="IMPORT")
@format_option()
@store_option
def show_command(name: str, form: str, location: str | None) -> None:
    """一次导入与它所取代的相比改了什么 / what an import changed in the version that it replaced.

    例 example: dutygraph imports show 3f2a
    """
    store = opening.for_reading(location)
    found = History.of(store).find(name)
    rows = [asdict(one) for one in changes(store, found.replaces, found.graph)]
    if form == "json":
        print_json(found.to_json() | {"changes": rows})
    elif form == "csv":
        print_rows(rows, _CHANGE_COLUMNS, form)
    else:
        shown = [
            row | {"entity": _WORDS[row["entity"]], "change": _WORDS[row["change"]]} for row in rows
        ]
        print_rows(shown, _CHANGE_COLUMNS, form)


@imports_group.command(name="undo")
@click.argument("name", metavar="IMPORT")
@by_option
@format_option()
@store_option
def undo_command(name: str, by: str | None, form: str, location: str | None) -> None:
    """撤销一次导入，它所取代的重新有效 / undo an import; the one that it replaced is back.

    例 example: dutygraph imports undo 3f2a --by 张三
    """
    # Asked first for reading, so that a wrong name makes no store.
    History.of(opening.for_reading(location)).find(name)
    store = opening.for_writing(location)
    with progress("撤销… / undoing…"):
        undone = undo(name, store, base(), recorded_at=dt.datetime.now(dt.UTC), by=by)
    noted(location, "undo", undone.id)
    back = None if undone.state == "unfinished" or undone.replaces is None else undone.replaces
    told = {"undone": undone.id, "active_again": back and import_id(back)}
    if form == "json":
        print_json(told)
        return
    words = f"已撤销 undone: {undone.id}"
    if told["active_again"]:
        words += f"，重新有效 active again: {told['active_again']}"
    click.echo(words, err=form == "csv")
