"""A share of the mutated files; ``python tests/faults/mutated.py`` tries ten thousand."""

from __future__ import annotations

import pytest
from mutated import mutated, outcome

SHARE = 150


@pytest.mark.parametrize("start", range(0, SHARE, 50))
def test_spoilt_files_give_clear_faults_or_a_clean_import(start: int) -> None:
    outcomes = {outcome(seed) for seed in range(start, start + 50)}
    assert outcomes == {"refused", "imported"}


def test_the_same_seed_gives_the_same_files() -> None:
    for seed in range(30):
        one, other = mutated(seed), mutated(seed)
        assert [(each.name, each.content) for each in one if each.name != "a.xlsx"] == [
            (each.name, each.content) for each in other if each.name != "a.xlsx"
        ]
