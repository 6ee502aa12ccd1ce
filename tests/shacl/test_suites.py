"""The set engine gives the results that the W3C and DASH suites expect, here and at an endpoint.

``outcomes.csv`` lists every case in which a shape went to the reference engine, with the reason,
and every result that a store cannot give, with what hinders it. Nothing may deviate otherwise.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from outcomes import ntriples, outcomes
from suites import case, names

from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.report import Report
from dutygraph.shacl.validation import Validator
from dutygraph.store.graphs import GraphStore

_GRAPH = "urn:case"
with (Path(__file__).parent / "outcomes.csv").open(encoding="utf-8", newline="") as _file:
    _LISTED = list(csv.DictReader(_file))


def _report(name: str, store: GraphStore) -> Report:
    one = case(name)
    store.replace_graph(_GRAPH, ntriples(one.data))
    shapes_graph = _GRAPH if one.shapes is one.data else None
    return Validator(one.shapes, store, [_GRAPH], shapes_graph=shapes_graph).report()


def _listed(name: str, kind: str) -> Counter[tuple[str, str]]:
    return Counter(
        (row["what"], row["why"]) for row in _LISTED if (row["case"], row["kind"]) == (name, kind)
    )


def test_both_suites_are_there() -> None:
    folders = Counter("/".join(name.split("/")[:2]) for name in names())
    assert folders["sht_tests/core"] == 98
    assert folders["sht_tests/sparql"] == 23
    assert sum(count for folder, count in folders.items() if folder.startswith("dash")) == 99
    assert {row["case"] for row in _LISTED} <= set(names())


@pytest.mark.parametrize("name", names())
def test_a_case_has_the_results_that_the_suite_expects(name: str, store: GraphStore) -> None:
    expected = case(name).expected
    if expected is None:
        with pytest.raises(ShapesError):
            _report(name, store)
        return
    report = _report(name, store)
    fallbacks = Counter((str(one.shape), one.reason) for one in report.fallbacks)
    assert fallbacks == _listed(name, "fallback")
    assert not report.refused
    found, wanted = outcomes(report.results), outcomes(expected)
    assert not found - wanted
    missing = Counter(f"{focus} {value}" for focus, _, value, *_ in (wanted - found).elements())
    assert missing == Counter(what for what, _ in _listed(name, "missing").elements())


def test_messages_are_those_that_the_suite_expects(store: GraphStore) -> None:
    told = 0
    for name in names():
        wanted = {one.messages for one in case(name).expected or () if one.messages}
        if wanted:
            told += 1
            assert wanted == {one.messages for one in _report(name, store).results}
    assert told == 3
