"""Whether the site can serve: its store has been opened as it now is, the regulation prepared."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from flask import Flask, current_app

from webapp.kept import Awaited
from webapp.sources import Source, source

_EXTENSION: Final = "dutygraph-readiness"
_PATIENCE: Final = 3.0
"""How many seconds who asks waits while the store is opened; a damaged one is tried for two."""


class Readiness:
    """Opens a source, once for each state that it is in."""

    def __init__(self, place: Source) -> None:
        self._source = place
        # The first time after an upgrade the regulation is prepared, which takes seconds.
        self._opened: Awaited[Hashable, bool] = Awaited(lambda _: self._open(), 1, _PATIENCE)

    def refuse_unready(self) -> None:
        """Raise StoreError where the store cannot be opened, StillMakingError while it is."""
        self._opened[self._source.state()]

    def _open(self) -> bool:
        self._source.open()
        return True


def readiness() -> Readiness:
    """Give the readiness of the app that serves the request."""
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, Readiness)  # noqa: S101 - install puts nothing else there
    return found


def install(app: Flask, location: str) -> None:
    """Give an app its readiness."""
    app.extensions[_EXTENSION] = Readiness(source(location))
