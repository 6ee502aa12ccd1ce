"""Breaches: each check and code can be planted, and gives the finding that it is named after."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from dutygraph.fiction.breaches import BREACHES, Plan, Planted, UnknownBreachError, names
from dutygraph.fiction.findings import Finding
from dutygraph.fiction.province import province

YEARS = (2012, 2013)
AFTERWARDS = dt.date(2017, 12, 31)

# What the catalogue of checks lists, DUE_SOON aside, which is a question of the day of the check.
CATALOGUE = {
    "art6.item1": "MISSING NOT_DEDICATED",
    "art8.item1": "MISSING",
    "art9.item3": "MISSING MISSING_ADDRESSEE",
    "art11": "MISSING LATE WRONG_FORM INCOMPLETE_CONTENT MISSING_ADDRESSEE WRONG_ADDRESSEE "
    "UNVERIFIABLE",
    "art12.para1": "MISSING WRONG_HEAD",
    "art12.para2": "WRONG_LOCATION",
    "art12.item2": "MISSING_APPROVAL",
    "art13.item1": "MISSING INCOMPLETE_CONTENT WRONG_ADDRESSEE",
    "art14.item2": "MISSING",
    "art15.item4": "MISSING LATE",
    "art16": "MISSING OUT_OF_WINDOW INCOMPLETE_CONTENT",
    "art17": "INCOMPLETE_CONTENT",
    "art18": "INCOMPLETE_CONTENT",
    "art19": "INCOMPLETE_CONTENT",
    "art20": "MISSING LATE WRONG_FORM MISSING_ADDRESSEE WRONG_ADDRESSEE OUT_OF_WINDOW UNVERIFIABLE",
    "art22": "WRONG_LEVEL WRONG_LEADER",
    "art24": "MISSING",
    "art26.item2": "MISSING LATE MISSING_ADDRESSEE",
    "art26.item3": "MISSING WRONG_ADDRESSEE",
    "art27": "INVALID_VALUE",
    **{f"art29.item{number}": "NOT_PURSUED" for number in range(1, 8)},
    "art31": "MEASURE_SUBJECT_MISMATCH MEASURE_SEVERITY_MISMATCH",
    "art32.para1": "MEASURE_SUBJECT_MISMATCH MEASURE_SEVERITY_MISMATCH MISSING_TRANSFER",
    "art33.para1": "AGGRAVATION_IGNORED",
    "art35": "WRONG_AUTHORITY",
    "art36.para2": "WRONGLY_HELD WRONG_RESPONSIBILITY_TYPE NOT_PURSUED",
    "art36.para3": "WRONGLY_HELD WRONG_RESPONSIBILITY_TYPE NOT_PURSUED",
    "art37": "IMPROPER_EXEMPTION",
    "art38.para1": "AWARD_DISQUALIFIED",
    "art38.para2": "EARLY_REAPPOINTMENT EARLY_PROMOTION",
    "art39": "MISSING",
    "art40": "MISSING WRONG_ADDRESSEE",
    "art15.para1": "MISSING",
    "art21": "MISSING",
    "art28": "MISSING",
    "art41": "MISSING",
}
# A Party body without a leading group has no office of one either.
COME_ALONG = {("art12.para1", "MISSING"): ("art12.para2", "MISSING")}


@cache
def _all_planted(name: str, share: float) -> tuple[tuple[Planted, ...], frozenset[Finding]]:
    plan = Plan.of([f"{name}={share}"])
    made = province(130, 1, YEARS, with_centre=True, planted=(plan,))
    found = frozenset(each for year in YEARS for each in made.expected(AFTERWARDS, year))
    return tuple(each for place in plan.planted.values() for each in place), found


def test_every_check_and_code_of_the_catalogue_has_a_breach() -> None:
    listed = {f"{key}.{code}" for key, codes in CATALOGUE.items() for code in codes.split()}
    assert listed <= set(names())


def test_breaches_are_named_in_the_order_of_articles() -> None:
    assert names()[0].startswith("art6.item1.")
    assert set(names()) == {breach.name for breach in BREACHES}


@pytest.mark.parametrize("name", names())
def test_a_breach_gives_the_finding_it_is_named_after_and_no_other(name: str) -> None:
    planted, found = _all_planted(name, 1.0)
    wanted = {(each.provision, each.code, each.subject) for each in planted}
    for breach, along in COME_ALONG.items():
        wanted |= {(*along, subject) for *key, subject in wanted if tuple(key) == breach}
    assert {f"{each.provision}.{each.code}" for each in planted} == {name}
    assert {(each.provision, each.code, each.subject) for each in found} == wanted


def test_all_breaches_planted_together_give_all_their_findings_and_no_others() -> None:
    plan = Plan.of(everywhere=0.3)
    made = province(300, 3, YEARS, with_centre=True, planted=(plan,))
    found = {
        (each.provision, each.code, each.subject)
        for year in YEARS
        for each in made.expected(AFTERWARDS, year)
    }
    planted = {
        (each.provision, each.code, each.subject)
        for place in plan.planted.values()
        for each in place
    }
    groupless = {subject for *key, subject in planted if key == ["art12.para1", "MISSING"]}
    assert found == planted | {("art12.para2", "MISSING", subject) for subject in groupless}


def test_a_larger_share_keeps_what_a_smaller_one_befell() -> None:
    few, _ = _all_planted("art20.LATE", 0.1)
    many, _ = _all_planted("art20.LATE", 0.5)
    assert set(few) < set(many)


def test_bodies_by_reference_get_advice_and_departments_without_a_party_group_a_review() -> None:
    _, found = _all_planted("art11.LATE", 1.0)
    by_kind = {each.subject.rpartition("-")[2]: each.status for each in found}
    assert by_kind["dangwei"] == "violation"
    assert by_kind["fulian"] == "advisory"
    assert by_kind["fazhi"] == "review"


def test_a_check_alone_stands_for_all_its_codes() -> None:
    plan = Plan.of(["art20=0.5"])
    assert set(plan.shares) == {name for name in names() if name.startswith("art20.")}


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("art11.LATER=0.1", "no breach 'art11.LATER'"),
        ("art99=0.1", "no breach 'art99'"),
        ("art11.LATE=2", "a number from 0 to 1, not '2'"),
        ("art11.LATE=-0.1", "a number from 0 to 1"),
        ("art11.LATE=nan", "a number from 0 to 1"),
        ("art11.LATE", "a number from 0 to 1, not ''"),
    ],
)
def test_an_unknown_breach_or_share_is_refused(assignment: str, words: str) -> None:
    with pytest.raises(UnknownBreachError, match=words):
        Plan.of([assignment])
