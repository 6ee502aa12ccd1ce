"""Under other settings too the checks find in fictional provinces what was worked out, no more.

Each file of settings/ is a case: the settings of a check run, as `dutygraph check --settings` takes
them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pytest
from engine import checked, imported

from dutygraph.compliance.settings import Settings
from dutygraph.compliance.settings_file import read_settings
from dutygraph.fiction.assumed import Assumed, UnknownSettingError
from dutygraph.fiction.breaches import Plan
from dutygraph.fiction.findings import PROVISIONS
from dutygraph.fiction.province import Province, province
from dutygraph.records.importing import Batch
from dutygraph.regulations.prepared import open_regulations, prepared_graphs

CASES = sorted((Path(__file__).parent / "settings").glob("*.toml"))
RUNS = (("2014-12-31", 2013), ("2013-07-20", 2013), ("2013-03-15", 2013), ("2011-12-31", 2011))


@cache
def _province(*, with_centre: bool) -> Province:
    plan = Plan.of(everywhere=0.3)
    return province(90, 1, (2012, 2013), with_centre=with_centre, planted=(plan,))


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Batch]:
    return {
        centre: imported(_province(with_centre=centre).to_json(), tmp_path_factory.mktemp("made"))
        for centre in (False, True)
    }


@cache
def _given(file: Path) -> tuple[str, ...]:
    known = Settings.of(open_regulations(), prepared_graphs(), ()).known
    return tuple(read_settings(file, known))


def _assumed(file: Path) -> Assumed:
    return Assumed.of(dict(each.split("=", 1) for each in _given(file)))


@pytest.mark.parametrize(("as_of", "year"), RUNS)
@pytest.mark.parametrize("centre", [False, True], ids=["without a centre", "with a centre"])
@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_findings_and_verdicts_under_settings_are_those_expected(
    file: Path, centre: bool, as_of: str, year: int, batches: dict[bool, Batch]
) -> None:
    made = replace(_province(with_centre=centre), assumed=_assumed(file))
    book = made.judged(dt.date.fromisoformat(as_of), year)
    report = checked(batches[centre], as_of, year, _given(file))
    found = {(each.provision, each.code, each.status, each.subject) for each in report.findings}
    assert found == {each.key for each in book.findings}
    counts = {each.provision: vars(each) for each in report.checks}
    for provision in PROVISIONS:
        assert counts[provision] == {"provision": provision, **book.counts[provision]}


def test_every_case_changes_what_is_found_and_every_setting_is_in_one() -> None:
    assert {name for file in CASES for name in dict(e.split("=", 1) for e in _given(file))} == {
        field.name for field in fields(Assumed)
    }
    for file in CASES:
        made = _province(with_centre=False)
        days = [(dt.date.fromisoformat(day), year) for day, year in RUNS]
        usual = [made.judged(*run).counts for run in days]
        assert usual != [replace(made, assumed=_assumed(file)).judged(*run).counts for run in days]


def test_a_setting_that_the_rules_do_not_know_is_refused() -> None:
    with pytest.raises(UnknownSettingError, match="'award_year_basis' cannot be set"):
        Assumed.of({"award_year_basis": "violation_year"})
