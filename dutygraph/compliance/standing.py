"""Where every check stands: kept from run to run, and brought up to date by what has changed.

Graphs of imports never change, so what lies between a kept run and now are the graphs that came
and went. From the nodes that they tell of the ways of the checks lead back to the units and people
whose findings can have changed; these alone are checked again. Where that is most of them, or the
shapes, the settings or the code are others, all are checked.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from dutygraph.columns.algebra import RefusedError
from dutygraph.compliance.blocks import SIZE, Job, check_blocks, processes
from dutygraph.compliance.checking import Checker, Question, Report, wanted
from dutygraph.compliance.inside import check_inside
from dutygraph.compliance.results import Kept, Results
from dutygraph.compliance.slicing import Slicer
from dutygraph.compliance.ways import WaysError, checks_fingerprint, routes
from dutygraph.records.history import record_graphs
from dutygraph.records.texts import Texts
from dutygraph.regulations.caching import cache_folder
from dutygraph.regulations.prepared import open_regulations
from dutygraph.store.endpoint import is_endpoint
from dutygraph.store.graphs import GraphStore, StoreError
from dutygraph.store.remote import RemoteStore
from dutygraph.terms import sparql_prologue

_log = logging.getLogger(__name__)
_ONE_RUN: Final = 3000
"""Up to how many units pyoxigraph is as quick as the columns, which take a while for a start."""
_MOST: Final = 0.5
"""Which share of units and people may be touched before all are checked again."""
_UNITS = sparql_prologue() + "SELECT (COUNT(DISTINCT ?unit) AS ?n) WHERE { ?unit a dg:Unit }"
_TOLD_OF = "SELECT DISTINCT ?s WHERE { ?s ?p ?o }"


class Standing:
    """The checks of one regulation over the records in force in a store."""

    def __init__(
        self, store: GraphStore, location: str, regulation: str, assignments: Sequence[str] = ()
    ) -> None:
        """Take a store, where it is, a regulation and ``name=value`` settings.

        Raises SettingError for a setting that is unknown or ill-valued.
        """
        self._store = store
        self._location = location
        self._regulation = regulation
        self._assignments = tuple(assignments)
        self._checker = _checker(regulation, self._assignments)
        self._results = Results(_kept(location, "results.sqlite"))
        self._graphs = tuple(record_graphs(store))

    def report(self, question: Question) -> Report:
        """Give what a check now reports, from what was kept as far as it still holds.

        Raises UnknownUnitError for a unit or a region that is not among the records.
        """
        if question.unit is not None or question.region is not None:
            return self._some(question)
        if question.provision is not None:
            return self._all(question)
        kept = self.brought_up(question)
        if kept is not None:
            try:
                return self._results.report(kept, question, self._checker.settings.effective())
            except LookupError:
                pass
        report = self._all(question)
        self._results.keep(self._key(question), checks_fingerprint(), self._graphs, report)
        return report

    def touched(self, before: Sequence[str]) -> set[str]:
        """Give the IRIs of all whose findings can have changed since some graphs were in force."""
        gone, come = set(before) - set(self._graphs), set(self._graphs) - set(before)
        changed = {str(row["s"]) for row in self._store.select(_TOLD_OF, sorted(gone | come))}
        return {
            node[1:-1]
            for graphs in (before, self._graphs)
            for node in self._slicer(graphs).touched(changed)
        }

    def brought_up(self, question: Question) -> Kept | None:
        """Give the kept run, brought up to date in part; None where all has to be checked.

        Those whom the changes since touch are checked, and their rows are put in.
        """
        kept = self._results.find(self._key(question))
        if kept is None or kept.graphs == self._graphs:
            return kept
        if not (self._has_ways and set(kept.graphs) <= set(self._store.graph_names())):
            return None
        touched = self.touched(kept.graphs)
        if len(touched) > _MOST * kept.size:
            return None
        part = self._part(touched, question)
        if not self._results.amend(kept, self._graphs, touched, part):
            return None
        return replace(kept, graphs=self._graphs)

    @cached_property
    def _has_ways(self) -> bool:
        """Whether it can be told at which records the checks look; else all are looked at."""
        try:
            routes(self._regulation)
        except WaysError:
            return False
        return True

    def _slicer(self, graphs: Sequence[str]) -> Slicer:
        return Slicer(self._store, graphs, routes(self._regulation))

    def _part(self, among: Set[str], question: Question) -> Report:
        """Check some on the slice of the records around them."""
        slicer = self._slicer(self._graphs)
        nodes = slicer.around(f"<{iri}>" for iri in among)
        return self._checker.check([slicer.triples(nodes)], question, among)

    def _some(self, question: Question) -> Report:
        """Check those whom a question is about, on a slice where they are not too many for one."""
        among = wanted(self._store, question, self._graphs)
        assert among is not None  # noqa: S101 - the question names a unit or a region
        if len(among) > SIZE or not self._has_ways:
            return self._all(question)
        return self._part(among, replace(question, unit=None, region=None))

    def _all(self, question: Question) -> Report:
        """Check everything, inside an endpoint or here."""
        if isinstance(self._store, RemoteStore):
            try:
                return check_inside(self._checker, self._store, self._graphs, question)
            except StoreError as error:
                _log.info("here, not inside the endpoint: %s", error)
        return self._all_here(question)

    def _all_here(self, question: Question) -> Report:
        """Check everything here, many units in columns; where these refuse, in blocks."""
        (row,) = self._store.select(_UNITS, self._graphs)
        records = Texts(self._store, self._graphs, _kept(self._location, "texts"))
        if int(row["n"].value) <= _ONE_RUN or not self._has_ways:
            return self._checker.check(records, question)
        try:
            return self._checker.check_in_columns(records, question)
        except RefusedError as error:
            _log.info("in blocks, not in columns: %s", error)
        job = Job(self._location, self._graphs, self._regulation, self._assignments, question)
        with processes() as run:
            return check_blocks(job, self._store, run)

    def _key(self, question: Question) -> str:
        """Give what a run is kept under: all that its report depends on but the records."""
        asked = [
            checks_fingerprint(),
            self._regulation,
            question.as_of.isoformat(),
            question.year,
            self._checker.settings.effective(),
        ]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=8)
def _checker(regulation: str, assignments: tuple[str, ...]) -> Checker:
    """Give a regulation's checker under some settings; of an edit its making is the larger part.

    The regulation is the same in every store, and quicker to read in memory.
    """
    return Checker(open_regulations(), regulation, assignments)


def _kept(location: str, name: str) -> Path:
    """Give where something is kept: beside the store, of an endpoint in the user's cache."""
    if is_endpoint(location):
        stem, dot, suffix = name.partition(".")
        endpoint = hashlib.sha256(location.encode()).hexdigest()[:16]
        return cache_folder() / f"{stem}-{endpoint}{dot}{suffix}"
    return Path(location) / name
