"""The log of measurements: a JSON line for each cell of the tables, written as soon as measured.

What is in the log is not measured again, so a run that was broken off goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Cell:
    """What is measured: a task, who does it, over how many units."""

    task: str
    who: str
    units: int


@dataclass
class Measurement:
    """What came of a cell.

    ``outcome`` is ``done``, ``timeout``, ``memory``, ``error``, ``absent`` or ``skipped``;
    ``runs`` has for each repetition what the worker told: figures by name. ``told`` says in words
    what hindered it, ``facts`` what else is known: how many findings, which differed.
    """

    cell: Cell
    version: str
    outcome: str
    runs: list[dict[str, float]] = field(default_factory=list)
    told: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def figure(self, name: str) -> float | None:
        """Give the median of a figure over the repetitions, None where there is none."""
        values = [run[name] for run in self.runs if name in run]
        return median(values) if values else None


class Log:
    """The measurements in a file; the last line of a cell counts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._of: dict[Cell, Measurement] = {}
        if file.is_file():
            for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
                if not line.endswith("\n"):
                    break  # the run was ended while it wrote
                given = json.loads(line)
                measurement = Measurement(**{**given, "cell": Cell(**given["cell"])})
                self._of[measurement.cell] = measurement

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self._of.values())

    def get(self, cell: Cell) -> Measurement | None:
        """Give what came of a cell, None where it has not been measured."""
        return self._of.get(cell)

    def add(self, measurement: Measurement) -> None:
        """Write a measurement down."""
        self._of[measurement.cell] = measurement
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(measurement), ensure_ascii=False) + "\n")
