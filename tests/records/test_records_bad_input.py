"""Each file of bad/ has the faults that stand in its sidecar, and nothing of it is imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from made_files import made

from dutygraph.records.faults import CODES, ImportRefused
from dutygraph.records.importing import Batch, read_files
from dutygraph.records.model import Model

BAD = Path(__file__).parent / "bad"
SIDECAR = ".expected.json"
CASES = sorted(file.name.removesuffix(SIDECAR) for file in BAD.glob(f"*{SIDECAR}"))

# These need a store, a limit, a file system that refuses, or very many faults;
# test_records_importing, test_records_history and test_records_made_files have them; those of who
# imports within a remit are in test_web_remits.
NEED_MORE_THAN_A_FILE = {
    "already-imported",
    "still-referred-to",
    "superior-cycle-imported",
    "file-too-large",
    "more-errors",
    "more-warnings",
    "unreadable-file",
    "conflicts-unseen",
    "outside-remit",
    "replaces-others",
    "units-rearranged",
    "units-removed",
}


def expected(case: str) -> list[dict[str, Any]]:
    faults: list[dict[str, Any]] = json.loads((BAD / f"{case}{SIDECAR}").read_text())
    return faults


def read(case: str, model: Model) -> Batch:
    (file,) = (path for path in BAD.iterdir() if path.stem == case)
    return read_files([file], model=model)


def test_there_are_cases_and_each_file_has_its_sidecar() -> None:
    files = {path.stem for path in BAD.iterdir() if not path.name.endswith(SIDECAR)}
    assert CASES
    assert files == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_every_fault_is_found_where_it_stands_in_file_order(case: str, model: Model) -> None:
    told = [found.to_json() for found in read(case, model).faults]
    wanted = expected(case)
    assert wanted, "a case without a fault is no bad input"
    assert len(told) == len(wanted), told
    for fault, want in zip(told, wanted, strict=True):
        # What a sidecar does not mention is not there; the file is told only where it matters.
        keys = ["code", "sheet", "row", "column", "line", "position", "seen", "nearest"]
        assert {key: fault[key] for key in keys if fault[key] is not None} == {
            key: value for key, value in want.items() if key != "file"
        }
        assert fault["file"] == want.get("file", fault["file"])


@pytest.mark.parametrize("case", CASES)
def test_an_error_refuses_the_whole_batch_and_warnings_do_not(case: str, model: Model) -> None:
    batch = read(case, model)
    if batch.errors:
        with pytest.raises(ImportRefused) as refusal:
            batch.ntriples()
        assert refusal.value.faults == batch.faults
        assert str(len(batch.errors)) in str(refusal.value)
    else:
        assert batch.warnings == batch.faults
        assert isinstance(batch.ntriples(), bytes)


@pytest.mark.parametrize("case", CASES)
def test_every_message_is_one_line_in_both_languages(case: str, model: Model) -> None:
    for found in read(case, model).faults:
        line = str(found)
        assert len(line.splitlines()) == 1
        assert line.isprintable()
        assert line.startswith(found.place.file)
        for text in found.message:
            assert text.strip()
            assert not {"None", "Wording", "{seen}", "{expected}"} & {text, *text.split()}
            assert found.seen is None or found.seen in text
            assert found.nearest is None or found.nearest in text
        assert found.message.zh != found.message.en
        json.dumps(found.to_json(), ensure_ascii=False).encode()


def test_every_kind_of_fault_has_a_case() -> None:
    told = {fault["code"] for case in CASES for fault in expected(case)}
    told |= {code for case in made().values() for code, *_ in case.told}
    assert told == CODES - NEED_MORE_THAN_A_FILE


def test_a_fault_reads_as_one_line_with_place_value_and_remedy(model: Model) -> None:
    first = read("unknown_record_kind", model).faults[0]
    assert str(first) == (
        "unknown_record_kind.json · records · 第1行 · kind："
        "「专题党委常委会」不是可用的值；是否为「专题党委常委会议」？ / "
        "“专题党委常委会” is not a known value; did you mean “专题党委常委会议”?"
    )


def test_a_fault_of_the_text_names_line_and_column(model: Model) -> None:
    (only,) = read("trailing_comma", model).faults
    assert str(only).startswith("trailing_comma.json · 第2行第")
    assert only.place.row is None
