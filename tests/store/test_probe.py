"""What a store can do is tried out, and one that lacks what is needed is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from servers import Server

from dutygraph.cli.main import dutygraph
from dutygraph.regulations.prepared import open_store
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from dutygraph.store.probe import probe, refuse_unfit
from dutygraph.store.remote import RemoteStore

PROBE = Path(__file__).parents[2] / "queries" / "probe"

LACKING = {
    "embedded": {"int-is-kept"},
    "oxigraph": {"int-is-kept"},
    "virtuoso": {
        "coalesce-in-a-filter",
        "concatenated-chinese",
        "exists-as-a-value",
        "ill-typed-literals",
        "minus-without-shared-variable",
        "path-with-open-ends",
    },
}
"""What each is known to lack: engines of the versions that the tests run."""


def test_every_query_of_the_probe_has_its_answer_and_none_is_left_over() -> None:
    assert {file.stem for file in PROBE.glob("*.rq")} == {
        file.stem for file in (PROBE / "expected").glob("*.csv")
    }


def test_the_embedded_store_has_all_but_what_it_is_known_to_lack() -> None:
    store = EmbeddedStore.in_memory()
    assert {one.name for one in probe(store) if not one.met} == LACKING["embedded"]
    assert store.graph_names() == [], "what was written is taken out again"


def test_a_server_has_all_that_is_needed_and_lacks_what_it_is_known_to_lack(
    server: Server,
) -> None:
    store = RemoteStore(server.endpoint)
    assert {one.name for one in probe(store) if not one.met} == LACKING[server.name]
    refuse_unfit(store)
    assert not any("/probe/" in name for name in store.graph_names())


class _Unsorted(EmbeddedStore):
    """A store in which dates are words, and of two writers both get in."""

    def serialize(self, query: str, form: str, graphs: object = None) -> bytes:
        return super().serialize(query.replace("?date <=", "STR(?date) <="), form, graphs)  # type: ignore[arg-type]

    def record(self, journal: str, *_: object) -> None:
        self.update(f"INSERT DATA {{ GRAPH <{journal}> {{ <urn:a> <urn:p> <urn:o> }} }}")


def test_a_store_that_lacks_what_is_needed_is_refused_with_what_it_lacks() -> None:
    store = _Unsorted.in_memory()
    unfit = _Unsorted(store._store)
    with pytest.raises(StoreError) as refused:
        refuse_unfit(unfit)
    assert "dates are compared" in str(refused.value)
    assert "one is refused" in str(refused.value)
    assert "VALUES" not in str(refused.value)


def test_an_endpoint_that_lacks_what_is_needed_is_not_filled(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dutygraph.regulations.prepared.is_current", lambda _: False)
    monkeypatch.setattr("dutygraph.regulations.prepared.refresh", pytest.fail)
    monkeypatch.setattr(RemoteStore, "record", lambda *_: None)
    with pytest.raises(StoreError, match="cannot be its store"):
        open_store(server.query)


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_the_command_says_what_a_server_can_do(
    form: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    if form != "json":
        monkeypatch.setattr("dutygraph.cli.storing.refuse_unfit_inside", lambda *_, **__: None)
    result = CliRunner().invoke(
        dutygraph, ["store", "probe", "--store", server.query, "--format", form]
    )
    assert result.exit_code == 0, result.output
    assert "two-paths" in result.stdout
    if form == "json":
        told = json.loads(result.stdout)
        missing = {one["name"] for one in told["capabilities"] if not one["met"]}
        fit = server.name == "oxigraph"
        assert missing == LACKING[server.name] | (set() if fit else {"checks-inside"})
        assert ("sanctions-for" in told["unanswered"]) == (server.name == "virtuoso")
