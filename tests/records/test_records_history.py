"""Imports as transactions: one graph and one entry, and the versions of an import."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from imported import BASE, CITY, HEAD, MEETING, MOMENT, UNIT, names, put, read, source, states

from dutygraph.records import known
from dutygraph.records.changes import Change, changes
from dutygraph.records.committing import Receipt, commit, undo
from dutygraph.records.faults import ImportRefused, Place
from dutygraph.records.formats import Source
from dutygraph.records.history import JOURNAL, History, record_graphs
from dutygraph.records.known import Origin, StoredIds
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.journal import Content, Entry


@pytest.fixture
def store() -> EmbeddedStore:
    return EmbeddedStore.in_memory()


# Committing -------------------------------------------------------------------------------------


def test_a_batch_goes_in_as_one_graph_and_the_journal_tells_of_it(store: EmbeddedStore) -> None:
    one = source(units=[UNIT])
    batch = read(store, one)
    receipt = commit(batch, store, BASE, "示例县", recorded_at=MOMENT, by="张三")
    digest = hashlib.sha256(one.content).hexdigest()
    assert receipt == Receipt(f"{BASE}import/{digest[:16]}", {"units": 1}, ())
    assert sorted(store.graph(receipt.graph).splitlines()) == sorted(
        batch.ntriples(BASE).splitlines()
    )
    (found,) = History.of(store).imports
    assert found.id == digest[:16]
    assert (found.state, found.label, found.by, found.rows) == ("active", "示例县", "张三", 1)
    assert found.files == {"a.json": digest}
    assert datetime.fromisoformat(found.recorded_at) == MOMENT
    assert store.graph_names() == [receipt.graph, JOURNAL]
    (activity,) = store.select(
        "SELECT ?by WHERE { ?entry a prov:Activity ; prov:generated ?graph ; prov:endedAtTime ?at ;"
        " prov:wasAssociatedWith/rdfs:label ?by . ?graph a prov:Entity ; prov:generatedAtTime ?at }"
    )
    assert activity["by"].value == "张三"


def test_without_a_label_an_import_is_called_after_its_files(store: EmbeddedStore) -> None:
    put(store, source("b.json", units=[UNIT]), source("a.json", units=[CITY]))
    (found,) = History.of(store).imports
    assert found.label == "b.json、a.json"
    assert set(found.files) == {"a.json", "b.json"}


def test_a_moment_keeps_its_own_time_zone(store: EmbeddedStore) -> None:
    beijing = datetime(2014, 12, 10, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    commit(read(store, source(units=[UNIT])), store, BASE, recorded_at=beijing)
    assert History.of(store).imports[0].recorded_at == "2014-12-10T09:30:00+08:00"


def test_a_batch_with_an_error_leaves_the_store_alone(store: EmbeddedStore) -> None:
    batch = read(store, source(units=[UNIT, {**CITY, "level": "市级"}], records=[MEETING]))
    with pytest.raises(ImportRefused):
        commit(batch, store, BASE, recorded_at=MOMENT)
    assert store.graph_names() == []


def test_a_moment_without_a_time_zone_is_refused(store: EmbeddedStore) -> None:
    with pytest.raises(ValueError, match="time zone"):
        commit(
            read(store, source(units=[UNIT])), store, BASE, recorded_at=MOMENT.replace(tzinfo=None)
        )
    assert store.graph_names() == []


def test_warnings_do_not_keep_a_batch_out_and_are_on_the_receipt(store: EmbeddedStore) -> None:
    receipt = put(store, source(units=[{**UNIT, "colour": "red"}]))
    assert [found.code for found in receipt.warnings] == ["unknown-column"]
    assert states(store) == ["active"]


def test_an_error_while_rows_are_written_leaves_nothing_behind(store: EmbeddedStore) -> None:
    def broken() -> Iterator[bytes]:
        yield b"<urn:a> <urn:p> <urn:o> .\n"
        raise MemoryError

    content = Content("urn:g", broken(), Entry("urn:start", b""))
    with pytest.raises(MemoryError):
        store.record(JOURNAL, JOURNAL, Entry("urn:entry", b""), content)
    assert store.graph_names() == []


# What is there already --------------------------------------------------------------------------


def test_records_may_refer_to_what_was_imported_before(store: EmbeddedStore) -> None:
    later = source("b.json", records=[MEETING])
    assert [found.code for found in read(store, later).errors] == ["dangling-reference"]
    put(store, source(units=[UNIT]))
    batch = read(store, later)
    assert batch.faults == ()
    assert f"<{BASE}unit/u1>".encode() in batch.ntriples(BASE)


def test_a_subject_imported_before_is_known_for_a_unit_or_a_person(store: EmbeddedStore) -> None:
    put(store, source(units=[UNIT]))
    award = {"id": "r1", "type": "document", "kind": "评选先进", "date": "2014-03-20"}
    batch = read(store, source("b.json", records=[{**award, "subject": "u1"}]))
    assert batch.errors == ()
    assert f"#subject> <{BASE}unit/u1>".encode() in batch.ntriples(BASE)


def test_an_id_that_another_file_brought_in_is_told_with_its_place_and_what_to_do(
    store: EmbeddedStore,
) -> None:
    first = put(store, source("first.json", units=[CITY, UNIT])).graph.rpartition("/")[2]
    batch = read(store, source("other.json", units=[UNIT]))
    (only,) = batch.faults
    assert (only.code, only.column, only.place.row) == ("already-imported", "id", 1)
    for words in only.message:
        assert "first.json · units · 第2行" in words
        assert f"--replace {first}" in words
    with pytest.raises(ImportRefused):
        commit(batch, store, BASE, recorded_at=MOMENT)
    assert states(store) == ["active"]


def test_ids_of_two_imports_are_a_version_of_neither(store: EmbeddedStore) -> None:
    put(store, source(units=[UNIT]))
    put(store, source("b.json", units=[CITY]))
    batch = read(store, source(units=[UNIT, CITY]))
    assert [found.code for found in batch.errors] == ["already-imported"] * 2
    assert batch.replaces is None


def test_a_file_of_the_same_name_with_other_ids_is_an_import_of_its_own(
    store: EmbeddedStore,
) -> None:
    put(store, source(units=[UNIT]))
    assert put(store, source(units=[CITY])).replaced is None
    assert states(store) == ["active", "active"]


def test_the_same_content_while_in_force_changes_nothing(store: EmbeddedStore) -> None:
    first = put(store, source(units=[UNIT]))
    before = sorted(store.graph(JOURNAL).splitlines())
    again = put(store, source("renamed.json", units=[UNIT]))
    assert (again.graph, again.changed) == (first.graph, False)
    assert sorted(store.graph(JOURNAL).splitlines()) == before


def test_many_ids_are_asked_for_in_parts(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = put(store, source("first.json", units=[CITY, UNIT])).graph
    monkeypatch.setattr(known, "_AT_ONCE", 2)
    stored = StoredIds(store, History.of(store), BASE)
    assert stored.find("unit", ["u0", "u1", "u3", "u2", "u4"]) == {
        "u1": Origin(graph, Place("first.json", "units", 2)),
        "u2": Origin(graph, Place("first.json", "units", 1)),
    }


def test_a_store_without_imports_knows_no_id(store: EmbeddedStore) -> None:
    assert StoredIds(store, History.of(store), BASE).find("unit", ["u1"]) == {}


# Versions ---------------------------------------------------------------------------------------


def test_a_corrected_file_takes_the_place_of_its_former_version(store: EmbeddedStore) -> None:
    first = put(store, source(units=[UNIT]))
    second = put(store, source(units=[{**UNIT, "name": "示例县委员会"}, CITY]))
    assert second.replaced == first.graph
    assert states(store) == ["replaced", "active"]
    assert record_graphs(store) == [second.graph]
    assert names(store) == {"示例县委员会", "示例市委"}
    assert first.graph in store.graph_names(), "the former version is kept"
    (row,) = store.select(f"SELECT ?old WHERE {{ <{second.graph}> prov:wasRevisionOf ?old }}")
    assert row["old"].value == first.graph


def test_an_import_may_be_named_whose_place_another_file_takes(store: EmbeddedStore) -> None:
    first = put(store, source(units=[UNIT]))
    second = put(store, source("v2.json", units=[UNIT]), replacing=first.graph[-16:])
    assert second.changed is False, "the same content under another name is no version"
    third = put(store, source("v3.json", units=[UNIT, CITY]), replacing=first.graph[-16:])
    assert third.replaced == first.graph


def test_what_a_new_version_leaves_out_is_no_longer_known(store: EmbeddedStore) -> None:
    put(store, source(units=[UNIT, CITY]))
    child = {**CITY, "parent_party": "u1"}
    (only,) = read(store, source(units=[child])).errors
    assert (only.code, only.seen) == ("dangling-reference", "u1")


@pytest.mark.parametrize(
    ("more", "place"),
    [
        (source("b.json", records=[MEETING]), "b.json · records · 第1行"),
        (source("b.json", persons=[HEAD]), "b.json · persons · 第1行"),
    ],
    ids=["by a row", "by a part of a row"],
)
def test_a_new_version_may_not_leave_out_what_another_import_refers_to(
    more: Source, place: str, store: EmbeddedStore
) -> None:
    put(store, source(units=[UNIT, CITY]))
    put(store, more)
    (only,) = read(store, source(units=[CITY])).errors
    assert (only.code, only.seen, only.place.file) == ("still-referred-to", "u1", "a.json")
    assert place in only.message.zh
    assert place in only.message.en
    assert read(store, source(units=[UNIT])).errors == (), "nobody refers to u2"


def test_content_that_was_replaced_may_come_again_as_a_version_of_its_own(
    store: EmbeddedStore,
) -> None:
    first = put(store, source(units=[UNIT]))
    put(store, source(units=[{**UNIT, "name": "乙"}]))
    third = put(store, source(units=[UNIT]))
    assert third.graph == first.graph + "-v2"
    assert states(store) == ["replaced", "replaced", "active"]
    assert put(store, source(units=[UNIT])).changed is False


def test_graphs_from_before_the_journal_are_in_force_and_can_be_replaced(
    store: EmbeddedStore,
) -> None:
    batch = read(store, source("old.json", units=[UNIT]))
    graph = batch.graph(BASE)
    told = (
        f'<{graph}> <http://www.w3.org/2000/01/rdf-schema#label> "old.json" .\n'
        f'<{graph}> <http://www.w3.org/ns/prov#generatedAtTime> "2014-01-01T00:00:00Z" .\n'
        f"<{graph}> <http://www.w3.org/ns/prov#wasDerivedFrom> <{BASE}file/1> .\n"
        f'<{BASE}file/1> <http://www.w3.org/2000/01/rdf-schema#label> "old.json" .\n'
        f'<{BASE}file/1> <http://purl.org/dc/terms/identifier> "sha256:ab" .\n'
    )
    store.replace_graph(graph, batch.ntriples(BASE) + told.encode())
    store.replace_graph("urn:bare", b"<urn:a> <urn:p> <urn:o> .\n")
    assert record_graphs(store) == [graph], "a graph that tells nothing of itself is no import"
    old = History.of(store).find(batch.digest[:16])
    assert (old.label, old.files, old.rows) == ("old.json", {"old.json": "ab"}, None)
    assert put(store, source("old.json", units=[UNIT, CITY])).replaced == graph
    assert History.of(store).with_graph(graph).state == "replaced"
    undo(History.of(store).imports[-1].id, store, BASE, recorded_at=MOMENT)
    assert History.of(store).with_graph(graph).state == "active"


def test_a_version_is_compared_with_the_one_it_replaced(store: EmbeddedStore) -> None:
    third = {**UNIT, "id": "u 3", "name": "丙"}
    first = put(store, source(units=[UNIT, CITY], persons=[HEAD]))
    promoted = {**HEAD, "roles": [{**HEAD["roles"][0], "post": "第一书记"}]}
    second = put(store, source(units=[third, UNIT], persons=[promoted]))
    assert changes(store, second.replaced, second.graph) == [
        Change("person", "p1", "changed"),
        Change("unit", "u 3", "added"),
        Change("unit", "u2", "removed"),
    ]
    assert [one.change for one in changes(store, None, first.graph)] == ["added"] * 3


# Cycles of superiors ----------------------------------------------------------------------------


def _under(identifier: str, **superiors: str) -> dict[str, str]:
    return {**UNIT, "id": identifier, **superiors}


def test_a_new_version_that_closes_a_cycle_with_another_import_is_refused(
    store: EmbeddedStore,
) -> None:
    put(store, source("a.json", units=[_under("u1"), _under("u9")]))
    put(store, source("b.json", units=[_under("u2", parent_party="u1")]))
    put(store, source("c.json", units=[_under("u3", parent_party="u2")]))
    units = [_under("u9"), _under("u1", parent_party="u3")]
    batch = read(store, source("a.json", units=units))
    (only,) = batch.errors
    assert (only.code, only.column, only.seen) == ("superior-cycle-imported", "parent_party", "u3")
    assert str(only.place) == "a.json · units · 第2行"
    for words in only.message:
        assert "u1 → u3 → u2 → u1" in words
        assert "u3（c.json · units · 第1行）" in words
        assert "u2（b.json · units · 第1行）" in words
    with pytest.raises(ImportRefused):
        commit(batch, store, BASE, recorded_at=MOMENT)
    assert states(store) == ["active"] * 3


def test_a_cycle_with_another_import_may_change_between_kinds_of_superior(
    store: EmbeddedStore,
) -> None:
    put(store, source("a.json", units=[_under("u1")]))
    put(store, source("b.json", units=[_under("u2", vertical_party="u1")]))
    (only,) = read(store, source("a.json", units=[_under("u1", parent_party="u2")])).errors
    assert only.code == "superior-cycle-imported"
    assert "u1 —上一级党委（党组）→ u2 —条线上一级党组→ u1" in only.message.zh


def test_a_new_version_may_hang_its_units_under_those_of_another_import(
    store: EmbeddedStore,
) -> None:
    put(store, source("a.json", units=[_under("u1"), _under("u2")]))
    put(store, source("b.json", units=[_under("u3", parent_party="u1", parent_disc="u1")]))
    assert (
        read(store, source("a.json", units=[_under("u1"), _under("u2", parent_party="u3")])).errors
        == ()
    )


def test_a_cycle_is_not_seen_in_what_the_new_version_replaces(store: EmbeddedStore) -> None:
    put(store, source("a.json", units=[_under("u1"), _under("u2", parent_party="u1")]))
    turned = [_under("u1", parent_party="u2"), _under("u2")]
    assert read(store, source("a.json", units=turned)).errors == ()


def test_a_cycle_that_other_imports_have_among_themselves_is_no_fault_of_this_one(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, source("a.json", units=[_under("u1")]))
    put(store, source("b.json", units=[_under("u2"), _under("u3")]))
    circle = {"u2": [("parent_party", "u3")], "u3": [("parent_party", "u2")]}
    monkeypatch.setattr(StoredIds, "steps", lambda *_: circle)
    assert read(store, source("a.json", units=[_under("u1", parent_party="u2")])).errors == ()
