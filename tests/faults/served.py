"""A site as a process of its own, as ``dutygraph serve`` starts it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

import requests

from tests.web.tenants import PASSWORD

PATH = os.pathsep.join(filter(None, sys.path))


def free_port() -> int:
    """Give a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(
    folder: Path, stderr: int | IO[str] = subprocess.PIPE, **settings: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a store as a file of settings says; give the process and its address.

    The store is ``store`` in the folder. What serves is killed at the end if it goes on then.
    """
    port = free_port()
    given = {"port": str(port), "workers": "1", **settings}
    file = folder / "site.toml"
    lines = [f'{key} = "{value}"\n' for key, value in given.items()]
    file.write_text("".join(lines), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if "DUTYGRAPH" not in name}
    with subprocess.Popen(
        [sys.executable, "-c", "from dutygraph.cli.main import main; main()",
         "--config", str(file), "serve", "--store", str(folder / "store")],
        stderr=stderr,
        text=True,
        env={**environment, "PYTHONPATH": PATH, "TMPDIR": str(folder)},
        start_new_session=True,
    ) as server:  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address)
            yield server, address
        finally:
            server.kill()


def _wait(address: str) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            with urlopen(f"{address}/readyz", timeout=10):
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("the site does not answer")


def logged_in(address: str, name: str) -> str:
    """Log in as an account does, and give the cookie of its session."""
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(f"{address}/login", timeout=60).text
        found = re.search(r'name="token" value="([^"]+)"', page)
        assert found, page
        form = {"token": found[1], "name": name, "password": PASSWORD}
        answer = browser.post(f"{address}/login", data=form, timeout=60, allow_redirects=False)
        assert answer.status_code == 303, answer.text
        return str(browser.cookies["session"])
