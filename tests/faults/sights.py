"""What is seen of a store, by a process of its own, after another one was killed."""

from __future__ import annotations

import datetime as dt
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from dutygraph.compliance.checking import Question
from dutygraph.compliance.settings import Setting, Settings
from dutygraph.compliance.standing import Standing
from dutygraph.records import worker
from dutygraph.records.history import History
from dutygraph.records.intake import open_in_force
from dutygraph.records.job import Job
from dutygraph.records.jobs import Jobs
from dutygraph.regulations.prepared import open_directory, open_regulations, prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.upkeep.soundness import examine
from tests.faults.scenes import Scene, Slots, Told, forked
from webapp.saved import SavedSettings

DAY = dt.date(2014, 12, 10)
SETTING = "joint_addressee"


@cache
def settings() -> dict[str, Setting]:
    """Give the settings that there are."""
    return Settings.of(open_regulations(), prepared_graphs(), ()).known


def tell(store: Path) -> None:
    """Look through a store and print what it holds: imports, versions in force, flaws."""
    found = examine(store)
    opened = open_directory(store)
    imports = [
        one.to_json() | {"version": _version(opened, one.graph)}
        for one in History.of(opened).imports
    ]
    slots = {
        one["label"].removesuffix(".json"): one["version"]
        for one in imports
        if one["state"] == "active"
    }
    told = {"imports": imports, "slots": slots, "flaws": [flaw.en for flaw in found.flaws]}
    sys.stdout.write(json.dumps(told))


def _version(store: EmbeddedStore, graph: str) -> int:
    query = "SELECT DISTINCT ?name WHERE { ?unit a dg:Unit ; rdfs:label ?name }"
    names = {row["name"].value for row in store.select(query, [graph])}
    assert len(names) <= 1, "of one import all rows have the same version"
    return int(names.pop()[1:-1]) if names else 0


def held(told: Told) -> dict[str, Any]:
    """Read what a process told that looked through a store; there may be no flaw in it."""
    found: dict[str, Any] = json.loads(told.words)
    assert found["flaws"] == []
    return found


def looked_at(store: Path) -> dict[str, Any]:
    """Have a process look through a store; give what it holds."""
    return held(forked(lambda: tell(store)))


def filled(slots: Slots) -> Slots:
    """Give the files of which a version is in force."""
    return {name: version for name, version in slots.items() if version}


def compare_kept(store: Path) -> None:
    """Print ``same`` where what was kept of a check is what a check anew finds."""
    question = Question(DAY, DAY.year)
    standing = Standing(open_in_force(str(store)), str(store), "hebei")
    report, anew = standing.report(question), standing._all(question)
    sys.stdout.write("same" if report.to_json() == anew.to_json() else "other")


def settled(scene: Scene, noted: Path, version: int) -> None:
    """Look at a job whose process is gone: it has ended, as the store has it, and can go on."""
    jobs = scene.jobs
    jobs.sweep()
    rows = jobs.recent(1000)
    assert not [job for job in rows if job.state == "running"]
    there = {job.id for job in rows}
    folders = {file.name for file in jobs.folder.iterdir() if file.is_dir()}
    assert folders <= there, "no files are left that belong to no job"
    identifier = noted.read_text(encoding="ascii") if noted.exists() else ""
    if identifier not in there:
        return
    job = jobs[identifier]
    is_in = version in {o["version"] for o in _imports(scene.store) if o["state"] == "active"}
    assert is_in or job.state != "done", "a job that is done is in the store"
    assert job.state in ("ready", "done", "failed"), job
    if job.state != "done":
        _again(jobs, job, scene.store)


def _imports(store: Path) -> list[dict[str, Any]]:
    opened = open_directory(store)
    history = History.of(opened)
    return [one.to_json() | {"version": _version(opened, one.graph)} for one in history.imports]


def _again(jobs: Jobs, job: Job, store: Path) -> None:
    """Check the files of a job that was broken off again, as its page offers."""
    held_ = jobs.begin(job.id, "check", ("failed", "ready"), job.seal)
    worker.work(jobs, jobs[job.id], str(store))
    held_.release()
    assert jobs[job.id].state == "ready", jobs[job.id]
    jobs.discard(job.id)


def saved_in(store: Path) -> str:
    """Give the choice that is saved of the setting that is played with, if any is."""
    return SavedSettings(store / "settings.toml").of(settings()).get(SETTING, "")
