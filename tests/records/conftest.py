"""What the tests of the import share."""

from __future__ import annotations

import pytest

from dutygraph.records.csvw import load_model
from dutygraph.records.model import Model


@pytest.fixture(scope="session")
def model() -> Model:
    return load_model()
