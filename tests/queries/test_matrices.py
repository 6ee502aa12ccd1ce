"""A matrix holds every value of an answer, in the place where row and column meet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dutygraph.queries.matrices import matrix

CELLS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from("123")))


def test_several_values_that_meet_in_a_cell_all_stand_there() -> None:
    found = matrix([("a", "x", "1"), ("a", "x", "2"), ("b", "y", "1"), ("a", "x", "1")])
    assert found.heads == ["x", "y"]
    assert found.rows == [("a", [["1", "2"], []]), ("b", [[], ["1"]])]


def test_a_row_and_a_column_without_a_value_are_there_all_the_same() -> None:
    assert matrix([("a", "x", None)]).rows == [("a", [[]])]


@given(CELLS)
def test_no_value_is_lost_and_none_is_added(cells: list[tuple[str, str, str]]) -> None:
    found = matrix(cells)
    held = {
        (line, head, value)
        for line, row in found.rows
        for head, values in zip(found.heads, row, strict=True)
        for value in values
    }
    assert held == set(cells)
