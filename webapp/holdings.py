"""What the site shows: a store and all that is read from it, kept until the store changes."""

from __future__ import annotations

import datetime as dt
import gc
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask, current_app, g

from dutygraph.compliance.calendar import Calendar
from dutygraph.compliance.checking import (
    Question,
    Report,
    unknown_region,
    unknown_unit,
)
from dutygraph.compliance.planning import Planner
from dutygraph.compliance.redaction import Redaction, Sight
from dutygraph.compliance.standing import Standing
from dutygraph.records.changes import Change, changes
from dutygraph.records.excerpts import NAMES
from dutygraph.records.history import History, Import
from dutygraph.store.endpoint import is_endpoint
from dutygraph.store.graphs import GraphStore
from webapp.kept import Awaited, Kept
from webapp.law import Law
from webapp.metrics import check_running
from webapp.regions import Regions
from webapp.registry import Registry
from webapp.roster import Place
from webapp.runs import Outcome, Run
from webapp.searching import Search
from webapp.sources import Source
from webapp.subtrees import Tallies, sizes, tallies
from webapp.things import Things

_RUNS, _PLANNERS, _CALENDARS, _CHANGES, _REGIONS = 16, 4, 128, 4, 4
_EXTENSION = "dutygraph"


@dataclass(frozen=True)
class Usual:
    """The day and the year that a findings page shows when none are asked for, where set."""

    as_of: dt.date | None
    year: int | None


class Holdings:
    """A store as it is at one moment, and everything that pages read from it, read once.

    ``outcomes`` gives the outcome of a check run over all records, ``calendars`` the duty calendar
    of a run and a unit's id, or of everybody (None), ``changes`` what an import's graph changes in
    that of the one before it (old, new), ``tallies`` and ``regions`` the findings of a run by unit
    and by region. The latest of each are kept.
    """

    def __init__(
        self,
        store: GraphStore,
        location: str,
        law: Law,
        state: Hashable,
        usual: Usual,
        patience: float | None,
        whole: Callable[[], Holdings] | None = None,
    ) -> None:
        """Take a store, its place and state, the law, what is usual, a check's patience.

        Of an excerpt, ``whole`` gives the holdings of the store that it is taken from: what is
        found of a unit may depend on records of others.
        """
        self.store = store
        self.location = location
        self._whole = whole
        self.law = law
        self.state = state
        self.usual = usual
        self.history = History.of(store)
        self._record_graphs = self.history.active
        place = None if is_endpoint(location) else Place(Path(location), state)
        self.registry = Registry(store, self._record_graphs, law, place)
        self.outcomes = Awaited(self._check, _RUNS, patience)
        self._planners = Kept(self._planner, _PLANNERS)
        self.calendars = Kept(self._calendar, _CALENDARS)
        self.tallies = Kept(self._tally, _RUNS)
        self.regions = Kept(self._region, _REGIONS)
        self.changes = Kept(self._changes, _CHANGES)
        self.things = Things(store, self._record_graphs, law.vocabulary)

    @cached_property
    def search(self) -> Search:
        """The search over all of this."""
        return Search(self)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many units stand under each, however deep, by its id."""
        return sizes(self.registry.units)

    @cached_property
    def imports(self) -> list[Import]:
        """The imports, the oldest first; what an excerpt has of others is none."""
        return [one for one in self.history.imports if one.id != NAMES]

    @property
    def records(self) -> list[str]:
        """The names of the graphs of the imports in force."""
        return [one.graph for one in self.imports if one.state == "active"]

    @cached_property
    def _redaction(self) -> Redaction:
        return Redaction(Sight.of(self.store, self._record_graphs))

    @property
    def has_records(self) -> bool:
        """Whether any org data were imported."""
        return bool(self.registry.units)

    def _changes(self, asked: tuple[str, str]) -> list[Change]:
        old, new = asked
        return changes(self.store, old, new)

    def _calendar(self, asked: tuple[Run, str | None]) -> Calendar:
        run, unit = asked
        planner = self._planners[run]
        if unit is None:
            return planner.general(run.as_of, run.year)
        if unit not in self.registry.units:
            raise unknown_unit(unit)
        if self._whole is not None:
            return self._redaction.calendar(self._whole().calendars[run, unit])
        return planner.calendar_of(unit, self.store, self._record_graphs, run.as_of, run.year)

    def _tally(self, run: Run) -> Tallies:
        return tallies(self.outcomes[run].findings, self.registry)

    def _region(self, run: Run) -> Regions:
        return Regions(self.registry.units.values(), self.tallies[run].own)

    def _planner(self, run: Run) -> Planner:
        return Planner(self.law.store, self.law.regulation, _assigned(run))

    def _check(self, run: Run) -> Outcome:
        if self._whole is not None:
            whole = self._whole().outcomes[run].report
            return Outcome(run, self._redaction.report(whole), self.law.order)
        with check_running():
            report = self._standing(run).report(Question(run.as_of, run.year))
        return Outcome(run, report, self.law.order)

    def _standing(self, run: Run) -> Standing:
        return Standing(self.store, self.location, self.law.regulation, _assigned(run))

    def read(self, run: Run) -> None:
        """Read, once, what a first visit to the pages of records would wait for, and check them.

        Raises what a check of the records does.
        """
        self.search.groups("", 1)
        if self.has_records:
            self.outcomes.made(run)
            self.regions[run].get("")
            self.calendars[run, None]
            units = list(self.registry.units.values())
            if len(units) > _CALENDARS:
                # The checks of a kind of unit at a level are read when the first is looked at.
                units = list({(one.kind, one.level): one for one in units}.values())
            for unit in units:
                self.calendars[run, unit.id]

    def report(
        self, run: Run, unit: str | None, provision: str | None, region: str | None
    ) -> Report:
        """Give what a run reports of a unit, a provision or a region, where one is named.

        Raises UnknownUnitError for a unit or a region that is not among the records.
        """
        if not (unit or provision or region):
            return self.outcomes[run].report
        if self._whole is not None:
            self._refuse_unknown(unit, region)
            return self._redaction.report(self._whole().report(run, unit, provision, region))
        return self._standing(run).report(Question(run.as_of, run.year, unit, provision, region))

    def _refuse_unknown(self, unit: str | None, region: str | None) -> None:
        if unit is not None and unit not in self.registry.units:
            raise unknown_unit(unit)
        units = self.registry.units.values()
        if region and not any((one.region or "").startswith(region) for one in units):
            raise unknown_region(region)


def _assigned(run: Run) -> list[str]:
    return [f"{key}={value}" for key, value in run.assignments]


class Library:
    """Opens the holdings of a source, and opens them anew when it has changed."""

    def __init__(
        self,
        source: Source,
        law: Law,
        usual: Usual,
        patience: float | None,
        whole: Library | None = None,
    ) -> None:
        """Take a source; where that is an excerpt, ``whole`` is the library of its whole."""
        self._whole = None if whole is None else whole.holdings
        self._source = source
        self._patience = patience
        self._law = law
        self._usual = usual
        self._current: Holdings | None = None
        self._lock = threading.Lock()

    def holdings(self) -> Holdings:
        """Give the holdings as the source now is.

        Raises StoreError when the store cannot be opened, as while another process writes to it.
        """
        with self._lock:
            state = self._source.state()
            if self._current is None or self._current.state != state:
                store = self._source.open()
                # What was read of the former state may go, though a start has frozen it.
                gc.unfreeze()
                self._current = Holdings(
                    store,
                    self._source.location,
                    self._law,
                    state,
                    self._usual,
                    self._patience,
                    self._whole,
                )
            return self._current

    def forget(self) -> None:
        """Open the store anew at the next request."""
        with self._lock:
            self._current = None


def library() -> Library:
    """Give the library of who makes the request."""
    found = current_app.extensions[_EXTENSION]()
    assert isinstance(found, Library)  # noqa: S101 - install puts nothing else there
    return found


def holdings() -> Holdings:
    """Give the holdings of the request, the same from its beginning to its end."""
    if "holdings" not in g:
        g.holdings = library().holdings()
    found: Holdings = g.holdings
    return found


def install(app: Flask, give: Callable[[], Library]) -> None:
    """Give an app what tells the library of a request."""
    app.extensions[_EXTENSION] = give
