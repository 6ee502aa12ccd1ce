"""The site as tests ask it: without records, with the demo's, and with a hostile import."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from counties import make, person, unit
from flask import Flask
from flask.testing import FlaskClient
from tenants import PASSWORD, import_told
from uploading import Staff

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.remits import NOTHING, Remit
from dutygraph.records.committing import commit
from dutygraph.records.csvw import load_model
from dutygraph.records.history import History
from dutygraph.records.importing import read_files
from dutygraph.records.known import StoredIds
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from webapp import create_app

DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
HOSTILE = Path(__file__).parent / "hostile.json"
RECORDED = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)


def imported(directory: Path, *files: Path) -> Path:
    """Import files into the store of a directory, and close it."""
    store = EmbeddedStore.open(directory)
    refresh(store)
    known = StoredIds(store, History.of(store))
    batch = read_files(files, model=load_model(), known=known)
    assert not batch.errors, [str(fault) for fault in batch.errors]
    commit(batch, store, recorded_at=RECORDED)
    return directory


def site_of(directory: Path, **config: object) -> Flask:
    """Make the site of a store."""
    return create_app(
        {"STORE": str(directory), "TESTING": True, "PERSONAL": True, "PATIENCE": None, **config}
    )


@pytest.fixture
def make_site() -> Callable[..., Flask]:
    """Give ``site_of`` to a test."""
    return site_of


@pytest.fixture
def import_files() -> Callable[..., Path]:
    """Give ``imported`` to a test."""
    return imported


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(tmp_path_factory.mktemp("demo"), DEMO)


@pytest.fixture(scope="session")
def demo_site(demo_store: Path) -> Flask:
    return site_of(demo_store, AS_OF="2014-12-10")


@pytest.fixture
def demo(demo_site: Flask) -> FlaskClient:
    return demo_site.test_client()


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return site_of(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def empty(empty_site: Flask) -> FlaskClient:
    return empty_site.test_client()


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return site_of(imported(tmp_path_factory.mktemp("hostile"), HOSTILE), AS_OF="2014-12-10")


@pytest.fixture
def hostile(hostile_site: Flask) -> FlaskClient:
    return hostile_site.test_client()


@pytest.fixture(scope="session")
def bare_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store that holds the regulations alone; a copy of it is a new site's."""
    place = tmp_path_factory.mktemp("bare")
    refresh(EmbeddedStore.open(place))
    return place


@pytest.fixture
def staff(bare_store: Path, tmp_path: Path) -> Staff:
    """Give somebody at a site of his own that may be written to."""
    shutil.copytree(bare_store, tmp_path, dirs_exist_ok=True)
    config = {"STORE": str(tmp_path), "TESTING": True, "PATIENCE": None, "WRITABLE": True}
    return Staff(create_app(config).test_client(), tmp_path)


@pytest.fixture(scope="session")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store with two counties under a city."""
    folder = tmp_path_factory.mktemp("counties")
    units = [
        unit("city", level="设区市级"),
        unit("a", parent_party="city", region="990101"),
        unit("a1", parent_party="a", level="乡级", region="990101"),
        unit("b", parent_party="city", region="990102"),
    ]
    store = EmbeddedStore.open(folder)
    refresh(store)
    told = {"units": units, "persons": [person("pb", "b")], "records": []}
    import_told(store, "units.json", told, "guanli")
    return folder


@pytest.fixture
def place(counties: Path, tmp_path: Path) -> Path:
    """Copy it, and make an account of each role."""
    store = tmp_path / "store"
    shutil.copytree(counties, store)
    accounts = Accounts(store)
    accounts.add("guanli", "administrator", NOTHING, PASSWORD)
    accounts.add("jia", "officer", Remit(("a",)), PASSWORD)
    accounts.add("yi", "officer", Remit(("b",)), PASSWORD)
    accounts.add("duzhe", "reader", NOTHING, PASSWORD)
    return store


@pytest.fixture
def site(place: Path) -> Flask:
    return make(place)
