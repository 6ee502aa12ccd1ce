"""The open points of the text: every one has its question, its options, and the one followed."""

from __future__ import annotations

import pytest

from dutygraph.regulations.prepared import prepared_graphs, refresh
from dutygraph.regulations.readings import Reading, readings
from dutygraph.store.embedded import EmbeddedStore

Words = tuple[str, str | None]


def words(zh: str, en: str | None) -> Words:
    return zh, en


@pytest.fixture(scope="module")
def known() -> dict[str, Reading[Words]]:
    store = EmbeddedStore.in_memory()
    refresh(store)
    return readings(store, prepared_graphs(), words)


def test_every_reading_is_whole_in_both_languages(known: dict[str, Reading[Words]]) -> None:
    assert list(known) == sorted(known)
    for reading in known.values():
        told = (reading.title, reading.question, reading.default_words, *reading.options.values())
        assert all(zh and en for zh, en in told), reading.key
        assert reading.concerns, reading.key
        assert set(reading.followed) <= reading.options.keys(), reading.key


def test_a_default_that_joins_several_options_says_all_of_them(
    known: dict[str, Reading[Words]],
) -> None:
    joined = [reading for reading in known.values() if len(reading.followed) > 1]
    assert joined
    for reading in joined:
        for place in (0, 1):
            for code in reading.followed:
                assert str(reading.options[code][place]) in str(reading.default_words[place])
