"""The nearest valid value to one that is not: for a slip of the pen in a word or an id."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

# Two-character words such as 县级 and 县及 are alike by one half.
_ALIKE: Final = 0.5
_SHORTEST: Final = 3
_LONGEST: Final = 40
_WORDS: Final = 1000


def closest(word: object, candidates: Iterable[str]) -> str | None:
    """Give the candidate most like a word, None when none is at least half like it."""
    if not isinstance(word, str) or len(word) > _LONGEST:
        return None
    found = difflib.get_close_matches(word.strip(), list(candidates), n=1, cutoff=_ALIKE)
    return found[0] if found else None


class NearestWord:
    """Remembers what was nearest, and gives up after a thousand different words.

    A file with that many slips has another trouble than its spelling, and comparing is slow.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[object, str], str | None] = {}

    def find(self, word: object, column: str, candidates: Iterable[str]) -> str | None:
        """Give the candidate most like a word; ``column`` names where the candidates hold."""
        if not isinstance(word, str):
            return None
        if (word, column) not in self._found and len(self._found) < _WORDS:
            self._found[word, column] = closest(word, candidates)
        return self._found.get((word, column))


def _with_one_less(word: str) -> Iterator[str]:
    yield word
    for index in range(len(word)):
        yield word[:index] + word[index + 1 :]


class NearestId:
    """Finds ids one slip away among many, without comparing with each of them.

    Two words are one slip apart (a character more, less, other, or two swapped) only if they
    become the same word when at most one character of each is left out. The words are looked for
    all at once, in one pass over the ids, and a thousand of them are enough.
    """

    def __init__(self, names: Mapping[str, str | None]) -> None:
        """Take id → name; someone who writes a unit's name for its id is told the id."""
        self._names = names

    def find(self, words: Iterable[str]) -> dict[str, str]:
        """Give word → the one id that is nearest, for those words that have one.

        A word has none when several ids are as near.
        """
        looked_for = list(islice(dict.fromkeys(words), _WORDS))
        if not looked_for:
            return {}
        # Of shorter ids any two are one slip apart, and the nearest means nothing.
        shortened: dict[str, set[str]] = defaultdict(set)
        for word in looked_for:
            if _SHORTEST <= len(word) <= _LONGEST:
                for less in _with_one_less(word):
                    shortened[less].add(word)
        lengths = {len(less) for less in shortened}
        named: dict[str, str] = {}
        near: dict[str, set[str]] = defaultdict(set)
        asked = set(looked_for)
        for identifier, name in self._names.items():
            if name in asked:
                named.setdefault(name, identifier)
            if lengths.isdisjoint((len(identifier), len(identifier) - 1)):
                continue
            for less in _with_one_less(identifier):
                for word in shortened.get(less, ()):
                    near[word].add(identifier)
        return {word: ids.pop() for word, ids in near.items() if len(ids) == 1} | named
