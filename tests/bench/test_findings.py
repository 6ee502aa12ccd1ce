"""Findings of two peers are equal as multisets or they are told apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.bench.findings import ALL, LEAST, Difference, Finding, differences, read, write
from benchmarks.bench.rules import owners, shape_iri

RULE = "unit-label"
found_of_all_rules = st.lists(
    st.builds(
        Finding,
        st.sampled_from(sorted(owners())),
        st.sampled_from(["<urn:a>", "<urn:b>"]),
        st.none(),
        st.sampled_from([None, '"1"', '"2"']),
    ),
    max_size=6,
)


def _finding(focus: str, value: str | None = None) -> Finding:
    return Finding(shape_iri(RULE), focus, value=value)


def test_a_finding_that_is_told_once_too_often_makes_a_difference() -> None:
    once, twice = Counter([_finding("<urn:a>")]), Counter([_finding("<urn:a>")] * 2)
    assert differences(twice, once, ALL, [RULE]) == {RULE: Difference(0, 1)}
    assert differences(once, twice, ALL, [RULE]) == {RULE: Difference(1, 0)}


def test_what_a_peer_does_not_tell_is_not_compared() -> None:
    ours, theirs = Counter([_finding("<urn:a>", '"x"')]), Counter([_finding("<urn:a>")])
    assert differences(theirs, ours, LEAST, [RULE]) == {}
    assert differences(theirs, ours, ALL, [RULE]) == {RULE: Difference(1, 1)}


def test_findings_are_not_compared_by_less_than_shape_and_focus_node() -> None:
    with pytest.raises(ValueError, match="focus"):
        differences({}, {}, ["shape"], [RULE])


def test_a_finding_of_a_shape_that_nobody_asked_for_is_extra() -> None:
    stray = Counter([Finding("_:b1", "<urn:a>")])
    assert differences(stray, {}, ALL, [RULE]) == {"_:b1": Difference(0, 1)}


def test_rules_that_a_peer_did_not_run_are_not_held_against_it() -> None:
    ours = Counter([_finding("<urn:a>")])
    assert differences({}, ours, ALL, ["one-head"]) == {}


@settings(max_examples=50)
@given(found_of_all_rules, found_of_all_rules)
def test_there_is_a_difference_exactly_when_the_multisets_differ(
    first: list[Finding], second: list[Finding]
) -> None:
    told = differences(Counter(first), Counter(second), ALL, set(owners().values()))
    assert (not told) == (Counter(first) == Counter(second))
    assert sum(one.extra for one in told.values()) == (Counter(first) - Counter(second)).total()


def test_findings_are_read_as_they_were_written(tmp_path: Path) -> None:
    findings = [_finding("<urn:甲>", '"一\\n"'), _finding("<urn:甲>", '"一\\n"'), _finding("_:b")]
    assert write(findings, tmp_path / "f.jsonl") == 3
    assert read(tmp_path / "f.jsonl") == Counter(findings)
