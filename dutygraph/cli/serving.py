"""The command that serves the site."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path

import click

from dutygraph.cli.options import store_option
from dutygraph.store.embedded import store_location
from dutygraph.store.endpoint import is_endpoint
from dutygraph.upkeep.soundness import refuse_damaged


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="端口 / port"
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="进程数 / processes"
)
@click.option(
    "--writable",
    is_flag=True,
    help="可以在网页上导入、撤销、保存设置；只限本机 / import, undo, save settings through pages; "
    "on this machine only",
)
@store_option
def serve_command(host: str, port: int, workers: int, writable: bool, location: str | None) -> None:
    """启动网站 / serve the site.

    例 example: dutygraph serve --port 8000
    """
    if writable and not _is_loopback(host):
        raise click.UsageError(
            f"--writable 只能用于本机地址，不能用于 {host}：网页还没有用户和权限 / "
            f"--writable goes with a loopback address, not with {host}: pages know no users yet"
        )
    place = store_location(location)
    if not is_endpoint(place):
        refuse_damaged(Path(place))
    _refuse_taken(host, port)
    os.environ["DUTYGRAPH_STORE"] = place
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
