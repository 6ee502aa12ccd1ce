"""The command that serves the site."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path
from tempfile import mkdtemp

import click

from dutygraph.accounts.accounts import Accounts
from dutygraph.cli.options import store_option
from dutygraph.configuration import refuse_unusable
from dutygraph.store.embedded import store_location
from dutygraph.store.endpoint import beside, is_endpoint
from dutygraph.upkeep.modes import tighten
from dutygraph.upkeep.soundness import refuse_damaged


@click.command(name="serve")
@click.option(
    "--host",
    default="127.0.0.1",
    envvar="DUTYGRAPH_HOST",
    show_default=True,
    help="监听地址 / address",
)
@click.option(
    "--port",
    default=8000,
    envvar="DUTYGRAPH_PORT",
    show_default=True,
    type=click.IntRange(0, 65535),
    help="端口 / port",
)
@click.option(
    "--workers",
    default=2,
    envvar="DUTYGRAPH_WORKERS",
    show_default=True,
    type=click.IntRange(1, 64),
    help="进程数 / processes",
)
@click.option(
    "--threads",
    default=8,
    envvar="DUTYGRAPH_THREADS",
    show_default=True,
    type=click.IntRange(1, 64),
    help="每个进程的线程数 / threads of each process",
)
@click.option(
    "--grace",
    default=30,
    envvar="DUTYGRAPH_GRACE",
    show_default=True,
    type=click.IntRange(1, 3600),
    help="停止时等请求结束的秒数 / seconds that requests have to end when it is stopped",
)
@click.option(
    "--personal",
    is_flag=True,
    envvar="DUTYGRAPH_PERSONAL",
    help="个人使用：不用登录就显示数据目录里的记录；只限本机，且没有任何用户 / for one person: "
    "show the store's records without a log-in; on this machine only, while there are no accounts",
)
@click.option(
    "--writable",
    is_flag=True,
    envvar="DUTYGRAPH_WRITABLE",
    help="个人使用，并且可以在网页上导入、撤销、保存设置 / as --personal, and import, undo, save "
    "settings through pages",
)
@store_option
def serve_command(
    host: str,
    port: int,
    workers: int,
    threads: int,
    grace: int,
    personal: bool,
    writable: bool,
    location: str | None,
) -> None:
    """启动网站 / serve the site.

    没有用户时，网站只提供法规和演示数据；有了用户，记录要登录才能看（dutygraph accounts）。
    Without accounts the site serves the regulation and the demo only; with accounts, records need a
    log-in (dutygraph accounts).

    全部设置见 docs/operating.md；SIGTERM 让它在请求结束后停止。
    All settings are in docs/operating.md; SIGTERM stops it when its requests have ended.

    例 example: dutygraph serve --port 8000
    """
    refuse_unusable(os.environ)
    place = store_location(location)
    if not is_endpoint(place):
        refuse_damaged(Path(place))
    for path in tighten(beside(place)):
        click.echo(f"{path} 别人也能读 / others may read {path}", err=True)
    if personal or writable:
        _refuse_unless_alone(host, place)
    _refuse_taken(host, port)
    given = {"host": host, "port": port, "workers": workers, "threads": threads, "grace": grace}
    os.environ |= {f"DUTYGRAPH_{name.upper()}": str(value) for name, value in given.items()}
    os.environ["DUTYGRAPH_STORE"] = place
    os.environ["DUTYGRAPH_PERSONAL"] = "1" if personal or writable else ""
    os.environ["DUTYGRAPH_WRITABLE"] = "1" if writable else ""
    # Where all processes write down what they measure; the server takes it away when it ends.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = mkdtemp(prefix="dutygraph-metrics-")
    named = f"[{host}]" if ":" in host else host
    click.echo(f"责任图谱 dutygraph: http://{named}:{port}  (Ctrl+C 停止 stops)", err=True)
    # The site is named, not imported: the command line stands beside it, not above it.
    server = [sys.executable, "-m", "gunicorn", "--config", "python:webapp.server"]
    os.execv(sys.executable, [*server, "webapp:create_app()"])  # noqa: S606 - our own interpreter


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
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.UsageError(
                f"{host}:{port} 不可用（{error.strerror}），请用 --port 换一个 / "
                f"{host}:{port} cannot be used ({error.strerror}); take another with --port"
            ) from error
