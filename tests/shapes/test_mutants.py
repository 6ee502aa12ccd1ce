"""Every condition of every shape matters: change one and a worked example gives something else."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from worked import Example, checker, examples

from dutygraph.compliance.scribe import Scribe
from dutygraph.compliance.setquery import SetEngine
from dutygraph.compliance.shapes import Shape, shapes
from dutygraph.store.graphs import text

Found = frozenset[tuple[str, str, str | None]]

EQUIVALENT = {
    # A report sent on the very first day is in the window, and the absence below looks for one.
    ("art20#OUT_OF_WINDOW", "?sent < ?opens"),
}
_BOUNDARIES = {">=": ">", "<=": "<", ">": ">=", "<": "<="}


def mutants(select: str) -> Iterator[tuple[str, str]]:
    """Give each change of one condition: a boundary moved, an absence turned into a presence."""
    for found in re.finditer(r"(?<=[\w)] )(>=|<=|>|<)(?= [?$])", select):
        changed = select[: found.start()] + _BOUNDARIES[found[0]] + select[found.end() :]
        yield _around(select, found), changed
    for found in re.finditer(r"NOT EXISTS", select):
        changed = select[: found.start()] + "EXISTS" + select[found.end() :]
        yield select[found.start() :].partition("\n")[0], changed


def _around(select: str, found: re.Match[str]) -> str:
    """Give the comparison that a match is the operator of: ``?sent < ?opens``."""
    before = select[: found.start()].rsplit("(", 1)[-1].rsplit("&& ", 1)[-1]
    return before + found[0] + re.match(r" [?$]\w+", select[found.end() :])[0]  # type: ignore[index]


@cache
def worked_graphs(check: str, folder: Path) -> tuple[tuple[Example, SetEngine, Scribe], ...]:
    cases = []
    for example in examples():
        if example.check != check:
            continue
        own = checker(example.settings)
        graph = own.working_graph([example.records(folder)], example.question)
        cases.append((example, SetEngine(graph), own.scribe(graph, example.question)))
    return tuple(cases)


def _found(shape: Shape, engine: SetEngine, scribe: Scribe) -> Found:
    return frozenset(
        (result.focus, scribe.status(result), text(result.row, "norm"))
        for result in engine.results(shape)
    )


def _name(shape: Shape) -> str:
    return shape.iri.rpartition("/")[2]


def _constraints() -> Iterator[tuple[Shape, int]]:
    for shape in shapes("hebei"):
        for position in range(len(shape.selects)):
            yield shape, position


@pytest.mark.parametrize(
    ("shape", "position"),
    [pytest.param(*each, id=f"{_name(each[0])}-{each[1]}") for each in _constraints()],
)
def test_every_condition_of_a_constraint_is_pinned_by_an_example(
    shape: Shape, position: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cases = worked_graphs(shape.check, tmp_path_factory.getbasetemp())
    alone = dataclasses.replace(shape, selects=(shape.selects[position],))
    as_is = [_found(alone, engine, scribe) for _, engine, scribe in cases]
    assert any(as_is), "no example makes this constraint find anything"
    survivors = set()
    for what, select in mutants(shape.selects[position]):
        mutant = dataclasses.replace(shape, selects=(select,))
        if [_found(mutant, engine, scribe) for _, engine, scribe in cases] == as_is:
            survivors.add((_name(shape), what))
    assert not survivors - EQUIVALENT, f"no example notices:\n{shape.selects[position]}"
