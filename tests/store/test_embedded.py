"""The embedded store: named graphs replaced whole, read as a union or one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dutygraph.store import embedded
from dutygraph.store.embedded import EmbeddedStore, store_location
from dutygraph.store.graphs import Solutions, StoreError, text
from dutygraph.store.journal import Content, Entry

ONE = b'<urn:a> <urn:p> "1" .\n'
TWO = b'<urn:a> <urn:p> "2" .\n'


def _values(store: EmbeddedStore, graphs: list[str] | None = None) -> list[str]:
    rows = store.select("SELECT ?o WHERE { ?s ?p ?o } ORDER BY ?o", graphs)
    return [row["o"].value for row in rows]


def test_a_graph_is_replaced_whole_and_alone() -> None:
    store = EmbeddedStore.in_memory()
    store.replace_graph("urn:g1", ONE)
    store.replace_graph("urn:g2", TWO)
    store.replace_graph("urn:g1", b'<urn:a> <urn:p> "3" .\n')
    assert store.graph_names() == ["urn:g1", "urn:g2"]
    assert _values(store) == ["2", "3"]
    assert _values(store, ["urn:g1"]) == ["3"]
    assert store.graph("urn:g2") == TWO
    assert store.graph("urn:none") == b""


@pytest.mark.parametrize("graph", ["urn:g1", "urn:new"])
def test_triples_that_cannot_be_read_leave_the_graph_as_it_was(graph: str) -> None:
    store = EmbeddedStore.in_memory()
    store.replace_graph("urn:g1", ONE)
    with pytest.raises(StoreError, match="its former content stands"):
        store.replace_graph(graph, b'<urn:a> <urn:p> "2" .\n<urn:a> broken')
    assert store.graph("urn:g1") == ONE
    assert _values(store) == ["1"]


def test_what_is_in_a_directory_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    assert not EmbeddedStore.exists(tmp_path)
    EmbeddedStore.open(tmp_path).replace_graph("urn:g", ONE)
    assert EmbeddedStore.exists(tmp_path)
    assert _values(EmbeddedStore.open(tmp_path, read_only=True)) == ["1"]


def test_a_second_writer_is_refused_and_a_reader_is_not(tmp_path: Path) -> None:
    writer = EmbeddedStore.open(tmp_path)
    writer.replace_graph("urn:g", ONE)
    with pytest.raises(StoreError, match="no other dutygraph command is writing"):
        EmbeddedStore.open(tmp_path)
    assert _values(EmbeddedStore.open(tmp_path, read_only=True)) == ["1"]


def test_a_store_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=re.escape(str(tmp_path))):
        EmbeddedStore.open(tmp_path / "none", read_only=True)


def test_the_default_graph_is_apart_from_the_named_ones() -> None:
    store = EmbeddedStore.in_memory()
    store.load(ONE)
    store.replace_graph("urn:g", TWO)
    assert [row["o"].value for row in store.select("SELECT ?o WHERE { ?s ?p ?o }", ())] == ["1"]
    assert store.default_graph() == ONE


def test_a_store_shows_what_it_is_told_and_a_named_graph_whatever_it_shows() -> None:
    store = EmbeddedStore.in_memory()
    store.replace_graph("urn:g1", ONE)
    store.replace_graph("urn:g2", TWO)
    shown = store.showing(["urn:g2"])
    assert _values(shown) == ["2"]
    asked = "SELECT ?o WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert [row["o"].value for row in shown.select(asked)] == ["2"]
    assert _values(shown, ["urn:g1"]) == ["1"]
    assert _values(store.showing(["urn:g1", "urn:g2", "urn:none"])) == ["1", "2"] == _values(store)
    assert _values(store.showing([])) == []


@pytest.mark.parametrize("step", [1 << 20, 30], ids=["in one load", "in many loads"])
def test_an_entry_and_its_graph_get_in_together(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_STEP", step)
    store = EmbeddedStore.in_memory()
    content = Content("urn:g", iter([ONE, TWO]), Entry("urn:announced", b""))
    store.record("urn:j", "urn:j", Entry("urn:entry", b""), content)
    assert _values(store, ["urn:g"]) == ["1", "2"]
    entries = {row["s"].value for row in store.select("SELECT ?s WHERE { ?s ?p ?o }", ["urn:j"])}
    assert entries == ({"urn:entry"} if step > 30 else {"urn:announced", "urn:entry"})


def test_a_graph_whose_second_half_cannot_be_written_is_taken_out_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embedded, "_STEP", 30)
    store = EmbeddedStore.in_memory()
    content = Content("urn:g", iter([ONE, b"<urn:a> broken .\n"]), Entry("urn:announced", b""))
    with pytest.raises(StoreError, match="its former content stands"):
        store.record("urn:j", "urn:j", Entry("urn:entry", b""), content)
    assert _values(store, ["urn:g"]) == []
    assert store.graph("urn:j").startswith(b"<urn:announced>")


def test_a_query_that_is_no_sparql_is_answered_with_its_place() -> None:
    with pytest.raises(StoreError, match="line 1, column"):
        list(EmbeddedStore.in_memory().select("SELECT ?s WHERE { ?s ?p "))


def test_a_query_with_an_unknown_prefix_is_answered_too() -> None:
    with pytest.raises(StoreError, match="SPARQL"):
        list(EmbeddedStore.in_memory().select("SELECT ?s WHERE { ?s nope:p ?o }"))


def test_an_ask_is_no_select() -> None:
    with pytest.raises(StoreError, match="SELECT"):
        list(EmbeddedStore.in_memory().select("ASK { ?s ?p ?o }"))


def test_answers_come_in_the_forms_of_the_w3c() -> None:
    store = EmbeddedStore.in_memory()
    store.replace_graph("urn:g", ONE)
    select, construct = "SELECT ?o WHERE { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    answer = json.loads(store.serialize(select, "json"))
    assert answer["results"]["bindings"][0]["o"]["value"] == "1"
    assert store.serialize(select, "csv").splitlines() == [b"o", b"1"]
    assert store.serialize(construct, "nt") == ONE == store.construct(construct)
    with pytest.raises(StoreError, match="ttl, nt, rdf"):
        store.serialize(construct, "csv")
    with pytest.raises(StoreError, match="json, csv, tsv, xml"):
        store.serialize(select, "ttl")


def test_an_unbound_variable_has_no_text() -> None:
    assert text({}, "o") is None


def test_the_store_is_what_is_given_then_the_environment_then_a_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DUTYGRAPH_STORE", "/from/environment")
    assert store_location("/given") == "/given"
    assert store_location() == "/from/environment"
    monkeypatch.delenv("DUTYGRAPH_STORE")
    assert store_location() == ".dutygraph"


class _Swept:
    """An Oxigraph store whose files are gone."""

    def query(self, *_: object, **__: object) -> object:
        raise OSError(
            "IO error: No such file or directory: While open a file for random read: "
            "/s/000012.sst: No such file or directory"
        )

    def named_graphs(self) -> object:
        raise RuntimeError("the file 000012.sst is busy")

    def dump(self, *_: object, **__: object) -> object:
        raise OSError("no such file: 000012.sst")


@pytest.mark.parametrize(
    "read",
    [
        lambda store: list(store.select("SELECT ?s WHERE { ?s ?p ?o }")),
        lambda store: store.serialize("ASK {}", "json"),
        lambda store: store.graph_names(),
        lambda store: store.graph("urn:g"),
    ],
)
def test_files_that_a_writer_swept_away_are_a_reason_to_try_again(
    read: Callable[[EmbeddedStore], object],
) -> None:
    with pytest.raises(StoreError, match="try again"):
        read(EmbeddedStore(_Swept()))  # type: ignore[arg-type]


@pytest.mark.parametrize("graphs", [["urn:g1", "urn:g2"], ["urn:g1", "urn:g2", "urn:g3"]])
def test_a_query_over_a_dataset_sees_that_and_nothing_else(graphs: list[str]) -> None:
    """The same whether the dataset is all there is or a part.

    A triple that stands in two of the graphs comes twice from Oxigraph; none of ours does.
    """
    store = EmbeddedStore.in_memory()
    store.replace_graph("urn:g1", ONE + TWO)
    store.replace_graph("urn:g2", TWO)
    if "urn:g3" not in graphs:
        store.replace_graph("urn:g3", b'<urn:a> <urn:p> "3" .\n')

    def values(query: str) -> list[str]:
        found = store.ask(query, graphs, graphs)
        assert isinstance(found, Solutions)
        return sorted(row["o"].value for row in found.rows)

    assert values("SELECT ?o { ?s ?p ?o }") == ["1", "2", "2"]
    assert values("SELECT DISTINCT ?o { ?s ?p ?o }") == ["1", "2"]
    assert values("SELECT DISTINCT ?o FROM <urn:g3> { ?s ?p ?o }") == ["1", "2"]
    assert values("SELECT ?o { GRAPH ?g { ?s ?p ?o } }") == ["1", "2", "2"]
    assert values("SELECT ?o { GRAPH <urn:g3> { ?s ?p ?o } }") == []
    assert store.ask('ASK { ?s ?p "3" }', graphs, graphs) is False


def test_a_store_is_there_once_it_can_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "rename", killed)
        EmbeddedStore.open(tmp_path)
    assert not EmbeddedStore.exists(tmp_path)
    (tmp_path / "graph").mkdir()
    EmbeddedStore.open(tmp_path).replace_graph("urn:g", ONE)
    assert _values(EmbeddedStore.open(tmp_path, read_only=True)) == ["1"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["format", "graph"]
