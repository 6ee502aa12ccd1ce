"""What a message of a check names is something: each place is filled by each of its constraints."""

from __future__ import annotations

import re

import pytest

from dutygraph.compliance.shapes import Shape, shapes

SHAPES = shapes("hebei")
PLACES = re.compile(r"(?:\{[?$]\w+\})+")
VARIABLE = re.compile(r"[?$](\w+)")


def selected(query: str) -> set[str]:
    return set(VARIABLE.findall(query.partition("SELECT")[2].partition("WHERE")[0]))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.check} {shape.code}")
def test_every_place_of_a_message_is_filled_by_every_constraint(shape: Shape) -> None:
    for message in (shape.message_zh, shape.message_en):
        for places in PLACES.findall(message):
            for query in shape.selects:
                variables = selected(query)
                # What gives a phase only counts, and says nothing. Of places side by side, such as
                # a superior and what is to be one, one is filled.
                if "phase" not in variables:
                    assert variables & set(VARIABLE.findall(places)), (places, query)
