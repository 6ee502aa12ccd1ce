"""What holds for all tests: hypothesis writes nothing into the tree and repeats itself in CI."""

from __future__ import annotations

import os

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from dutygraph.accounts import passwords

settings.register_profile("dutygraph", database=None, deadline=None, derandomize="CI" in os.environ)
settings.load_profile("dutygraph")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--edits", type=int, default=120, help="how many random edits of records")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "edit" in metafunc.fixturenames:
        metafunc.parametrize("edit", range(metafunc.config.getoption("--edits")))


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with little work: what is tested is not how much work it is."""
    quick = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)
