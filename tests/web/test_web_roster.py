"""The rows of units, people and posts: read once, kept beside the store, never stale."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from dutygraph.compliance.planning import Planner
from dutygraph.compliance.standing import Standing
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row
from dutygraph.terms import DG, PREFIXES, sparql_prologue
from webapp.roster import FILE, Place, Roster
from webapp.start import warm

GRAPH = "urn:records"


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Let go of what a start has frozen, which a process that serves would keep."""
    yield
    gc.unfreeze()


class Asked(EmbeddedStore):
    """A store that counts what it is asked."""

    times = 0

    def select(self, query: str, graphs: Sequence[str] | None = None):  # type: ignore[no-untyped-def]
        """Count, and answer."""
        self.times += 1
        return super().select(query, graphs)


def _store(*names: str, graph: str = GRAPH) -> Asked:
    store = Asked.in_memory()
    lines = (
        f"<urn:{name}> <{predicate}> {value} .\n"
        for name in names
        for predicate, value in (
            (
                "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
                "<https://w3id.org/dutygraph/ontology#Unit>",
            ),
            ("http://purl.org/dc/terms/identifier", f'"{name}"'),
        )
    )
    store.replace_graph(graph, "".join(lines).encode())
    return store


def _ids(roster: Roster) -> set[str | None]:
    return {row["id"] for row in roster["units"]}


def test_what_was_read_in_one_state_is_not_asked_for_again(tmp_path: Path) -> None:
    place = Place(tmp_path, ("first",))
    assert _ids(Roster(_store("a", "b"), [GRAPH], place)) == {"a", "b"}
    again = _store("a", "b")
    roster = Roster(again, [GRAPH], place)
    assert (_ids(roster), again.times) == ({"a", "b"}, 0)
    assert all(row["name"] is None and set(row) >= {"unit", "region"} for row in roster["units"])


def test_where_graphs_are_gone_all_is_read_anew(tmp_path: Path) -> None:
    Roster(_store("a"), [GRAPH], Place(tmp_path, ("first",)))
    other = _store("b", graph="urn:other")
    assert _ids(Roster(other, ["urn:other"], Place(tmp_path, ("second",)))) == {"b"}
    assert _ids(Roster(other, [], Place(tmp_path, ("third",)))) == set()


_WORDS = st.sampled_from(["a", "b", "c", "d"])
_KINDS = st.sampled_from(["Unit", "Person", "post", "record"])


def _told(name: str, kind: str, other: str, number: int) -> str:
    """Give what an import tells of a thing, in which others may be named."""
    said = {
        "Unit": f'a dg:Unit ; dcterms:identifier "{name}" ; dg:level "{number}" ; dg:govt :{other}',
        "Person": f'a dg:Person ; dcterms:identifier "{name}" ; org:hasMembership :{other}',
        "post": f'org:organization :{other} ; dg:from "201{number}-01-01"^^xsd:date',
        "record": f'dg:recordKind dg:Minutes ; dg:date "201{number}-05-01"^^xsd:date',
    }[kind]
    year = f" ; dg:year {2000 + number}" if (kind, other) == ("record", "d") else ""
    return f":{name} {said}{year}"


def _all(roster: Roster) -> dict[str, list[str]]:
    names = ("units", "related", "persons", "posts", "latest", "years", "records")
    return {name: sorted(repr(sorted(row.items())) for row in roster[name]) for name in names}


@given(
    st.lists(st.lists(st.builds(_told, _WORDS, _KINDS, _WORDS, st.integers(0, 3)), max_size=3)),
    st.data(),
)
def test_after_imports_and_undoings_rows_are_as_if_read_anew(
    imports: list[list[str]], data: st.DataObject
) -> None:
    store = EmbeddedStore.in_memory()
    for number, told in enumerate(imports):
        triples = " . ".join(told)
        prologue = f"{sparql_prologue()}PREFIX : <urn:>"
        store.update(f"{prologue} INSERT DATA {{ GRAPH <urn:{number}> {{ {triples} }} }}")
    names = store.graph_names()
    with TemporaryDirectory() as folder:
        for state in range(3):
            graphs = [name for name in names if data.draw(st.booleans())]
            place = Place(Path(folder), state)
            assert _all(Roster(store, graphs, place)) == _all(Roster(store, graphs, None))


class Reading(EmbeddedStore):
    """A store that counts the rows that are read of it."""

    rows = 0

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Answer, and count."""
        for row in super().select(query, graphs):
            self.rows += 1
            yield row


def test_of_a_small_change_little_is_read(tmp_path: Path) -> None:
    store = Reading.in_memory()
    for graph, names in ((GRAPH, range(500)), ("urn:more", range(500, 503))):
        lines = (
            f"<urn:{one}> <{PREFIXES['rdf']}type> <{DG}Unit> .\n"
            f'<urn:{one}> <{PREFIXES["dcterms"]}identifier> "{one}" .\n'
            for one in names
        )
        store.replace_graph(graph, "".join(lines).encode())
    Roster(store, [GRAPH], Place(tmp_path, 1))
    store.rows = 0
    roster = Roster(store, [GRAPH, "urn:more"], Place(tmp_path, 2))
    assert len(_ids(roster)) == 503
    assert store.rows < 50


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"key": 1}'])
def test_what_is_no_roster_is_read_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert _ids(Roster(_store("a"), [GRAPH], Place(tmp_path, ()))) == {"a"}


def test_a_place_that_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert _ids(Roster(_store("a"), [GRAPH], Place(tmp_path / "file", ()))) == {"a"}


def test_an_endpoint_keeps_nothing() -> None:
    assert _ids(Roster(_store("a"), [GRAPH], None)) == {"a"}


def test_who_begins_to_serve_reads_the_units_before_they_are_asked_for(
    tmp_path: Path, import_files: Callable[..., Path], make_site: Callable[..., Flask]
) -> None:
    hostile = Path(__file__).parent / "hostile.json"
    place = import_files(tmp_path, hostile)
    assert not (place / FILE).exists()
    warm(make_site(place))
    assert (place / FILE).exists()


def test_who_begins_to_serve_has_checked_the_records_before_they_are_asked_for(
    demo_store: Path, make_site: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(demo_store, AS_OF="2014-12-10")
    warm(site)

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Standing, "report", never)
    monkeypatch.setattr(Planner, "calendar_of", never)
    monkeypatch.setattr(Popen, "__init__", never)
    client = site.test_client()
    for page in (
        *("/", "/findings", "/units?view=map", "/units/qh-xianwei", "/reports", "/calendar"),
        "/sparql",
    ):
        assert client.get(page).status_code == 200, page


def test_a_store_that_cannot_be_read_keeps_nobody_from_serving(
    tmp_path: Path, make_site: Callable[..., Flask]
) -> None:
    EmbeddedStore.open(tmp_path)
    (manifest,) = (tmp_path / "graph").glob("MANIFEST-*")
    manifest.write_bytes(b"garbage")
    site = make_site(tmp_path)
    warm(site)
    assert site.test_client().get("/units").status_code == 503
