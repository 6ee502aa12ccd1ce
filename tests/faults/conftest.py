"""The fuzz writes its files with what the tests of the import write them with."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "records"))
