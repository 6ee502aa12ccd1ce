"""A run beside an earlier one: what is new, open, changed, cured, and what was not looked at."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dutygraph.compliance.checking import Report
from dutygraph.compliance.findings import Finding
from dutygraph.reports.comparison import (
    CHANGES,
    Comparison,
    ComparisonError,
    compared,
    read_earlier,
)
from dutygraph.reports.edition import Edition, Scope
from dutygraph.reports.json_export import told
from dutygraph.reports.wording import Wording

ALL = Scope().to_json()


@pytest.fixture
def earlier(tmp_path: Path, edition: Edition) -> Path:
    """Write the run as `dutygraph check --format json` does."""
    file = tmp_path / "earlier.json"
    file.write_text(json.dumps(told(edition), ensure_ascii=False), encoding="utf-8")
    return file


def rewritten(file: Path, **changes: Any) -> Path:
    """Change the earlier run's JSON."""
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), encoding="utf-8")
    return file


def of(report: Report, file: Path) -> Comparison:
    return compared(report, ALL, read_earlier(file))


def counts(comparison: Comparison) -> dict[str, int]:
    return {change: len(comparison[change]) for change in CHANGES if comparison[change]}


def test_the_same_run_leaves_everything_open(report: Report, earlier: Path) -> None:
    assert counts(of(report, earlier)) == {"still_open": len(report.findings)}


def test_a_finding_that_came_is_new_and_one_that_went_is_cured(
    report: Report, earlier: Path
) -> None:
    findings = json.loads(earlier.read_text("utf-8"))["findings"]
    gone, *rest = report.findings
    fewer = replace(report, findings=rest)
    assert [one.match for one in of(fewer, earlier)["cured"]] == [gone.match]
    rewritten(earlier, findings=findings[1:])
    assert len(of(report, earlier)["new"]) == 1


def test_another_status_is_a_change_that_names_both(report: Report, earlier: Path) -> None:
    first, *rest = report.findings
    status = "review" if first.status != "review" else "violation"
    changed: Finding = replace(first, status=status)
    comparison = of(replace(report, findings=[changed, *rest]), earlier)
    assert counts(comparison) == {"changed": 1, "still_open": len(rest)}
    assert comparison["changed"][0].before == first.status
    assert comparison["changed"][0].to_json()["before"] == first.status


def test_of_two_statuses_of_one_finding_the_one_that_went_is_cured(
    report: Report, earlier: Path
) -> None:
    findings = json.loads(earlier.read_text("utf-8"))["findings"]
    twin = findings[0] | {"status": "advisory"}
    assert findings[0]["status"] != "advisory"
    rewritten(earlier, findings=[*findings, twin])
    comparison = of(report, earlier)
    assert counts(comparison) == {"still_open": len(findings), "cured": 1}
    assert comparison["cured"][0].status == "advisory"


def test_what_was_not_looked_at_this_time_is_not_cured(report: Report, earlier: Path) -> None:
    gone, *rest = report.findings
    verdicts = {**report.verdicts, gone.provision: {}}
    comparison = of(replace(report, findings=rest, verdicts=verdicts), earlier)
    assert [one.match for one in comparison["not_looked_at"]] == [gone.match]
    assert not comparison["cured"]


def test_another_year_s_findings_are_not_looked_at(report: Report, earlier: Path) -> None:
    comparison = of(replace(report, year=2015, findings=[]), earlier)
    assert counts(comparison) == {"not_looked_at": len(report.findings)}


def test_settings_that_differ_are_named(report: Report, earlier: Path) -> None:
    other = replace(report, settings=report.settings | {"joint_addressee": "any"})
    assert of(other, earlier).settings == {"joint_addressee": ("all", "any")}
    assert of(report, earlier).settings == {}


def test_an_edition_of_one_status_compares_what_has_or_had_it(
    report: Report, wording: Wording, earlier: Path
) -> None:
    first, *rest = (one for one in report.findings if one.status == "review")
    others = [one for one in report.findings if one.status != "review"]
    report = replace(report, findings=[*others, *rest, replace(first, status="violation")])
    only = Edition.of(report, wording, Scope(statuses=("review",)), of(report, earlier)).comparison
    assert only is not None
    assert counts(only) == {"changed": 1, "still_open": len(rest)}


def test_a_later_run_is_refused(report: Report, earlier: Path) -> None:
    before = replace(report, as_of=dt.date(2014, 12, 9))
    with pytest.raises(ComparisonError, match="later than 2014-12-09"):
        of(before, earlier)


@pytest.mark.parametrize(
    ("asked", "now", "fits"),
    [
        ({"unit": "x"}, Scope(), False),
        ({"unit": "x"}, Scope(unit="x"), True),
        ({}, Scope(unit="x"), True),
        ({"status": ["violation"]}, Scope(), False),
        ({"status": ["violation", "review"]}, Scope(statuses=("review",)), True),
        ({"status": ["violation"]}, Scope(statuses=("review",)), False),
        ({"region": "99"}, Scope(region="98"), False),
    ],
)
def test_a_run_that_asked_for_less_is_no_measure_of_one_that_asks_for_more(
    report: Report, earlier: Path, asked: dict[str, Any], now: Scope, fits: bool
) -> None:
    before = read_earlier(rewritten(earlier, asked=asked))
    if fits:
        compared(report, now.to_json(), before)
    else:
        with pytest.raises(ComparisonError, match="asked for"):
            compared(report, now.to_json(), before)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "not what dutygraph check"),
        ('{"findings": []}', "as_of"),
        ('{"as_of": "x", "year": 2014, "settings": {}, "findings": []}', "not what"),
        ('{"as_of": "2014-01-01", "year": true, "settings": {}, "findings": []}', "year"),
        ('{"as_of": "2014-01-01", "year": 2014, "settings": 1, "findings": []}', "not what"),
        ('{"as_of": "2014-01-01", "year": 2014, "settings": {}, "findings": [1]}', "not what"),
        ('{"as_of": "2014-01-01", "year": 2014, "settings": {}, "findings": [{}]}', "provision"),
    ],
)
def test_what_is_no_earlier_run_is_refused_with_its_file(
    tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "foreign.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ComparisonError, match=r"foreign\.json") as refused:
        read_earlier(file)
    assert said in str(refused.value)


def test_a_status_that_there_is_not_is_refused_with_its_place(
    earlier: Path, report: Report
) -> None:
    findings = json.loads(earlier.read_text("utf-8"))["findings"]
    findings[2]["status"] = "fine"
    with pytest.raises(ComparisonError, match=r"findings\[3\]\.status"):
        of(report, rewritten(earlier, findings=findings))
