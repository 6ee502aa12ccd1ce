"""The watch of a worker: how long each phase took, and the peak of the memory until then."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_EVERY: Final = 0.02
_PEAK: Final = re.compile(r"VmHWM:\s+(\d+) kB")


def peak_mb(process: int | str = "self") -> float:
    """Give the peak of a process's resident memory in MB, 0 when it is gone.

    The kernel's own high-water mark: unlike ``ru_maxrss`` it begins anew with the program.
    """
    try:
        found = _PEAK.search(Path(f"/proc/{process}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) * 1024 / 1e6 if found else 0.0


class Watch:
    """Keeps figures and tells the supervisor of each as soon as it is known, unless silent."""

    def __init__(self, *, silent: bool = False) -> None:
        self.figures: dict[str, float] = {}
        self.facts: dict[str, Any] = {}
        self._silent = silent

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase, in seconds, and note the peak of memory at its end."""
        begun = time.perf_counter()
        yield
        self.tell(**{name: time.perf_counter() - begun, "peak_mb": peak_mb()})

    def tell(self, **figures: float) -> None:
        """Note figures and hand them over; what is killed later has told them all the same."""
        self.figures |= figures
        self._write()

    def tell_facts(self, facts: Mapping[str, Any]) -> None:
        """Note what else is known, as JSON takes it."""
        self.facts |= facts
        self._write()

    def _write(self) -> None:
        if not self._silent:
            told = {"figures": self.figures, "facts": self.facts}
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def program(self, command: Sequence[str]) -> None:
        """Run a program that is no Python, watching its memory.

        Its lines ``phase NAME SECONDS`` are figures. Raises RuntimeError with its last words when
        it fails.
        """
        with subprocess.Popen(  # noqa: S603 - a peer's own program
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            peak = 0.0
            while True:
                try:
                    printed, errors = process.communicate(timeout=_EVERY)
                    break
                except subprocess.TimeoutExpired:
                    peak = max(peak, peak_mb(process.pid))
        if process.returncode:
            raise RuntimeError(" ".join(errors.split())[-400:])
        timed = (line.split() for line in printed.splitlines() if line.startswith("phase "))
        self.tell(**{name: float(seconds) for _, name, seconds in timed}, peak_mb=peak)
