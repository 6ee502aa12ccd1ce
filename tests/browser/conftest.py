"""The site of the demo on a port of its own, and the browser that walks through it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from dutygraph.records.committing import commit
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from webapp import create_app

DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
CHROMIUM = "/usr/bin/chromium-headless-shell"
"""Chromium without windows: opening a page takes a third of what it takes with them."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def demo_of(directory: Path) -> Flask:
    """Make the site of a new store, in a directory, that holds the demo's records."""
    store = EmbeddedStore.open(directory)
    refresh(store)
    batch = read_files([DEMO], model=load_model())
    commit(batch, store, recorded_at=dt.datetime(2015, 1, 1, tzinfo=dt.UTC))
    return create_app(
        {"STORE": str(directory), "AS_OF": "2014-12-10", "PATIENCE": None, "PERSONAL": True}
    )


@pytest.fixture(scope="session")
def demo_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Make the site of the demo."""
    return demo_of(tmp_path_factory.mktemp("demo"))


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve a site; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def serve() -> Callable[[Flask], AbstractContextManager[str]]:
    """Give ``serving`` to a test."""
    return serving


@pytest.fixture(scope="session")
def address(demo_app: Flask) -> Iterator[str]:
    """Serve the site while the tests run; gives its address."""
    with serving(demo_app) as place:
        yield place


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium without windows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
