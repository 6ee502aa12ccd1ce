"""What a finding cites: the words it rests on, the readings it depends on, and what may follow.

All of it stands in the regulation's graph; here it is read once and looked up by norm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import norm_id, regulation_iri, sparql_prologue

_QUOTES = sparql_prologue() + "SELECT ?norm ?quote WHERE { ?norm dg:quote ?quote }"
# A reading counts for a norm that rests on it, and for one whose occasion does.
_READINGS = (
    sparql_prologue()
    + """
SELECT DISTINCT ?norm ?key ?option ?setting WHERE {
  { ?norm dg:restsOn ?reading } UNION { ?occasion dg:givesRiseTo ?norm ; dg:restsOn ?reading }
  ?reading dg:key ?key ; dg:defaultOption ?option .
  OPTIONAL { ?reading dg:setting/dg:key ?setting }
} ORDER BY ?norm ?key ?setting"""
)
# A situation is tied to the duties breached in it; one tied to the regulation, to all of them.
_SITUATIONS = (
    sparql_prologue()
    + """
SELECT DISTINCT ?norm ?situation ?provision WHERE {
  ?situation dg:breachOf ?norm ; dg:statedIn/dg:key ?provision ; dg:statedIn/dg:order ?order
} ORDER BY ?norm ?order ?situation"""
)


@dataclass(frozen=True)
class Cited:
    """What a finding about some norms cites: their ids, and what ``Citations`` has of them."""

    norms: list[str]
    quotes: list[dict[str, str]]
    readings: list[dict[str, Any]]
    consequences: list[dict[str, str]]


class Citations:
    """The words, readings and consequences of a regulation's norms, by the norms' IRIs."""

    def __init__(self, store: GraphStore, graphs: list[str], regulation: str) -> None:
        self._regulation = regulation
        self._quotes = {
            row["norm"].value: row["quote"].value for row in store.select(_QUOTES, graphs)
        }
        self._readings: dict[str, dict[str, tuple[str, set[str]]]] = defaultdict(dict)
        for row in store.select(_READINGS, graphs):
            held = self._readings[row["norm"].value]
            _, settings = held.setdefault(row["key"].value, (row["option"].value, set()))
            settings |= {name for name in (text(row, "setting"),) if name}
        self._situations: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in store.select(_SITUATIONS, graphs):
            self._situations[row["norm"].value].append(
                (row["provision"].value, row["situation"].value)
            )

    def of(self, norms: Sequence[str], settings: Mapping[str, str | None]) -> Cited:
        """Give all that is cited of norms; of what has no words, not even the id."""
        quotes = self.quotes(norms)
        return Cited(
            [quote["norm"] for quote in quotes],
            quotes,
            self.readings(norms, settings),
            self.consequences(norms),
        )

    def quotes(self, norms: Iterable[str]) -> list[dict[str, str]]:
        """Give the exact words of norms: {norm, quote} each."""
        return [
            {"norm": norm_id(norm, self._regulation), "quote": self._quotes[norm]}
            for norm in norms
            if norm in self._quotes
        ]

    def readings(
        self, norms: Iterable[str], settings: Mapping[str, str | None]
    ) -> list[dict[str, Any]]:
        """Give the readings that norms depend on: {reading, option, settings with their values}.

        ``option`` is the default reading (R1 …); where a setting has been changed, its value says
        which reading was followed instead.
        """
        found: dict[str, tuple[str, set[str]]] = {}
        for norm in norms:
            found |= self._readings.get(norm, {})
        return [
            {
                "reading": key,
                "option": option,
                "settings": {name: settings.get(name) for name in sorted(names)},
            }
            for key, (option, names) in sorted(found.items())
        ]

    def consequences(self, norms: Iterable[str]) -> list[dict[str, str]]:
        """Give the situations that a breach of norms may be: {provision, quote} each.

        Articles 29 and 31 to 38 attach measures to these situations; whether one exists is for the
        competent organ to find, never for a check.
        """
        found: dict[tuple[str, str], None] = {}
        for norm in (*norms, regulation_iri(self._regulation)):
            for provision, situation in self._situations.get(norm, ()):
                found[provision, self._quotes[situation]] = None
        return [{"provision": provision, "quote": quote} for provision, quote in found]
