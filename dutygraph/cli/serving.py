"""The command that serves the site."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys

import click

from dutygraph.accounts.accounts import Accounts
from dutygraph.cli.options import store_option
from dutygraph.store.embedded import store_location
from dutygraph.store.endpoint import beside


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="端口 / port"
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="进程数 / processes"
)
@click.option(
    "--personal",
    is_flag=True,
    help="个人使用：不用登录就显示数据目录里的记录；只限本机，且没有任何用户 / for one person: "
    "show the store's records without a log-in; on this machine only, while there are no accounts",
)
@click.option(
    "--writable",
    is_flag=True,
    help="个人使用，并且可以在网页上导入、撤销、保存设置 / as --personal, and import, undo, save "
    "settings through pages",
)
@store_option
def serve_command(
    host: str, port: int, workers: int, personal: bool, writable: bool, location: str | None
) -> None:
    """启动网站 / serve the site.

    没有用户时，网站只提供法规和演示数据；有了用户，记录要登录才能看。见 dutygraph accounts。
    Without accounts the site serves the regulation and the demo only; with accounts, records need a
    log-in: see dutygraph accounts.

    例 example: dutygraph serve --port 8000
    """
    place = store_location(location)
    if personal or writable:
        _refuse_unless_alone(host, place)
    _refuse_taken(host, port)
    os.environ["DUTYGRAPH_STORE"] = place
    os.environ["DUTYGRAPH_PERSONAL"] = "1" if personal or writable else ""
    os.environ["DUTYGRAPH_WRITABLE"] = "1" if writable else ""
    click.echo(f"责任图谱 dutygraph: http://{host}:{port}  (Ctrl+C 停止 stops)", err=True)
    # The site is named, not imported: the command line stands beside it, not above it.
    os.execv(  # noqa: S606 - our own interpreter and fixed arguments
        sys.executable,
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--bind",
            f"{host}:{port}",
            "--workers",
            str(workers),
            "--worker-class",
            "gthread",
            "--threads",
            "4",
            # The longest that gunicorn bounds: a SPARQL query may stand in an address.
            "--limit-request-line",
            "8190",
            "--log-level",
            "warning",
            "webapp:create_app()",
        ],
    )


def _refuse_unless_alone(host: str, place: str) -> None:
    if not _is_loopback(host):
        raise click.UsageError(
            f"--personal 和 --writable 只能用于本机地址，不能用于 {host}：多人使用请先建立用户 / "
            f"--personal and --writable go with a loopback address, not with {host}: "
            "for several people make accounts first"
        )
    if Accounts(beside(place)).exist:
        raise click.UsageError(
            "这个数据目录已有用户，请登录使用，不能再用 --personal 或 --writable / "
            "there are accounts beside this store: log in, without --personal and --writable"
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.UsageError(
                f"{host}:{port} 不可用（{error.strerror}），请用 --port 换一个 / "
                f"{host}:{port} cannot be used ({error.strerror}); take another with --port"
            ) from error
