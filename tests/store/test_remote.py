"""Real SPARQL servers behind the same store: the same graphs, the same journal, the same errors."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from servers import Server, oxigraph

from dutygraph.cli.main import dutygraph
from dutygraph.store import remote
from dutygraph.store.endpoint import AUTHENTICATION, GRAPHS, UPDATE, Endpoint
from dutygraph.store.graphs import StoreError
from dutygraph.store.journal import FOLLOWS, Content, Entry, MovedError
from dutygraph.store.remote import RemoteStore

INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


@pytest.fixture
def store(server: Server) -> RemoteStore:
    return RemoteStore(server.endpoint)


@pytest.fixture(params=["by graph store protocol", "by update"])
def written(server: Server, request: pytest.FixtureRequest) -> RemoteStore:
    """Give a store with and without the server's address for graphs."""
    known = server.settings if "graph" in request.param else {}
    return RemoteStore(Endpoint.of(server.query, known))


def test_a_graph_comes_back_as_it_was_put(written: RemoteStore) -> None:
    store = written
    triples = f'<urn:a> <urn:p> "条"@zh .\n<urn:a> <urn:p> "1"^^<{INTEGER}> .\n'
    store.replace_graph("urn:g", triples.encode())
    assert sorted(store.graph("urn:g").decode().splitlines()) == sorted(triples.splitlines())
    values = {str(row["o"]) for row in store.select("SELECT ?o WHERE { ?s ?p ?o }", ["urn:g"])}
    assert values == {'"条"@zh', f'"1"^^<{INTEGER}>'}
    store.replace_graph("urn:g", b"_:b <urn:p> <urn:o> .\n")
    (row,) = store.select("SELECT ?s ?o WHERE { ?s ?p ?o }", ["urn:g"])
    assert str(row["s"]).startswith("_:")
    assert row["o"].value == "urn:o"
    store.replace_graph("urn:g", b"")
    assert store.graph("urn:g") == b""
    assert "urn:g" not in store.graph_names()


def test_triples_that_cannot_be_read_leave_the_graph_as_it_was(store: RemoteStore) -> None:
    store.replace_graph("urn:g", b"<urn:a> <urn:p> <urn:o> .\n")
    with pytest.raises(StoreError, match="HTTP"):
        store.replace_graph("urn:g", b'<urn:b> <urn:p> <urn:o> .\n<urn:c> <urn:p> "broken .\n')
    assert store.graph("urn:g") == b"<urn:a> <urn:p> <urn:o> .\n"
    store.replace_graph("urn:g", b"")


def _names(store: RemoteStore, graph: str) -> set[str]:
    return {row["s"].value for row in store.select("SELECT ?s WHERE { ?s ?p ?o }", [graph])}


def _content(graph: str, size: int) -> Content:
    pieces = (f"<urn:{number}> <urn:p> <urn:o> .\n".encode() for number in range(size))
    return Content(graph, pieces, Entry(f"{graph}-announced", b""))


def _in_steps(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    for name in ("_STEP", "_CHUNK", "_TOGETHER"):
        monkeypatch.setattr(remote, name, size)


@pytest.mark.parametrize("step", [1 << 14, 100], ids=["in one request", "in many requests"])
def test_an_entry_and_its_graph_get_in_together_and_a_second_one_does_not(
    step: int, written: RemoteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = written
    _in_steps(monkeypatch, step)
    mark = f"{step}:{bool(store.endpoint.graphs)}"
    journal = f"urn:journal:{mark}"
    store.record(journal, journal, Entry(f"urn:one:{mark}", b""), _content(f"urn:g1:{mark}", 9))
    assert len(_names(store, f"urn:g1:{mark}")) == 9
    with pytest.raises(MovedError):
        late = Entry(f"urn:two:{mark}", b"")
        store.record(journal, journal, late, _content(f"urn:g2:{mark}", 9))
    assert _names(store, f"urn:g2:{mark}") == set()
    assert f"urn:two:{mark}" not in _names(store, journal)


def test_who_is_overtaken_while_a_large_graph_goes_in_leaves_no_graph(
    store: RemoteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _in_steps(monkeypatch, 100)
    journal = "urn:overtaken"
    slow = _content("urn:slow", 9)

    def overtaken() -> Iterator[bytes]:
        yield from slow.ntriples
        store.record(journal, slow.announcement.iri, Entry("urn:quick", b""))

    with pytest.raises(MovedError):
        content = Content("urn:slow", overtaken(), slow.announcement)
        store.record(journal, journal, Entry("urn:late", b""), content)
    assert _names(store, "urn:slow") == set()
    assert _names(store, journal) == {slow.announcement.iri, "urn:quick"}


@pytest.mark.parametrize("journal", ["urn:first-race", "urn:second-race", "urn:third-race"])
def test_of_many_who_write_at_once_no_more_than_one_gets_in(journal: str, server: Server) -> None:
    def got_in(number: int) -> bool:
        entry = Entry(f"urn:racer:{number}", f"<urn:racer:{number}> <urn:p> <urn:o> .\n".encode())
        try:
            RemoteStore(server.endpoint).record(journal, journal, entry)
        except MovedError:
            return False
        return True

    with ThreadPoolExecutor(6) as racers:
        winners = sum(racers.map(got_in, range(6)))
    assert winners == len(_names(RemoteStore(server.endpoint), journal)) <= 1


class _SideBySide(RemoteStore):
    """A server that runs updates side by side: somebody else's entry comes in with ours."""

    def update(self, update: str) -> None:
        super().update(update)
        if "COUNT" in update:
            super().update(
                f"INSERT DATA {{ GRAPH <urn:raced> {{ <urn:rival> <{FOLLOWS}> <urn:raced> }} }}"
            )


def test_of_two_that_got_in_side_by_side_each_takes_its_entry_out(server: Server) -> None:
    store = _SideBySide(server.endpoint)
    with pytest.raises(MovedError):
        store.record("urn:raced", "urn:raced", Entry("urn:mine", b"<urn:mine> <urn:p> <urn:o> .\n"))
    assert _names(store, "urn:raced") == {"urn:rival"}


def test_an_answer_longer_than_the_server_gives_at_once_is_whole_and_in_order(
    store: RemoteStore,
) -> None:
    number = 5_250
    lines = [f'<urn:{n % 700}> <urn:p{n // 700}> "值 {n}"@zh .' for n in range(number)]
    store.replace_graph("urn:long", ("\n".join(lines) + "\n").encode())
    assert sorted(store.graph("urn:long").decode().splitlines()) == sorted(lines)
    rows = list(
        store.select("SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY DESC(STR(?o))", ["urn:long"])
    )
    values = [row["o"].value for row in rows]
    assert values == sorted((f"值 {n}" for n in range(number)), reverse=True)
    # Rows that are the same as others count too: each subject stands there seven or eight times.
    again = list(store.select("SELECT ?s WHERE { ?s ?p ?o }", ["urn:long"]))
    assert len(again) == number
    assert len({row["s"] for row in again}) == 700
    bounded = list(store.select("SELECT ?s WHERE { ?s ?p ?o } LIMIT 2000", ["urn:long"]))
    assert len(bounded) == 2000
    store.replace_graph("urn:long", b"")


def test_a_query_that_the_server_refuses_is_answered_with_its_words(store: RemoteStore) -> None:
    with pytest.raises(StoreError, match="did not answer as it should"):
        list(store.select("SELECT ?s WHERE { ?s ?p ", []))
    with pytest.raises(StoreError, match="SELECT"):
        list(store.select("ASK { ?s ?p ?o }", []))


def test_an_update_is_no_query(store: RemoteStore) -> None:
    store.replace_graph("urn:g", b"<urn:a> <urn:p> <urn:o> .\n")
    for ask in (lambda query: list(store.select(query, ())), lambda q: store.serialize(q, "csv")):
        with pytest.raises(StoreError, match="not an update"):
            ask("DELETE WHERE { GRAPH <urn:g> { ?s ?p ?o } }")
    assert store.graph("urn:g") == b"<urn:a> <urn:p> <urn:o> .\n"
    store.replace_graph("urn:g", b"")


def test_an_ask_is_answered_with_yes_or_no(store: RemoteStore) -> None:
    assert b"true" in store.serialize("ASK {}", "json", ())
    assert b"false" in store.serialize("ASK { FILTER(false) }", "csv", ())


def test_an_endpoint_that_is_not_there_ends_the_command_with_2() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}/sparql"
        result = CliRunner().invoke(dutygraph, ["query", "deadlines", "--store", nobody])
    assert result.exit_code == 2
    assert nobody in result.stderr


def test_an_answer_that_the_server_breaks_off_is_no_short_answer(tmp_path: Path) -> None:
    long = "SELECT * WHERE { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f FILTER(CONTAINS(STR(?a), STR(?f))) }"
    lines = "".join(f"<urn:{n}> <urn:p> <urn:{n + 1}> .\n" for n in range(400))
    with oxigraph(tmp_path, "--timeout-s", "1") as server:
        store = RemoteStore(server.endpoint)
        store.replace_graph("urn:g", lines.encode())
        with pytest.raises(StoreError, match="ran out of time"):
            list(store.select(long, ["urn:g"]))


@pytest.mark.parametrize("running", ["virtuoso"], indirect=True)
def test_a_server_that_asks_who_one_is_is_told_by_digest(running: Server) -> None:
    settings = {
        UPDATE: f"{running.query}-auth",
        GRAPHS: f"{running.graphs}-auth",
        AUTHENTICATION: "digest dba:dba",
    }
    store = RemoteStore(Endpoint.of(f"{running.query}-auth", settings))
    store.replace_graph("urn:mine", b"<urn:a> <urn:p> <urn:o> .\n")
    assert store.graph("urn:mine") == b"<urn:a> <urn:p> <urn:o> .\n"
    store.replace_graph("urn:mine", b"")
    stranger = Endpoint.of(f"{running.query}-auth", {**settings, AUTHENTICATION: "digest dba:no"})
    with pytest.raises(StoreError, match=AUTHENTICATION):
        RemoteStore(stranger).graph("urn:mine")
    nobody = Endpoint.of(f"{running.query}-auth", {})
    with pytest.raises(StoreError, match=AUTHENTICATION):
        RemoteStore(nobody).graph("urn:mine")
