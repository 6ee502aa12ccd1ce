"""The rows of units, people and posts: read once, kept beside the store, never stale."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask

from dutygraph.compliance.planning import Planner
from dutygraph.compliance.standing import Standing
from dutygraph.store.embedded import EmbeddedStore
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


def _store(*names: str) -> Asked:
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
    store.replace_graph(GRAPH, "".join(lines).encode())
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


def test_another_state_or_other_graphs_are_read_anew(tmp_path: Path) -> None:
    Roster(_store("a"), [GRAPH], Place(tmp_path, ("first",)))
    assert _ids(Roster(_store("b"), [GRAPH], Place(tmp_path, ("second",)))) == {"b"}
    assert _ids(Roster(_store("b"), [], Place(tmp_path, ("second",)))) == set()


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

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Standing, "report", never)
    monkeypatch.setattr(Planner, "calendar_of", never)
    client = site.test_client()
    for page in ("/", "/findings", "/units?view=map", "/units/qh-xianwei", "/reports", "/calendar"):
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
