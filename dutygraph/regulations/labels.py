"""Labels of terms and concepts in both languages, and the way back from a label to its term."""

from __future__ import annotations

import difflib
from collections import defaultdict

from pyoxigraph import Literal

from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, PREFIXES, sparql_prologue

_LABELS = (
    sparql_prologue()
    + """
SELECT ?term ?property ?label WHERE {
  VALUES ?property { rdfs:label skos:altLabel skos:notation }
  ?term ?property ?label
}"""
)


class UnknownTermError(ValueError):
    """A word names no term; the message offers the nearest."""


class Labels:
    """The labels that a store's graphs give to terms."""

    def __init__(self, store: GraphStore, graphs: list[str]) -> None:
        self._names: dict[str, dict[str, str]] = {}
        self._terms: dict[str, set[str]] = defaultdict(set)
        self._notations: set[tuple[str, str]] = set()
        for row in store.select(_LABELS, graphs):
            term, label = row["term"].value, row["label"]
            assert isinstance(label, Literal)  # noqa: S101 - the lint shapes hold it
            self._terms[label.value].add(term)
            if row["property"].value == PREFIXES["skos"] + "notation":
                self._notations.add((label.value, term))
            elif row["property"].value == PREFIXES["rdfs"] + "label":
                self._names.setdefault(term, {})[label.language or "zh"] = label.value

    def of(self, term: str, language: str = "zh") -> str:
        """Give a term's label; its local name when it has none in that language."""
        return self._names.get(term, {}).get(language) or term.rpartition("/")[2].rpartition("#")[2]

    def find(self, word: str, among: set[str]) -> str:
        """Give the term that a label, alternative label, notation or local name stands for.

        Only terms among those given count; a notation, which is how tables of records write a
        term, gives way to another term's label. Raises UnknownTermError with the nearest labels.
        """
        found = self._terms.get(word, set()) & among
        if len(found) > 1:
            found = {term for term in found if (word, term) not in self._notations} or found
        if not found and DG + word in among:
            found = {DG + word}
        if len(found) == 1:
            return found.pop()
        known = sorted({label for label, terms in self._terms.items() if terms & among})
        nearest = difflib.get_close_matches(word, known, n=3, cutoff=0.3) or known
        raise UnknownTermError(
            f"没有「{word}」；是否为：{'、'.join(nearest)} / "
            f"{word!r} is not known; did you mean: {', '.join(nearest)}"
        )
