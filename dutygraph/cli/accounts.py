"""The commands about accounts: made, listed, changed, and the tokens of their programs."""

from __future__ import annotations

import os
import pwd
import sqlite3
from typing import Any

import click

from dutygraph.accounts.accounts import ROLES, Accounts, Role, told
from dutygraph.accounts.audit import Audit
from dutygraph.accounts.database import Author
from dutygraph.accounts.passwords import hashed, made_up
from dutygraph.accounts.remits import Remit
from dutygraph.accounts.sessions import Sessions
from dutygraph.accounts.tokens import DAYS, MOST_DAYS, SCOPES, Tokens
from dutygraph.cli.options import Command, format_option, store_option
from dutygraph.cli.output import print_json, print_rows
from dutygraph.store.embedded import store_location
from dutygraph.store.endpoint import beside

_COLUMNS = {
    "name": "用户 name",
    "role": "角色 role",
    "remit": "范围 remit",
    "made_at": "建立 made",
    "disabled": "停用 disabled",
}
_TOKEN_COLUMNS = {
    "id": "id",
    "label": "名称 label",
    "scopes": "权限 scopes",
    "made_at": "建立 made",
    "expires_at": "到期 expires",
    "revoked_at": "吊销 revoked",
}


def somebody() -> str:
    """Give what the audit log calls whoever runs a command: the system's name of the user."""
    try:
        return f"shell:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"shell:{os.getuid()}"


def noted(location: str | None, act: str, about: str = "") -> None:
    """Enter what a command did into the audit log beside a store, if anything is kept there."""
    folder = beside(store_location(location))
    if not folder.is_dir():
        return
    try:
        Audit(folder).note(somebody(), act, about)
    except (OSError, sqlite3.Error) as error:
        click.echo(f"没有记入审计日志 not in the audit log: {error}", err=True)


def _accounts(location: str | None) -> Accounts:
    return Accounts(beside(store_location(location)), Author(somebody()))


def _tokens(location: str | None) -> Tokens:
    return Tokens(beside(store_location(location)), Author(somebody()))


def _role_options(command: Command) -> Command:
    for option in (
        click.option("--region", default="", help="监督员的区划代码 / a supervisor's region code"),
        click.option(
            "--unit", "units", multiple=True, help="经办人的单位编号，可重复 / an officer's units"
        ),
        click.option("--role", required=True, type=click.Choice(ROLES), help="角色 / role"),
    ):
        command = option(command)
    return command


def _password_options(command: Command) -> Command:
    return click.option(
        "--generate", is_flag=True, help="随机生成密码并显示一次 / make up a password, show it once"
    )(command)


def _new_password(name: str, *, generate: bool) -> str:
    if generate:
        return made_up()
    given = click.prompt("密码 password", hide_input=True, confirmation_prompt="再输一次 again")
    # Refused before anything else is asked or written.
    hashed(given, name)
    return str(given)


@click.group(name="accounts")
def accounts_group() -> None:
    """用户、角色和令牌 / accounts, roles and tokens.

    没有任何用户时，网站只提供法规和演示数据。第一个管理员在这里建立。
    Without any account the site serves the regulation and the demo only; the first administrator is
    made here.

    例 example: dutygraph accounts add guanli --role administrator
    """


@accounts_group.command(name="add")
@click.argument("name")
@_role_options
@click.option(
    "--no-password",
    is_flag=True,
    help="没有密码，只经单点登录 / no password: known by a proxy's single sign-on alone",
)
@_password_options
@store_option
def add_command(
    name: str,
    role: Role,
    units: tuple[str, ...],
    region: str,
    generate: bool,
    no_password: bool,
    location: str | None,
) -> None:
    """建立用户 / make an account.

    例 example: dutygraph accounts add jingban --role officer --unit qh-xianwei --generate
    """
    password = None if no_password else _new_password(name, generate=generate)
    made = _accounts(location).add(name, role, Remit(units, region), password)
    click.echo(f"已建立 made: {told(made.name, made.role, made.remit)}", err=True)
    if generate and password is not None:
        click.echo(password)


@accounts_group.command(name="list")
@format_option()
@store_option
def list_command(form: str, location: str | None) -> None:
    """列出用户 / list the accounts.

    例 example: dutygraph accounts list
    """
    rows: list[dict[str, Any]] = [
        {
            "name": one.name,
            "role": one.role,
            "remit": str(one.remit),
            "made_at": one.made_at,
            "disabled": one.disabled,
        }
        for one in _accounts(location).all()
    ]
    if form == "json":
        print_json(rows)
    else:
        print_rows(rows, _COLUMNS, form)


@accounts_group.command(name="role")
@click.argument("name")
@_role_options
@store_option
def role_command(
    name: str, role: Role, units: tuple[str, ...], region: str, location: str | None
) -> None:
    """改变角色和范围 / give an account another role and remit; it is logged out.

    例 example: dutygraph accounts role jingban --role supervisor --region 990100
    """
    changed = _accounts(location).assign(name, role, Remit(units, region))
    click.echo(f"已改变 changed: {told(changed.name, changed.role, changed.remit)}", err=True)


@accounts_group.command(name="password")
@click.argument("name")
@_password_options
@store_option
def password_command(name: str, generate: bool, location: str | None) -> None:
    """改密码 / give an account another password; it is logged out.

    例 example: dutygraph accounts password jingban --generate
    """
    accounts = _accounts(location)
    found = accounts[name]
    password = _new_password(found.name, generate=generate)
    accounts.set_password(found.name, password)
    click.echo(f"密码已改 password changed: {found.name}", err=True)
    if generate:
        click.echo(password)


@accounts_group.command(name="disable")
@click.argument("name")
@click.option("--undo", is_flag=True, help="重新启用 / turn it on again")
@store_option
def disable_command(name: str, undo: bool, location: str | None) -> None:
    """停用用户，其会话和令牌都失效 / turn an account off, with its sessions and tokens.

    例 example: dutygraph accounts disable jingban
    """
    changed = _accounts(location).disable(name, disabled=not undo)
    click.echo(f"{'已启用 enabled' if undo else '已停用 disabled'}: {changed.name}", err=True)


@accounts_group.command(name="logout")
@click.argument("name")
@store_option
def logout_command(name: str, location: str | None) -> None:
    """结束一个用户的所有会话 / end all sessions of an account.

    例 example: dutygraph accounts logout jingban
    """
    found = _accounts(location)[name]
    number = Sessions(beside(store_location(location)), Author(somebody())).end_all(found.name)
    click.echo(f"已结束会话 sessions ended: {number}", err=True)


@accounts_group.command(name="token")
@click.argument("name")
@click.option("--label", default="", help="给谁用 / what it is for")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    help="权限 / scope",
)
@click.option(
    "--days", default=DAYS, show_default=True, type=click.IntRange(1, MOST_DAYS), help="天数 / days"
)
@store_option
def token_command(
    name: str, label: str, scopes: tuple[str, ...], days: int, location: str | None
) -> None:
    """建立令牌，只显示一次 / make a token for programs and print it, this once.

    例 example: dutygraph accounts token jingban --scope read --scope import --label 每周导入
    """
    found = _accounts(location)[name]
    token, secret = _tokens(location).add(found.name, label, scopes, days)
    click.echo(f"令牌 token {token.id}, 到期 expires {token.expires_at}", err=True)
    click.echo(secret)


@accounts_group.command(name="tokens")
@click.argument("name")
@format_option()
@store_option
def tokens_command(name: str, form: str, location: str | None) -> None:
    """列出一个用户的令牌 / list the tokens of an account.

    例 example: dutygraph accounts tokens jingban
    """
    found = _accounts(location)[name]
    rows = [
        {key: getattr(one, key) for key in _TOKEN_COLUMNS} | {"scopes": sorted(one.scopes)}
        for one in _tokens(location).of(found.name)
    ]
    if form == "json":
        print_json(rows)
    else:
        print_rows(rows, _TOKEN_COLUMNS, form)


@accounts_group.command(name="revoke")
@click.argument("token", metavar="ID")
@store_option
def revoke_command(token: str, location: str | None) -> None:
    """吊销令牌 / revoke a token for good.

    例 example: dutygraph accounts revoke 1f0c2d3e
    """
    revoked = _tokens(location).revoke(token)
    click.echo(f"已吊销 revoked: {revoked.id}", err=True)
