"""A backup takes a store's place in one step, or not at all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.remits import EVERYTHING
from dutygraph.accounts.sessions import Sessions
from dutygraph.records.locks import hold
from dutygraph.store.damage import DamagedError
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from dutygraph.upkeep.backup import backup
from dutygraph.upkeep.restoring import restore
from tests.upkeep.used import content, restored, run, verified


@pytest.fixture
def made(store: Path, tmp_path: Path) -> Path:
    """Give a backup of the store, which has changed since."""
    backup(store, tmp_path / "backup")
    (store / "settings.toml").write_text("joint_addressee = 'all'\n", encoding="utf-8")
    EmbeddedStore.open(store).replace_graph("urn:later", b"<urn:a> <urn:b> <urn:c> .\n")
    return tmp_path / "backup"


def test_a_store_is_not_overwritten_unless_told(store: Path, made: Path) -> None:
    before = content(store)
    result = run("store", "restore", made, "--store", store)
    assert result.exit_code == 2
    assert "什么也没有改变" in result.stderr
    assert "--overwrite" in result.stderr
    assert content(store) == before


def test_what_was_there_is_moved_aside(store: Path, made: Path) -> None:
    before = content(store)
    result = run("store", "restore", made, "--store", store, "--overwrite")
    assert result.exit_code == 0, result.output
    assert restored(store) == content(made)
    (aside,) = store.parent.glob("store.replaced-*")
    assert str(aside) in result.stdout
    assert content(aside) == before
    assert sorted(file.name for file in store.parent.iterdir()) == ["backup", "store", aside.name]
    assert restore(made, store, overwrite=True).aside != aside


def test_who_had_logged_in_has_to_log_in_anew_and_is_told_of(store: Path, tmp_path: Path) -> None:
    made = Accounts(store).add("guanli", "administrator", EVERYTHING, "a long enough passphrase")
    secret = Sessions(store).begin(made, "")
    assert secret is not None
    backup(store, tmp_path / "backup")
    result = run("store", "restore", tmp_path / "backup", "--store", store, "--overwrite")
    assert result.exit_code == 0, result.output
    assert "turn off and revoke again" in result.stdout
    assert Sessions(store).account(secret) is None
    assert Accounts(store).exist


@pytest.mark.parametrize("name", ["../planted", "/planted", "graph/../../planted"])
def test_a_manifest_that_leads_out_of_its_backup_is_none(
    store: Path, made: Path, name: str
) -> None:
    manifest = json.loads((made / "backup.json").read_text(encoding="utf-8"))
    manifest["files"][name] = "0"
    (made / "backup.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(DamagedError, match="is no file of a backup"):
        restore(made, store, overwrite=True)


def test_an_empty_folder_is_a_free_place(made: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    restore(made, tmp_path / "empty")
    assert content(tmp_path / "empty") == content(made)


def test_a_server_that_reads_the_store_goes_on_with_the_restored_one(
    store: Path, made: Path
) -> None:
    from webapp.sources import Directory

    source = Directory(store)
    reader, state = source.open(), source.state()
    restore(made, store, overwrite=True)
    assert reader.graph("urn:later"), "what it has open it can read to the end"
    assert source.state() != state
    assert not source.open().graph("urn:later")


def test_nothing_is_restored_under_a_writer(store: Path, made: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from dutygraph.store.embedded import EmbeddedStore;"
        "store = EmbeddedStore.open(Path(sys.argv[1])); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(StoreError, match="is writing to"):
            restore(made, store, overwrite=True)
        writer.communicate()
    held = hold(store / "jobs" / "turn")
    with pytest.raises(StoreError, match="a job of the site"):
        restore(made, store, overwrite=True)
    held.release()
    restore(made, store, overwrite=True)


@pytest.mark.parametrize("name", ["CURRENT", "results.sqlite", "secret"])
def test_a_damaged_backup_is_found_out_and_restores_nothing(
    name: str, store: Path, made: Path
) -> None:
    (file,) = made.rglob(name)
    file.write_bytes(file.read_bytes()[:-1])
    before = content(store)
    result = run("store", "restore", made, "--store", store, "--overwrite")
    assert result.exit_code == 2
    assert str(file) in result.stderr
    assert content(store) == before
    assert not list(store.parent.glob(".dutygraph-*"))
    code, told = verified(made)
    assert code == 1
    assert str(file) in {flaw["place"] for flaw in told["flaws"]}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda made: shutil.rmtree(made / "graph"), "No such file"),
        (lambda made: (made / "backup.json").write_text("{"), "it is no manifest"),
        (lambda made: (made / "backup.json").write_text('{"a": 1}'), "it is no manifest"),
        (lambda made: (made / "backup.json").unlink(), "is no backup made by dutygraph"),
    ],
    ids=["no graph", "half a manifest", "another manifest", "no manifest"],
)
def test_what_is_no_backup_is_not_restored(
    spoil: object, words: str, made: Path, tmp_path: Path
) -> None:
    assert callable(spoil)
    spoil(made)
    result = run("store", "restore", made, "--store", tmp_path / "new")
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "new").exists()


def test_a_place_that_cannot_be_moved_over_is_left_as_it_was(
    store: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise OSError(16, "Device or resource busy")

    before = content(store)
    monkeypatch.setattr("dutygraph.upkeep.folders._exchange", busy)
    with pytest.raises(StoreError, match=r"is as it was: .*busy"):
        restore(made, store, overwrite=True)
    assert content(store) == before
    assert not list(store.parent.glob(".dutygraph-*"))
