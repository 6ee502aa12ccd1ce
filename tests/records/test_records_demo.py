"""The demo's store: made once in the user's cache, or in passing where that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutygraph.records.demo import demo
from dutygraph.records.history import History
from dutygraph.records.intake import open_in_force


def test_it_is_made_once_and_an_older_one_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dutygraph.records.demo.cache_folder", lambda: tmp_path)
    older = tmp_path / "demo" / "older"
    older.mkdir(parents=True)
    place = demo()
    assert not older.exists()
    (one,) = History.of(open_in_force(str(place))).imports
    assert "虚构" in one.label
    made = place.stat().st_mtime_ns
    assert (demo(), place.stat().st_mtime_ns) == (place, made)


def test_where_nothing_can_be_kept_it_is_made_in_passing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setattr("dutygraph.records.demo.cache_folder", lambda: file)
    place = demo()
    assert tmp_path not in place.parents
    assert len(History.of(open_in_force(str(place))).imports) == 1
    assert demo() == place
