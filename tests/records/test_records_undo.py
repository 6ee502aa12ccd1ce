"""What is undone, what comes at the same time, and what stays in force after any history."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imported import BASE, CITY, MEETING, MOMENT, UNIT, names, put, read, source, states

from dutygraph.records.committing import commit, undo
from dutygraph.records.history import JOURNAL, History, HistoryError, live_graphs, record_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from dutygraph.store.journal import Content, Entry, MovedError


@pytest.fixture
def store() -> EmbeddedStore:
    return EmbeddedStore.in_memory()


# Undo -------------------------------------------------------------------------------------------


def test_undoing_a_first_import_leaves_nothing_in_force(store: EmbeddedStore) -> None:
    graph = put(store, source(units=[UNIT])).graph
    undo(graph[-16:], store, BASE, recorded_at=MOMENT, by="李四")
    assert states(store) == ["undone"]
    assert record_graphs(store) == []
    assert names(store) == set()
    assert put(store, source(units=[UNIT])).graph == graph + "-v2"


def test_undoing_a_version_puts_the_former_one_back(store: EmbeddedStore) -> None:
    first = put(store, source(units=[UNIT]))
    second = put(store, source(units=[{**UNIT, "name": "乙"}]))
    with pytest.raises(HistoryError, match=f"replaced by {second.graph[-16:]}"):
        undo(first.graph[-16:], store, BASE, recorded_at=MOMENT)
    undone = undo(second.graph[-16:], store, BASE, recorded_at=MOMENT)
    assert (undone.graph, undone.replaces) == (second.graph, first.graph)
    assert states(store) == ["active", "undone"]
    assert names(store) == {"示例县委"}
    with pytest.raises(HistoryError, match="undone before"):
        undo(second.graph[-16:], store, BASE, recorded_at=MOMENT)


def test_an_undo_that_would_leave_references_hanging_is_refused(store: EmbeddedStore) -> None:
    graph = put(store, source(units=[UNIT])).graph
    put(store, source("b.json", records=[MEETING]))
    before = History.of(store)
    with pytest.raises(HistoryError, match=r"b\.json · records · 第1行.*“u1”"):
        undo(graph[-16:], store, BASE, recorded_at=MOMENT)
    assert History.of(store) == before


def test_an_undo_that_would_bring_back_a_reference_to_nothing_is_refused(
    store: EmbeddedStore,
) -> None:
    city = put(store, source("city.json", units=[CITY]))
    put(store, source(units=[{**UNIT, "parent_party": "u2"}]))
    second = put(store, source(units=[UNIT]))
    undo(city.graph[-16:], store, BASE, recorded_at=MOMENT)
    with pytest.raises(HistoryError, match=r"a\.json · units · 第1行.*“u2”"):
        undo(second.graph[-16:], store, BASE, recorded_at=MOMENT)
    assert states(store) == ["undone", "replaced", "active"]


def test_an_undo_that_would_bring_back_an_id_that_is_taken_is_refused(
    store: EmbeddedStore,
) -> None:
    put(store, source(units=[UNIT, CITY]))
    second = put(store, source(units=[UNIT]))
    put(store, source("b.json", units=[{**CITY, "name": "乙"}]))
    with pytest.raises(HistoryError, match=r"b\.json · units · 第1行.*“u2” would stand"):
        undo(second.graph[-16:], store, BASE, recorded_at=MOMENT)


def test_an_undo_that_would_bring_back_a_cycle_of_superiors_is_refused(
    store: EmbeddedStore,
) -> None:
    put(store, source("b.json", units=[{**UNIT, "id": "u2"}]))
    put(store, source("a.json", units=[{**UNIT, "parent_party": "u2"}]))
    loose = put(store, source("a.json", units=[UNIT]))
    put(store, source("b.json", units=[{**UNIT, "id": "u2", "parent_disc": "u1"}]))
    with pytest.raises(HistoryError, match="would form a cycle: u1 → u2 → u1") as refused:
        undo(loose.graph[-16:], store, BASE, recorded_at=MOMENT)
    assert "a.json · units · 第1行" in str(refused.value)
    assert states(store) == ["replaced", "replaced", "active", "active"]


def test_a_long_list_of_reasons_is_cut(store: EmbeddedStore) -> None:
    graph = put(store, source(units=[UNIT])).graph
    meetings = [{**MEETING, "id": f"r{number}"} for number in range(25)]
    put(store, source("b.json", records=meetings))
    with pytest.raises(HistoryError, match=r"5 more"):
        undo(graph[-16:], store, BASE, recorded_at=MOMENT)


def test_an_import_is_found_by_the_beginning_of_its_id(store: EmbeddedStore) -> None:
    graph = put(store, source(units=[UNIT])).graph
    put(store, source(units=[{**UNIT, "name": "乙"}]))
    put(store, source(units=[UNIT]))
    history = History.of(store)
    assert history.find(graph[-16:]).graph == graph, "the whole id wins over a beginning"
    with pytest.raises(HistoryError, match="write more of it"):
        history.find(graph[-16:-4])
    for nothing in ("", "zzz"):
        with pytest.raises(HistoryError, match="there is no import"):
            history.find(nothing)


# At the same time -------------------------------------------------------------------------------


def test_of_two_imports_checked_at_once_only_the_first_gets_in(store: EmbeddedStore) -> None:
    one = read(store, source("a.json", units=[UNIT]))
    other = read(store, source("b.json", units=[UNIT, CITY]))
    commit(one, store, BASE, recorded_at=MOMENT)
    with pytest.raises(MovedError, match="try again"):
        commit(other, store, BASE, recorded_at=MOMENT)
    assert names(store) == {"示例县委"}
    assert states(store) == ["active"]


def test_an_entry_follows_one_that_nothing_follows(store: EmbeddedStore) -> None:
    store.record(JOURNAL, JOURNAL, Entry("urn:1", b""))
    with pytest.raises(MovedError):
        store.record(JOURNAL, JOURNAL, Entry("urn:2", b""))
    store.record(JOURNAL, "urn:1", Entry("urn:2", b""))


def test_an_import_that_was_broken_off_is_never_in_force_and_can_be_cleared(
    store: EmbeddedStore,
) -> None:
    """A store that takes an import in pieces announces it first; then the pieces came, no entry."""
    batch = read(store, source(units=[UNIT]))
    graph = batch.graph(BASE)
    seen: list[Entry] = []

    class Broken(EmbeddedStore):
        def record(
            self, journal: str, follows: str, _: Entry, content: Content | None = None
        ) -> None:
            assert content is not None
            seen.append(content.announcement)
            store.record(journal, follows, content.announcement)
            store.replace_graph(content.graph, b"".join(content.ntriples))
            raise StoreError("the line went dead")

    with pytest.raises(StoreError, match="dead"):
        commit(batch, Broken.in_memory(), BASE, recorded_at=MOMENT)
    assert History.of(store).position == seen[0].iri
    assert states(store) == ["unfinished"]
    assert names(store) == set()
    again = put(store, source(units=[UNIT]))
    assert again.graph == graph + "-v2"
    undo(batch.digest[:16], store, BASE, recorded_at=MOMENT)
    assert states(store) == ["undone", "active"]
    assert store.graph(graph) == b""


# Any history ------------------------------------------------------------------------------------

_UNITS = st.dictionaries(st.sampled_from(["u1", "u2", "u3"]), st.sampled_from("甲乙"), min_size=1)
_STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["a.json", "b.json"]),
            _UNITS,
        ),
        st.integers(min_value=0, max_value=5),
    ),
    max_size=8,
)


@settings(max_examples=40)
@given(_STEPS)
def test_whatever_is_imported_and_undone_each_id_is_there_once_and_as_last_said(
    steps: list[tuple[str, dict[str, str]] | int],
) -> None:
    store = EmbeddedStore.in_memory()
    # What should be in force: graph → id → name, and what each graph replaced.
    force: dict[str, dict[str, str]] = {}
    past: dict[str, tuple[dict[str, str], str | None]] = {}
    for step in steps:
        history = History.of(store)
        if isinstance(step, int):
            if step < len(history.imports):
                one = history.imports[step]
                try:
                    undo(one.id, store, BASE, recorded_at=MOMENT)
                except HistoryError:
                    assert History.of(store) == history
                    continue
                del force[one.graph]
                replaced = past[one.graph][1]
                if replaced is not None:
                    force[replaced] = past[replaced][0]
            continue
        name, units = step
        rows = [{**UNIT, "id": key, "name": value} for key, value in sorted(units.items())]
        batch = read(store, source(name, units=rows))
        if batch.errors:
            assert {found.code for found in batch.errors} == {"already-imported"}
            continue
        receipt = commit(batch, store, BASE, recorded_at=MOMENT)
        if receipt.changed:
            past[receipt.graph] = (units, receipt.replaced)
            force.pop(receipt.replaced or "", None)
            force[receipt.graph] = units
    assert record_graphs(store) == sorted(force)
    expected = sorted(pair for units in force.values() for pair in units.items())
    seen = store.showing(live_graphs(store)).select(
        "SELECT ?id ?name WHERE { ?u dcterms:identifier ?id ; dg:sourceRow ?n ; rdfs:label ?name }"
    )
    assert sorted((row["id"].value, row["name"].value) for row in seen) == expected
    assert len({identifier for identifier, _ in expected}) == len(expected)
