"""What holds for all tests: hypothesis writes nothing into the tree and repeats itself in CI."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("dutygraph", database=None, deadline=None, derandomize="CI" in os.environ)
settings.load_profile("dutygraph")
