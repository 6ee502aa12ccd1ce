"""A check in blocks gives what the check of everything at once gives, wherever they are run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

import pytest

from dutygraph.compliance import blocks
from dutygraph.compliance.blocks import Block, Job, check_blocks, processes
from dutygraph.compliance.checking import Checker, Question, Report, UnknownUnitError
from dutygraph.regulations.prepared import open_store
from dutygraph.store.graphs import StoreError
from tests.compliance.provinces import GRAPH, stored

QUESTION = Question(dt.date(2014, 4, 15), 2013)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the directory of a store with a small province of which much is amiss."""
    folder = tmp_path_factory.mktemp("province")
    stored(folder, units=60, breaches=0.1)
    return folder


def job(place: Path, question: Question = QUESTION, *assignments: str) -> Job:
    return Job(str(place), (GRAPH,), "hebei", assignments, question)


@cache
def whole(place: Path, question: Question = QUESTION, *assignments: str) -> Report:
    store = open_store(str(place))
    return Checker(store, "hebei", assignments).check([store.graph(GRAPH)], question)


def same(one: Report, other: Report) -> None:
    assert one.to_json() == other.to_json()
    assert [list(found.items()) for found in one.verdicts.values()] == [
        list(found.items()) for found in other.verdicts.values()
    ]
    assert one.subjects == other.subjects


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_blocks_of_any_size_and_in_any_order_give_the_whole(
    place: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SIZE", size)

    def shuffled(check: object, some: Sequence[Block]) -> Iterator[Report]:
        assert callable(check)
        yield from map(check, Random(size).sample(some, len(some)))  # noqa: S311 - a test's lot

    report = check_blocks(job(place), open_store(str(place)), shuffled)
    assert len(report.findings) > 20
    same(report, whole(place))


def test_settings_and_questions_hold_in_blocks(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SIZE", 20)
    store = open_store(str(place))
    units = whole(place).findings[0].subject, None
    for assigned in ((), ("superior_line=vertical",), ("reference_units=skip",)):
        for unit in units:
            question = Question(dt.date(2014, 7, 1), 2014, unit=unit)
            report = check_blocks(job(place, question, *assigned), store, map)
            same(report, whole(place, question, *assigned))


def test_a_region_is_checked_in_blocks_too(place: Path) -> None:
    region = next(one for one in whole(place).subjects.values() if one.region).region
    assert region is not None
    question = Question(QUESTION.as_of, QUESTION.year, region=region[:4])
    report = check_blocks(job(place, question), open_store(str(place)), map)
    assert report.subjects
    same(report, whole(place, question))


def test_processes_of_this_machine_give_the_whole(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SIZE", 30)
    with processes(2) as run:
        same(check_blocks(job(place), open_store(str(place)), run), whole(place))


def test_a_process_that_does_not_find_the_records_says_so(place: Path, tmp_path: Path) -> None:
    elsewhere = job(tmp_path / "nothing")
    with pytest.raises(StoreError, match="does not hold the records to check"):
        check_blocks(elsewhere, open_store(str(place)), map)


def test_a_unit_that_is_not_there_is_refused(place: Path) -> None:
    with pytest.raises(UnknownUnitError):
        check_blocks(
            job(place, Question(QUESTION.as_of, 2013, unit="?")), open_store(str(place)), map
        )
