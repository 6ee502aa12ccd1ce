"""A store that was used: imports, a new version, an undo, kept results, settings, a waiting job."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dutygraph.accounts.audit import Audit
from dutygraph.cli.main import dutygraph
from dutygraph.compliance.results import Results
from dutygraph.records.committing import undo
from dutygraph.records.history import History
from dutygraph.records.job import Asked, Upload
from dutygraph.records.jobs import Jobs
from dutygraph.regulations.prepared import open_for_writing
from dutygraph.store.embedded import EmbeddedStore
from tests.compliance.kept import KEY, STAMP, report_of
from tests.records.imported import BASE, CITY, HEAD, MEETING, MOMENT, UNIT, put, source

SETTINGS = 'joint_addressee = "one"\n'


def use(folder: Path) -> None:
    """Fill a store's directory."""
    store = open_for_writing(str(folder))
    assert isinstance(store, EmbeddedStore)
    put(store, source("a.json", units=[UNIT], persons=[HEAD]))
    put(store, source("b.json", units=[CITY]))
    put(store, source("b.json", units=[CITY | {"name": "示例市委（新）"}]))
    mistaken = put(store, source("c.json", records=[MEETING]))
    undo(mistaken.graph.rpartition("/")[2], store, BASE, recorded_at=MOMENT)
    graphs = History.of(store).active
    Results(folder / "results.sqlite").keep(KEY, STAMP, graphs, report_of(20, "met"))
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "secret").touch(mode=0o600)
    (folder / "secret").write_text("5ec2e7", encoding="ascii")
    jobs = Jobs(folder / "jobs")
    job, held = jobs.add("check", Asked((Upload("d.json", 2, "0"),)), [b"{}"])
    jobs.finish(job.id, "ready", {"seal": "s"}, [])
    held.release()


def content(folder: Path) -> dict[str, Any]:
    """Give all that a store's directory holds, in a form that can be compared."""
    store = EmbeddedStore.open(folder, read_only=True)
    return {
        "graphs": {name: sorted(store.graph(name).splitlines()) for name in store.graph_names()},
        "history": History.of(store),
        "databases": {
            str(file.relative_to(folder)): rows(file) for file in folder.rglob("*.sqlite")
        },
        "files": {
            str(file.relative_to(folder)): (file.stat().st_mode, file.read_bytes())
            for file in folder.rglob("*")
            if file.is_file() and _is_plain(file)
        },
    }


def restored(folder: Path) -> dict[str, Any]:
    """Give what a restored store holds but the log's entry that it was restored."""
    (noted,) = Audit(folder).entries(1)
    assert noted.entry.act == "store.restore"
    found = content(folder)
    del found["databases"]["audit.sqlite"]
    return found


def _is_plain(file: Path) -> bool:
    passing = file.name in ("lock", "turn", "backup.json")
    return not passing and file.parent.name != "graph" and ".sqlite" not in file.name


def rows(file: Path) -> list[str]:
    """Give a database as SQL."""
    with closing(sqlite3.connect(file)) as base:
        return list(base.iterdump())


def unpack(archive: Path, place: Path) -> None:
    """Unpack a store that was kept; what tarfile wants to be told differs from Python to Python."""
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-xzf", archive, "-C", place], check=True)


def run(*arguments: str | Path) -> Result:
    """Run a command; what it opened is closed afterwards."""
    result = CliRunner().invoke(dutygraph, [str(each) for each in arguments])
    if result.exc_info is not None:
        traceback.clear_frames(result.exc_info[2])
    return result


def verified(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Give the exit code of ``store verify``, and what it says."""
    result = run("store", "verify", "--format", "json", "--store", folder, *options)
    return result.exit_code, json.loads(result.stdout)


def largest(folder: Path, pattern: str) -> Path:
    """Give the largest file of a kind in a store's graph."""
    return max((folder / "graph").glob(pattern), key=os.path.getsize)
