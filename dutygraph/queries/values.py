"""The values that a question's parameters take.

Each kind of parameter is a query in queries/values/: it answers ``?value``, a term or a plain
string, and ``?label`` in the language asked for. The kind ``text`` has no list; it takes any words.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from dutygraph import artefacts
from dutygraph.regulations.labels import Labels, UnknownTermError
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, sparql_prologue

LANGUAGE = "language"
FREE_TEXT = "text"
_LONGEST = 50


class QuestionError(ValueError):
    """A question is not in the catalogue, or its parameters do not fit."""


@dataclass(frozen=True)
class Value:
    """One value that a kind of parameter takes, with its label in both languages."""

    term: NamedNode | Literal
    label_zh: str
    label_en: str

    @property
    def name(self) -> str:
        """What to write for the value where labels are too long: a key, or a term's name."""
        return self.term.value.removeprefix(DG)


class Values:
    """The values that parameters take, by kind, as a store has them; each kind is read once."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._known: dict[str, list[Value]] = {}

    def __getitem__(self, kind: str) -> list[Value]:
        """Give the values that a kind of parameter takes, in the order of its list."""
        if kind not in self._known:
            self._known[kind] = [] if kind == FREE_TEXT else _read(self._store, kind)
        return self._known[kind]

    def find(self, kind: str, word: str) -> Value:
        """Give the value that a word stands for: a label, an alternative label, a name or a key.

        An article may be given by its number alone. Raises QuestionError with the nearest values.
        """
        if kind == FREE_TEXT:
            if not 0 < len(word) <= _LONGEST:
                raise QuestionError(
                    f"应为 1 至 {_LONGEST} 个字 / expected 1 to {_LONGEST} characters"
                )
            return Value(Literal(word), word, word)
        word = f"art{word}" if kind == "article" and re.fullmatch(r"\d+", word) else word
        for value in self[kind]:
            if word.removeprefix(DG) in (value.name, value.label_zh, value.label_en):
                return value
        return _nearest(self._store, self[kind], word)


def _read(store: GraphStore, kind: str) -> list[Value]:
    query = (artefacts.room("queries") / "values" / f"{kind}.rq").read_text(encoding="utf-8")
    labels: dict[NamedNode | Literal, dict[str, str]] = {}
    for language in ("zh", "en"):
        asked = query.replace(f"${LANGUAGE}", str(Literal(language)))
        for row in store.select(sparql_prologue() + asked, prepared_graphs()):
            term = row["value"]
            assert isinstance(term, NamedNode | Literal)  # noqa: S101 - a list names no blank nodes
            labels.setdefault(term, {})[language] = row["label"].value
    return [Value(term, names["zh"], names["en"]) for term, names in labels.items()]


def _nearest(store: GraphStore, known: list[Value], word: str) -> Value:
    """Find a value by an alternative label, or refuse the word with the values most like it."""
    terms = {value.term.value: value for value in known if isinstance(value.term, NamedNode)}
    if terms:
        try:
            return terms[Labels(store, prepared_graphs()).find(word, set(terms))]
        except UnknownTermError as error:
            raise QuestionError(str(error)) from error
    names = [value.name for value in known]
    nearest = difflib.get_close_matches(word, names, n=3, cutoff=0.5) or names[:12]
    raise QuestionError(
        f"没有「{word}」，如：{'、'.join(nearest)} / no {word!r}; try {', '.join(nearest)}"
    )
