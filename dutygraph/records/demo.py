"""The demo: a store with the regulation and the records of a fictional prefecture."""

from __future__ import annotations

import atexit
import hashlib
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from dutygraph import artefacts
from dutygraph.records.committing import commit
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.records.locks import turn
from dutygraph.regulations.caching import cache_folder
from dutygraph.regulations.prepared import fingerprint, refresh
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError

_LABEL: Final = "演示数据（虚构） / demo (fictional)"


def demo() -> Path:
    """Give the directory of the demo's store, in the user's cache; it is made when it is missing.

    Where nothing can be kept there it is made anew by each process, in a folder for passing things.
    """
    try:
        return _kept(cache_folder() / "demo")
    except (OSError, StoreError):
        return _passing()


@cache
def _passing() -> Path:
    folder = Path(mkdtemp(prefix="dutygraph-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return _kept(folder)


def _kept(folder: Path) -> Path:
    file = artefacts.room("data") / "demo" / "records.json"
    stamp = hashlib.sha256(file.read_bytes() + fingerprint().encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / stamp
    with turn(folder / "turn"):
        if not place.is_dir():
            for old in folder.iterdir():
                if old.is_dir():
                    shutil.rmtree(old, ignore_errors=True)
            part = place.with_suffix(".part")
            _fill(part, file)
            part.rename(place)
    return place


def _fill(place: Path, file: Path) -> None:
    store = EmbeddedStore.open(place)
    refresh(store)
    batch = read_files([file], model=load_model())
    commit(batch, store, label=_LABEL, recorded_at=datetime.now(UTC))
