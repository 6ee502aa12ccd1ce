"""Each rule says the same in SHACL, in SPARQL and in SQL."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.bench.findings import LEAST, Finding, differences
from benchmarks.bench.peers.by_hand import DuckDB, Pyoxigraph
from benchmarks.bench.peers.dutygraph import Dutygraph
from benchmarks.bench.peers.peer import Peer
from benchmarks.bench.probing import UNITS, damaged
from benchmarks.bench.provinces import parts
from benchmarks.bench.rules import FOLDER, owners, rules
from benchmarks.bench.watch import Watch

Found = dict[str, Counter[Finding]]


def _found(peer: Peer, data: list[Path]) -> Found:
    """Give by rule what a peer finds, all rules being run in one go."""
    found: Found = {name: Counter() for name in rules()}
    for finding in peer.run(data, rules(), Watch(silent=True)):
        found[owners()[finding.shape]][finding] += 1
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [damaged(part) for part in parts(UNITS, tmp_path_factory.mktemp("data"))]


@pytest.fixture(scope="module")
def by_shapes(data: list[Path]) -> Found:
    return _found(Dutygraph(), data)


@pytest.fixture(scope="module")
def by_sql(data: list[Path]) -> Found:
    return _found(DuckDB(), data)


@pytest.fixture(scope="module")
def by_sparql(data: list[Path]) -> Found:
    return _found(Pyoxigraph(), data)


def test_there_are_fifteen_rules_each_in_three_languages() -> None:
    assert len(rules()) == 15
    files = {f"{name}.{kind}" for name in rules() for kind in ("ttl", "rq", "sql")}
    others = {"prologue.ttl", "prologue.rq", "tables.sql"}
    assert {file.name for file in FOLDER.iterdir()} == files | others


@pytest.mark.parametrize("name", rules())
def test_shape_query_and_statement_of_a_rule_find_the_same(
    name: str, by_shapes: Found, by_sql: Found, by_sparql: Found
) -> None:
    assert by_shapes[name], "nothing is found, so nothing is compared"
    assert differences(by_sql[name], by_shapes[name], LEAST, [name]) == {}
    assert differences(by_sparql[name], by_shapes[name], LEAST, [name]) == {}
