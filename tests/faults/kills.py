"""Kills at random moments: a store that is imported into, undone, checked, saved, backed up.

Run from the repository: ``python -m tests.faults.kills [--rounds 500] [--seed 1]``. Each round
forks a process, has it do one thing to the same store, and kills it (SIGKILL) at a moment drawn
from about as long as the thing takes. Then another process opens the store, looks through it
(``store verify``) and tells what it holds. Nothing may be half done, and nothing that was said to
be done may be missing; what was under way may be done or not, and is done again where it was not.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import io
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dutygraph.cli.main import dutygraph
from dutygraph.compliance.checking import Question
from dutygraph.compliance.settings import Setting, Settings
from dutygraph.compliance.standing import Standing
from dutygraph.records import worker
from dutygraph.records.history import History
from dutygraph.records.intake import open_in_force
from dutygraph.records.job import Asked, Job, Upload
from dutygraph.records.jobs import Jobs
from dutygraph.regulations.prepared import open_directory, open_regulations, prepared_graphs
from dutygraph.store import embedded
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.upkeep.soundness import examine
from tests.upkeep.used import unpack
from webapp.saved import SavedSettings

Slots = dict[str, int]
"""The version that is in force of each file, 0 where none is."""

DAY = dt.date(2014, 12, 10)
ROWS = 150
FORMER = Path(__file__).parents[1] / "upkeep" / "formats" / "1.tar.gz"
SMALL_STEP = 1 << 14
BEGIN_WITH = 0.7
"""Within how many seconds the first processes are killed, whatever they do."""
NEXT = {"killed before": 1.1, "killed when done": 1.0, "ended": 0.85}
"""By how much longer or shorter the time is for the next process that does the same thing."""
SETTING = "joint_addressee"


@dataclass(frozen=True)
class Told:
    """What a process wrote before it ended, or was killed."""

    words: str
    killed: bool


def forked(work: Callable[[], None], after: float | None = None) -> Told:
    """Do something in a process of its own, which is killed after some seconds; None: it ends."""
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        code = 70
        try:
            sys.stdout = sys.stderr = io.TextIOWrapper(
                io.FileIO(1, "w", closefd=False), "utf-8", write_through=True
            )
            work()
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 70
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    if after is not None:
        time.sleep(after)
        os.kill(process, signal.SIGKILL)
    with os.fdopen(reader, "rb") as stream:
        words = stream.read().decode("utf-8", "replace")
    _, status = os.waitpid(process, 0)
    killed = os.WIFSIGNALED(status)
    assert killed or os.WEXITSTATUS(status) in (0, 1), words
    return Told(words, killed)


def command(*arguments: str | Path) -> None:
    """Run a command of ours."""
    dutygraph([str(each) for each in arguments])


@dataclass
class Scene:
    """A store, what is known to be in it, and what has happened so far."""

    folder: Path
    rng: random.Random
    known: Slots = field(default_factory=dict)
    backups: list[tuple[Path, Slots]] = field(default_factory=list)
    saved: str = ""
    made: int = 0

    @property
    def store(self) -> Path:
        """Where the store is."""
        return self.folder / "store"

    @property
    def jobs(self) -> Jobs:
        """The jobs of its site."""
        return Jobs(self.store / "jobs")

    def document(self, slot: str) -> tuple[Path, int]:
        """Write the next version of a file; give it with its number."""
        self.made += 1
        units = [
            {"id": f"{slot}-{n}", "name": f"第{self.made}版", "kind": "地方党委", "level": "县级"}
            for n in range(ROWS)
        ]
        file = self.folder / f"{slot}.json"
        file.write_text(json.dumps({"units": units}, ensure_ascii=False), encoding="utf-8")
        return file, self.made


@dataclass(frozen=True)
class Deed:
    """Something to be done: by a process, then looked at by ``after`` in the light of its words.

    ``outcomes`` are the states of the files that it may leave when it is killed, the last of them
    the one that it leaves when it is done; ``done`` is what it says then.
    """

    work: Callable[[], None]
    outcomes: tuple[Slots, ...]
    done: str
    after: Callable[[Told], None] = lambda _: None


# What is done -----------------------------------------------------------------------------------


def import_by_command(scene: Scene) -> Deed:
    """Import the next version of a file; every other one goes in bit by bit."""
    slot = scene.rng.choice("abc")
    file, version = scene.document(slot)
    step = scene.rng.choice([SMALL_STEP, embedded._STEP])

    def work() -> None:
        embedded._STEP = step
        command("import", file, "--store", scene.store)

    return Deed(work, (scene.known, {**scene.known, slot: version}), "已导入 imported")


def first_import(scene: Scene) -> Deed:
    """Import into a directory in which there is no store yet, to be made there."""
    file, _ = scene.document("new")
    store = scene.folder / "new"
    shutil.rmtree(store, ignore_errors=True)

    def after(told: Told) -> None:
        again = forked(lambda: command("import", file, "--store", store))
        assert ("内容早已导入" if "已导入 imported" in told.words else "导入") in again.words
        looked_at(store)

    work = lambda: command("import", file, "--store", store)  # noqa: E731
    return Deed(work, (scene.known,), "已导入 imported", after)


def undo_by_command(scene: Scene) -> Deed:
    """Undo the latest version of a file that is in force."""
    history = looked_at(scene.store)
    active = [one for one in history["imports"] if one["state"] == "active"]
    if not active:
        return import_by_command(scene)
    chosen = scene.rng.choice(active)
    slot = chosen["label"].removesuffix(".json")
    before = next((o["version"] for o in history["imports"] if o["id"] == chosen["replaces"]), 0)
    return Deed(
        lambda: command("imports", "undo", chosen["id"], "--store", scene.store),
        (scene.known, {**scene.known, slot: before}),
        "已撤销 undone",
    )


def check_by_command(scene: Scene) -> Deed:
    """Check everything, which keeps the results; they are what a check anew finds."""

    def after(_: Told) -> None:
        told = forked(lambda: compare_kept(scene.store))
        assert "same" in told.words, told.words

    if not any(scene.known.values()):
        return import_by_command(scene)
    work = lambda: command("check", "--as-of", DAY, "--store", scene.store, "--format", "json")  # noqa: E731
    return Deed(work, (scene.known,), '"findings"', after)


def save_settings(scene: Scene) -> Deed:
    """Save settings as the page of settings does."""
    known = settings()
    chosen = scene.rng.choice(known[SETTING].choices)
    file = SavedSettings(scene.store / "settings.toml")

    def work() -> None:
        file.save(known, {SETTING: chosen})
        print("saved")  # noqa: T201 - the other process reads it

    def after(told: Told) -> None:
        now = SavedSettings(scene.store / "settings.toml").of(known).get(SETTING, "")
        assert now in ({chosen} if "saved" in told.words else {chosen, scene.saved}), now
        scene.saved = now

    return Deed(work, (scene.known,), "saved", after)


def job_of_the_site(scene: Scene) -> Deed:
    """Have a job check a file, confirm it, and be killed while it commits, or earlier."""
    slot = scene.rng.choice("abc")
    file, version = scene.document(slot)
    content = file.read_bytes()
    asked = Asked((Upload(file.name, len(content), "0" * 64),))
    noted = scene.folder / "job"

    def work() -> None:
        jobs = scene.jobs
        job, held = jobs.add("check", asked, [content])
        noted.write_text(job.id, encoding="ascii")
        worker.work(jobs, job, str(scene.store))
        held.release()
        checked = jobs[job.id]
        assert checked.state == "ready", checked
        held = jobs.begin(job.id, "commit", ("ready",), checked.seal)
        worker.work(jobs, jobs[job.id], str(scene.store))
        held.release()
        assert jobs[job.id].state == "done", jobs[job.id]
        print("done")  # noqa: T201 - the other process reads it

    def after(_: Told) -> None:
        forked(lambda: settled(scene, noted, version))

    noted.unlink(missing_ok=True)
    return Deed(work, (scene.known, {**scene.known, slot: version}), "done", after)


def backup_by_command(scene: Scene) -> Deed:
    """Back the store up; the backup is whole or not there."""
    target = scene.folder / f"backup-{scene.made}-{scene.rng.randrange(1 << 30)}"

    def after(told: Told) -> None:
        assert target.exists() or "已备份" not in told.words
        if target.exists():
            assert held(forked(lambda: tell(target)))["slots"] == filled(scene.known)
            scene.backups.append((target, scene.known))
            for old, _ in scene.backups[:-3]:
                shutil.rmtree(old)
            del scene.backups[:-3]

    work = lambda: command("store", "backup", target, "--store", scene.store)  # noqa: E731
    return Deed(work, (scene.known,), "已备份 backed up", after)


def restore_by_command(scene: Scene) -> Deed:
    """Put a backup in the store's place."""
    if not scene.backups:
        return backup_by_command(scene)
    backup, slots = scene.rng.choice(scene.backups)

    def after(_: Told) -> None:
        scene.saved = _saved_in(scene.store)
        for aside in scene.folder.glob("store.replaced-*"):
            shutil.rmtree(aside)

    work = lambda: command("store", "restore", backup, "--store", scene.store, "--overwrite")  # noqa: E731
    return Deed(work, (scene.known, slots), "已恢复 restored", after)


def migrate_by_command(scene: Scene) -> Deed:
    """Open a store of a former format, which is brought up to date."""
    former = scene.folder / "former"
    shutil.rmtree(former, ignore_errors=True)
    unpack(FORMER, former)

    def after(_: Told) -> None:
        opened = forked(lambda: command("imports", "--store", former / "store"))
        assert "示例" in opened.words or ".json" in opened.words, opened.words
        found = forked(lambda: sys.stdout.write(str(examine(former / "store"))) and None)
        assert "measured=4" in found.words, found.words
        assert "flaws=()" in found.words, found.words

    work = lambda: command("imports", "--store", former / "store")  # noqa: E731
    return Deed(work, (scene.known,), ".json", after)


DEEDS: dict[str, Callable[[Scene], Deed]] = {
    "import": import_by_command,
    "first import": first_import,
    "undo": undo_by_command,
    "check": check_by_command,
    "settings": save_settings,
    "job": job_of_the_site,
    "backup": backup_by_command,
    "restore": restore_by_command,
    "migration": migrate_by_command,
}


@cache
def settings() -> dict[str, Setting]:
    """Give the settings that there are."""
    return Settings.of(open_regulations(), prepared_graphs(), ()).known


# What is looked at ------------------------------------------------------------------------------


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


def _saved_in(store: Path) -> str:
    return SavedSettings(store / "settings.toml").of(settings()).get(SETTING, "")


# Rounds -----------------------------------------------------------------------------------------


def play(scene: Scene, name: str, seconds: float) -> str:
    """Do one thing, killed within some seconds; give whether it was done, or killed before that."""
    deed = DEEDS[name](scene)
    told = forked(deed.work, scene.rng.uniform(0, seconds))
    said = deed.done in told.words
    assert said or told.killed, told.words
    now = looked_at(scene.store)
    possible = [filled(slots) for slots in deed.outcomes]
    assert now["slots"] in (possible[-1:] if said else possible), (now["slots"], possible)
    scene.known = now["slots"]
    deed.after(told)
    if not told.killed:
        return "ended"
    return "killed when done" if said else "killed before"


@contextlib.contextmanager
def scenery(seed: int) -> Iterator[Scene]:
    """Give a store to play with."""
    with TemporaryDirectory(prefix="dutygraph-kills-") as folder:
        # Not a secret: the moments have to be the same in every run.
        yield Scene(Path(folder), random.Random(seed))  # noqa: S311


def main(rounds: int, seed: int) -> int:
    """Play rounds, print what came of them, and give how many went wrong."""
    outcomes: Counter[tuple[str, str]] = Counter()
    wrong, begun = 0, time.monotonic()
    takes = dict.fromkeys(DEEDS, BEGIN_WITH)
    with scenery(seed) as scene:
        forked(lambda: command("import", scene.document("a")[0], "--store", scene.store))
        scene.known = looked_at(scene.store)["slots"]
        for number in range(rounds):
            name = list(DEEDS)[number % len(DEEDS)]
            try:
                outcome = play(scene, name, takes[name])
                outcomes[name, outcome] += 1
                takes[name] *= NEXT[outcome]
            except Exception:
                wrong += 1
                sys.stdout.write(f"round {number}, {name}:\n{traceback.format_exc()}\n")
                scene.known = looked_at(scene.store)["slots"]
    kinds = ("killed before", "killed when done", "ended")
    for name in DEEDS:
        told = ", ".join(f"{outcomes[name, kind]} {kind}" for kind in kinds)
        sys.stdout.write(f"{name} ({takes[name]:.2f} s): {told}\n")
    spent = time.monotonic() - begun
    sys.stdout.write(f"{rounds} rounds from seed {seed}, {spent:.0f} s: {wrong} wrong\n")
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(int(main(given.rounds, given.seed) > 0))
