"""A fictional province: who exists, what is on record, and the findings that a check must give.

Made place by place, so that a large one needs no more memory than its units, its people and the
records of one place. The records of a place are enough to judge whatever its units owe and whatever
happened in it; the findings of all places together are those of the province.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dutygraph.fiction import case_checks, cases, standing_checks, yearly, yearly_checks
from dutygraph.fiction.accountability_checks import check_accountability
from dutygraph.fiction.assumed import USUAL, Assumed
from dutygraph.fiction.drawing import Lots, Row
from dutygraph.fiction.evidence import IN_FORCE, Evidence, World
from dutygraph.fiction.findings import Book, Finding
from dutygraph.fiction.places import places
from dutygraph.fiction.register import Register
from dutygraph.fiction.roster import Roster, Staff

Planter = Callable[[Register], None]
"""Changes a place's register, as a plan of breaches has it."""


@dataclass(frozen=True)
class Province:
    """A province of some years. ``planted`` changes each place's register once it is complete.

    ``assumed`` are the settings of the check runs that it is judged for.
    """

    roster: Roster
    planted: Sequence[Planter] = field(default=())
    assumed: Assumed = field(default=USUAL)

    @cached_property
    def world(self) -> World:
        """Everybody and everything there is, by id."""
        return World(
            {unit["id"]: unit for unit in self.units()},
            {person["id"]: person for person in self.people()},
        )

    def units(self) -> Iterator[Row]:
        """Give the units, from the centre or the province down."""
        yield from self.roster.centre()
        for staff in self.roster.staff():
            yield from staff.units.values()

    def people(self) -> Iterator[Row]:
        """Give the people, in the order of their units."""
        for staff in self.roster.staff():
            yield from self.roster.people(staff)

    def registers(self) -> Iterator[Register]:
        """Give the register of each place, complete and then changed as planted."""
        for staff in self.roster.staff():
            here = Register(staff, self.roster.people(staff), self.roster.lots)
            _enter_all(here, self.roster.years)
            for plant in self.planted:
                plant(here)
            yield here

    def records(self) -> Iterator[Row]:
        """Give the records, place by place."""
        for here in self.registers():
            yield from here.records

    def to_json(self) -> dict[str, list[Row]]:
        """Give the whole in the import model's JSON form."""
        return {
            "units": list(self.units()),
            "persons": list(self.people()),
            "records": list(self.records()),
        }

    def judged(self, as_of: dt.date, year: int) -> Book:
        """Give the findings and verdicts of a run."""
        books = (
            self.judged_place(here.staff, here.records, as_of.isoformat(), year)
            for here in self.registers()
        )
        return Book().take_over([self.judged_centre(as_of, year), *books])

    def judged_centre(self, as_of: dt.date, year: int) -> Book:
        """Give what a run finds of the units above the province."""
        centre = Staff(self.roster.places[0], {unit["id"]: unit for unit in self.roster.centre()})
        return self.judged_place(centre, (), as_of.isoformat(), year)

    def judged_place(self, staff: Staff, records: Iterable[Row], as_of: str, year: int) -> Book:
        """Give what a run finds of a place's units and records."""
        return judge(self.world, staff, records, as_of, year, self.assumed)

    def expected(self, as_of: dt.date, year: int) -> list[Finding]:
        """Give the findings that a run must give, and no others."""
        return self.judged(as_of, year).findings


def province(
    size: int,
    seed: int | str = 1,
    years: Iterable[int] = (2013,),
    *,
    with_centre: bool = False,
    planted: Sequence[Planter] = (),
    assumed: Assumed = USUAL,
) -> Province:
    """Make a fictional province of so many units, 5 to 100,000, complete in every year given.

    With a centre there are superiors above the province, so that nothing about it is open.
    Raises ValueError for a size out of bounds and for years that are none or do not follow on.
    """
    span = tuple(years)
    if not span or span != tuple(range(span[0], span[0] + len(span))):
        raise ValueError(f"years must be one or more that follow on, not {span}")
    roster = Roster(places(size), Lots(seed), span, with_centre)
    return Province(roster, planted, assumed)


def _enter_all(here: Register, years: Sequence[int]) -> None:
    for unit in here.staff.units.values():
        yearly.enter_foundations(here, unit, years[0])
    for year in years:
        yearly.enter_tasks(here, year)
        for unit in here.staff.units.values():
            yearly.enter_year(here, unit, year)
            yearly.enter_organs(here, unit, year)
            yearly.enter_assessment(here, unit, year)
        cases.enter_cases(here, year, years[0])


def judge(
    world: World,
    staff: Staff,
    records: Iterable[Row],
    as_of: str,
    year: int,
    assumed: Assumed = USUAL,
) -> Book:
    """Give the findings and verdicts about a place's units and records."""
    here = Evidence(world, records, as_of, year, assumed)
    if as_of < IN_FORCE:
        for unit in staff.units.values():
            standing_checks.check_commencement(here, unit)
        return here.book
    for unit in staff.units.values():
        standing_checks.check_unit(here, unit)
        yearly_checks.check_unit(here, unit)
        case_checks.check_congress(here, unit)
    yearly_checks.check_lead_units(here)
    case_checks.check_cases(here)
    check_accountability(here)
    return here.book
