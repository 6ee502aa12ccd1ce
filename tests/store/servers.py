"""The servers that tests start: each on free ports of this machine, with data that go with it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from dutygraph.store.endpoint import GRAPHS, Endpoint

SECONDS = 120
"""How long a server may take to start; Virtuoso makes its files first."""

_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
StopCompilerWhenXOverRunTime = 1
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 6
[SPARQL]
ResultSetMaxRows = 5000
"""


@dataclass(frozen=True)
class Server:
    """A running server: its name, and how it is reached."""

    name: str
    query: str
    graphs: str

    @property
    def settings(self) -> dict[str, str]:
        """What the environment says of it."""
        return {GRAPHS: self.graphs}

    @property
    def endpoint(self) -> Endpoint:
        """How it is reached."""
        return Endpoint.of(self.query, self.settings)


@contextmanager
def oxigraph(folder: Path, *options: str) -> Iterator[Server]:  # noqa: ARG001
    """Start Oxigraph's server; it keeps its data in memory."""
    (port,) = free_ports(1)
    program = str(Path(sys.executable).with_name("oxigraph"))
    command = [program, "serve", "--bind", f"127.0.0.1:{port}", *options]
    address = f"http://127.0.0.1:{port}"
    with _running(command, f"{address}/query"):
        yield Server("oxigraph", f"{address}/query", f"{address}/store")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    """Start Virtuoso in a folder that goes afterwards; whoever asks may write."""
    sql, http = free_ports(2)
    (folder / "virtuoso.ini").write_text(
        _VIRTUOSO.format(folder=folder, sql=sql, http=http), encoding="utf-8"
    )
    address = f"http://127.0.0.1:{http}"
    command = ["virtuoso-t", "-f", "-c", str(folder / "virtuoso.ini")]
    with _running(command, f"{address}/sparql"):
        grant = 'EXEC=GRANT SPARQL_UPDATE TO "SPARQL"; GRANT SPARQL_UPDATE TO dba;'
        subprocess.run(
            ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", grant], check=True, capture_output=True
        )
        yield Server("virtuoso", f"{address}/sparql", f"{address}/sparql-graph-crud")


SERVERS: dict[str, Callable[[Path], object]] = {"oxigraph": oxigraph, "virtuoso": virtuoso}


def free_ports(number: int) -> list[int]:
    """Give ports that nothing listens on."""
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@contextmanager
def _running(command: list[str], address: str) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(server, f"{address}?query=ASK%7B%7D")
            yield
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(address):
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"no server at {address}")
