"""A backup is the store as it was at one moment, whoever uses it meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dutygraph.records.history import History
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from dutygraph.upkeep.backup import backup
from tests.upkeep.used import content, restored, rows, run, verified

WRITER = Path(__file__).with_name("writer.py")


def test_a_backup_that_is_restored_is_the_store_to_the_last_triple_and_row(
    store: Path, tmp_path: Path
) -> None:
    before = content(store)
    assert [len(before[name]) for name in ("databases", "files")] == [2, 4]
    made = run("store", "backup", tmp_path / "backup", "--store", store)
    assert made.exit_code == 0, made.output
    assert "已备份 backed up" in made.stdout
    assert content(tmp_path / "backup") == before
    shutil.rmtree(store)
    again = run("store", "restore", tmp_path / "backup", "--store", store)
    assert again.exit_code == 0, again.output
    assert restored(store) == before
    assert verified(store)[0] == 0
    assert json.loads(run("imports", "--format", "json", "--store", store).stdout)


def test_a_store_within_a_store_is_backed_up_with_it(store: Path, tmp_path: Path) -> None:
    within = store / "rooms" / "county"
    EmbeddedStore.open(within).replace_graph("urn:g", b"<urn:a> <urn:b> <urn:c> .\n")
    backup(store, tmp_path / "backup")
    assert content(tmp_path / "backup") == content(store)
    copied = EmbeddedStore.open(tmp_path / "backup" / "rooms" / "county", read_only=True)
    assert copied.graph("urn:g") == b"<urn:a> <urn:b> <urn:c> .\n"


def test_a_backup_shares_no_file_with_its_store(store: Path, tmp_path: Path) -> None:
    backup(store, tmp_path / "backup")
    files = [file for file in (tmp_path / "backup").rglob("*") if file.is_file()]
    assert len(files) > 10
    assert {file.stat().st_nlink for file in files} == {1}
    assert not list(store.glob(".dutygraph-*")), "nothing is left in the store"
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0, "it holds the site's secrets"


@pytest.mark.parametrize("rounds", [6])
def test_backups_made_while_others_write_are_each_of_one_moment(
    rounds: int, store: Path, tmp_path: Path
) -> None:
    """The writer numbers what it does: first one database, then the other, then an import."""
    (store / "turn-of.sqlite").touch()
    with subprocess.Popen(
        [sys.executable, str(WRITER), str(store)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as writer:
        assert writer.stdout is not None
        try:
            assert writer.stdout.readline() == "0\n"
            for number in range(rounds):
                acknowledged = int(writer.stdout.readline())
                folder = tmp_path / f"backup-{number}"
                backup(store, folder)
                assert verified(folder)[0] == 0
                first, second = (len(rows(folder / f"{name}.sqlite")) for name in ("one", "two"))
                graph = len(History.of(EmbeddedStore.open(folder, read_only=True)).imports)
                graph -= 4
                assert first >= second, "the first database is written first"
                # What is dumped of an empty table are the lines around it.
                assert first - 3 >= graph > acknowledged - 1
                assert first - 3 - graph <= 1, "no more than one import is under way"
        finally:
            writer.kill()


def test_a_backup_is_made_while_the_store_is_open_for_writing(store: Path, tmp_path: Path) -> None:
    before = content(store)
    writer = EmbeddedStore.open(store)
    backup(store, tmp_path / "backup")
    assert content(tmp_path / "backup") == before
    writer.replace_graph("urn:later", b"<urn:a> <urn:b> <urn:c> .\n")
    assert content(tmp_path / "backup") == before


def test_what_was_written_ahead_in_a_database_is_in_its_backup(store: Path, tmp_path: Path) -> None:
    import sqlite3

    base = sqlite3.connect(store / "results.sqlite", isolation_level=None)
    base.execute("UPDATE subject SET told = 'later'")
    assert (store / "results.sqlite-wal").stat().st_size > 0
    backup(store, tmp_path / "backup")
    assert "later" in "".join(rows(tmp_path / "backup" / "results.sqlite"))
    base.close()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("store/inside", "cannot lie within the store"),
        ("full", "holds something"),
        ("full/file", "holds something"),
        ("full/file/below", "was not made"),
    ],
)
def test_a_backup_goes_to_a_folder_of_its_own(
    target: str, words: str, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    result = run("store", "backup", tmp_path / target, "--store", store)
    assert result.exit_code == 2
    assert words in result.stderr
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["file"]


def test_a_place_without_a_store_and_an_endpoint_are_not_backed_up(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        backup(tmp_path, tmp_path.with_name("backup"))
    result = run("store", "backup", tmp_path / "b", "--store", "http://127.0.0.1:1/query")
    assert result.exit_code == 2
    assert "SPARQL endpoint" in result.stderr


def test_a_backup_that_fails_leaves_nothing_behind(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dutygraph.upkeep.backup.copy", full)
    with pytest.raises(StoreError, match="No space left on device"):
        backup(store, tmp_path / "backup")
    assert [file.name for file in tmp_path.iterdir()] == ["store"]
    assert not list(store.glob(".dutygraph-*"))


def test_what_a_backup_left_that_was_killed_is_swept_away(store: Path, tmp_path: Path) -> None:
    for folder in (store, tmp_path):
        (folder / ".dutygraph-dead.part").mkdir()
        (folder / ".dutygraph-dead.part" / "lock").touch()
    backup(store, tmp_path / "backup")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["backup", "store"]
    assert not list(store.glob(".dutygraph-*"))
