"""What the system refuses (room, permission, a folder) is answered in words, with exit code 2."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from dutygraph.cli.main import dutygraph
from dutygraph.records.history import History
from dutygraph.regulations.prepared import open_for_writing, prepared
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from dutygraph.store.journal import Entry

ROOT = Path(__file__).parents[2]
UNITS = [
    {"id": f"u{number}", "name": f"示例县委{number}", "kind": "地方党委", "level": "县级"}
    for number in range(20_000)
]


def _importing(file: Path, store: Path, most: int) -> subprocess.CompletedProcess[str]:
    """Import a file in a process that may write no file larger than some bytes."""
    return subprocess.run(
        [sys.executable, "-c", "from dutygraph.cli.main import main; main()",
         "import", str(file), "--store", str(store)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("most", [50_000, 1_000_000], ids=["to open it", "to import"])
def test_a_disk_without_room_is_told_and_nothing_is_imported(most: int, tmp_path: Path) -> None:
    file, store = tmp_path / "units.json", tmp_path / "store"
    file.write_text(json.dumps({"units": UNITS}, ensure_ascii=False), encoding="utf-8")
    open_for_writing(str(store))
    result = _importing(file, store, most)
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert "the free space" in result.stderr
    assert "磁盘空间" in result.stderr
    assert History.of(EmbeddedStore.open(store)).active == []


@pytest.mark.parametrize("command", [["imports"], ["query", "deadlines"]])
def test_a_store_below_a_file_is_no_store(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = str(tmp_path / "file" / "store")
    read = CliRunner().invoke(dutygraph, [*command, "--store", place])
    assert read.exit_code == 0, "where there is no store, the regulation alone is asked"
    demo = CliRunner().invoke(dutygraph, ["demo", "--store", place])
    assert demo.exit_code == 2
    assert place in demo.stderr
    assert "look at its permissions" in demo.stderr


def test_a_folder_that_may_not_be_looked_into_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refused)
    result = CliRunner().invoke(dutygraph, ["imports", "--store", str(tmp_path)])
    assert result.exit_code == 2
    assert "无法读取数据目录" in result.stderr
    assert "Permission denied" in result.stderr


def test_a_cache_that_may_not_be_read_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").touch()
    monkeypatch.setattr("dutygraph.regulations.prepared.prepare", lambda: b"made anew\n")
    assert prepared().startswith(b"made anew\n")


class _ReadOnly:
    """An Oxigraph store that takes nothing."""

    def _refuse(self, *_: object, **__: object) -> None:
        raise OSError("Not implemented: Not supported operation in read only mode.")

    bulk_load = load = update = flush = _refuse

    def named_graphs(self) -> list[object]:
        return []

    def quads_for_pattern(self, *_: object) -> list[object]:
        return []


@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.record("urn:j", "urn:j", Entry("urn:e", b"")),
        lambda store: store.replace_graph("urn:g", b""),
        lambda store: store.load(b""),
        lambda store: store.update("DROP ALL"),
    ],
    ids=["record", "replace", "load", "update"],
)
def test_whatever_is_written_to_a_store_that_takes_nothing_is_refused_in_words(
    write: Callable[[EmbeddedStore], None],
) -> None:
    with pytest.raises(StoreError, match="its former content stands"):
        write(EmbeddedStore(_ReadOnly()))  # type: ignore[arg-type]


def test_a_store_opened_for_reading_takes_no_entry(tmp_path: Path) -> None:
    EmbeddedStore.open(tmp_path)
    reader = EmbeddedStore.open(tmp_path, read_only=True)
    with pytest.raises(StoreError, match="its former content stands"):
        reader.record("urn:j", "urn:j", Entry("urn:e", b""))
    assert reader.graph_names() == []
