"""The regulation's graph and the questions made from it, read once."""

from __future__ import annotations

import pytest

from dutygraph.regulations.prepared import open_regulations
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.training.materials import Materials
from dutygraph.training.quiz import Quiz


@pytest.fixture(scope="session")
def store() -> EmbeddedStore:
    return open_regulations()


@pytest.fixture(scope="session")
def materials(store: EmbeddedStore) -> Materials:
    return Materials(store, "hebei")


@pytest.fixture(scope="session")
def quiz(materials: Materials) -> Quiz:
    return Quiz(materials)
