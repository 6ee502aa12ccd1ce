"""A store of either kind, embedded and behind an endpoint, for the tests that run on both."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.endpoint import Endpoint
from dutygraph.store.graphs import GraphStore
from dutygraph.store.remote import RemoteStore


@pytest.fixture(scope="module", params=["embedded", "remote"])
def store(request: pytest.FixtureRequest) -> Iterator[GraphStore]:
    """Give an empty store, in memory or at an Oxigraph server on this machine."""
    if request.param == "embedded":
        yield EmbeddedStore.in_memory()
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bound = f"127.0.0.1:{probe.getsockname()[1]}"
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", bound],
        stderr=subprocess.DEVNULL,
    )
    address = f"http://{bound}/query"
    try:
        _wait(f"{address}?query=ASK%7B%7D")
        yield RemoteStore(Endpoint.of(address, {}))
    finally:
        server.terminate()
        server.wait(10)


def _wait(address: str) -> None:
    for _ in range(100):
        try:
            with urlopen(address):
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"no server at {address}")
