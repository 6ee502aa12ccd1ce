"""What the checks find in fictional provinces is what was worked out from the text, and no more."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import pytest
from engine import CHECKED, checked, found, imported

from dutygraph.compliance.shapes import shapes
from dutygraph.fiction.breaches import Plan
from dutygraph.fiction.findings import PROVISIONS
from dutygraph.fiction.neighbours import AS_OF, absences, moved, shifts, without
from dutygraph.fiction.province import Province, province
from dutygraph.records.importing import Batch

YEARS = (2012, 2013)
RUNS = (
    ("2014-12-31", 2013),
    ("2013-12-31", 2013),
    ("2013-12-10", 2013),
    ("2013-08-15", 2013),
    ("2013-07-20", 2013),
    ("2013-03-31", 2013),
    ("2013-02-20", 2013),
    ("2012-04-01", 2012),
    ("2011-12-31", 2011),
)


@cache
def _province(size: int, share: float, *, with_centre: bool) -> Province:
    plan = Plan.of(everywhere=share)
    return province(size, 1, YEARS, with_centre=with_centre, planted=(plan,))


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, float, bool], Batch]:
    return {
        key: imported(
            _province(key[0], key[1], with_centre=key[2]).to_json(), tmp_path_factory.mktemp("made")
        )
        for key in ((20, 0.0, True), (65, 0.0, False), (150, 0.3, True))
    }


def test_every_check_that_there_is_has_expected_findings() -> None:
    assert {shape.check for shape in shapes("hebei")} <= set(PROVISIONS)
    assert {shape.check for shape in shapes("hebei")} >= CHECKED


@pytest.mark.parametrize(("as_of", "year"), RUNS)
@pytest.mark.parametrize(
    ("size", "share", "centre"), [(20, 0.0, True), (65, 0.0, False), (150, 0.3, True)]
)
def test_findings_and_verdicts_are_those_expected(
    as_of: str,
    year: int,
    size: int,
    share: float,
    centre: bool,
    batches: dict[tuple[int, float, bool], Batch],
) -> None:
    report = checked(batches[size, share, centre], as_of, year)
    book = _province(size, share, with_centre=centre).judged(dt.date.fromisoformat(as_of), year)
    assert found(report) == {each.key for each in book.findings if each.provision in CHECKED}
    counts = {each.provision: vars(each) for each in report.checks}
    for provision in CHECKED:
        assert counts[provision] == {"provision": provision, **book.counts[provision]}


def test_without_a_record_just_what_belongs_to_it_is_found(tmp_path: Path) -> None:
    made = _province(20, 0.0, with_centre=True)
    content = made.to_json()
    as_of = dt.date(2014, 12, 31)
    missed = [
        each
        for each in absences(made, as_of, 2013)
        if any(finding[0] in CHECKED for finding in each.findings)
    ]
    assert len(missed) > 20
    for absence in missed[:: len(missed) // 8]:
        records = without(content["records"], absence.record)
        report = checked(
            imported(content | {"records": records}, tmp_path), as_of.isoformat(), 2013
        )
        assert found(report) == absence.findings, absence.record


def test_across_a_boundary_just_what_belongs_to_it_is_found(tmp_path: Path) -> None:
    made = _province(20, 0.0, with_centre=True)
    content = made.to_json()
    boundaries = [
        each
        for each in shifts(made, 2013)
        if all(finding[0] in CHECKED for finding in each.good.findings | each.bad.findings)
    ]
    assert len(boundaries) > 20
    for shift in boundaries[:: len(boundaries) // 8]:
        for side in (shift.good, shift.bad):
            if shift.key == AS_OF:
                as_of, records = side.day, without(content["records"], shift.record)
            else:
                as_of, records = shift.as_of, moved(content["records"], shift.record, side.day)
            day = dt.date.fromisoformat(as_of)
            anyway = {each.key for each in made.expected(day, 2013) if each.provision in CHECKED}
            report = checked(imported(content | {"records": records}, tmp_path), as_of, 2013)
            assert found(report) == anyway | side.findings, (shift, side)
