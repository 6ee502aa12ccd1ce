"""Reading files as one batch: folders, names, formats, and the graph that content has."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from dutygraph.records import formats, json_form
from dutygraph.records.csvw import load_model
from dutygraph.records.faults import CODES, Place, fault, show
from dutygraph.records.formats import Format, Formats, RawRow, Reading, Source, installed_formats
from dutygraph.records.importing import Batch, read_files, read_sources
from dutygraph.records.known import KnownIds, NothingKnown, Origin
from dutygraph.records.model import Model

BASE = "https://dutygraph.example/id/"
UNIT = {"id": "u1", "name": "示例县委", "kind": "地方党委", "level": "县级"}
CITY = {"id": "u2", "name": "示例市委", "kind": "地方党委", "level": "设区市级"}
MEETING = {"id": "r1", "type": "meeting", "kind": "动员部署", "date": "2014-03-20", "unit": "u1"}


def source(name: str = "a.json", **lists: list[dict[str, object]]) -> Source:
    return Source(name, json.dumps(lists, ensure_ascii=False).encode())


def read(model: Model, *sources: Source, known: KnownIds | None = None) -> Batch:
    return read_sources(sources, model=model, known=known)


def test_the_same_content_is_the_same_graph_to_the_byte(model: Model) -> None:
    batches = [
        read(model, source("b.json", units=[UNIT]), source("a.json", units=[CITY]))
        for _ in range(2)
    ]
    assert batches[0].graph(BASE) == batches[1].graph(BASE)
    assert batches[0].ntriples(BASE) == batches[1].ntriples(BASE)


def test_other_content_is_another_graph(model: Model) -> None:
    one, other = read(model, source(units=[UNIT])), read(model, source(units=[CITY]))
    both = read(model, source(units=[UNIT]), source("b.json", units=[CITY]))
    assert len({batch.graph(BASE) for batch in (one, other, both)}) == 3


def test_the_store_is_asked_only_for_ids_that_the_batch_does_not_have(model: Model) -> None:
    asked: list[tuple[str, set[str]]] = []

    class Asked(NothingKnown):
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
    # As they are found when a process first looks.
    assert installed_formats.__wrapped__().for_name("units.txt") is module.FORMAT


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
        "code", "severity", "file", "sheet", "row", "column", "cell", "line", "position",
        "seen", "expected_zh", "expected_en", "nearest", "count", "message_zh", "message_en",
    ]  # fmt: skip
    assert (found["severity"], found["row"]) == ("warning", None)


def test_a_fault_needs_a_known_code_and_all_its_details() -> None:
    with pytest.raises(KeyError):
        fault("no-such-code", Place("a.json"))
    with pytest.raises(KeyError):
        fault("duplicate-id", Place("a.json"), seen="u1")
    assert "duplicate-id" in CODES


# Progress ---------------------------------------------------------------------------------------


def test_an_import_tells_how_far_it_is(model: Model) -> None:
    told: list[tuple[str, int, int | None]] = []
    units = [{**UNIT, "id": f"u{number}"} for number in range(4500)]
    read_sources(
        [source(units=units), source("b.json", records=[MEETING])],
        model=model,
        progress=lambda what, done, total: told.append((what.en, done, total)),
    )
    assert told == [
        ("reading files", 0, None),
        ("reading files", 4500, None),
        ("checking each row", 0, 4501),
        ("checking each row", 2000, 4501),
        ("checking each row", 4000, 4501),
        ("checking rows against one another", 4501, 4501),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.nt", "\u202e"),
        ("a.jsonld", '[{"@id": "urn:a\x05"}]'),
        ("a.nt", "<urn:\x15a> <urn:p> <urn:b> ."),
    ],
)
def test_what_a_parser_says_is_told_with_nothing_invisible_in_it(name: str, content: str) -> None:
    batch = read_sources([Source(name, content.encode())], model=load_model())
    assert batch.errors
    assert all(str(found).isprintable() for found in batch.faults)
