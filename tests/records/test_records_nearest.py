"""The nearest valid value: for a slip, and quickly however many values there are."""

from __future__ import annotations

import json
from time import process_time

import pytest

from dutygraph.records.formats import Source
from dutygraph.records.importing import read_sources
from dutygraph.records.model import Model
from dutygraph.records.nearest import NearestId, NearestWord, closest


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("县及", "县级"),
        (" 省 级 ", "省级"),
        ("县", "县级"),
        ("市", None),
        ("", None),
        (3, None),
        ("县" * 41, None),
        (None, None),
    ],
)
def test_the_nearest_word_is_at_least_half_alike(word: object, nearest: str | None) -> None:
    assert closest(word, ["县级", "省级"]) == nearest


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("u-conty", "u-county"),
        ("u-couunty", "u-county"),
        ("u-coumty", "u-county"),
        ("u-conuty", "u-county"),
        ("示例县委", "u-county"),
        ("u-cnt", None),
        ("u-tow", "u-town"),
        ("u-x", None),
        ("ab", None),
        ("u" * 41, None),
        ("u-a1", None),
    ],
)
def test_an_id_one_slip_away_or_a_name_leads_to_the_id(word: str, nearest: str | None) -> None:
    ids = {"u-county": "示例县委", "u-town": None, "u-a2": None, "u-a3": None, "x" * 41: None}
    assert NearestId(ids).find([word, word]).get(word) == nearest


def test_a_word_is_looked_for_once_and_a_thousand_different_ones_are_enough() -> None:
    finder = NearestWord()
    assert finder.find("县及", "level", ["县级"]) == "县级"
    assert finder.find("县及", "level", []) == "县级"
    assert finder.find("县及", "other", ["县"]) == "县"
    assert finder.find(5, "level", ["县级"]) is None
    for number in range(1000):
        finder.find(f"x{number}", "level", [])
    assert finder.find("省及", "level", ["省级"]) is None


def test_a_file_full_of_slips_is_read_in_linear_time(model: Model) -> None:
    """Twenty thousand wrong kinds, ids and keys: comparing each with all would take minutes."""
    units = [
        {"id": f"u-{number}", "name": "示例", "kind": f"地方党{number}", "level": "县级"}
        | {"parent_party": f"v-{number}", f"k{number}": 1}
        for number in range(20_000)
    ]
    content = json.dumps({"units": units}, ensure_ascii=False).encode()
    start = process_time()
    batch = read_sources([Source("a.json", content)], model=model)
    assert sum(found.count for found in batch.faults) == 60_000
    assert len(batch.faults) < 25_000
    assert process_time() - start < 30
