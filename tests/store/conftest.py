"""Each server is started once, for all tests that ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from servers import SERVERS, Server


@pytest.fixture(
    scope="session",
    params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in SERVERS],
)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Give a running server."""
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as server:
        yield server


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Give a running server that the environment tells how to reach."""
    for name, value in running.settings.items():
        monkeypatch.setenv(name, value)
    return running
