"""Readings hang at the provisions that they concern, and norms rest on them there."""

from __future__ import annotations

from collections import defaultdict

from dutygraph.regulations.prepared import open_regulations
from dutygraph.regulations.provisions import within
from dutygraph.terms import sparql_prologue

STORE = open_regulations()


def _pairs(pattern: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    query = sparql_prologue() + f"SELECT ?reading ?provision WHERE {{ {pattern} }}"
    for row in STORE.select(query):
        found[row["reading"].value].add(row["provision"].value)
    return found


CONCERNED = _pairs("?r a dg:Reading ; dg:key ?reading ; dg:concerns/dg:key ?provision")
RESTING = _pairs("?n dg:restsOn/dg:key ?reading ; dg:statedIn/dg:key ?provision")


# Article 1 states no norm; what is open there is the number of a document that it names.
WITHOUT_NORMS = {"art1"}


def test_there_are_the_readings_a01_to_a57() -> None:
    assert set(CONCERNED) == {f"A{number:02}" for number in range(1, 58)}


def test_a_norm_rests_on_each_reading_at_each_provision_that_it_concerns() -> None:
    idle = [
        (reading, provision)
        for reading, provisions in CONCERNED.items()
        for provision in provisions - WITHOUT_NORMS
        if not any(within(resting, provision) for resting in RESTING[reading])
    ]
    assert idle == []


def test_a_norm_rests_only_on_readings_that_concern_its_provision() -> None:
    stray = [
        (reading, resting)
        for reading, provisions in RESTING.items()
        for resting in provisions
        if not any(within(resting, provision) for provision in CONCERNED[reading])
    ]
    assert stray == []
