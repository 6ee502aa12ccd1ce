"""Each file of good/ has no fault at all and gives exactly the N-Triples beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from dutygraph.records.committing import commit
from dutygraph.records.formats import Source
from dutygraph.records.importing import read_files, read_sources
from dutygraph.records.model import Model
from dutygraph.store.embedded import EmbeddedStore

GOOD = Path(__file__).parent / "good"
SIDECAR = ".expected.nt"
CASES = sorted(file.name.removesuffix(SIDECAR) for file in GOOD.glob(f"*{SIDECAR}"))
BASE = "https://dutygraph.example/id/"


def path_of(case: str) -> Path:
    (file,) = (
        path for path in GOOD.iterdir() if path.stem == case and not path.name.endswith(SIDECAR)
    )
    return file


def documents() -> Iterator[dict[str, Any]]:
    for file in sorted(GOOD.glob("**/*.json")):
        yield json.loads(file.read_bytes().decode("utf-8-sig"))


def test_there_are_cases_and_each_file_has_its_sidecar() -> None:
    files = {path.stem for path in GOOD.iterdir() if not path.name.endswith(SIDECAR)}
    assert CASES
    assert files == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_a_good_file_has_no_fault_and_gives_the_triples_beside_it(case: str, model: Model) -> None:
    batch = read_files([path_of(case)], model=model)
    assert [str(found) for found in batch.faults] == []
    assert batch.ntriples(BASE) == (GOOD / f"{case}{SIDECAR}").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_a_store_holds_the_same_triples_in_a_named_graph(case: str, model: Model) -> None:
    batch = read_files([path_of(case)], model=model)
    store = EmbeddedStore.in_memory()
    graph = commit(batch, store, BASE, recorded_at=datetime(2014, 12, 10, tzinfo=UTC)).graph
    assert graph == batch.graph(BASE)
    inside, outside = pyoxigraph.Store(), pyoxigraph.Store()
    inside.load(store.graph(graph), pyoxigraph.RdfFormat.N_TRIPLES)
    outside.load(batch.ntriples(BASE), pyoxigraph.RdfFormat.N_TRIPLES)
    assert set(inside) == set(outside)


def test_every_kind_of_row_every_column_and_every_nested_list_is_shown(model: Model) -> None:
    shown: set[tuple[str, str]] = set()
    kinds: set[str] = set()
    for document in documents():
        for key, rows in document.items():
            for row in rows:
                table = next(
                    (table for table in model.in_list(key) if table.row_type == row.get("type")),
                )
                kinds.add(row.get("kind", ""))
                shown |= {(table.name, name) for name in row}
                for name, part in table.parts.items():
                    shown |= {(part.name, inner) for each in row.get(name, ()) for inner in each}
    every = {(table.name, name) for table in model for name in table.columns}
    every |= {(table.name, name) for table in model.tables for name in table.parts}
    assert every - shown == set()
    records = {kind for table in model.in_list("records") for kind in table.row_kinds}
    assert records - kinds == set()


def test_the_order_of_the_files_changes_nothing(model: Model) -> None:
    files = sorted((GOOD / "two_files").iterdir())
    forwards = read_files(files, model=model)
    backwards = read_files(files[::-1], model=model)
    assert forwards.digest == backwards.digest
    assert forwards.ntriples(BASE) == backwards.ntriples(BASE)


def test_the_order_of_keys_in_a_row_changes_nothing(model: Model) -> None:
    document = json.loads((GOOD / "cases.json").read_text())
    turned = {
        key: [dict(reversed(list(row.items()))) for row in rows] for key, rows in document.items()
    }
    batch = read_sources([Source("cases.json", json.dumps(turned).encode())], model=model)
    assert batch.ntriples(BASE) == (GOOD / "cases.expected.nt").read_bytes()


def test_a_missing_year_stays_missing(model: Model) -> None:
    record = {"id": "r1", "type": "meeting", "kind": "动员部署", "date": "2014-03-20", "unit": "u1"}
    unit = {"id": "u1", "name": "示例县委", "kind": "地方党委", "level": "县级"}
    content = json.dumps({"units": [unit], "records": [record]}).encode()
    batch = read_sources([Source("a.json", content)], model=model)
    assert batch.faults == ()
    assert b"#year>" not in batch.ntriples(BASE)


def test_another_base_makes_other_iris_of_rows_and_the_same_terms(model: Model) -> None:
    batch = read_files([path_of("documents")], model=model)
    moved = batch.ntriples("http://registry.example/hebei/")
    assert BASE.encode() not in moved
    assert moved.replace(b"http://registry.example/hebei/", BASE.encode()) == batch.ntriples(BASE)


@pytest.mark.parametrize(
    "base", ["", "https://example.org/id", "urn:x:", "https://example.org/a b/", "https://e/?x/"]
)
def test_a_base_under_which_no_iri_can_be_made_is_refused(base: str, model: Model) -> None:
    batch = read_files([path_of("documents")], model=model)
    with pytest.raises(ValueError, match="IRI"):
        batch.ntriples(base)


def test_counts_tell_how_many_rows_each_list_has(model: Model) -> None:
    batch = read_files([path_of("assessments")], model=model)
    assert batch.counts() == {"units": 3, "persons": 1, "records": 4}
