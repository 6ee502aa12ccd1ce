"""Every condition of every shape matters: change one and a worked example gives something else."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest
from worked import checker, examples, of_one_check, worked_graphs

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


@lru_cache(maxsize=1)
def _cases(check: str) -> list[tuple[SetEngine, Scribe]]:
    graphs = worked_graphs(check)
    return [
        (SetEngine(graph), checker(each.settings).scribe(graph, each.question))
        for each in examples()
        for name, graph in graphs.items()
        if each.name == name
    ]


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
    [
        pytest.param(
            shape,
            position,
            id=f"{_name(shape)}-{position}",
            marks=of_one_check(shape.check),
        )
        for shape, position in _constraints()
    ],
)
def test_every_condition_of_a_constraint_is_pinned_by_an_example(
    shape: Shape, position: int
) -> None:
    cases = _cases(shape.check)
    alone = dataclasses.replace(shape, selects=(shape.selects[position],))
    as_is = [_found(alone, engine, scribe) for engine, scribe in cases]
    assert any(as_is), "no example makes this constraint find anything"
    by_use = sorted(zip(cases, as_is, strict=True), key=lambda case: not case[1])
    survivors = set()
    for what, select in mutants(shape.selects[position]):
        mutant = dataclasses.replace(shape, selects=(select,))
        # One that notices is enough, and mostly it is one that the constraint finds something in.
        if all(_found(mutant, *case) == found for case, found in by_use):
            survivors.add((_name(shape), what))
    assert not survivors - EQUIVALENT, f"no example notices:\n{shape.selects[position]}"
