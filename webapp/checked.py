"""What checks say of the records that the site shows: outcomes, calendars, tallies, reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from dutygraph.compliance.calendar import Calendar
from dutygraph.compliance.checking import (
    Checker,
    Question,
    Report,
    unknown_region,
    unknown_unit,
)
from dutygraph.compliance.planning import Planner
from dutygraph.compliance.redaction import Redaction, Sight
from dutygraph.compliance.standing import Standing
from webapp.kept import Awaited, Kept
from webapp.metrics import check_running
from webapp.regions import Regions
from webapp.runs import Outcome, Run
from webapp.subtrees import Tallies, tallies

if TYPE_CHECKING:
    from webapp.holdings import Holdings

_RUNS: Final = 16
_PLANNERS: Final = 4
_CALENDARS: Final = 64
_REGIONS: Final = 4


class Checked:
    """The check runs over the records of some holdings, and what is read from them.

    ``outcomes`` gives the outcome of a check run over all records, ``calendars`` the duty calendar
    of a run and a unit's id, or of everybody (None), ``tallies`` and ``regions`` the findings of a
    run by unit and by region. The latest of each are kept.
    """

    def __init__(
        self,
        held: Holdings,
        graphs: Sequence[str],
        patience: float | None,
        whole: Callable[[], Holdings] | None,
    ) -> None:
        """Take holdings, the graphs of their records, a check's patience, of an excerpt the whole.

        What is found of a unit may depend on records that the excerpt does not show.
        """
        self._held, self._graphs, self._whole = held, graphs, whole
        self.outcomes = Awaited(self._check, _RUNS, patience)
        self.calendars = Kept(self._calendar, _CALENDARS)
        self.tallies = Kept(self._tally, _RUNS)
        self.regions = Kept(self._region, _REGIONS)
        self._planners = Kept(self._planner, _PLANNERS)

    @cached_property
    def _redaction(self) -> Redaction:
        return Redaction(Sight.of(self._held.store, self._graphs))

    def _calendar(self, asked: tuple[Run, str | None]) -> Calendar:
        run, unit = asked
        planner = self._planners[run]
        if unit is None:
            return planner.general(run.as_of, run.year)
        if unit not in self._held.registry.units:
            raise unknown_unit(unit)
        if self._whole is not None:
            return self._redaction.calendar(self._whole().checked.calendars[run, unit])
        return planner.calendar_of(unit, self._graphs, run.as_of, run.year)

    def _tally(self, run: Run) -> Tallies:
        return tallies(self.outcomes[run].findings, self._held.registry)

    def _region(self, run: Run) -> Regions:
        return Regions(self._held.registry.units.values(), self.tallies[run].own)

    def _planner(self, run: Run) -> Planner:
        return Planner(self._held.store, self._held.regulation, _assigned(run))

    def _check(self, run: Run) -> Outcome:
        if self._whole is not None:
            whole = self._whole().checked.outcomes[run].report
            return Outcome(run, self._redaction.report(whole), self._held.order)
        standing = Standing(
            self._held.store, self._held.location, self._held.regulation, _assigned(run)
        )
        with check_running():
            report = standing.report(Question(run.as_of, run.year))
        return Outcome(run, report, self._held.order)

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
            return self._redaction.report(
                self._whole().checked.report(run, unit, provision, region)
            )
        checker = Checker(self._held.store, self._held.regulation, _assigned(run))
        records = [self._held.store.graph(name) for name in self._graphs]
        return checker.check(records, Question(run.as_of, run.year, unit, provision, region))

    def _refuse_unknown(self, unit: str | None, region: str | None) -> None:
        if unit is not None and unit not in self._held.registry.units:
            raise unknown_unit(unit)
        units = self._held.registry.units.values()
        if region and not any((one.region or "").startswith(region) for one in units):
            raise unknown_region(region)


def _assigned(run: Run) -> list[str]:
    return [f"{key}={value}" for key, value in run.assignments]
