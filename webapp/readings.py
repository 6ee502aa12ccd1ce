"""Readings and settings as pages show them: what is open, how it is read, what changes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from dutygraph.regulations import readings
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import sparql_prologue
from webapp.language import Words

Reading: TypeAlias = readings.Reading[Words]
_SETTINGS = (
    sparql_prologue()
    + """
SELECT ?key ?zh ?en ?remark_zh ?remark_en WHERE {
  ?setting a dg:Setting ; dg:key ?key .
  OPTIONAL { ?setting rdfs:label ?zh . FILTER(LANG(?zh) = "zh") }
  OPTIONAL { ?setting rdfs:label ?en . FILTER(LANG(?en) = "en") }
  OPTIONAL { ?setting rdfs:comment ?remark_zh . FILTER(LANG(?remark_zh) = "zh") }
  OPTIONAL { ?setting rdfs:comment ?remark_en . FILTER(LANG(?remark_en) = "en") }
} ORDER BY ?key"""
)


@dataclass(frozen=True)
class Explained:
    """A setting's explanation: title and remark."""

    key: str
    title: Words
    remark: Words


class Readings:
    """The readings of a regulation by key, and what its settings mean."""

    def __init__(self, store: GraphStore, graphs: list[str]) -> None:
        self._by_key = readings.readings(store, graphs, Words)
        self.all = list(self._by_key.values())
        self.settings = {
            row["key"].value: Explained(
                row["key"].value,
                Words(text(row, "zh") or "", text(row, "en")),
                Words(text(row, "remark_zh") or "", text(row, "remark_en")),
            )
            for row in store.select(_SETTINGS, graphs)
        }

    def __getitem__(self, key: str) -> Reading:
        """Give a reading by its key; KeyError when there is none."""
        return self._by_key[key]

    def get(self, key: str) -> Reading | None:
        """Give a reading by its key, None when there is none."""
        return self._by_key.get(key)
