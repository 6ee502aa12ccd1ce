"""Real clients at the endpoint: SPARQLWrapper, rdflib, curl, and Comunica from npm."""

from __future__ import annotations

import filecmp
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from rdflib import Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, N3, POST, POSTDIRECTLY, URLENCODED, XML, SPARQLWrapper
from werkzeug.serving import make_server

from dutygraph.terms import sparql_prologue
from webapp import create_app

COMUNICA = Path(__file__).parent / "comunica"
BUNDLE = Path(__file__).parents[2] / "webapp" / "bundles" / "codemirror"
VENDORED = Path(__file__).parents[2] / "webapp" / "static" / "vendor" / "codemirror"
KEYS = "SELECT ?key { ?norm dg:statedIn hebei:art20 ; dg:key ?key } ORDER BY ?key"
ABOUT = "CONSTRUCT { ?norm dg:key ?key } WHERE { ?norm dg:statedIn hebei:art20 ; dg:key ?key }"
EXPECTED = ["art20#n1", "art20#n2"]


@pytest.fixture(scope="module")
def address(demo_store: Path) -> Iterator[str]:
    """Serve the demo's site; gives the address of its endpoint."""
    app: Flask = create_app(
        {"STORE": str(demo_store), "AS_OF": "2014-12-10", "PATIENCE": None, "PERSONAL": True}
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("method", "way"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]
)
def test_sparqlwrapper_asks_in_every_way(address: str, method: str, way: str) -> None:
    client = SPARQLWrapper(address)
    client.setMethod(method)
    client.setRequestMethod(way)
    client.setQuery(sparql_prologue() + KEYS)
    client.setReturnFormat(JSON)
    rows = client.queryAndConvert()["results"]["bindings"]
    assert [row["key"]["value"] for row in rows] == EXPECTED
    client.setReturnFormat(CSV)
    assert client.queryAndConvert().decode().split() == ["key", *EXPECTED]
    client.setReturnFormat(XML)
    found = client.queryAndConvert().getElementsByTagName("literal")
    assert [one.firstChild.data for one in found] == EXPECTED
    client.setQuery(sparql_prologue() + ABOUT)
    client.setReturnFormat(N3)
    assert b"art20#n1" in client.queryAndConvert()


def test_rdflib_reads_the_endpoint_as_a_graph(address: str) -> None:
    store = SPARQLStore(address)
    found = store.query(KEYS, initNs={})
    assert [str(row[0]) for row in found] == EXPECTED
    art20 = URIRef("https://w3id.org/dutygraph/hebei/art20")
    key = URIRef("https://w3id.org/dutygraph/ontology#key")
    triples = [triple for triple, _ in store.triples((art20, key, None))]
    assert triples == [(art20, key, Literal("art20"))]
    assert bool(store.query("ASK { hebei:art20 dg:key 'art20' }"))


def curl(*arguments: str) -> str:
    done = subprocess.run(
        ["curl", "--silent", "--show-error", *arguments], capture_output=True, check=True, text=True
    )
    return done.stdout


def test_curl_asks_and_posts(address: str) -> None:
    csv = ("--header", "Accept: text/csv")
    for options in (
        ("--get", "--data-urlencode", f"query={KEYS}"),
        ("--data-urlencode", f"query={KEYS}"),
        ("--header", "Content-Type: application/sparql-query", "--data-binary", KEYS),
    ):
        assert curl(*csv, *options, address).split() == ["key", *EXPECTED]
    assert "sd:Service" in curl("--header", "Accept: text/turtle", address)
    status = ("--output", "/dev/null", "--write-out", "%{http_code}")
    assert curl(*status, "--data-urlencode", "update=CLEAR ALL", address) == "400"


def comunica(address: str, query: str) -> object:
    done = subprocess.run(
        ["node", "ask.mjs", address, sparql_prologue() + query],
        cwd=COMUNICA,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_comunica_asks_for_rows_yes_or_no_and_triples(address: str) -> None:
    assert comunica(address, KEYS) == [{"key": key} for key in EXPECTED]
    assert comunica(address, "ASK { hebei:art20 dg:key 'art20' }") is True
    assert comunica(address, ABOUT) == 2


def test_the_editor_is_bundled_from_what_is_pinned(tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=BUNDLE, check=True, timeout=60)
    for name in ("codemirror.min.js", "LICENSE"):
        assert filecmp.cmp(tmp_path / name, VENDORED / name, shallow=False), name
