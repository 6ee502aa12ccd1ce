"""A repetition is ended at its limits, and what it told until then is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.bench.log import Cell, Log, Measurement
from benchmarks.bench.measuring import Limits, measured
from benchmarks.bench.watch import Watch, peak_mb

AMPLE = Limits(60, 4000)
TOLD = "import json; print(json.dumps({'figures': {'load': 1.5}, 'facts': {'a': 'b'}}), flush=True)"


def _timeit(*statements: str) -> list[str]:
    """Give arguments of the module timeit that run the statements once, one after the other."""
    return ["-n", "1", "-r", "1", "\n".join(statements)]


def test_what_ends_well_is_done_and_tells_its_figures_and_facts() -> None:
    run = measured("timeit", _timeit(TOLD), AMPLE)
    assert (run.outcome, run.figures, run.facts) == ("done", {"load": 1.5}, {"a": "b"})


def test_what_takes_too_long_is_ended_and_keeps_what_it_told() -> None:
    run = measured("timeit", _timeit(TOLD, "import time; time.sleep(60)"), Limits(2, 4000))
    assert (run.outcome, run.figures) == ("timeout", {"load": 1.5})


def test_what_takes_too_much_memory_is_ended() -> None:
    statements = "x = bytearray(b'x') * 400_000_000", "import time; time.sleep(60)"
    assert measured("timeit", _timeit(*statements), Limits(60, 200)).outcome == "memory"


def test_what_fails_says_why() -> None:
    run = measured("timeit", _timeit("raise ValueError('没有数据')"), AMPLE)
    assert run.outcome == "error"
    assert "没有数据" in run.told


def test_a_program_tells_its_phases_and_its_peak_and_a_failing_one_raises() -> None:
    watch = Watch(silent=True)
    watch.program(["/bin/sh", "-c", "echo phase load 2.5; sleep 0.2"])
    assert watch.figures["load"] == 2.5
    assert 0 < watch.figures["peak_mb"] < peak_mb() * 10
    with pytest.raises(RuntimeError, match="no such shape"):
        watch.program(["/bin/sh", "-c", "echo no such shape >&2; exit 3"])


def test_the_log_gives_back_what_was_measured_and_the_last_word_counts(tmp_path: Path) -> None:
    file = tmp_path / "work" / "log.jsonl"
    cell = Cell("rules", "甲", 100)
    Log(file).add(Measurement(cell, "1", "timeout"))
    runs = [{"check": 1.0}, {"check": 9.0}, {"check": 2.0}]
    Log(file).add(Measurement(cell, "1", "done", runs))
    found = Log(file).get(cell)
    assert found is not None
    assert (found.outcome, found.figure("check"), found.figure("load")) == ("done", 2.0, None)


def test_a_line_that_was_cut_off_is_not_counted(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    log = Log(file)
    for units in (1, 2):
        log.add(Measurement(Cell("rules", "x", units), "1", "done"))
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole[:-5], encoding="utf-8")
    assert [one.cell.units for one in Log(file)] == [1]
    assert json.loads(whole.splitlines()[1])["cell"]["units"] == 2
