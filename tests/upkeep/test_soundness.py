"""Damage is found, and the message says where it is, what it is and what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from dutygraph.records.history import JOURNAL, History
from dutygraph.regulations.prepared import open_for_writing
from dutygraph.store.digests import CHECKSUM
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.journal import FOLLOWS
from tests.upkeep.used import largest, run, verified

Spoil = Callable[[Path], Path]


def _cut(folder: Path) -> Path:
    file = largest(folder, "*.sst")
    os.truncate(file, file.stat().st_size // 2)
    return file


def _removed(pattern: str) -> Spoil:
    def spoil(folder: Path) -> Path:
        file = largest(folder, pattern)
        file.unlink()
        return file

    return spoil


def _garbage(pattern: str) -> Spoil:
    def spoil(folder: Path) -> Path:
        (file,) = folder.glob(pattern)
        file.write_bytes(b"garbage " * 64)
        return file

    return spoil


UNOPENED: dict[str, Spoil] = {
    "a table that is cut off": _cut,
    "a table that is missing": _removed("*.sst"),
    "no list of tables": _removed("MANIFEST-*"),
    "a list of tables that is garbage": _garbage("graph/MANIFEST-*"),
    "no file that leads to it": _removed("CURRENT"),
    "a file that leads nowhere": _garbage("graph/CURRENT"),
}


@pytest.mark.parametrize("spoil", UNOPENED.values(), ids=UNOPENED.keys())
@pytest.mark.parametrize("command", [["imports"], ["serve", "--port", "0"], ["demo"]], ids=str)
def test_a_damaged_graph_is_told_by_whatever_opens_it(
    command: list[str], spoil: Spoil, store: Path
) -> None:
    file = spoil(store)
    result = run(*command, "--store", store)
    assert result.exit_code == 2, result.output
    assert file.name in result.stderr
    assert "数据已损坏" in result.stderr
    assert "dutygraph store restore" in result.stderr
    assert result.stderr.index("数据已损坏") < result.stderr.index("the store is damaged")
    code, told = verified(store)
    assert code == 1
    assert [file.name in flaw["en"] for flaw in told["flaws"]] == [True]


@pytest.mark.parametrize("name", ["results.sqlite", "jobs/jobs.sqlite"])
def test_a_damaged_database_is_told_when_the_site_starts(name: str, store: Path) -> None:
    _garbage(name)(store)
    result = run("serve", "--port", "0", "--store", store)
    assert result.exit_code == 2
    assert str(store / name) in result.stderr
    assert "内容无法读取" in result.stderr
    code, told = verified(store)
    assert code == 1
    assert [flaw["place"] for flaw in told["flaws"]] == [str(store / name)]
    backed_up = run("store", "backup", store.with_name("backup"), "--store", store)
    assert backed_up.exit_code == 2
    assert str(store / name) in backed_up.stderr


def test_damage_that_a_query_meets_is_told_as_such(store: Path) -> None:
    for file in (store / "graph").glob("*.sst"):
        # The first blocks are spoilt, not the last, which are read when it is opened.
        content = bytearray(file.read_bytes())
        content[10:30] = b"\xff" * 20
        file.write_bytes(content)
    result = run("imports", "--store", store)
    assert result.exit_code == 2
    assert "checksum mismatch" in result.stderr
    assert ".sst" in result.stderr
    assert "store restore" in result.stderr


def _update(folder: Path, update: str) -> None:
    store = EmbeddedStore.open(folder)
    store.update(update)
    store._store.flush()


def _first(folder: Path) -> str:
    return History.of(EmbeddedStore.open(folder, read_only=True)).imports[0].graph


def _last_entry_but_one(folder: Path) -> str:
    store = EmbeddedStore.open(folder, read_only=True)
    (row,) = store.select(
        f"SELECT ?e WHERE {{ ?last <{FOLLOWS}> ?e FILTER NOT EXISTS {{ ?more <{FOLLOWS}> ?last }} "
        f"?e <{FOLLOWS}> ?before }}",
        [JOURNAL],
    )
    return str(row["e"].value)


def test_a_graph_of_an_import_that_lost_a_triple_is_found(store: Path) -> None:
    graph = _first(store)
    _update(
        store,
        f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{graph}> "
        "{ ?s ?p ?o FILTER(STRENDS(STR(?p), 'sourceRow') && STRENDS(STR(?s), 'unit/u1')) } }",
    )
    code, told = verified(store)
    assert code == 1
    (flaw,) = told["flaws"]
    assert flaw["place"] == graph
    assert "should have" in flaw["en"]


def test_a_graph_of_an_import_with_another_word_is_found(store: Path) -> None:
    graph = _first(store)
    _update(
        store,
        f"DELETE {{ GRAPH <{graph}> {{ ?s ?p '示例县委' }} }} INSERT {{ GRAPH <{graph}> "
        f"{{ ?s ?p '示例县衙' }} }} WHERE {{ GRAPH <{graph}> {{ ?s ?p '示例县委' }} }}",
    )
    code, told = verified(store)
    assert code == 1
    assert "other triples than were written" in told["flaws"][0]["en"]


@pytest.mark.parametrize("measured", [True, False])
def test_a_graph_of_an_import_that_is_gone_is_found(measured: bool, store: Path) -> None:
    graph = _first(store)
    if not measured:
        _update(store, f"DELETE WHERE {{ GRAPH <{JOURNAL}> {{ <{graph}> <{CHECKSUM}> ?sum }} }}")
    _update(store, f"DROP GRAPH <{graph}>")
    code, told = verified(store)
    assert code == 1
    assert ("should have" if measured else "are missing") in told["flaws"][0]["en"]


@pytest.mark.parametrize("predicate", ["?p", "<http://purl.org/dc/terms/type>"])
def test_a_journal_with_a_gap_is_told_by_whatever_reads_it(predicate: str, store: Path) -> None:
    entry = _last_entry_but_one(store)
    _update(store, f"DELETE WHERE {{ GRAPH <{JOURNAL}> {{ <{entry}> {predicate} ?o }} }}")
    for command in (["imports"], ["serve", "--port", "0"]):
        result = run(*command, "--store", store)
        assert result.exit_code == 2, result.output
        assert JOURNAL in result.stderr
        assert "store restore" in result.stderr
    assert verified(store)[0] == 1


def test_settings_that_are_garbage_are_found(store: Path) -> None:
    _garbage("settings.toml")(store)
    result = run("store", "verify", "--store", store)
    assert result.exit_code == 1
    assert "有问题 not sound" in result.stdout
    assert "it is no TOML" in result.stdout


def test_a_sound_store_is_said_to_be_sound(store: Path) -> None:
    code, told = verified(store)
    assert code == 0
    assert (told["sound"], told["imports"], told["measured"], told["flaws"]) == (True, 4, 4, [])
    result = run("store", "verify", "--store", store)
    assert "完好 sound" in result.stdout
    assert run("store", "verify", "--store", store.parent / "none").exit_code == 2


def test_the_digest_of_a_large_import_is_in_the_journal_too(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.records.imported import put, source

    monkeypatch.setattr("dutygraph.store.embedded._STEP", 200)
    writer = open_for_writing(str(store))
    assert isinstance(writer, EmbeddedStore)
    rows = [{"id": f"m{n}", "name": "镇", "kind": "地方党委", "level": "乡级"} for n in range(600)]
    receipt = put(writer, source("m.json", units=rows))
    assert writer.digest(receipt.graph).triples > 3000
    row = NamedNode(receipt.graph)
    assert any(writer._store.quads_for_pattern(row, NamedNode(CHECKSUM), None, None))
    del writer
    assert verified(store)[0] == 0
