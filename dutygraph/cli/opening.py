"""Opening the graphs for a command; the first time after a change they have to be prepared."""

from __future__ import annotations

from dutygraph.cli.output import progress
from dutygraph.records.intake import open_in_force
from dutygraph.regulations import prepared
from dutygraph.store.embedded import EmbeddedStore, store_location
from dutygraph.store.graphs import GraphStore

_WORDS = "准备图谱… / preparing the graph…"


def regulations_alone() -> EmbeddedStore:
    """Open ontology, regulations and closures, without any records."""
    with progress(_WORDS):
        return prepared.open_regulations()


def for_reading(location: str | None) -> GraphStore:
    """Open the store named, or the default one, for reading.

    Queries see what is in force, not the imports that were replaced or undone.
    """
    with progress(_WORDS):
        return open_in_force(store_location(location))


def for_writing(location: str | None) -> GraphStore:
    """Open the store named, or the default one, for writing."""
    with progress(_WORDS):
        return prepared.open_for_writing(store_location(location))
