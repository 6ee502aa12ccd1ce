"""Some rounds of what ``python -m tests.faults.kills`` plays by the hundred."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_store_whose_processes_are_killed_loses_and_halves_nothing() -> None:
    # A process of its own: what is forked there has no threads of other tests in it.
    played = subprocess.run(
        [sys.executable, "-m", "tests.faults.kills", "--rounds", "18", "--seed", "7"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.endswith(": 0 wrong\n")
    assert len(re.findall(r"^.+ \(\d\.\d\d s\): ", played.stdout, re.MULTILINE)) == 9
    assert re.search(r"[1-9]\d* killed before", played.stdout)
