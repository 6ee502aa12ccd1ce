"""On a full disk, or one that may only be read, all is told in words, and nothing is spoilt."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dutygraph.upkeep.backup import backup
from tests.upkeep.used import content, run, use, verified

ROOT = Path(__file__).parents[2]
HOW = ["full", "readonly"]
UNITS = [
    {"id": f"n{number}", "name": f"示例县委{number}", "kind": "地方党委", "level": "县级"}
    for number in range(300)
]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hindered") / "store"
    use(folder)
    return folder


@pytest.fixture
def store(used: Path, tmp_path: Path) -> Iterator[Path]:
    """Give a copy of a used store, which can be thrown away whatever was done to it."""
    folder = Path(shutil.copytree(used, tmp_path / "disk" / "store"))
    yield folder
    _permit(folder.parent, 0o700)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "new.json"
    file.write_text(json.dumps({"units": UNITS}, ensure_ascii=False), encoding="utf-8")
    return file


def _permit(disk: Path, mode: int) -> None:
    for folder, _, names in os.walk(disk):
        for name in names:
            (Path(folder) / name).chmod(mode & 0o666)
        Path(folder).chmod(mode)


def hindered(how: str, disk: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Do something that a disk hinders, and permit all again."""
    _permit(disk, 0o500 if how == "readonly" else 0o700)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("hindered.py")), how, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        check=False,
    )
    _permit(disk, 0o700)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def _state(store: Path) -> object:
    """Give what a store holds; permissions were changed by the test itself."""
    found = content(store)
    return found | {"files": {name: text for name, (_, text) in found["files"].items()}}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("command", ["import", "undo", "restore"])
def test_what_cannot_be_written_is_told_and_the_store_is_as_it_was(
    command: str, how: str, store: Path, file: Path, tmp_path: Path
) -> None:
    backup(store, tmp_path / "backup")
    before = _state(store)
    (first, *_) = json.loads(run("imports", "--format", "json", "--store", store).stdout)
    arguments: dict[str, list[str | Path]] = {
        "import": ["import", file],
        "undo": ["imports", "undo", first["id"]],
        "restore": ["store", "restore", tmp_path / "backup", "--overwrite"],
    }
    done = hindered(how, store.parent, "command", *arguments[command], "--store", store)
    assert done.returncode == 2, done.stderr
    assert "磁盘空间" in done.stderr
    assert "permissions" in done.stderr
    assert _state(store) == before
    assert verified(store)[0] == 0
    assert [one.name for one in store.parent.iterdir()] == ["store"]
    again = run(*arguments[command], "--store", store)
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize("how", HOW)
def test_a_check_that_cannot_be_kept_finds_the_same(how: str, store: Path) -> None:
    asked = ["check", "--as-of", "2014-12-10", "--format", "json", "--store", store]
    done = hindered(how, store.parent, "command", *asked)
    assert done.returncode in (0, 1), done.stderr
    anew = run(*asked)
    assert json.loads(done.stdout) == json.loads(anew.stdout)
    assert verified(store)[0] == 0


def test_a_backup_that_finds_no_room_leaves_nothing(store: Path, tmp_path: Path) -> None:
    done = hindered(
        "full", store.parent, "command", "store", "backup", tmp_path / "backup", "--store", store
    )
    assert done.returncode == 2
    assert "free space" in done.stderr
    assert not (tmp_path / "backup").exists()
    assert not list(tmp_path.glob(".dutygraph-*"))
    assert not list(store.glob(".dutygraph-*"))


def test_a_store_on_a_disk_that_may_only_be_read_can_be_backed_up(
    store: Path, tmp_path: Path
) -> None:
    before = _state(store)
    (tmp_path / "backups").mkdir()
    target = tmp_path / "backups" / "backup"
    done = hindered(
        "readonly", store.parent, "command", "store", "backup", target, "--store", store
    )
    assert done.returncode == 0, done.stderr
    _permit(target, 0o700)
    assert _state(target) == before
    assert verified(target)[0] == 0


@pytest.mark.parametrize("how", HOW)
def test_pages_that_need_no_disk_are_shown_and_others_say_what_is_wrong(
    how: str, store: Path
) -> None:
    (store / "secret").unlink()
    done = hindered(how, store.parent, "site", store)
    told = json.loads(done.stdout)
    words = told.pop("words")
    assert told == {"/duties": 200, "/import": 507, "/readyz": 200, "/findings": 200}
    assert "磁盘已满，或者只能读取" in words
    assert run("imports", "--store", store).exit_code == 0


def test_a_job_that_finds_no_room_has_failed_and_can_be_checked_again(
    store: Path, file: Path
) -> None:
    """What may not be written is the graph: the jobs themselves find room for a line more."""
    before = _state(store)["graphs"]  # type: ignore[index]
    done = hindered("readonly", store / "graph", "job", store, file)
    assert (done.returncode, done.stdout) == (0, "failed"), done.stderr
    assert _state(store)["graphs"] == before  # type: ignore[index]
