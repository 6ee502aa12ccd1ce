"""A real SPARQL server behind the same commands: the same answers, the same findings."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from dutygraph.cli.main import dutygraph
from dutygraph.queries.catalogue import filled, question, questions
from dutygraph.records.history import record_graphs
from dutygraph.regulations.prepared import is_current, open_store, prepared_graphs
from dutygraph.store import remote
from dutygraph.store.graphs import StoreError
from dutygraph.store.journal import Content, Entry, MovedError
from dutygraph.store.remote import RemoteStore

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "demo" / "records.json"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Start Oxigraph's server on a free port of this machine; it keeps its data in memory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"],
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/query"
    try:
        _wait(f"{address}?query=ASK%7B%7D")
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _wait(address: str) -> None:
    for _ in range(100):
        try:
            with urlopen(address):
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"no server at {address}")


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(dutygraph, list(arguments))
    assert result.exit_code in (0, 1), result.output
    return result.stdout


def test_the_regulation_is_put_into_an_endpoint_when_it_is_opened(endpoint: str) -> None:
    store = open_store(endpoint)
    assert is_current(store)
    assert set(prepared_graphs()) <= set(store.graph_names())


@pytest.mark.parametrize("name", questions())
def test_a_question_has_the_same_answer_at_an_endpoint(name: str, endpoint: str) -> None:
    store = open_store(endpoint)
    answer = store.serialize(filled(store, question(name), {}), "csv").decode()
    written = (ROOT / "queries" / "expected" / f"{name}.csv").read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(answer))) == list(csv.reader(io.StringIO(written)))


def test_what_was_imported_into_an_endpoint_gives_the_same_findings(endpoint: str) -> None:
    _run("import", str(DEMO), "--store", endpoint)
    assert len(record_graphs(RemoteStore(endpoint))) == 1
    check = ["check", "--as-of", "2014-12-10", "--format", "json"]
    there, here = _run(*check, "--store", endpoint), _run(*check, str(DEMO))
    assert json.loads(there)["findings"] == json.loads(here)["findings"]


@pytest.mark.parametrize("form", ["json", "csv", "tsv", "xml"])
def test_answers_come_in_every_form(form: str, endpoint: str) -> None:
    query = "SELECT ?key WHERE { hebei:art20 dg:key ?key }"
    assert "art20" in _run("sparql", query, "--store", endpoint, "--format", form)


def test_a_graph_comes_back_as_it_was_put(endpoint: str) -> None:
    store = RemoteStore(endpoint)
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    triples = f'<urn:a> <urn:p> "条"@zh .\n<urn:a> <urn:p> "1"^^<{integer}> .\n'
    store.replace_graph("urn:g", triples.encode())
    assert sorted(store.graph("urn:g").decode().splitlines()) == sorted(triples.splitlines())
    values = {str(row["o"]) for row in store.select("SELECT ?o WHERE { ?s ?p ?o }", ["urn:g"])}
    assert values == {'"条"@zh', f'"1"^^<{integer}>'}
    store.replace_graph("urn:g", b"_:b <urn:p> <urn:o> .\n")
    (row,) = store.select("SELECT ?s ?o WHERE { ?s ?p ?o }", ["urn:g"])
    assert str(row["s"]).startswith("_:")
    assert row["o"].value == "urn:o"


def _names(store: RemoteStore, graph: str) -> set[str]:
    return {row["s"].value for row in store.select("SELECT ?s WHERE { ?s ?p ?o }", [graph])}


def _content(graph: str, size: int) -> Content:
    pieces = (f"<urn:{number}> <urn:p> <urn:o> .\n".encode() for number in range(size))
    return Content(graph, pieces, Entry(f"{graph}-announced", b""))


@pytest.mark.parametrize("step", [1 << 20, 100], ids=["in one request", "in many requests"])
def test_an_entry_and_its_graph_get_in_together_and_a_second_one_does_not(
    step: int, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_STEP", step)
    store, journal = RemoteStore(endpoint), f"urn:journal:{step}"
    store.record(journal, journal, Entry(f"urn:one:{step}", b""), _content(f"urn:g1:{step}", 9))
    assert len(_names(store, f"urn:g1:{step}")) == 9
    with pytest.raises(MovedError):
        late = Entry(f"urn:two:{step}", b"")
        store.record(journal, journal, late, _content(f"urn:g2:{step}", 9))
    assert _names(store, f"urn:g2:{step}") == set()
    assert f"urn:two:{step}" not in _names(store, journal)


def test_who_is_overtaken_while_a_large_graph_goes_in_leaves_no_graph(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_STEP", 100)
    store, journal = RemoteStore(endpoint), "urn:overtaken"
    slow = _content("urn:slow", 9)

    def overtaken() -> Iterator[bytes]:
        yield from slow.ntriples
        store.record(journal, slow.announcement.iri, Entry("urn:quick", b""))

    with pytest.raises(MovedError):
        content = Content("urn:slow", overtaken(), slow.announcement)
        store.record(journal, journal, Entry("urn:late", b""), content)
    assert _names(store, "urn:slow") == set()
    assert _names(store, journal) == {slow.announcement.iri, "urn:quick"}


def test_versions_and_undo_work_at_an_endpoint_as_in_a_directory(
    endpoint: str, tmp_path: Path
) -> None:
    file = tmp_path / "village.json"
    seen = "SELECT ?name WHERE { ?unit dcterms:identifier 'village' ; rdfs:label ?name }"
    names = []
    for name in ("甲乡党委", "乙乡党委"):
        unit = {"id": "village", "name": name, "kind": "地方党委", "level": "乡级"}
        file.write_text(json.dumps({"units": [unit]}, ensure_ascii=False), encoding="utf-8")
        _run("import", str(file), "--store", endpoint)
        names.append(_run("sparql", seen, "--store", endpoint, "--format", "csv").split())
    assert names == [["name", "甲乡党委"], ["name", "乙乡党委"]]
    last = json.loads(_run("imports", "--store", endpoint, "--format", "json"))[-1]
    assert (last["state"], last["label"], last["rows"]) == ("active", "village.json", 1)
    _run("imports", "undo", last["id"], "--store", endpoint)
    assert _run("sparql", seen, "--store", endpoint, "--format", "csv").split() == names[0]


def test_a_query_that_the_server_refuses_is_answered_with_its_words(endpoint: str) -> None:
    with pytest.raises(StoreError, match="did not answer as it should"):
        list(RemoteStore(endpoint).select("SELECT ?s WHERE { ?s ?p ", []))
    with pytest.raises(StoreError, match="SELECT"):
        list(RemoteStore(endpoint).select("ASK { ?s ?p ?o }", []))


def test_an_endpoint_that_is_not_there_ends_the_command_with_2() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}/sparql"
        result = CliRunner().invoke(dutygraph, ["query", "deadlines", "--store", nobody])
    assert result.exit_code == 2
    assert nobody in result.stderr


def test_the_site_is_not_served_from_an_endpoint(endpoint: str) -> None:
    result = CliRunner().invoke(dutygraph, ["serve", "--store", endpoint])
    assert result.exit_code == 2
    assert "needs a directory" in result.stderr
