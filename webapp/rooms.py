"""Rooms: each who asks works in one, with a store of its own and all that is made from that.

There is one for the whole store, one for each remit, over its excerpt, and one for everybody else,
over the demo. Nothing leads from a room to the records of another: pages, API, search and SPARQL
ask for the store of their request, and there is but that of its room.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from flask import Flask, current_app, g

from dutygraph.accounts.remits import Remit
from dutygraph.queries.workers import Limits
from dutygraph.records.demo import demo
from dutygraph.records.excerpts import excerpt
from dutygraph.records.jobs import Jobs
from dutygraph.store.endpoint import beside
from dutygraph.store.graphs import GraphStore
from webapp.access import actor
from webapp.earlier import EarlierRuns
from webapp.endpoint import Endpoint
from webapp.holdings import Library, Usual
from webapp.holdings import install as install_holdings
from webapp.kept import Awaited
from webapp.law import Law
from webapp.shares import Shares
from webapp.sources import Directory, Source, source

_OPEN: Final = 12
"""How many remits' rooms a process keeps open."""

_EXTENSION: Final = "dutygraph-rooms"


@dataclass(frozen=True)
class Room:
    """What one works with: the records, their endpoint, earlier runs handed in, jobs.

    ``remit`` is whose records they are, None for the room over the demo.
    """

    remit: Remit | None
    library: Library
    endpoint: Endpoint
    earlier: EarlierRuns
    jobs: Jobs


class _Excerpt:
    """The excerpt of a source for a remit; another one as soon as the source has changed.

    That of a large remit takes long: who asks is told so, and comes again.
    """

    def __init__(self, whole: Source, remit: Remit, patience: float | None) -> None:
        self.location = ""
        self._whole, self._remit = whole, remit
        self._made: Awaited[Hashable, Path] = Awaited(lambda _: self._make(), 1, patience)

    def state(self) -> Hashable:
        """See ``Source.state``."""
        return self._whole.state()

    def open(self) -> GraphStore:
        """See ``Source.open``. Raises StillMakingError while it is made."""
        place = self._made[self._whole.state()]
        self.location = str(place)
        return Directory(place).open()

    def _make(self) -> Path:
        return excerpt(self._whole.location, self._whole.open(), self._remit)


class _Demo:
    """The demo's records, made when first asked for."""

    location = ""

    def state(self) -> Hashable:
        """See ``Source.state``."""
        return None

    def open(self) -> GraphStore:
        """See ``Source.open``."""
        place = demo()
        self.location = str(place)
        return Directory(place).open()


class Rooms:
    """The rooms of an app."""

    def __init__(
        self,
        location: str,
        regulation: str,
        usual: Usual,
        limits: Limits,
        patience: float | None,
        shares: Shares,
    ) -> None:
        self._source = source(location)
        self._regulation, self._usual = regulation, usual
        self._limits, self._patience, self._shares = limits, patience, shares
        self._folder = beside(location)
        self._whole: Room | None = None
        self._demo: Room | None = None
        self._of: OrderedDict[str, Room] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def law(self) -> Law:
        """The regulation, the same in every room."""
        return Law(self._regulation)

    def of(self, remit: Remit) -> Room:
        """Give the room of a remit."""
        with self._lock:
            if remit.is_empty:
                self._demo = self._demo or self._made_demo()
                return self._demo
            self._whole = self._whole or self._made_whole()
            if remit.everything:
                return self._whole
            if remit.key not in self._of:
                self._of[remit.key] = self._made(remit, self._whole.library)
                if len(self._of) > _OPEN:
                    self._of.popitem(last=False)
            self._of.move_to_end(remit.key)
            return self._of[remit.key]

    def _made_whole(self) -> Room:
        library = Library(self._source, self.law, self._usual, self._patience)
        return self._room(Remit(everything=True), library, self._folder)

    def _made_demo(self) -> Room:
        library = Library(_Demo(), self.law, Usual(None, None), self._patience)
        return self._room(None, library, self._folder / "rooms" / "demo")

    def _made(self, remit: Remit, whole: Library) -> Room:
        within = _Excerpt(self._source, remit, self._patience)
        library = Library(within, self.law, self._usual, self._patience, whole)
        return self._room(remit, library, self._folder / "rooms" / remit.key)

    def _room(self, remit: Remit | None, library: Library, folder: Path) -> Room:
        jobs = Jobs(folder / "jobs", self._folder / "jobs" / "turn")
        endpoint = Endpoint(self._limits, self._shares)
        return Room(remit, library, endpoint, EarlierRuns(folder / "earlier"), jobs)


def rooms() -> Rooms:
    """Give the rooms of the app that serves the request."""
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, Rooms)  # noqa: S101 - install puts nothing else there
    return found


def room() -> Room:
    """Give the room of who makes the request, the same from its beginning to its end."""
    if "room" not in g:
        g.room = rooms().of(actor().remit)
    found: Room = g.room
    return found


def install(app: Flask, location: str, regulation: str, usual: Usual) -> None:
    """Give an app its rooms. Raises ValueError for limits in the environment that are none."""
    limits = app.config["LIMITS"] or Limits.of(os.environ)
    shares = Shares(app.config["QUERIES_AT_ONCE"])
    app.extensions[_EXTENSION] = Rooms(
        location, regulation, usual, limits, app.config["PATIENCE"], shares
    )
    install_holdings(app, lambda: room().library)
    app.jinja_env.globals["shows_demo"] = lambda: room().remit is None
