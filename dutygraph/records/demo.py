"""The demo: a store with the regulation and the records of a fictional prefecture."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dutygraph import artefacts
from dutygraph.records.committing import commit
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.records.locks import turn
from dutygraph.regulations.caching import cache_folder
from dutygraph.regulations.prepared import fingerprint, refresh
from dutygraph.store.embedded import EmbeddedStore

_LABEL: Final = "演示数据（虚构） / demo (fictional)"


def demo() -> Path:
    """Give the directory of the demo's store, in the user's cache; it is made when it is missing.

    Raises OSError or StoreError where it cannot be written.
    """
    file = artefacts.room("data") / "demo" / "records.json"
    stamp = hashlib.sha256(file.read_bytes() + fingerprint().encode()).hexdigest()[:16]
    folder = cache_folder() / "demo"
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
