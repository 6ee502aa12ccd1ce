"""JUnit XML: a suite for each check, a case for each subject, a failure for each violation."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import replace
from xml.etree import ElementTree as Xml

import pytest

from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import exports

# The elements and attributes that CI servers agree on: children by name, required attributes.
ALLOWED = {
    "testsuites": ({"testsuite"}, {"name", "tests", "failures", "errors", "skipped"}),
    "testsuite": ({"properties", "testcase"}, {"name", "tests", "failures", "errors", "skipped"}),
    "properties": ({"property"}, set()),
    "property": (set(), {"name", "value"}),
    "testcase": ({"failure", "skipped", "system-out"}, {"name", "classname"}),
    "failure": (set(), {"type", "message"}),
    "skipped": (set(), {"message"}),
    "system-out": (set(), set()),
}


def parsed(edition: Edition) -> Xml.Element:
    out = io.BytesIO()
    exports()["junit"].write(edition, out)
    return Xml.fromstring(out.getvalue().decode())  # noqa: S314 - written here


def assert_well_formed(root: Xml.Element) -> None:
    for element in root.iter():
        children, required = ALLOWED[element.tag]
        assert {child.tag for child in element} <= children, element.tag
        assert set(element.attrib) == required, element.tag
    for suite in [root, *root.iter("testsuite")]:
        cases = list(suite.iter("testcase"))
        assert int(suite.attrib["tests"]) == len(cases)
        assert int(suite.attrib["failures"]) == len(list(suite.iter("failure")))
        assert int(suite.attrib["skipped"]) == len(list(suite.iter("skipped")))


def test_every_subject_looked_at_is_a_case_and_every_violation_fails_one(edition: Edition) -> None:
    root = parsed(edition)
    assert_well_formed(root)
    skipped = int(root.attrib["skipped"])
    assert skipped == sum(not counts.looked_at for counts in edition.checks)
    assert int(root.attrib["tests"]) - skipped == edition.looked_at
    failed: dict[str, set[str]] = defaultdict(set)
    for case in root.iter("testcase"):
        if case.find("failure") is not None:
            failed[case.attrib["classname"]].add(case.attrib["name"])
    expected: dict[str, set[str]] = defaultdict(set)
    for one in edition.findings:
        if one.status == "violation":
            expected[one.provision].add(f"{one.subject_name} ({one.subject})")
    assert failed == expected


@pytest.mark.parametrize("status", ["review", "advisory", "due_soon"])
def test_what_is_no_violation_is_told_and_fails_nothing(edition: Edition, status: str) -> None:
    only = replace(edition, findings=[one for one in edition.findings if one.status == status])
    root = parsed(only)
    assert_well_formed(root)
    assert root.attrib["failures"] == "0"
    said = "\n".join(one.text or "" for one in root.iter("system-out"))
    for finding in only.findings:
        assert finding.message_zh in said


def test_a_check_that_looked_at_nothing_is_skipped_not_passed(nothing: Edition) -> None:
    root = parsed(nothing)
    assert_well_formed(root)
    (case,) = root.iter("testcase")
    skipped = case.find("skipped")
    assert skipped is not None
    assert "没有可检查的对象" in skipped.attrib["message"]


def test_no_name_becomes_an_element(hostile: Edition) -> None:
    root = parsed(hostile)
    assert_well_formed(root)
    names = {case.attrib["name"] for case in root.iter("testcase")}
    assert {f"{one.subject_name} ({one.subject})" for one in hostile.findings} <= names


def test_what_no_xml_may_hold_is_replaced(edition: Edition) -> None:
    broken = replace(edition.findings[-1], message_zh="a\x00b\x0bc\ud800d\ufffee", status="review")
    root = parsed(replace(edition, findings=[broken]))
    assert "a\ufffdb\ufffdc\ufffdd\ufffde" in "".join(root.itertext())
