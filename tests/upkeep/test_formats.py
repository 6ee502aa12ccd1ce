"""Stores of every former format are brought up to the present one; newer ones are refused.

``formats/`` has a store of each, written by the program of its time, and what it holds: the
history of its imports. It has kept results, saved settings and a job that waits beside it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dutygraph.compliance.results import Results
from dutygraph.records.jobs import Jobs
from dutygraph.regulations.prepared import open_directory, open_for_writing
from dutygraph.store.digests import Digest
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.format import CURRENT, format_of, mark
from dutygraph.store.graphs import StoreError
from dutygraph.upkeep.backup import backup
from tests.compliance.kept import KEY, STAMP, report_of
from tests.upkeep.used import run, unpack, verified

FORMATS = Path(__file__).with_name("formats")
KEPT = sorted(FORMATS.glob("*.tar.gz"))


def _unpacked(kept: Path, place: Path) -> Path:
    unpack(kept, place)
    return place / "store"


def _told(kept: Path) -> object:
    return json.loads(kept.with_name(kept.name.replace(".tar.gz", ".json")).read_text("utf-8"))


def test_there_is_a_store_of_every_former_format() -> None:
    assert [file.name for file in KEPT] == [f"{number}.tar.gz" for number in range(1, CURRENT)]


@pytest.mark.parametrize("kept", KEPT, ids=lambda file: file.name)
def test_a_store_of_a_former_format_is_brought_up_to_date_by_whoever_opens_it(
    kept: Path, tmp_path: Path
) -> None:
    store = _unpacked(kept, tmp_path)
    assert format_of(store) < CURRENT
    history = run("imports", "--format", "json", "--store", store)
    assert json.loads(history.stdout) == _told(kept), history.output
    assert format_of(store) == CURRENT
    code, told = verified(store)
    assert (code, told["flaws"]) == (0, [])
    assert told["measured"] == told["imports"] == len(json.loads(history.stdout))
    # Kept results are read, or made anew where they are kept in another way by now.
    results = Results(store / "results.sqlite")
    if results.find(KEY) is None:
        results.keep(KEY, STAMP, (), report_of(3, "met"))
    assert results.find(KEY) is not None
    (job,) = Jobs(store / "jobs").recent(5)
    assert (job.state, [one.content for one in Jobs(store / "jobs").sources(job)]) == (
        "ready",
        [b"{}"],
    )


@pytest.mark.parametrize("kept", KEPT, ids=lambda file: file.name)
def test_what_was_broken_off_is_done_again(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = _unpacked(kept, tmp_path)
    told, graphs = Digest.told, []

    def killed(digest: Digest, graph: str) -> bytes:
        graphs.append(graph)
        if len(graphs) == 2:
            raise KeyboardInterrupt
        return told(digest, graph)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Digest, "told", killed)
        open_for_writing(str(store))
    assert format_of(store) < CURRENT
    opened = open_directory(store)
    del opened
    assert format_of(store) == CURRENT
    code, found = verified(store)
    assert (code, found["measured"]) == (0, found["imports"])


@pytest.mark.parametrize("kept", KEPT, ids=lambda file: file.name)
def test_a_backup_of_a_former_format_is_restored_and_then_brought_up_to_date(
    kept: Path, tmp_path: Path
) -> None:
    backup(_unpacked(kept, tmp_path), tmp_path / "backup")
    restored = run("store", "restore", tmp_path / "backup", "--store", tmp_path / "restored")
    assert restored.exit_code == 0, restored.output
    assert format_of(tmp_path / "restored") < CURRENT
    history = run("imports", "--format", "json", "--store", tmp_path / "restored")
    assert json.loads(history.stdout) == _told(kept)
    assert format_of(tmp_path / "restored") == CURRENT


def test_a_new_store_has_the_present_format(tmp_path: Path) -> None:
    EmbeddedStore.open(tmp_path)
    assert format_of(tmp_path) == CURRENT


@pytest.mark.parametrize(
    "command",
    [["imports"], ["demo"], ["serve", "--port", "0"], ["store", "verify"]],
    ids=" ".join,
)
def test_a_newer_format_is_refused_and_left_as_it_is(command: list[str], store: Path) -> None:
    mark(store, CURRENT + 1)
    result = run(*command, "--store", store)
    assert result.exit_code == 2
    assert f"只认到 {CURRENT}" in result.stderr
    assert "upgrade it" in result.stderr
    assert format_of(store) == CURRENT + 1


def test_a_backup_of_a_newer_format_is_not_restored(store: Path, tmp_path: Path) -> None:
    backup(store, tmp_path / "backup")
    mark(tmp_path / "backup", CURRENT + 1)
    result = run("store", "restore", tmp_path / "backup", "--store", store, "--overwrite")
    assert result.exit_code == 2
    assert "upgrade it" in result.stderr
    assert format_of(store) == CURRENT


def test_a_format_that_is_no_number_is_told(store: Path) -> None:
    (store / "format").write_text("two\n", encoding="ascii")
    with pytest.raises(StoreError, match="it should be a number"):
        EmbeddedStore.open(store, read_only=True)


def test_a_format_that_cannot_be_noted_is_told(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (store / "format").unlink()
    monkeypatch.setattr("dutygraph.store.format.mark", full)
    with pytest.raises(StoreError, match=r"cannot be brought up to date: .*No space left"):
        open_for_writing(str(store))
