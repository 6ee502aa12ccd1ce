"""A share of what ``python -m tests.faults.fuzz`` sends by the hundred thousand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.faults.fuzz import PART, parts, shares
from tests.faults.inputs import OVER_HTTP

ROOT = Path(__file__).parents[2]


def test_hostile_inputs_break_nothing_reach_nobody_and_are_answered(tmp_path: Path) -> None:
    # A process of its own: it serves a site and forks, without threads of other tests in it.
    fuzzed = subprocess.run(
        [sys.executable, "-m", "tests.faults.fuzz", "--inputs", "300", "--seed", "7",
         "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )  # fmt: skip
    assert fuzzed.returncode == 0, fuzzed.stdout + fuzzed.stderr
    assert re.search(
        r"^30\d inputs from seed 7, \d+ s: 0 wrong, 0 tracebacks in the log, "
        r"0 connections outside, 0 restarts$",
        fuzzed.stdout,
        re.MULTILINE,
    )
    rows = re.findall(r"^\| (\w+) \| (HTTP|beside) \| (\d+) \|", fuzzed.stdout, re.MULTILINE)
    ways = {(kind, way) for kind, way, number in rows if int(number)}
    kinds = ("sparql", "rdf", "json", "csv", "xlsx", "api")
    assert ways == {(kind, way) for kind in kinds for way in ("HTTP", "beside")}


def test_each_input_is_judged_beside_the_site_once_or_goes_over_http() -> None:
    wanted = {kind: range(count) for kind, count in shares(100_000, None).items()}
    assert sum(len(numbers) for numbers in wanted.values()) == 100_000
    beside: dict[str, list[int]] = {kind: [] for kind in wanted}
    for kind, some in parts(wanted):
        assert 0 < len(some) <= PART
        beside[kind] += some
    for kind, numbers in wanted.items():
        sent = [one for one in numbers if one % OVER_HTTP[kind] == 0]
        assert sorted([*beside[kind], *sent]) == list(numbers)
    assert list(parts({"csv": [2000]})) == [("csv", [2000])], "an only one goes both ways"


def test_the_canary_counts_and_what_goes_wrong_is_kept(tmp_path: Path) -> None:
    """That nothing is found is worth as much as that something would be."""
    told = subprocess.run(
        [sys.executable, "-c", FINDING, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
    )
    assert told.stdout.splitlines()[-1] == "1 2 died wrong"
    kept = (tmp_path / "json-5-1.txt").read_text(encoding="utf-8")
    assert "--seed 5 --kind json --only 1" in kept
    assert "exit code -9" in kept


FINDING = """
import os, signal, sys, urllib.request
from collections import Counter
from pathlib import Path
from tests.faults import findings, judging

canary = findings.Canary()
urllib.request.urlopen(canary.address).close()
judged = judging.judged
judging.START = "fork"

def ending(files):
    number = next(numbers)
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 2:
        raise RuntimeError
    return judged(files)

judging.judged = ending
found = findings.Findings(5, Path(sys.argv[1]))
target = judging.Target(Path("."), {}, canary.address)
numbers = iter([0, 1])
judging.judge_all("json", 5, [0, 1], target, found)
numbers = iter([2])
judging.judge_all("json", 5, [2], target, found)
tally = found.tallies["json", "beside"]
odd = sorted(tally.outcomes - Counter({"refused": 9, "imported": 9}))
print(len(canary.hits), len(tally.wrong), *odd)
"""
