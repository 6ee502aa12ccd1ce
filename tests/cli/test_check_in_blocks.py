"""`check` in blocks, of files and of what was imported, prints what it prints in one run."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import run

from dutygraph.compliance import blocks

RECORDS = str(Path(__file__).parents[2] / "data" / "demo" / "records.json")
ASKED = ("--as-of", "2014-12-10", "--format", "json")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a store with the demo prefecture."""
    folder = str(tmp_path_factory.mktemp("store"))
    assert run("import", RECORDS, "--store", folder).exit_code == 0
    return folder


def test_files_and_the_store_are_checked_in_blocks_as_in_one_run(store: str) -> None:
    whole = run("check", RECORDS, *ASKED)
    assert whole.exit_code == 1
    assert len(whole.stdout) > 10_000
    for given in ((RECORDS,), ("--store", store)):
        in_blocks = run("check", *given, *ASKED, "--workers", "2")
        assert (in_blocks.exit_code, in_blocks.stdout) == (1, whole.stdout)


def test_a_second_check_of_a_store_reads_what_was_kept(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("check", "--store", store, *ASKED)

    def never(*_: object) -> None:
        raise AssertionError("checked again")

    monkeypatch.setattr("dutygraph.compliance.checking.SetEngine", never)
    assert run("check", "--store", store, *ASKED).stdout == first.stdout


def test_workers_and_a_scheduler_exclude_each_other(store: str) -> None:
    both = run("check", "--store", store, *ASKED, "--workers", "2", "--scheduler", "tcp://x:1")
    assert both.exit_code == 2
    assert "exclude each other" in both.stderr


def test_a_scheduler_that_does_not_answer_is_an_unusable_argument(store: str) -> None:
    refused = run("check", "--store", store, *ASKED, "--scheduler", "nonsense")
    assert refused.exit_code == 2
    assert "no scheduler answers at nonsense" in refused.stderr


def test_a_setting_that_is_none_is_refused_before_any_process_starts(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "get_context", None)
    refused = run("check", "--store", store, *ASKED, "--workers", "2", "--set", "nothing=1")
    assert refused.exit_code == 2
