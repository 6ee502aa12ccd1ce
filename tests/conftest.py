"""What holds for all tests: hypothesis writes nothing into the tree and repeats itself in CI."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("dutygraph", database=None, deadline=None, derandomize="CI" in os.environ)
settings.load_profile("dutygraph")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--edits", type=int, default=120, help="how many random edits of records")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "edit" in metafunc.fixturenames:
        metafunc.parametrize("edit", range(metafunc.config.getoption("--edits")))
