"""Several provinces are as good as one: no node in common, and what a check finds adds up."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from benchmarks.bench import provinces
from benchmarks.bench.own import checked
from benchmarks.bench.provinces import parts
from benchmarks.bench.watch import Watch
from dutygraph.terms import DG


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provinces, "LARGEST", 40)
        return parts(65, tmp_path_factory.mktemp("data"))


def _subjects(file: Path) -> set[str]:
    quads = parse(path=str(file), format=RdfFormat.N_TRIPLES)
    return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}


def test_two_provinces_share_no_subject(two: list[Path]) -> None:
    first, second = (_subjects(file) for file in two)
    assert first
    assert second
    assert not first & second


def _regions(file: Path) -> set[str]:
    quads = parse(path=str(file), format=RdfFormat.N_TRIPLES)
    return {quad.object.value for quad in quads if quad.predicate.value == f"{DG}region"}


def test_two_provinces_share_no_region_by_which_a_committee_could_be_taken_for_another(
    two: list[Path],
) -> None:
    first, second = (_regions(file) for file in two)
    assert {code[:2] for code in first} == {"99"}
    assert {code[:2] for code in second} == {"98"}


def test_a_check_of_two_provinces_finds_what_the_generator_says_of_each(two: list[Path]) -> None:
    facts = checked(two, Watch(silent=True))
    assert facts["findings"] > 0
    assert (facts["missing"], facts["extra"]) == (0, 0)


def test_a_province_is_made_once(two: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provinces, "LARGEST", 40)
    before = [file.stat().st_mtime_ns for file in two]
    assert parts(65, two[0].parents[1]) == two
    assert [file.stat().st_mtime_ns for file in two] == before
