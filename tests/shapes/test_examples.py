"""Every worked example gives exactly the findings and verdicts written beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from worked import Example, checker, examples

from dutygraph.compliance.shapes import shapes

EXAMPLES = examples()


def test_there_are_examples_of_every_check() -> None:
    assert {example.check for example in EXAMPLES} == {shape.check for shape in shapes("hebei")}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_gives_the_findings_written_beside_it(example: Example, tmp_path: Path) -> None:
    report = checker(example.settings).check([example.records(tmp_path)], example.question)
    found = {(each.code, each.status, each.subject) for each in report.findings}
    assert found == example.expects, example.label
    assert len(report.findings) == len({each.key for each in report.findings}), "alike are one"
    if example.verdict is not None:
        counts = vars(report.checks[0])
        assert {key: counts[key] for key in example.verdict} == example.verdict, example.label
