"""What holds for any input: nothing crashes, good data goes in whole, one slip keeps it all out."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from valid_batches import BASE, FILE, MODEL, Document, Triple, documents, triples

from dutygraph.records.faults import ImportRefused
from dutygraph.records.formats import Source
from dutygraph.records.importing import Batch, read_sources
from dutygraph.records.model import Column, Table

EXAMPLES = settings(max_examples=60, deadline=None, database=None)


def read(document: object) -> Batch:
    content = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return read_sources([Source(FILE, content)], model=MODEL)


def parsed(ntriples: bytes) -> set[Triple]:
    found: set[Triple] = set()
    for quad in pyoxigraph.parse(ntriples, pyoxigraph.RdfFormat.N_TRIPLES):
        value = quad.object
        assert isinstance(value, pyoxigraph.NamedNode | pyoxigraph.Literal)
        kind = value.datatype.value if isinstance(value, pyoxigraph.Literal) else "iri"
        assert isinstance(quad.subject, pyoxigraph.NamedNode)
        found.add((quad.subject.value, quad.predicate.value, (kind, value.value)))
    return found


# Anything at all --------------------------------------------------------------------------------

KEYS = st.sampled_from(
    sorted({name for table in MODEL for name in [*table.columns, *table.parts, table.list_key]})
)
WORDS = st.sampled_from(
    sorted(
        {word for table in MODEL for each in table.columns.values() for word in each.terms or ()}
    )
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=8),
    WORDS,
    st.sampled_from(["u1", "p1", "r1", "2013-02-30", "2013/3/5", "document", "case"]),
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=30,
)
ROWS = st.lists(st.dictionaries(KEYS, ANY_JSON, max_size=8) | ANY_JSON, max_size=4)
NEARLY_DOCUMENTS = st.dictionaries(
    st.sampled_from([*MODEL.list_keys, "roles", "x"]), ROWS | ANY_JSON, max_size=4
)


def check_only_faults(batch: Batch) -> None:
    for found in batch.faults:
        assert str(found).isprintable()
        json.dumps(found.to_json()).encode()
    if batch.errors:
        with pytest.raises(ImportRefused):
            batch.ntriples(BASE)
    else:
        parsed(batch.ntriples(BASE))


@settings(max_examples=250, deadline=None, database=None)
@given(document=NEARLY_DOCUMENTS | ANY_JSON)
def test_any_json_value_gives_faults_and_never_a_crash(document: object) -> None:
    check_only_faults(read(document))


@EXAMPLES
@given(content=st.binary(max_size=200))
def test_any_bytes_give_faults_and_never_a_crash(content: bytes) -> None:
    check_only_faults(read_sources([Source(FILE, content)], model=MODEL))


# Valid documents --------------------------------------------------------------------------------


@EXAMPLES
@given(document=documents())
def test_a_valid_document_has_no_fault_and_becomes_exactly_its_triples(document: Document) -> None:
    batch = read(document)
    assert [str(found) for found in batch.faults] == []
    assert parsed(batch.ntriples(BASE)) == triples(document)


@EXAMPLES
@given(document=documents(), data=st.data())
def test_a_document_split_over_two_files_becomes_the_same_resources(
    document: Document, data: st.DataObject
) -> None:
    halves: tuple[Document, Document] = ({}, {})
    for key, rows in document.items():
        cut = data.draw(st.integers(0, len(rows)))
        halves[0][key], halves[1][key] = rows[:cut], rows[cut:]
    sources = [
        Source(f"{name}.json", json.dumps(half, ensure_ascii=False).encode())
        for name, half in zip("ab", halves, strict=True)
    ]
    batch = read_sources(sources, model=MODEL)
    assert batch.errors == ()

    def told(found: set[Triple]) -> set[Triple]:
        return {triple for triple in found if "#source" not in triple[1]}

    assert told(parsed(batch.ntriples(BASE))) == told(triples(document))


# One slip ---------------------------------------------------------------------------------------

Cell = tuple[str, int, str, Column, dict[str, Any]]


def cells(document: Document) -> Iterator[Cell]:
    """Give each cell: its list, its row, its column as faults name it, its column, its object."""
    for key, rows in document.items():
        for number, row in enumerate(rows, start=1):
            (table,) = (each for each in MODEL.in_list(key) if each.row_type == row.get("type"))
            yield from _cells_of(key, number, "", table, row)
            for name, part in table.parts.items():
                for place, inner in enumerate(row.get(name, ()), start=1):
                    yield from _cells_of(key, number, f"{name}[{place}].", part, inner)


def _cells_of(
    key: str, number: int, prefix: str, table: Table, row: dict[str, Any]
) -> Iterator[Cell]:
    for name, column in table.columns.items():
        if row.get(name) is not None:
            yield key, number, prefix + name, column, row


def places(batch: Batch, code: str) -> set[tuple[str | None, int | None, str | None]]:
    return {
        (found.place.sheet, found.place.row, found.column)
        for found in batch.faults
        if found.code == code
    }


def check_refused_for(batch: Batch, code: str) -> None:
    assert {found.code for found in batch.errors} == {code}
    with pytest.raises(ImportRefused):
        batch.ntriples(BASE)


@EXAMPLES
@given(document=documents(), data=st.data())
def test_a_dropped_unit_is_missed_wherever_it_is_referred_to(
    document: Document, data: st.DataObject
) -> None:
    spoiled = copy.deepcopy(document)
    gone = data.draw(st.sampled_from(spoiled["units"]))
    spoiled["units"].remove(gone)
    wanted = set()
    for key, number, name, column, row in cells(spoiled):
        value = row[column.name]
        held = value if isinstance(value, list) else [value]
        if "unit" in column.references and gone["id"] in held:
            wanted.add((key, number, name))
    batch = read(spoiled)
    assert places(batch, "dangling-reference") == wanted
    if wanted:
        check_refused_for(batch, "dangling-reference")


@EXAMPLES
@given(document=documents(), data=st.data())
def test_a_misspelt_kind_is_told_at_its_row_with_the_kind_meant(
    document: Document, data: st.DataObject
) -> None:
    spoiled = copy.deepcopy(document)
    key = data.draw(st.sampled_from(["units", "records"]))
    number = data.draw(st.integers(1, len(spoiled[key])))
    row = spoiled[key][number - 1]
    meant = row["kind"]
    row["kind"] = meant + "ж"
    batch = read(spoiled)
    assert places(batch, "unknown-term") == {(key, number, "kind")}
    (only,) = (found for found in batch.errors if found.code == "unknown-term")
    assert (only.seen, only.nearest) == (row["kind"], meant)


@EXAMPLES
@given(document=documents(), data=st.data())
def test_a_broken_date_is_told_at_its_cell(document: Document, data: st.DataObject) -> None:
    spoiled = copy.deepcopy(document)
    dated = [cell for cell in cells(spoiled) if cell[3].datatype.base == "date"]
    key, number, name, column, row = data.draw(st.sampled_from(dated))
    row[column.name] = data.draw(st.sampled_from(["2013-02-29", "2013/13/13", "20130431"]))
    batch = read(spoiled)
    assert places(batch, "impossible-date") == {(key, number, name)}
    check_refused_for(batch, "impossible-date")


@EXAMPLES
@given(document=documents(), data=st.data())
def test_a_repeated_row_is_told_at_the_second_of_the_two(
    document: Document, data: st.DataObject
) -> None:
    spoiled = copy.deepcopy(document)
    key = data.draw(st.sampled_from(sorted(spoiled)))
    spoiled[key].append(copy.deepcopy(data.draw(st.sampled_from(spoiled[key]))))
    batch = read(spoiled)
    assert places(batch, "duplicate-id") == {(key, len(spoiled[key]), "id")}
    check_refused_for(batch, "duplicate-id")


@EXAMPLES
@given(document=documents(), data=st.data())
def test_a_required_value_left_out_is_told_at_its_row(
    document: Document, data: st.DataObject
) -> None:
    spoiled = copy.deepcopy(document)
    required = [
        cell for cell in cells(spoiled) if cell[3].required and cell[3].name not in {"id", "kind"}
    ]
    key, number, name, column, row = data.draw(st.sampled_from(required))
    del row[column.name]
    batch = read(spoiled)
    assert places(batch, "missing-value") == {(key, number, name)}
    check_refused_for(batch, "missing-value")


@EXAMPLES
@given(document=documents(), data=st.data())
def test_an_unknown_column_is_a_warning_and_changes_nothing(
    document: Document, data: st.DataObject
) -> None:
    widened = copy.deepcopy(document)
    key = data.draw(st.sampled_from(sorted(widened)))
    number = data.draw(st.integers(1, len(widened[key])))
    widened[key][number - 1]["ж"] = 1
    batch = read(widened)
    assert places(batch, "unknown-column") == {(key, number, "ж")}
    assert batch.errors == ()
    assert parsed(batch.ntriples(BASE)) == triples(document)
