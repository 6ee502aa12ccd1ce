"""Measuring: each repetition in a process of its own, with a limit of time and of memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from benchmarks.bench.places import ROOT

_EVERY: Final = 0.05
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Limits:
    """What a repetition may take: seconds, and MB of resident memory of all its processes."""

    seconds: float
    memory_mb: float


@dataclass
class Run:
    """What came of a repetition: its outcome, what it told, its last words when it failed."""

    outcome: str
    figures: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    told: str = ""


def measured(module: str, arguments: list[str], limits: Limits) -> Run:
    """Run a module of ours with arguments in a process and watch it."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", module, *arguments],
            stdout=said,
            stderr=complained,
            cwd=ROOT,
            start_new_session=True,
        )
        outcome = _watched(process, limits)
        last = _last_line(said)
        complained.seek(0)
        words = " ".join(complained.read().split())[-400:]
    figures, facts = last.get("figures", {}), last.get("facts", {})
    return Run(outcome, figures, facts, words if outcome == "error" else "")


def _watched(process: subprocess.Popen[bytes], limits: Limits) -> str:
    """Wait for a process; gives ``done`` or ``error``, or what limit ended it."""
    begun = time.monotonic()
    while process.poll() is None:
        if time.monotonic() - begun > limits.seconds:
            return _ended(process, "timeout")
        if resident_mb(process.pid) > limits.memory_mb:
            return _ended(process, "memory")
        time.sleep(_EVERY)
    return "error" if process.returncode else "done"


def _ended(process: subprocess.Popen[bytes], why: str) -> str:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return why


def _last_line(stream: IO[str]) -> dict[str, Any]:
    """Give the last whole line that was told, empty where there was none."""
    stream.seek(0)
    lines = [line for line in stream.read().splitlines() if line.startswith("{")]
    while lines:
        try:
            told: dict[str, Any] = json.loads(lines.pop())
        except json.JSONDecodeError:
            continue
        return told
    return {}


def resident_mb(process: int) -> float:
    """Give the resident memory of a process and of all that it has started, in MB."""
    found, waiting = 0, [process]
    while waiting:
        number = waiting.pop()
        try:
            found += int(Path(f"/proc/{number}/statm").read_text().split()[1]) * _PAGE
            for task in Path(f"/proc/{number}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError):
            continue
    return found / 1e6
