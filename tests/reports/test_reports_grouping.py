"""Findings by unit, provision, level and region; a person stands where he has a post."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from dutygraph.compliance.checking import Checker, Question, Report, UnknownUnitError
from dutygraph.compliance.findings import STATUSES
from dutygraph.compliance.subjects import Subject
from dutygraph.compliance.verdicts import Counts
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.records.triples import DEFAULT_BASE
from dutygraph.reports.edition import Edition, narrowed
from dutygraph.reports.grouping import SORTERS, grouped
from dutygraph.store.embedded import EmbeddedStore

Checked = Any
DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
UNITS = {unit["id"]: unit for unit in json.loads(DEMO.read_text("utf-8"))["units"]}


def test_a_finding_says_the_level_the_region_and_the_unit_of_its_subject(report: Report) -> None:
    for finding in report.findings:
        unit = UNITS[finding.subject]
        assert finding.subject_level == unit["level"]
        assert finding.subject_region == unit.get("region")
        assert [one["id"] for one in finding.subject_units] == [finding.subject]


def test_a_person_stands_where_he_has_a_post_on_the_day(
    regulations: EmbeddedStore, tmp_path: Path
) -> None:
    units = [
        {"id": "a", "name": "甲县委", "kind": "地方党委", "level": "县级", "region": "990101"},
        {"id": "b", "name": "乙市委", "kind": "地方党委", "level": "设区市级", "region": "990200"},
    ]
    roles = [
        {"unit": "a", "post": "书记", "from": "2010-01-01", "to": "2012-01-01"},
        {"unit": "b", "post": "书记", "from": "2012-01-01", "to": None},
    ]
    person = {"id": "p", "name": "某人", "party_member": True, "leading_cadre": True}
    file = tmp_path / "posts.json"
    file.write_text(
        json.dumps({"units": units, "persons": [person | {"roles": roles}], "records": []}), "utf-8"
    )
    batch = read_files([file], model=load_model())
    checker = Checker(regulations, "hebei")

    def stands(as_of: dt.date) -> Subject:
        question = Question(as_of, as_of.year)
        graph = checker.working_graph([batch.ntriples(DEFAULT_BASE)], question)
        (row,) = graph.select('SELECT ?p { ?p <http://purl.org/dc/terms/identifier> "p" }', ())
        return checker.scribe(graph, question).subjects[row["p"].value]

    later, before = stands(dt.date(2014, 12, 10)), stands(dt.date(2011, 12, 31))
    assert [place.id for place in later.units] == ["b", "a"]
    assert (later.id, later.level, later.region) == ("p", "设区市级", "990200")
    assert [place.id for place in before.units] == ["a", "b"]
    assert (before.level, before.region) == ("县级", "990101")
    assert [place.id for place in stands(dt.date(2012, 1, 1)).units] == ["b", "a"]


@pytest.mark.parametrize("by", list(SORTERS))
def test_every_finding_is_in_one_group(edition: Edition, by: str) -> None:
    groups = grouped(edition.findings, by, edition.wording)
    assert sum(len(group.findings) for group in groups) == len(edition.findings)
    assert len({group.key for group in groups}) == len(groups) > 1
    for group in groups:
        assert group.counts() == {status: group.count(status) for status in STATUSES}


def test_those_with_the_most_violations_come_first(edition: Edition) -> None:
    counted = [
        group.count("violation") for group in grouped(edition.findings, "unit", edition.wording)
    ]
    assert counted == sorted(counted, reverse=True)


def test_a_region_is_checked_with_what_lies_in_it_and_nothing_else(checked: Checked) -> None:
    county = checked(DEMO, "2014-12-10", region="990122")
    assert {one.region[:6] for one in county.subjects.values()} == {"990122"}
    whole = checked(DEMO, "2014-12-10", region="99")
    assert whole.checks == checked(DEMO, "2014-12-10").checks
    assert [one.key for one in county.findings] == [
        one.key for one in whole.findings if (one.subject_region or "").startswith("990122")
    ]
    assert county.findings


@pytest.mark.parametrize("region", ["98", "", '990122" } #'])
def test_a_region_where_no_unit_lies_is_refused(checked: Checked, region: str) -> None:
    with pytest.raises(UnknownUnitError, match="region code"):
        checked(DEMO, "2014-12-10", region=region)


def test_a_report_of_fewer_subjects_counts_those_that_are_left(report: Report) -> None:
    subject = next(one.subject for one in report.findings if one.status == "violation")
    one = narrowed(report, unit=subject)
    assert subject in {finding.subject for finding in one.findings}
    people = [who for who in one.subjects.values() if who.id != subject]
    assert all(subject in {place.id for place in who.units} for who in people)
    assert all(counts.looked_at <= 1 + len(people) for counts in one.checks)
    assert sum(counts.looked_at for counts in one.checks) < report.checks[0].looked_at
    assert narrowed(report).checks == report.checks
    only = narrowed(report, provision="art12")
    within = [one.provision for one in report.checks if one.provision.startswith("art12.")]
    assert [counts.provision for counts in only.checks] == within
    assert {"art12.para1", "art12.para2"} <= set(within)


def test_the_verdicts_of_a_check_are_its_counts(report: Report) -> None:
    for counts in report.checks:
        verdicts = report.verdicts[counts.provision]
        assert Counts.of(counts.provision, verdicts.values()) == counts
        assert set(verdicts) <= set(report.subjects)
