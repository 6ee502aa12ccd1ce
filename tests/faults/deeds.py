"""What is done to a store by processes that are killed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dutygraph.records import worker
from dutygraph.records.job import Asked, Upload
from dutygraph.store import embedded
from dutygraph.upkeep.soundness import examine
from tests.faults.scenes import Scene, Slots, Told, command, forked
from tests.faults.sights import (
    DAY,
    SETTING,
    compare_kept,
    filled,
    held,
    looked_at,
    saved_in,
    settings,
    settled,
    tell,
)
from tests.upkeep.used import unpack
from webapp.saved import SavedSettings

FORMER = Path(__file__).parents[1] / "upkeep" / "formats" / "1.tar.gz"
SMALL_STEP = 1 << 14


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
        scene.saved = saved_in(scene.store)
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
