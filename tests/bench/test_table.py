"""The tables leave out nobody: who fails, differs or is absent stands there with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.bench.log import Cell, Log, Measurement
from benchmarks.bench.measuring import Limits
from benchmarks.bench.own import TASKS
from benchmarks.bench.peers import PEERS
from benchmarks.bench.probing import FINE, UNITS
from benchmarks.bench.rules import rules
from benchmarks.bench.running import PROBE, RULES, Plan, cells, runnable
from benchmarks.bench.table import tables


@pytest.fixture
def log(tmp_path: Path) -> Log:
    log = Log(tmp_path / "log.jsonl")
    log.add(
        Measurement(Cell(PROBE, "shacl", UNITS), "9.9", "done", facts={"one-head": "cannot: x"})
    )
    for units, seconds in ((100, 1.0), (1000, 20.0)):
        runs = [{"load": 0.5, "check": seconds, "peak_mb": 64.0}]
        facts = {"findings": 7, "rules": rules(), "triples": 165}
        log.add(Measurement(Cell(RULES, "dutygraph", units), "1", "done", runs, facts=facts))
    return log


def _line(log: Log, *beginning: str) -> str:
    """Give the line that begins so, of the tables with more than a peer and its version."""
    head = "| " + " | ".join(beginning) + " |"
    lines = (line for line in tables(log).splitlines() if line.count("|") > 3)
    (line,) = (line for line in lines if line.startswith(head))
    return line


@pytest.mark.parametrize(
    ("outcome", "told", "words"),
    [
        ("absent", "pip install it", "not installed: `pip install it`"),
        ("timeout", "", "did not end in time"),
        ("memory", "", "took more memory than allowed"),
        ("error", "panicked", "**failed**: panicked"),
        ("skipped", "timeout at 100 units", "not tried: timeout at 100 units"),
    ],
)
def test_a_peer_that_did_not_end_stands_in_the_table(
    log: Log, outcome: str, told: str, words: str
) -> None:
    log.add(Measurement(Cell(RULES, "pyrudof", 1000), "1", outcome, told=told))
    assert words in _line(log, "pyrudof")


def test_a_peer_that_differs_is_told_with_what_differs_and_one_that_does_not_as_equal(
    log: Log,
) -> None:
    facts = {"findings": 7, "rules": rules()[1:], "compared by": ["shape", "focus"]}
    done = [{"load": 1.0, "check": 40.0}]
    differs = {**facts, "differs": {"one-head": [2, 1]}}
    log.add(Measurement(Cell(RULES, "pyrudof", 1000), "1", "done", done, facts=differs))
    equal = {**facts, "differs": {}}
    log.add(Measurement(Cell(RULES, "shacl", 1000), "1", "done", done, facts=equal))
    assert "14 of 15 rules; **differs** by shape and node: one-head (2 missing, 1 too many)" in (
        _line(log, "pyrudof")
    )
    assert "| shacl | 14 of 15 rules; equal by shape and node | 1 | 40 | 2 |" in tables(log)


def test_growth_is_the_exponent_of_what_ended(log: Log) -> None:
    assert _line(log, "rules, dutygraph") == "| rules, dutygraph | 1,000 | 1.30 |"


def test_findings_that_are_not_the_generators_are_told(log: Log) -> None:
    facts = {"findings": 5, "missing": 1, "extra": 0}
    log.add(Measurement(Cell("check", "dutygraph", 100), "1", "done", facts=facts))
    assert "**differs**: 1 missing, 0 too many" in _line(log, "check", "outcome")


def test_what_dutygraph_does_itself_stands_there_at_every_size_it_was_measured_at(log: Log) -> None:
    for units, load, check in ((100, 2.0, 3.0), (150, 4.0, 5.0)):
        for task, seconds in (("load into memory", {"load": load}), ("check", {"check": check})):
            log.add(Measurement(Cell(task, "dutygraph", units), "1", "done", [seconds]))
    assert _line(log, "what", "figure", "100 units") == "| what | figure | 100 units | 150 units |"
    ratios = "| check / load into memory | ratio | 1.5 | 1.25 |"
    assert _line(log, "check / load into memory") == ratios


def test_a_rule_that_a_peer_cannot_run_is_told_and_not_asked_of_it_again(log: Log) -> None:
    assert _line(log, "shacl", "one-head") == "| shacl | one-head | cannot: x |"
    assert set(runnable(log, "shacl")) == set(rules()) - {"one-head"}
    log.add(Measurement(Cell(PROBE, "shacl", UNITS), "9", "done", facts={"one-head": FINE}))
    assert set(runnable(log, "shacl")) == set(rules())


def test_every_peer_and_every_task_has_its_cells_and_only_picks_among_them() -> None:
    planned = list(cells([1000, 100]))
    assert len(set(planned)) == len(planned)
    assert {cell.who for cell in planned if cell.task == RULES} == set(PEERS)
    assert {cell.task for cell in planned} == {PROBE, RULES, *TASKS}
    assert [cell.units for cell in planned if cell.task == "check"] == [100, 1000]
    plan = Plan([100], 1, Limits(1, 1), frozenset({"check"}))
    assert [cell for cell in planned if plan.wants(cell)] == [
        Cell("check", "dutygraph", 100),
        Cell("check", "dutygraph", 1000),
    ]
