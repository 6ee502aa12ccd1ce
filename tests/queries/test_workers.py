"""Workers: queries run beside this process, ended at their limits, their answers cut short."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from dutygraph.queries.foreign import admitted
from dutygraph.queries.worker import Job, outcome
from dutygraph.queries.workers import BYTES, ROWS, SECONDS, LimitError, Limits, Workers
from dutygraph.regulations.prepared import open_regulations, prepared_graphs, refresh
from dutygraph.store.embedded import EmbeddedStore

GRAPHS = prepared_graphs()
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
NORMS = "SELECT ?norm { ?norm a dg:Obligation }"


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Workers:
    """Give workers over the regulations alone: the folder has no store."""
    return Workers(str(tmp_path_factory.mktemp("none")), Limits(seconds=1.0, rows=7, bytes=100_000))


def test_a_query_is_answered_in_the_form_asked_for(workers: Workers) -> None:
    query = admitted("SELECT ?key { hebei:art20 dg:key ?key }", GRAPHS)
    found = workers.run(query, "json")
    assert (found.count, found.cut, found.error) == (1, False, "")
    bindings = json.loads(found.content)["results"]["bindings"]
    assert bindings == [{"key": {"type": "literal", "value": "art20"}}]
    assert workers.run(query, "csv").content == b"key\r\nart20\r\n"
    assert workers.run(query, "tsv").content.splitlines()[1] == b'"art20"'
    assert b"<literal>art20</literal>" in workers.run(query, "xml").content


def test_yes_and_no_and_triples_are_answered(workers: Workers) -> None:
    assert json.loads(workers.run(admitted("ASK {}", GRAPHS), "json").content)["boolean"] is True
    query = admitted("CONSTRUCT WHERE { hebei:art20 dg:key ?key }", GRAPHS)
    assert b'hebei:art20 dg:key "art20" .' in workers.run(query, "ttl").content
    for form in ("nt", "rdf", "jsonld"):
        found = workers.run(query, form)
        assert found.count == 1
        assert b"art20" in found.content


def test_an_answer_is_cut_after_so_many_rows_or_triples_and_says_so(workers: Workers) -> None:
    for form, text in (("json", NORMS), ("nt", "CONSTRUCT WHERE { ?norm a dg:Obligation }")):
        found = workers.run(admitted(text, GRAPHS), form)
        assert (found.count, found.cut) == (7, True)
    whole = workers.run(admitted(NORMS + " LIMIT 7", GRAPHS), "json")
    assert (whole.count, whole.cut) == (7, False)


def test_an_answer_is_cut_after_so_many_bytes() -> None:
    query = admitted("SELECT ?quote { ?norm dg:quote ?quote }", GRAPHS)
    job = Job(query.text, query.dataset.default, query.dataset.named, "json", 9.0, 1000, 1000)
    found = outcome(open_regulations(), job)
    assert found.cut
    assert 0 < len(found.content) < 3000


def test_only_the_graphs_of_the_dataset_are_seen(workers: Workers) -> None:
    ontology, regulation = GRAPHS[0], GRAPHS[1]
    count = "SELECT (COUNT(*) AS ?n) %s { %s }"

    def number(dataset: str, pattern: str) -> int:
        found = workers.run(admitted(count % (dataset, pattern), GRAPHS), "csv").content
        return int(found.split()[1])

    art20 = "hebei:art20 dg:key ?key"
    assert number("", art20) == 1
    assert number(f"FROM <{regulation}>", art20) == 1
    assert number(f"FROM <{ontology}>", art20) == 0
    assert number(f"FROM NAMED <{regulation}>", art20) == 0
    assert number(f"FROM NAMED <{regulation}>", f"GRAPH ?g {{ {art20} }}") == 1
    assert number(f"FROM NAMED <{ontology}>", f"GRAPH <{regulation}> {{ {art20} }}") == 0


def test_what_a_store_says_of_the_regulations_and_its_records_is_told_together_and_apart(
    tmp_path: Path,
) -> None:
    store = EmbeddedStore.open(tmp_path)
    refresh(store)
    records = "urn:records"
    store.replace_graph(records, b'<urn:a> <urn:b> "c" .\n')
    graphs = [*GRAPHS, records]
    every, some = [*map(store.graph, graphs)], GRAPHS[1:]
    del store
    workers = Workers(str(tmp_path), Limits())

    def number(**dataset: Sequence[str]) -> int:
        query = admitted("SELECT (COUNT(*) AS ?n) { ?a ?b ?c }", graphs, **dataset)
        return int(workers.run(query, "csv").content.split()[1])

    assert number(default=[records]) == 1
    assert number(default=some) == len({*b"".join(every[1:-1]).splitlines()})
    assert number() == len({*b"".join(every).splitlines()})


def test_a_worker_that_was_started_takes_queries_that_come_one_after_the_other(
    tmp_path: Path,
) -> None:
    workers = Workers(str(tmp_path), Limits())
    assert not workers._all
    workers.ready()
    for _ in range(3):
        assert workers.run(admitted("ASK {}", GRAPHS), "json").count == 1
    assert len(workers._all) == 1


def test_a_fault_of_the_query_is_told_with_its_place(workers: Workers) -> None:
    found = workers.run(admitted("SELECT * {", GRAPHS), "json")
    assert "line 1, column" in found.error
    assert "第1行" in found.error
    assert "ttl" in workers.run(admitted("ASK {}", GRAPHS), "ttl").error
    of_a_triple = admitted(
        "CONSTRUCT { dg:a dg:b ?t } { BIND(TRIPLE(dg:a, dg:b, 1) AS ?t) }", GRAPHS
    )
    assert workers.run(of_a_triple, "ttl").count == 1
    assert "written as JSON-LD" in workers.run(of_a_triple, "jsonld").error


def test_a_query_is_ended_at_its_time_limit_and_the_next_is_answered(workers: Workers) -> None:
    begun = time.monotonic()
    with pytest.raises(LimitError, match="1 seconds"):
        workers.run(admitted(ENDLESS, GRAPHS), "json")
    assert 0.9 < time.monotonic() - begun < 6
    assert workers.run(admitted("ASK {}", GRAPHS), "json").count == 1


def test_a_worker_that_dies_over_a_query_is_told_and_replaced(workers: Workers) -> None:
    assert workers.run(admitted("ASK {}", GRAPHS), "json").count == 1
    worker = next(one for one in workers._all if one.lives)
    killer = threading.Timer(0.3, os.kill, (worker.process.pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(LimitError, match="memory"):
        workers.run(admitted(ENDLESS, GRAPHS), "json")
    killer.join()
    assert workers.run(admitted("ASK {}", GRAPHS), "json").count == 1


def test_who_comes_while_all_are_busy_is_told_to_come_again(tmp_path: Path) -> None:
    busy = Workers(str(tmp_path), Limits(seconds=0.2))
    slow = busy._slow
    with busy._worker(slow), busy._worker(slow), pytest.raises(LimitError, match="too many"):
        busy.run(admitted("ASK {}", GRAPHS), "json")


def test_queries_that_take_long_hold_up_each_other_and_no_quick_ones(tmp_path: Path) -> None:
    workers = Workers(str(tmp_path), Limits(seconds=5.0))
    # Both workers of the quick lane have started.
    with workers._worker(workers._quick):
        assert workers.run(admitted("ASK {}", GRAPHS), "json", "someone").count == 1

    def explode() -> None:
        with pytest.raises(LimitError, match=r"5 seconds|too many"):
            workers.run(admitted(ENDLESS, GRAPHS), "json", "another")

    # The first finds out what he is; the others are known by then.
    exploding = [threading.Thread(target=explode) for _ in range(4)]
    exploding[0].start()
    time.sleep(1.5)
    for one in exploding[1:]:
        one.start()
    for _ in range(3):
        assert workers.run(admitted("ASK {}", GRAPHS), "json", "someone").count == 1
    assert all(one.is_alive() for one in exploding)
    for one in exploding:
        one.join()


def test_a_query_that_is_not_done_in_the_quick_lane_is_begun_anew_in_the_slow_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dutygraph.queries.workers._QUICK_SECONDS", 0.001)
    workers = Workers(str(tmp_path), Limits(seconds=20.0))
    count = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?c ?e ?f }"
    assert workers.run(admitted(count, GRAPHS), "json", "someone").count == 1
    assert workers._is_slow("someone")
    assert not workers._is_slow("another")
    monkeypatch.setattr("dutygraph.queries.workers._REMEMBERED", -1.0)
    workers._remember("someone")
    assert not workers._is_slow("someone")


def test_a_store_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "CURRENT").write_text("not a store\n", encoding="utf-8")
    with pytest.raises(LimitError, match="cannot be read"):
        Workers(str(tmp_path), Limits()).run(admitted("ASK {}", GRAPHS), "json")


def test_workers_end_with_those_who_asked_for_them(tmp_path: Path) -> None:
    gone = Workers(str(tmp_path), Limits())
    gone.run(admitted("ASK {}", GRAPHS), "json")
    (worker,) = gone._all
    process = worker.process
    assert process.poll() is None
    del gone, worker
    assert process.poll() == -signal.SIGKILL


def test_limits_come_from_the_environment() -> None:
    assert Limits.of({}) == Limits()
    assert Limits.of({SECONDS: "2.5", ROWS: "10", BYTES: "1000"}) == Limits(2.5, 10, 1000)


@pytest.mark.parametrize("given", ["soon", "0", "-1", "nan", "1e99"])
def test_a_limit_that_is_no_number_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=SECONDS):
        Limits.of({SECONDS: given})


def test_a_worker_that_just_starts_is_the_last_to_be_given_a_query(tmp_path: Path) -> None:
    workers = Workers(str(tmp_path), Limits(seconds=0.5))
    with workers._worker(workers._slow) as first, workers._worker(workers._slow) as second:
        pass
    with pytest.raises(LimitError):
        workers.run(admitted(ENDLESS, GRAPHS), "json")
    assert not first.lives
    with workers._worker(workers._slow) as worker:
        assert worker is second
