"""The nearest valid value to one that is not: for a slip of the pen in a word or an id."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
    become the same word when at most one character of each is left out.
    """

    def __init__(self, names: Mapping[str, str | None]) -> None:
        """Take id → name; someone who writes a unit's name for its id is told the id."""
        self._names = names
        self._index: dict[str, set[str]] | None = None
        self._by_name: dict[str, str] = {}

    def find(self, word: str) -> str | None:
        """Give the one id that is nearest, None when there is none or several are as near."""
        if self._index is None:
            self._index = self._build()
        if word in self._by_name:
            return self._by_name[word]
        # Of shorter ids any two are one slip apart, and the nearest means nothing.
        if not _SHORTEST <= len(word) <= _LONGEST:
            return None
        found = {near for less in _with_one_less(word) for near in self._index.get(less, ())}
        return found.pop() if len(found) == 1 else None

    def _build(self) -> dict[str, set[str]]:
        index: dict[str, set[str]] = defaultdict(set)
        for identifier, name in self._names.items():
            if name is not None:
                self._by_name.setdefault(name, identifier)
            if len(identifier) <= _LONGEST:
                for less in _with_one_less(identifier):
                    index[less].add(identifier)
        return index
