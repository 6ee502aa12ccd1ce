"""Where the site's data are: the directory of a store, or an endpoint; and whether they changed."""

from __future__ import annotations

import time
from collections.abc import Hashable
from pathlib import Path
from typing import Final, Protocol

from dutygraph.records.history import live_graphs, position
from dutygraph.records.intake import open_in_force
from dutygraph.regulations.prepared import open_directory
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.endpoint import is_endpoint
from dutygraph.store.graphs import GraphStore, StoreError
from dutygraph.store.remote import RemoteStore

_PAUSES: Final = (0.02, 0.1, 0.3)
"""How long to wait, in seconds, before opening again a store that changed while it was opened."""


class Source(Protocol):
    """A place that holds a store: a directory or an endpoint's address."""

    location: str

    def state(self) -> Hashable:
        """Give what is another thing as soon as the store has changed."""

    def open(self) -> GraphStore:
        """Open the store, showing what is in force and nothing of the past.

        Raises StoreError when it cannot be opened, as while another process writes to it.
        """


def source(location: str) -> Source:
    """Give the source at a directory or an endpoint's address."""
    return Endpoint(location) if is_endpoint(location) else Directory(Path(location))


class Directory:
    """The directory of an embedded store."""

    def __init__(self, directory: Path) -> None:
        self.location = str(directory)
        self._directory = directory

    def state(self) -> Hashable:
        """Give the files of the store: name, time of change in nanoseconds, size."""
        folder = self._directory / "graph"
        found = set()
        for file in folder.iterdir() if folder.is_dir() else ():
            # Opening a store writes its log; that changes nothing of what it holds.
            if file.name.startswith(("LOG", "LOCK")):
                continue
            try:
                facts = file.stat()
            except FileNotFoundError:
                continue
            found.add((file.name, facts.st_mtime_ns, facts.st_size))
        return tuple(sorted(found))

    def open(self) -> EmbeddedStore:
        """See ``Source.open``; a writer may just be merging files, so it is tried some times."""
        for pause in _PAUSES:
            try:
                return self._shown()
            except StoreError:
                time.sleep(pause)
        return self._shown()

    def _shown(self) -> EmbeddedStore:
        store = open_directory(self._directory)
        return store.showing(live_graphs(store))


class Endpoint:
    """A SPARQL endpoint, reached as the environment says."""

    def __init__(self, location: str) -> None:
        self.location = location
        self._store = RemoteStore.at(location)

    def state(self) -> Hashable:
        """Give the last entry of the journal of imports."""
        return position(self._store)

    def open(self) -> GraphStore:
        """See ``Source.open``."""
        return open_in_force(self.location)
