"""A power law is found in costs that follow one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.bench.fitting import PowerLaw, power_law


@given(
    st.floats(0.001, 100),
    st.floats(0, 3),
    st.lists(st.integers(1, 200_000), min_size=2, max_size=5, unique=True),
)
def test_exact_costs_give_back_factor_and_exponent(
    factor: float, exponent: float, sizes: list[int]
) -> None:
    given_law = PowerLaw(factor, exponent)
    law = power_law({float(size): given_law.at(size) for size in sizes})
    assert law is not None
    assert law.exponent == pytest.approx(exponent, abs=1e-4)
    assert law.at(sizes[0]) == pytest.approx(given_law.at(sizes[0]), rel=1e-4)


def test_one_size_and_a_cost_of_nothing_have_no_law() -> None:
    assert power_law({}) is None
    assert power_law({10: 1.0}) is None
    assert power_law({10: 1.0, 20: 0.0}) is None
    assert power_law({10: 1.0, 20: -0.1}) is None
