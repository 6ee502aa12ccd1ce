"""What is kept in the cache is read again until what it is made from changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutygraph.regulations.caching import cache_folder, cached


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "dutygraph"
    return cache_folder()


def never() -> bytes:
    raise AssertionError("it was kept")


@pytest.mark.parametrize("thing", [b"", b"{}", b"line\n", b"# complete\n"])
def test_a_thing_is_made_once(thing: bytes) -> None:
    assert cached("thing.json", "1", lambda: thing) == thing
    assert cached("thing.json", "1", never) == thing


def test_another_fingerprint_takes_the_place_of_the_former(folder: Path) -> None:
    cached("thing.json", "1", lambda: b"old")
    cached("other.json", "1", lambda: b"other")
    assert cached("thing.json", "2", lambda: b"new") == b"new"
    assert sorted(file.name for file in folder.iterdir()) == ["other-1.json", "thing-2.json"]
    assert cached("other.json", "1", never) == b"other"


def test_a_file_that_was_cut_short_is_made_anew(folder: Path) -> None:
    cached("thing.json", "1", lambda: b"whole")
    file = folder / "thing-1.json"
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert cached("thing.json", "1", lambda: b"anew") == b"anew"


def test_what_cannot_be_made_is_not_kept() -> None:
    def fail() -> bytes:
        raise ValueError("no way")

    with pytest.raises(ValueError, match="no way"):
        cached("thing.json", "1", fail)
    assert cached("thing.json", "1", lambda: b"made") == b"made"


def test_a_folder_that_cannot_be_written_costs_no_answer(folder: Path) -> None:
    folder.write_text("in the way", encoding="utf-8")
    assert cached("thing.json", "1", lambda: b"made") == b"made"
    assert cached("thing.json", "1", lambda: b"again") == b"again"
