"""Import as a transaction: one graph, all or nothing, the same content the same graph."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType

import pyoxigraph
import pytest

from dutygraph.records import formats, json_form, known
from dutygraph.records.faults import CODES, ImportRefused, Place, fault, show
from dutygraph.records.formats import Format, Formats, RawRow, Reading, Source, installed_formats
from dutygraph.records.importing import Batch, commit, read_files, read_sources
from dutygraph.records.known import Origin, StoredIds
from dutygraph.records.model import Model
from dutygraph.store.embedded import EmbeddedStore

BASE = "https://dutygraph.example/id/"
MOMENT = datetime(2014, 12, 10, 9, 30, tzinfo=UTC)
UNIT = {"id": "u1", "name": "示例县委", "kind": "地方党委", "level": "县级"}
CITY = {"id": "u2", "name": "示例市委", "kind": "地方党委", "level": "设区市级"}
MEETING = {"id": "r1", "type": "meeting", "kind": "动员部署", "date": "2014-03-20", "unit": "u1"}


def source(name: str = "a.json", **lists: list[dict[str, object]]) -> Source:
    return Source(name, json.dumps(lists, ensure_ascii=False).encode())


def read(model: Model, *sources: Source, known: known.KnownIds | None = None) -> Batch:
    return read_sources(sources, model=model, known=known)


class Recording:
    """A store that remembers what it was told to write."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bytes]] = []

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Remember the call."""
        self.calls.append((name, ntriples))


class Failing:
    """A store that cannot write."""

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Fail, as a full disk would."""
        raise OSError(f"no room for {len(ntriples)} bytes of {name}")


# Committing -------------------------------------------------------------------------------------


def test_a_batch_goes_in_with_its_provenance_in_one_call(model: Model) -> None:
    store = Recording()
    one = source(units=[UNIT])
    receipt = commit(read(model, one), store, BASE, "示例县", recorded_at=MOMENT)
    ((graph, content),) = store.calls
    digest = hashlib.sha256(one.content).hexdigest()
    assert graph == receipt.graph == f"{BASE}import/{digest[:16]}"
    assert receipt.counts == {"units": 1}
    told = content.decode().splitlines()
    prov, file = "http://www.w3.org/ns/prov#", f"{BASE}file/{digest}"
    assert f"<{graph}> <{prov}wasDerivedFrom> <{file}> ." in told
    assert f'<{graph}> <http://www.w3.org/2000/01/rdf-schema#label> "示例县" .' in told
    assert (
        f'<{graph}> <{prov}generatedAtTime> "2014-12-10T09:30:00+00:00"'
        "^^<http://www.w3.org/2001/XMLSchema#dateTime> ." in told
    )
    assert f'<{file}> <http://purl.org/dc/terms/identifier> "sha256:{digest}" .' in told
    assert f'<{file}> <http://www.w3.org/2000/01/rdf-schema#label> "a.json" .' in told
    assert sum("Entity> ." in line for line in told) == 2
    assert content.startswith(read(model, one).ntriples(BASE))
    pyoxigraph.Store().load(content, pyoxigraph.RdfFormat.N_TRIPLES)


def test_without_a_label_an_import_is_called_after_its_files(model: Model) -> None:
    store = Recording()
    sources = [source("b.json", units=[UNIT]), source("a.json", units=[CITY])]
    commit(read(model, *sources), store, recorded_at=MOMENT)
    assert '#label> "b.json、a.json" .' in store.calls[0][1].decode()


def test_a_batch_with_an_error_leaves_the_store_alone(model: Model) -> None:
    store = Recording()
    batch = read(model, source(units=[UNIT, {**CITY, "level": "市级"}], records=[MEETING]))
    with pytest.raises(ImportRefused):
        commit(batch, store, BASE, "示例县", recorded_at=MOMENT)
    assert store.calls == []


def test_a_store_that_cannot_write_says_so_and_holds_nothing(model: Model) -> None:
    with pytest.raises(OSError, match="no room"):
        commit(read(model, source(units=[UNIT])), Failing(), recorded_at=MOMENT)


def test_warnings_do_not_keep_a_batch_out_and_are_on_the_receipt(model: Model) -> None:
    store = Recording()
    batch = read(model, source(units=[{**UNIT, "colour": "red"}]))
    receipt = commit(batch, store, recorded_at=MOMENT)
    assert [found.code for found in receipt.warnings] == ["unknown-column"]
    assert len(store.calls) == 1


def test_a_moment_without_a_time_zone_is_refused(model: Model) -> None:
    store = Recording()
    with pytest.raises(ValueError, match="time zone"):
        commit(read(model, source(units=[UNIT])), store, recorded_at=MOMENT.replace(tzinfo=None))
    assert store.calls == []


def test_the_same_content_at_the_same_moment_is_the_same_graph_to_the_byte(model: Model) -> None:
    store = Recording()
    for _ in range(2):
        batch = read(model, source("b.json", units=[UNIT]), source("a.json", units=[CITY]))
        commit(batch, store, recorded_at=MOMENT)
    assert store.calls[0] == store.calls[1]


def test_other_content_is_another_graph(model: Model) -> None:
    one, other = read(model, source(units=[UNIT])), read(model, source(units=[CITY]))
    both = read(model, source(units=[UNIT]), source("b.json", units=[CITY]))
    assert len({batch.graph(BASE) for batch in (one, other, both)}) == 3


# A store that has imports already ---------------------------------------------------------------


@pytest.fixture
def filled(model: Model) -> tuple[EmbeddedStore, str]:
    store = EmbeddedStore.in_memory()
    batch = read(model, source("first.json", units=[CITY, UNIT]))
    return store, commit(batch, store, BASE, "first", recorded_at=MOMENT).graph


def test_records_may_refer_to_what_was_imported_before(
    model: Model, filled: tuple[EmbeddedStore, str]
) -> None:
    store, graph = filled
    stored = StoredIds(store, [graph], BASE)
    assert read(model, source(records=[MEETING])).errors != ()
    batch = read(model, source(records=[MEETING]), known=stored)
    assert batch.faults == ()
    assert f"<{BASE}unit/u1>".encode() in batch.ntriples(BASE)


def test_a_subject_imported_before_is_known_for_a_unit_or_a_person(
    model: Model, filled: tuple[EmbeddedStore, str]
) -> None:
    store, graph = filled
    award = {"id": "r1", "type": "document", "kind": "评选先进", "date": "2014-03-20"}
    batch = read(
        model, source(records=[{**award, "subject": "u1"}]), known=StoredIds(store, [graph], BASE)
    )
    assert batch.errors == ()
    assert f"#subject> <{BASE}unit/u1>".encode() in batch.ntriples(BASE)


def test_an_id_imported_before_from_other_content_is_told_with_its_place(
    model: Model, filled: tuple[EmbeddedStore, str]
) -> None:
    store, graph = filled
    batch = read(model, source(units=[UNIT]), known=StoredIds(store, [graph], BASE))
    (only,) = batch.faults
    assert (only.code, only.column, only.place.row) == ("already-imported", "id", 1)
    assert "first.json · units · 第2行" in only.message.zh
    assert "first.json · units · 第2行" in only.message.en
    with pytest.raises(ImportRefused):
        commit(batch, store, BASE, "again", recorded_at=MOMENT)
    assert store.graph_names() == [graph]


def test_the_same_content_may_come_again_and_adds_nothing(
    model: Model, filled: tuple[EmbeddedStore, str]
) -> None:
    store, graph = filled
    before = sorted(store.graph(graph).splitlines())
    stored = StoredIds(store, [graph], BASE)
    batch = read(model, source("first.json", units=[CITY, UNIT]), known=stored)
    assert batch.faults == ()
    assert commit(batch, store, BASE, "first", recorded_at=MOMENT).graph == graph
    assert sorted(store.graph(graph).splitlines()) == before
    assert store.graph_names() == [graph]


def test_a_store_without_imports_knows_no_id() -> None:
    assert StoredIds(EmbeddedStore.in_memory(), [], BASE).find("unit", ["u1"]) == {}


def test_many_ids_are_asked_for_in_parts(
    filled: tuple[EmbeddedStore, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, graph = filled
    monkeypatch.setattr(known, "_AT_ONCE", 2)
    found = StoredIds(store, [graph], BASE).find("unit", ["u0", "u1", "u3", "u2", "u4"])
    assert found == {
        "u1": Origin(graph, Place("first.json", "units", 2)),
        "u2": Origin(graph, Place("first.json", "units", 1)),
    }


def test_the_store_is_asked_only_for_ids_that_the_batch_does_not_have(model: Model) -> None:
    asked: list[tuple[str, set[str]]] = []

    class Asked:
        def find(self, entity: str, ids: Collection[str]) -> Mapping[str, Origin]:
            asked.append((entity, set(ids)))
            return {}

    read(model, source(units=[{**UNIT, "parent_party": "u9"}], records=[MEETING]), known=Asked())
    assert [each for each in asked if each[1]] == [
        ("unit", {"u1"}),
        ("record", {"r1"}),
        ("unit", {"u9"}),
    ]


# Files ------------------------------------------------------------------------------------------


def test_a_folder_stands_for_the_files_of_known_formats_in_it(model: Model, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(source(units=[{**UNIT, "parent_party": "u2"}]).content)
    (tmp_path / "a.JSON").write_bytes(source(units=[CITY]).content)
    (tmp_path / "notes.md").write_text("read by nobody")
    batch = read_files([tmp_path], model=model)
    assert batch.faults == ()
    assert [each.name for each in batch.sources] == ["a.JSON", "b.json"]


def test_an_empty_folder_is_told_by_its_name(model: Model, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    (only,) = read_files([folder], model=model).faults
    assert (only.code, only.place.file) == ("unreadable-file", "records")


def test_a_file_that_is_not_there_is_a_fault_beside_those_of_the_others(
    model: Model, tmp_path: Path
) -> None:
    (tmp_path / "b.json").write_bytes(source(units=[{**UNIT, "level": "县"}]).content)
    paths = [tmp_path / "c.json", tmp_path / "b.json", tmp_path / "a.json"]
    batch = read_files(paths, model=model)
    assert [(found.place.file, found.code) for found in batch.faults] == [
        ("c.json", "unreadable-file"),
        ("b.json", "unknown-term"),
        ("a.json", "unreadable-file"),
    ]


def test_a_file_named_twice_is_read_once(model: Model, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(source(units=[UNIT]).content)
    assert read_files([file, tmp_path], model=model).faults == ()


def test_files_of_one_name_in_two_folders_are_told_apart_by_their_paths(
    model: Model, tmp_path: Path
) -> None:
    files = []
    for folder, row in (("x", UNIT), ("y", CITY)):
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / "a.json")
        files[-1].write_bytes(source(units=[row]).content)
    batch = read_files(files, model=model)
    assert [each.name for each in batch.sources] == [file.as_posix() for file in files]


def test_two_uploads_of_one_name_are_refused_by_the_caller_s_mistake(model: Model) -> None:
    with pytest.raises(ValueError, match="names of their own"):
        read(model, source(units=[UNIT]), source(units=[CITY]))


def test_a_file_over_the_limit_is_not_read(model: Model, tmp_path: Path) -> None:
    content = source(units=[UNIT]).content
    file = tmp_path / "a.json"
    file.write_bytes(content)
    assert read_files([file], model=model, max_bytes=len(content)).faults == ()
    for batch in (
        read_files([file], model=model, max_bytes=len(content) - 1),
        read_sources([Source("a.json", content)], model=model, max_bytes=len(content) - 1),
    ):
        (only,) = batch.faults
        assert (only.code, only.seen) == ("file-too-large", str(len(content)))
        assert batch.rows == ()


# Formats ----------------------------------------------------------------------------------------


def _read_lines(source: Source, model: Model) -> Reading:
    """Read a unit from each line: id, blank, name."""
    rows = [
        RawRow("units", Place(source.name, "lines", number, sequence=number), cells)
        for number, line in enumerate(source.content.decode().splitlines(), start=1)
        for cells in [dict(zip(("id", "name"), line.split(), strict=True)) | {"kind": "政府"}]
    ]
    assert model.list_keys
    return Reading(rows)


def test_another_format_comes_through_the_same_door(model: Model) -> None:
    others = Formats([json_form.FORMAT, Format("lines", (".txt",), _read_lines)])
    assert others.suffixes == (".json", ".txt")
    batch = read_sources(
        [Source("units.txt", "u1 示例县政府\nu1 示例市政府".encode())], model=model, formats=others
    )
    (error,) = batch.errors
    assert str(error).startswith("units.txt · lines · 第2行 · id：")
    good = read_sources(
        [Source("units.txt", "u1 示例县政府".encode())], model=model, formats=others
    )
    assert b'#sourceSheet> "lines" .' in good.ntriples(BASE)


def test_json_is_found_among_the_modules_of_the_package() -> None:
    assert installed_formats().for_name("records.JSON") == json_form.FORMAT
    assert installed_formats().for_name("records") is None


def test_a_format_module_is_found_by_its_name_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = ModuleType("dutygraph.records.lines_form")
    module.FORMAT = Format("lines", (".txt",), _read_lines)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    (tmp_path / "lines_form.py").touch()
    paths = [*formats.records.__path__, str(tmp_path)]
    monkeypatch.setattr(formats.records, "__path__", paths)
    assert installed_formats().suffixes == (".json", ".txt")


def test_two_formats_cannot_share_a_suffix() -> None:
    with pytest.raises(ValueError, match="belongs to the format json"):
        Formats([json_form.FORMAT, Format("other", (".json",), _read_lines)])


# Faults -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("县及", "县及"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("a\nb\u202e", "a\\u000ab\\u202e"),
        (True, "true"),
        (None, "null"),
        (1.5, "1.5"),
        ([1, "a", ["b"], {"c": 1}], "[1, a, […], {…}]"),
        ([1, 2, 3, 4, 5, 6], "[1, 2, 3, 4, 5, …]"),
        ({}, "{}"),
    ],
)
def test_a_value_is_shown_short_on_one_line_with_nothing_hidden(value: object, shown: str) -> None:
    assert show(value) == shown


def test_a_fault_as_json_has_every_key_always() -> None:
    found = fault("no-rows", Place("a.json")).to_json()
    assert list(found) == [
        "code", "severity", "file", "sheet", "row", "column", "line", "position",
        "seen", "expected_zh", "expected_en", "nearest", "message_zh", "message_en",
    ]  # fmt: skip
    assert (found["severity"], found["row"]) == ("warning", None)


def test_a_fault_needs_a_known_code_and_all_its_details() -> None:
    with pytest.raises(KeyError):
        fault("no-such-code", Place("a.json"))
    with pytest.raises(KeyError):
        fault("duplicate-id", Place("a.json"), seen="u1")
    assert "duplicate-id" in CODES


def test_a_moment_keeps_its_own_time_zone(model: Model) -> None:
    store = Recording()
    beijing = datetime(2014, 12, 10, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    commit(read(model, source(units=[UNIT])), store, recorded_at=beijing)
    assert b'"2014-12-10T09:30:00+08:00"^^' in store.calls[0][1]
