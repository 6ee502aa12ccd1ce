"""A run: which cells there are, in what order, and what is not worth trying any more."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.bench import findings
from benchmarks.bench.log import Cell, Log, Measurement
from benchmarks.bench.measuring import Limits, Run, measured
from benchmarks.bench.own import TASKS
from benchmarks.bench.peers import PEERS, REFERENCE
from benchmarks.bench.places import WORK
from benchmarks.bench.probing import CANNOT, UNITS
from benchmarks.bench.provinces import parts, triples
from benchmarks.bench.rules import rules

RULES: Final = "rules"
PROBE: Final = "probe"
_WORKER: Final = "benchmarks.bench.worker"
_ENDED: Final = ("timeout", "memory", "error")


@dataclass(frozen=True)
class Plan:
    """What a run measures: sizes, repetitions of each cell, and what one may take.

    ``only`` restricts it to some tasks and peers by name. With ``retry`` what did not end before
    is tried again.
    """

    sizes: Sequence[int]
    repeat: int
    limits: Limits
    only: frozenset[str] = frozenset()
    retry: bool = False

    def wants(self, cell: Cell) -> bool:
        """Tell whether a cell is to be measured."""
        return not self.only or bool({cell.task, cell.who} & self.only)


def cells(sizes: Sequence[int]) -> Iterator[Cell]:
    """Give the cells in order: what later ones build on comes first, small before large."""
    for name in PEERS:
        yield Cell(PROBE, name, UNITS)
    for name, task in TASKS.items():
        if not task.of_units:
            yield Cell(name, task.who, 0)
    for units in sorted(sizes):
        for name in PEERS:
            yield Cell(RULES, name, units)
        for name, task in TASKS.items():
            if task.of_units:
                yield Cell(name, task.who, units)


def run(plan: Plan, log: Log, say: Callable[[str], None]) -> None:
    """Measure every cell of the plan that the log lacks, and write each down at once."""
    for units in plan.sizes:
        say(f"{units} units: {triples(parts(units))} triples")
    for cell in cells(plan.sizes):
        known = log.get(cell)
        is_open = known is None or (plan.retry and known.outcome != "done")
        if not plan.wants(cell) or not is_open:
            continue
        say(f"{cell.task} | {cell.who} | {cell.units or '-'}")
        conditions = {"cores": os.cpu_count(), "load before": os.getloadavg()[0]}
        measurement = _measurement(cell, plan, log)
        measurement.facts |= conditions
        log.add(measurement)
        say(f"  {measurement.outcome} {measurement.told}")


def _measurement(cell: Cell, plan: Plan, log: Log) -> Measurement:
    if cell.task in TASKS:
        version: str | None = TASKS[cell.task].version()
    else:
        version = PEERS[cell.who].version()
        if version is None:
            return Measurement(cell, "", "absent", told=PEERS[cell.who].install)
    smaller = _ended_before(cell, log)
    if smaller is not None:
        told = f"{smaller.outcome} at {smaller.cell.units} units"
        return Measurement(cell, version or "", "skipped", told=told)
    if cell.task == PROBE:
        all_rules = Limits(plan.limits.seconds * len(rules()), plan.limits.memory_mb)
        return _repeated(cell, version or "", 1, all_rules, ["probe", cell.who])
    if cell.task != RULES:
        given = ["own", cell.task, str(cell.units)]
        return _repeated(cell, version or "", plan.repeat, plan.limits, given)
    names = runnable(log, cell.who)
    if not names:
        return Measurement(cell, version or "", "error", told="it can run none of the rules")
    file = findings_file(cell.who, cell.units)
    file.parent.mkdir(parents=True, exist_ok=True)
    given = ["rules", cell.who, str(cell.units), str(file), *names]
    measurement = _repeated(cell, version or "", plan.repeat, plan.limits, given)
    measurement.facts |= {"rules": names}
    if cell.who == REFERENCE.name:
        measurement.facts |= {"triples": triples(parts(cell.units))}
    if measurement.outcome == "done":
        measurement.facts |= _compared(cell, names)
    return measurement


def _ended_before(cell: Cell, log: Log) -> Measurement | None:
    """Give the measurement of fewer units that did not end, if there is one."""
    for other in log:
        same = (other.cell.task, other.cell.who) == (cell.task, cell.who)
        if same and other.cell.units < cell.units and other.outcome in _ENDED:
            return other
    return None


def _repeated(
    cell: Cell, version: str, repeat: int, limits: Limits, given: list[str]
) -> Measurement:
    """Repeat until it is often enough, one does not end, or the time of one is used up by all."""
    runs: list[Run] = []
    left = limits.seconds
    while len(runs) < repeat and (not runs or left > 0):
        begun = time.monotonic()
        runs.append(measured(_WORKER, given, limits))
        left -= time.monotonic() - begun
        if runs[-1].outcome != "done":
            break
    last = runs[-1]
    figures = [one.figures for one in runs]
    return Measurement(cell, version, last.outcome, figures, last.told, dict(last.facts))


def runnable(log: Log, who: str) -> list[str]:
    """Give the rules that a peer can run, as far as its probe found."""
    probed = log.get(Cell(PROBE, who, UNITS))
    told = probed.facts if probed is not None else {}
    return [name for name in rules() if not told.get(name, "").startswith(CANNOT)]


def findings_file(who: str, units: int) -> Path:
    """Give the file of what a peer found."""
    name = "".join(letter if letter.isalnum() else "-" for letter in who)
    return WORK / "findings" / str(units) / f"{name}.jsonl"


def _compared(cell: Cell, names: Sequence[str]) -> dict[str, Any]:
    """Give by what a peer's findings were compared with the reference's, and which rules differ."""
    reference = findings_file(REFERENCE.name, cell.units)
    if cell.who == REFERENCE.name or not reference.is_file():
        return {}
    fields = PEERS[cell.who].fields
    found = findings.read(findings_file(cell.who, cell.units))
    differs = findings.differences(found, findings.read(reference), fields, names)
    return {
        "compared by": list(fields),
        "differs": {rule: [one.missing, one.extra] for rule, one in differs.items()},
    }
