"""Killed at any moment of an import or an undo, the store holds all of it or nothing.

``DUTYGRAPH_KILLS=200 pytest tests/faults`` kills more often than the few times of every day.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dutygraph.records.history import History
from dutygraph.store.embedded import EmbeddedStore

IMPORTER = Path(__file__).with_name("importer.py")
KILLS = int(os.environ.get("DUTYGRAPH_KILLS", "3"))
WHOLE, SMALL = 1 << 25, 1 << 16
ROWS = 4000


def _write(file: Path, name: str) -> Path:
    units = [
        {"id": f"u{number}", "name": f"{name}{number}", "kind": "地方党委", "level": "县级"}
        for number in range(ROWS)
    ]
    file.write_text(json.dumps({"units": units}, ensure_ascii=False), encoding="utf-8")
    return file


def _start(store: Path, step: int, what: str, name: str | Path) -> subprocess.Popen[str]:
    """Start the importer and wait until it is about to write."""
    process = subprocess.Popen(
        [sys.executable, str(IMPORTER), str(store), str(step), what, str(name)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _killed(process: subprocess.Popen[str], after: float) -> bool:
    """Kill the importer after some seconds; tell whether it had said that it was done."""
    assert process.stdout is not None
    time.sleep(after)
    process.kill()
    told = process.stdout.read()
    process.wait()
    process.stdout.close()
    return "done" in told


def _force(directory: Path) -> tuple[str, ...]:
    """Open the store for writing, hold journal and graphs to each other, give what is in force."""
    store = EmbeddedStore.open(directory)
    history = History.of(store)
    for one in history.imports:
        query = "SELECT (COUNT(*) AS ?rows) WHERE { ?row dg:sourceRow ?number ; rdfs:label ?name }"
        (row,) = store.select(query, [one.graph])
        if one.state == "unfinished":
            assert int(row["rows"].value) <= ROWS
        else:
            assert int(row["rows"].value) == one.rows == ROWS
    assert not list((directory / "graph").glob("bulk-*.sst"))
    return tuple(one.label for one in history.imports if one.state == "active")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, float]:
    """Give a store with one import, the file of its next version, and how long that takes."""
    folder = tmp_path_factory.mktemp("killed")
    store, file = folder / "store", folder / "units.json"
    process = _start(store, WHOLE, "import", _write(file, "甲"))
    process.communicate()
    _write(file, "乙")
    trial = folder / "trial"
    shutil.copytree(store, trial)
    begun = time.perf_counter()
    _start_and_finish(trial, SMALL, "import", file)
    return store, file, time.perf_counter() - begun


def _start_and_finish(store: Path, step: int, what: str, name: str | Path) -> None:
    told, _ = _start(store, step, what, name).communicate()
    assert told == "done\n"


@pytest.mark.parametrize("step", [WHOLE, SMALL], ids=["in one step", "in many steps"])
@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_import_is_in_whole_or_not_at_all(
    step: int, seed: int, prepared: tuple[Path, Path, float], tmp_path: Path
) -> None:
    origin, file, seconds = prepared
    store = tmp_path / "store"
    shutil.copytree(origin, store)
    # Not a secret: the moments have to be the same in every run.
    moment = random.Random(seed).uniform(0, seconds / 2)  # noqa: S311
    done = _killed(_start(store, step, "import", file), moment)
    before = History.of(EmbeddedStore.open(store, read_only=True))
    force = _force(store)
    assert len(force) == 1
    replaced = [one.state for one in before.imports].count("replaced")
    assert replaced == 1 or not done, "what was said to be done is done"
    _start_and_finish(store, step, "import", file)
    assert len(_force(store)) == 1
    names = EmbeddedStore.open(store, read_only=True)
    active = History.of(names).active
    (row,) = names.select(
        'SELECT ?id WHERE { ?unit rdfs:label "乙7" ; dcterms:identifier ?id }', active
    )
    assert row["id"].value == "u7"


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_undo_is_done_in_whole_or_not_at_all(
    seed: int, prepared: tuple[Path, Path, float], tmp_path: Path
) -> None:
    origin, file, seconds = prepared
    store = tmp_path / "store"
    shutil.copytree(origin, store)
    _start_and_finish(store, WHOLE, "import", file)
    first, second = History.of(EmbeddedStore.open(store, read_only=True)).imports
    moment = random.Random(seed).uniform(0, seconds / 4)  # noqa: S311
    done = _killed(_start(store, WHOLE, "undo", second.id), moment)
    assert len(_force(store)) == 1
    states = [one.state for one in History.of(EmbeddedStore.open(store, read_only=True)).imports]
    assert states in (["active", "undone"], ["replaced", "active"])
    assert states == ["active", "undone"] or not done
    if not done and states[1] == "active":
        _start_and_finish(store, WHOLE, "undo", second.id)
    assert History.of(EmbeddedStore.open(store, read_only=True)).active == [first.graph]
