"""Where the bench keeps what it makes: data, findings, measurements; nothing of it is committed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
"""The repository."""

WORK: Final = ROOT / ".bench"
"""The folder that the bench works in."""

MEASUREMENTS: Final = WORK / "measurements.jsonl"
"""What was measured, a line for each cell."""
