"""Marked text: cut at every border of a quote, nothing lost, every norm on its own words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import open_regulations
from dutygraph.regulations.provisions import provisions
from webapp.marking import segments


@dataclass(frozen=True)
class Quote:
    """A norm's quote, as far as marking needs it."""

    id: str
    start: int
    end: int


TEXT = "各级党委每年报告，并向纪委备案。"


def test_a_text_without_quotes_is_one_segment() -> None:
    assert [(one.text, one.norms) for one in segments(TEXT, [])] == [(TEXT, ())]
    assert segments("", []) == []


def test_a_quote_inside_another_belongs_to_both() -> None:
    cut = segments(TEXT, [Quote("n1", 0, 8), Quote("n2", 4, 8)])
    assert [(one.text, one.norms, one.ending) for one in cut] == [
        ("各级党委", ("n1",), ()),
        ("每年报告", ("n1", "n2"), ("n1", "n2")),
        ("，并向纪委备案。", (), ()),
    ]


def test_quotes_that_overlap_share_only_what_they_share() -> None:
    cut = segments(TEXT, [Quote("n1", 0, 6), Quote("n2", 4, 8)])
    assert [(one.text, one.norms) for one in cut[:3]] == [
        ("各级党委", ("n1",)),
        ("每年", ("n1", "n2")),
        ("报告", ("n2",)),
    ]


def test_the_same_words_of_two_norms_are_one_segment() -> None:
    cut = segments(TEXT, [Quote("n1", 0, 8), Quote("n2", 0, 8)])
    assert cut[0].norms == cut[0].ending == ("n1", "n2")


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 2), (0, 17)])
def test_a_quote_that_is_not_inside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="n1"):
        segments(TEXT, [Quote("n1", start, end)])


@given(
    st.lists(
        st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT))).filter(
            lambda pair: pair[0] < pair[1]
        ),
        max_size=8,
    ),
    st.lists(st.integers(-3, len(TEXT) + 3), max_size=4),
)
def test_segments_joined_give_the_text_and_each_norm_its_quote(
    pairs: list[tuple[int, int]], borders: list[int]
) -> None:
    quotes = [Quote(f"n{place}", *pair) for place, pair in enumerate(pairs)]
    cut = segments(TEXT, quotes, borders)
    assert "".join(one.text for one in cut) == TEXT
    assert all(one.text for one in cut)
    for quote in quotes:
        words = [one for one in cut if quote.id in one.norms]
        assert "".join(one.text for one in words) == TEXT[quote.start : quote.end]
        assert [one for one in cut if quote.id in one.ending] == words[-1:]


def test_every_norm_of_the_regulation_finds_its_words() -> None:
    store = open_regulations()
    norms = Norms(store, "hebei").all
    for provision in provisions(store, "hebei"):
        own = [norm for norm in norms if norm.provision == provision.key]
        cut = segments(provision.text or "", own)
        for norm in own:
            assert "".join(one.text for one in cut if norm.id in one.norms) == norm.quote
