"""Fictional provinces: any size, in a real one's proportions, complete, and the same every time."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest
from engine import imported

from dutygraph.fiction.breaches import Plan
from dutygraph.fiction.places import places
from dutygraph.fiction.province import Province, province

SIZES = (5, 6, 7, 8, 13, 14, 20, 27, 28, 39, 40, 65, 150, 500)
AFTERWARDS = dt.date(2016, 12, 31)


def _made(size: int, *, with_centre: bool = True, seed: int = 1) -> Province:
    return province(size, seed, (2012, 2013), with_centre=with_centre)


@pytest.mark.parametrize("size", SIZES)
def test_a_province_has_as_many_units_as_asked(size: int) -> None:
    units = [unit["id"] for unit in _made(size, with_centre=False).units()]
    assert len(units) == len(set(units)) == size


def test_a_whole_province_has_a_real_ones_places() -> None:
    levels = Counter(place.level for place in places(15_000))
    assert levels == {"省级": 1, "设区市级": 11, "县级": 190, "乡级": 2_360}


def test_places_have_names_and_codes_of_their_own_which_belong_to_no_real_division() -> None:
    made = places(15_000)
    assert len({place.name for place in made}) == len(made)
    assert len({place.region for place in made}) == len(made)
    assert {place.region[:2] for place in made} == {"99"}


@pytest.mark.parametrize("size", [4, 0, -1, 100_001])
def test_a_size_out_of_bounds_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="5 to 100000 units"):
        province(size)


@pytest.mark.parametrize("years", [(), (2012, 2014), (2013, 2012)])
def test_years_that_do_not_follow_on_are_refused(years: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="follow on"):
        province(20, 1, years)


@pytest.mark.parametrize("size", SIZES[:-1])
def test_the_records_are_imported_without_a_fault(size: int, tmp_path: Path) -> None:
    batch = imported(_made(size).to_json(), tmp_path)
    assert [str(fault) for fault in batch.faults] == []


def test_the_same_seed_makes_the_same_province_and_another_seed_another() -> None:
    first, again, other = (
        json.dumps(_made(40, seed=seed).to_json(), ensure_ascii=False) for seed in (7, 7, 8)
    )
    assert first == again
    assert first != other


def test_a_breach_moves_no_other_record() -> None:
    plan = Plan.of(["art11.LATE=0.2"])
    plain = {row["id"]: row for row in _made(150).records()}
    changed = province(150, 1, (2012, 2013), with_centre=True, planted=(plan,))
    moved = {row["id"] for row in changed.records() if row != plain[row["id"]]}
    planted = [
        each for place in changed.registers() for each in plan.planted[place.staff.place.key]
    ]
    assert moved
    assert moved == {each.record for each in planted}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("year", [2012, 2013])
def test_a_complete_year_has_no_finding(size: int, year: int) -> None:
    assert _made(size).expected(AFTERWARDS, year) == []


@pytest.mark.parametrize("size", [5, 65])
def test_without_a_centre_only_what_lies_above_the_province_is_open(size: int) -> None:
    made = _made(size, with_centre=False)
    assert {each.key for each in made.expected(AFTERWARDS, 2013)} == {
        ("art11", "UNVERIFIABLE", "review", "sheng-dangwei"),
        ("art20", "UNVERIFIABLE", "review", "sheng-dangwei"),
    }


@pytest.mark.parametrize(
    "day", [f"2013-{month:02}-{date:02}" for month in range(1, 13) for date in (3, 28)]
)
def test_during_a_complete_year_duties_are_at_most_due_soon(day: str) -> None:
    found = _made(150).expected(dt.date.fromisoformat(day), 2013)
    assert {each.status for each in found} <= {"due_soon"}


def test_a_province_has_every_kind_of_unit_and_of_record_that_checks_look_at() -> None:
    made = _made(300)
    counts = made.judged(AFTERWARDS, 2013).counts
    assert [key for key, each in counts.items() if not each["looked_at"]] == []
    assert {unit["kind"] for unit in made.units()} >= {"巡视机构", "审判机关党组", "事业单位党委"}


def test_units_come_and_go_and_heads_change_in_a_large_province() -> None:
    made = _made(2_000)
    units = list(made.units())
    assert any("founded" in unit for unit in units)
    assert any("dissolved" in unit for unit in units)
    assert any(person["id"].endswith("-head-2") for person in made.people())
    assert made.expected(AFTERWARDS, 2013) == []


def test_before_the_regulation_was_surely_in_force_every_unit_is_for_review() -> None:
    made = _made(20)
    found = made.expected(dt.date(2011, 12, 31), 2011)
    assert {(each.provision, each.code, each.status) for each in found} == {
        ("art43", "COMMENCEMENT_UNKNOWN", "review")
    }
    assert len(found) == len(list(made.units()))
