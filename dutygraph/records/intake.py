"""Intake: what is read from files, measured against what a store holds in force."""

from __future__ import annotations

import os

from dutygraph.records.history import History, HistoryError, live_graphs
from dutygraph.records.known import Selecting, StoredIds
from dutygraph.records.triples import DEFAULT_BASE, check_base
from dutygraph.regulations.prepared import open_store
from dutygraph.store.graphs import GraphStore


def records_base() -> str:
    """Give the base of the records' IRIs: what the operator set as DUTYGRAPH_BASE, or ours.

    Raises ValueError, naming the variable, for one that no IRI can begin with.
    """
    try:
        return check_base(os.environ.get("DUTYGRAPH_BASE", DEFAULT_BASE))
    except ValueError as error:
        raise ValueError(f"DUTYGRAPH_BASE: {error}") from error


def open_in_force(location: str) -> GraphStore:
    """Open the store of a directory or an endpoint for reading; queries see what is in force.

    Raises StoreError when it cannot be opened.
    """
    store = open_store(location)
    return store.showing(live_graphs(store))


def known_to(store: Selecting, base: str, replaced: str | None = None) -> StoredIds:
    """Give the ids that a store knows, for files that take the place of an import, if one is named.

    Raises HistoryError when there is no such import, or when it is not in force.
    """
    history = History.of(store)
    replacing = None if replaced is None else history.find(replaced)
    if replacing is not None and replacing.state != "active":
        raise HistoryError(
            f"{replacing.id} 已被取代或撤销，不能再被取代 / "
            f"{replacing.id} was replaced or undone before and cannot be replaced"
        )
    return StoredIds(store, history, base, replacing)
