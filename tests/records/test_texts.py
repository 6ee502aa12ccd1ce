"""The texts of record graphs are kept, and are what the store says whatever became of them."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutygraph.records import texts
from dutygraph.records.texts import Texts

SAID = {"urn:a": b"<urn:s> <urn:p> <urn:a> .\n", "urn:b": b"<urn:s> <urn:p> <urn:b> .\n" * 9}


class Store:
    """Graphs by name, and of which ones the text was asked for."""

    def __init__(self, said: dict[str, bytes]) -> None:
        self.said = said
        self.asked: list[str] = []

    def graph(self, name: str) -> bytes:
        """Give a graph."""
        self.asked.append(name)
        return self.said[name]


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_FROM", 1)


def read(store: Store, graphs: Iterable[str], folder: Path) -> list[bytes]:
    """Give the texts, and make sure that they are given again."""
    made = Texts(store, list(graphs), folder)
    given_first = list(made)
    assert list(made) == given_first
    return given_first


@given(said=st.dictionaries(st.text(min_size=1), st.binary(min_size=1), max_size=4))
def test_texts_are_what_the_store_says_and_asked_for_once(
    tmp_path_factory: pytest.TempPathFactory, said: dict[str, bytes]
) -> None:
    store = Store(said)
    folder = tmp_path_factory.mktemp("kept") / "texts"
    assert read(store, said, folder) == list(said.values())
    assert store.asked == list(said)


def test_a_short_text_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_FROM", len(SAID["urn:a"]) + 1)
    store = Store(SAID)
    assert read(store, SAID, tmp_path / "texts") == list(SAID.values())
    assert store.asked == ["urn:a", "urn:b", "urn:a"]
    assert len(list((tmp_path / "texts").iterdir())) == 1


def test_the_text_of_a_graph_that_is_not_in_force_goes(tmp_path: Path) -> None:
    store = Store(SAID)
    read(store, SAID, tmp_path)
    assert read(store, ["urn:b"], tmp_path) == [SAID["urn:b"]]
    assert len(list(tmp_path.iterdir())) == 1
    assert read(store, [], tmp_path) == []
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept[:0],
        lambda kept: kept[:-9],
        lambda kept: b"x" + kept[1:],
        lambda kept: kept[:12] + bytes([kept[12] ^ 255]) + kept[13:],
        lambda kept: kept[:-8] + bytes(4) + kept[-4:],
    ],
    ids=["nothing left", "cut short", "no archive", "a byte is wrong", "the sum is wrong"],
)
def test_a_spoilt_text_is_written_anew(spoil: object, tmp_path: Path) -> None:
    assert callable(spoil)
    store = Store(SAID)
    read(store, ["urn:b"], tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert read(store, ["urn:b"], tmp_path) == [SAID["urn:b"]]
    assert store.asked == ["urn:b", "urn:b"]
    assert file.read_bytes() == whole


def test_where_nothing_can_be_written_the_store_is_asked_each_time(tmp_path: Path) -> None:
    (tmp_path / "texts").write_text("a file stands where the folder should be")
    store = Store(SAID)
    assert read(store, SAID, tmp_path / "texts") == list(SAID.values())
    assert store.asked == [*SAID, *SAID]


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    read(Store(SAID), SAID, folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
