"""The rules of the fictional provinces, which know no shape, judge the worked examples alike."""

from __future__ import annotations

from typing import Any

import pytest
from worked import Example, examples

from dutygraph.fiction import standing_checks, yearly_checks
from dutygraph.fiction.evidence import Evidence, World

CHECKS = ("art6.item1", "art11", "art12.para1", "art12.para2", "art16", "art20")
EXAMPLES = [
    example
    for example in examples()
    if example.check in CHECKS and not example.settings and example.question.as_of.year > 2011
]


def _recorded(value: Any) -> Any:
    """Leave out what is null, which means that it is not recorded."""
    if isinstance(value, dict):
        return {key: _recorded(each) for key, each in value.items() if each is not None}
    return [_recorded(each) for each in value] if isinstance(value, list) else value


def test_there_are_examples_of_every_check_of_the_rules() -> None:
    assert {example.check for example in EXAMPLES} == set(CHECKS)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_rules_find_what_is_written_beside_an_example(example: Example) -> None:
    given = _recorded(example.given)
    world = World(
        {unit["id"]: unit for unit in given["units"]},
        {person["id"]: {"roles": []} | person for person in given["persons"]},
    )
    question = example.question
    here = Evidence(world, given["records"], question.as_of.isoformat(), question.year)
    for unit in world.units.values():
        standing_checks.check_unit(here, unit)
        yearly_checks.check_unit(here, unit)
    found = {
        (each.code, each.status, each.subject)
        for each in here.book.findings
        if each.provision == example.check
    }
    assert found == example.expects, example.label
