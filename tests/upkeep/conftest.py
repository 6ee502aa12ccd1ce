"""A used store, copied for each test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.upkeep.used import use


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a used store that no test changes."""
    folder = tmp_path_factory.mktemp("upkeep") / "kept"
    use(folder)
    return folder


@pytest.fixture
def store(kept: Path, tmp_path: Path) -> Path:
    """Give a copy of it."""
    return Path(shutil.copytree(kept, tmp_path / "store"))
