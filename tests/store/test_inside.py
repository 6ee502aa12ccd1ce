"""Checks run inside an endpoint that stands the trial, with the findings of this machine."""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from servers import Server

from dutygraph.cli import opening
from dutygraph.compliance.checking import Checker, Question
from dutygraph.compliance.inside import UnfitError, check_inside, refuse_unfit_inside
from dutygraph.compliance.standing import Standing
from dutygraph.records.demo import demo
from dutygraph.records.history import record_graphs
from dutygraph.store import scratch as module
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row, StoreError
from dutygraph.store.remote import RemoteStore
from dutygraph.store.scratch import scratch

sys.path.append(str(Path(__file__).parents[1] / "columns"))
from united import told, united

TRUSTED = pytest.mark.parametrize(
    "running",
    [pytest.param("oxigraph", marks=pytest.mark.xdist_group("oxigraph"))],
    indirect=True,
    scope="session",
)
"""At the server that is trusted with checks."""

ASKED = Question(dt.date(2014, 12, 10), 2014)
GRAPH = "https://w3id.org/dutygraph/import/inside"
EVERY = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
ONE = b"<urn:a> <urn:p> <urn:b> .\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep nothing of a trial from one test to the next."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def store(server: Server) -> Iterator[RemoteStore]:
    """Give a server's store that is left as it was."""
    found = RemoteStore(server.endpoint)
    before = found.graph_names()
    yield found
    for name in set(found.graph_names()) - set(before):
        found.replace_graph(name, b"")


def _left(store: RemoteStore) -> set[str]:
    """Give the graphs that runs left in a store."""
    return {row["g"].value for row in store.select(EVERY, ()) if "scratch" in row["g"].value}


def _records() -> list[bytes]:
    held = EmbeddedStore.open(demo(), read_only=True)
    return [held.graph(name) for name in record_graphs(held)]


@pytest.fixture(scope="module")
def checker() -> Checker:
    """Give a checker with the usual settings."""
    return Checker(opening.regulations_alone(), "hebei")


def test_a_server_stands_the_trial_or_is_refused_with_what_it_lacks(
    store: RemoteStore, server: Server
) -> None:
    if server.name == "virtuoso":
        with pytest.raises(UnfitError, match="a property path with both ends open"):
            refuse_unfit_inside(store, "hebei")
    else:
        refuse_unfit_inside(store, "hebei")
    assert not _left(store)


@TRUSTED
@pytest.mark.parametrize("number", [0, 7])
def test_the_worked_examples_are_found_inside_as_they_are_here(
    number: int, store: RemoteStore, tmp_path: Path
) -> None:
    records, checks, question = united(number, tmp_path)
    store.load(GRAPH, records.splitlines(keepends=True))
    with scratch(store) as graph:
        graph.take([GRAPH])
        there = checks.check_there(graph, question)
    assert told(there) == told(checks.check([records], question))
    assert there.findings
    assert not _left(store)


class _Forgetful(RemoteStore):
    """A store whose engine loses a row of every long answer."""

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        rows = list(super().select(query, graphs))
        return iter(rows[1:] if len(rows) > 20 else rows)


class _Mute(RemoteStore):
    """A store that may be read only."""

    def update(self, update: str) -> None:
        raise StoreError(f"forbidden: {update[:20]}")

    def _send(self, method: str, name: str, ntriples: bytes) -> None:
        raise StoreError(f"forbidden: {method} {name} {ntriples[:20]!r}")


@TRUSTED
@pytest.mark.parametrize(
    ("kind", "why"), [(_Forgetful, "the demo comes out otherwise: .*art20"), (_Mute, "forbidden")]
)
def test_an_endpoint_that_cannot_check_is_not_trusted_and_the_check_runs_here(
    kind: type[RemoteStore],
    why: str,
    store: RemoteStore,
    server: Server,
    checker: Checker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    faulty, records = kind(server.endpoint), _records()
    graphs = [f"{GRAPH}{number}" for number in range(len(records))]
    for graph, ntriples in zip(graphs, records, strict=True):
        store.load(graph, ntriples.splitlines(keepends=True))
    with pytest.raises(StoreError, match=why):
        check_inside(checker, faulty, graphs, ASKED)
    monkeypatch.setattr("dutygraph.compliance.standing.record_graphs", lambda _: graphs)
    monkeypatch.setattr(_Forgetful, "select", RemoteStore.select)
    caplog.set_level(logging.INFO, "dutygraph")
    found = Standing(faulty, server.query, "hebei").report(ASKED)
    assert "here, not inside the endpoint" in caplog.text
    assert told(found) == told(checker.check(records, ASKED))


@TRUSTED
def test_what_a_run_left_is_nobodys_graph_and_goes_with_a_run_of_a_later_day(
    store: RemoteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_remove", lambda *_: None)
    with scratch(store) as killed:
        killed.load(ONE)
    monkeypatch.undo()
    assert killed.name in _left(store)
    assert killed.name not in store.graph_names()
    assert not list(store.select("SELECT ?s WHERE { ?s <urn:p> ?o }"))
    with scratch(store):
        assert killed.name in _left(store), "its run may still be there"
    monkeypatch.setattr(module, "_LEFT", dt.timedelta(0))
    with scratch(store) as graph:
        assert not list(graph.select("SELECT ?s WHERE { ?s ?p ?o }"))
        assert killed.name not in _left(store)
    assert not _left(store)


@TRUSTED
@pytest.mark.parametrize(
    ("update", "left"),
    [
        ("INSERT { ?s <urn:q> ?o } WHERE { ?s <urn:p> ?o }", ["urn:p", "urn:q"]),
        ("DELETE { ?s ?p ?o } INSERT { ?s <urn:q> ?o } WHERE { ?s ?p ?o }", ["urn:q"]),
        (
            """INSERT { ?s <urn:q> "; INSERT" } WHERE { ?s ?p ?o . { ?s ?p ?o ; <urn:p> ?o } } ;
            DELETE { ?s <urn:p> ?o } WHERE { ?s <urn:p> ?o }""",
            ["urn:q"],
        ),
    ],
)
def test_an_update_changes_and_sees_the_graph_of_its_run_alone(
    update: str, left: list[str], store: RemoteStore
) -> None:
    store.load(GRAPH, [b"<urn:x> <urn:p> <urn:y> .\n"])
    with scratch(store) as graph:
        graph.load(ONE)
        graph.update(update)
        rows = [(row["s"].value, row["p"].value) for row in graph.select("SELECT * { ?s ?p ?o }")]
        assert sorted(rows) == [("urn:a", one) for one in left]
    assert store.graph(GRAPH) == b"<urn:x> <urn:p> <urn:y> .\n"
