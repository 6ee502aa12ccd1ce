"""The rules of the fictional provinces, which know no shape, judge the worked examples alike."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from worked import Example, examples

from dutygraph.fiction import case_checks, standing_checks, yearly_checks
from dutygraph.fiction.assumed import Assumed
from dutygraph.fiction.evidence import Evidence, World

CHECKS = (
    "art6.item1",
    "art9.item3",
    "art11",
    "art12.para1",
    "art12.para2",
    "art16",
    "art20",
    "art24",
)
KNOWN = {field.name for field in fields(Assumed)}


def _settings(example: Example) -> dict[str, str]:
    """Give the settings of an example, name → value."""
    return dict(each.split("=", 1) for each in example.settings)


EXAMPLES = [
    example
    for example in examples()
    if example.check in CHECKS
    and set(_settings(example)) <= KNOWN
    and example.question.as_of.year > 2011
]


def _recorded(value: Any) -> Any:
    """Leave out what is null, which means that it is not recorded."""
    if isinstance(value, dict):
        return {key: _recorded(each) for key, each in value.items() if each is not None}
    return [_recorded(each) for each in value] if isinstance(value, list) else value


def test_there_are_examples_of_every_check_of_the_rules() -> None:
    assert {example.check for example in EXAMPLES} == set(CHECKS)


def test_there_are_examples_of_every_setting_that_the_rules_know() -> None:
    assert {name for example in EXAMPLES for name in _settings(example)} == KNOWN


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_rules_find_what_is_written_beside_an_example(example: Example) -> None:
    given = _recorded(example.given)
    world = World(
        {unit["id"]: unit for unit in given["units"]},
        {person["id"]: {"roles": []} | person for person in given["persons"]},
    )
    question = example.question
    assumed = Assumed.of(_settings(example))
    here = Evidence(world, given["records"], question.as_of.isoformat(), question.year, assumed)
    for unit in world.units.values():
        standing_checks.check_unit(here, unit)
        yearly_checks.check_unit(here, unit)
    case_checks.check_cases(here)
    found = {
        (each.code, each.status, each.subject)
        for each in here.book.findings
        if each.provision == example.check
    }
    assert found == example.expects, example.label
