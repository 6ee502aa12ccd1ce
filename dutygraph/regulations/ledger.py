"""The ledger: what every character of a regulation became, a norm's words or declared not to be.

Numbers and headings are labels; punctuation and blanks between quotes are connectives; everything
else belongs to a norm's quote (dg:quote) or to a declaration (dg:Declaration) with its reason.
What is left is unclaimed, and a published regulation has none.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from pyoxigraph import Literal

from dutygraph.regulations.prepared import ONTOLOGY_GRAPH, closure_graph, regulation_graph
from dutygraph.regulations.provisions import Provision, provisions, within
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import sparql_prologue

NORM, LABEL, CONNECTIVE, UNCLAIMED = "norm", "label", "connective", "unclaimed"
SORTS = (NORM, LABEL, "chapeau", CONNECTIVE, "non_normative", UNCLAIMED)
"""What characters become, in the order of the figures."""

_PUNCTUATION = ("标点", "punctuation")

_ANCHORED = (
    sparql_prologue()
    + """
SELECT ?id ?key ?start ?end ?sort ?zh ?en WHERE {
  { ?thing dg:statedIn ?provision }
  UNION {
    ?thing dg:declaredIn ?provision ; dg:declaredAs/skos:notation ?sort ; dg:reason ?zh , ?en .
    FILTER(LANG(?zh) = "zh" && LANG(?en) = "en")
  }
  ?provision dg:key ?key .
  ?thing dg:key ?id ; oa:hasTarget/oa:hasSelector ?position .
  ?position oa:start ?start ; oa:end ?end .
}"""
)
_TITLE = (
    sparql_prologue() + "SELECT ?title WHERE { ?regulation a dg:Regulation ; eli:title ?title }"
)
_SIGNALS = sparql_prologue() + "SELECT ?word WHERE { ?s dg:word ?word }"
_COMPOUNDS = sparql_prologue() + "SELECT ?word WHERE { ?s dg:compound ?word }"
_ACKNOWLEDGED = (
    sparql_prologue()
    + "SELECT ?id ?word WHERE { ?thing dg:declaredIn ?p ; dg:key ?id ; dg:signalWord ?word }"
)


@dataclass(frozen=True)
class Span:
    """A run of characters of one provision that became the same thing; offsets are code points."""

    start: int
    end: int
    words: str
    sort: str
    ids: list[str]
    reason_zh: str | None = None
    reason_en: str | None = None


@dataclass(frozen=True)
class Leaf:
    """One provision of the ledger: its number and heading, and its text cut into spans."""

    provision: Provision
    labels: tuple[str, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Signal:
    """A word that usually signals a norm and stands outside every quote."""

    provision: str
    word: str
    start: int
    declared: bool


@dataclass(frozen=True)
class _Claim:
    """An anchored norm (no reason) or declaration, as it stands in a provision's text."""

    id: str
    start: int
    end: int
    sort: str
    reason: tuple[str, str] | None


class Ledger:
    """All characters of a regulation, provision by provision in reading order."""

    def __init__(self, store: GraphStore, regulation: str) -> None:
        self._store = store
        self._graphs = [ONTOLOGY_GRAPH, regulation_graph(regulation), closure_graph(regulation)]
        claims = self._claims()
        titles = [row["title"] for row in store.select(_TITLE, self._graphs)]
        self.title = next(t.value for t in titles if isinstance(t, Literal) and t.language == "zh")
        self.leaves = [
            Leaf(
                provision,
                tuple(part for part in (provision.number, provision.title) if part),
                tuple(_spans(provision.text or "", claims.get(provision.key, []))),
            )
            for provision in provisions(store, regulation)
        ]
        self.signals = list(self._signals(claims))

    def _claims(self) -> dict[str, list[_Claim]]:
        claims: dict[str, list[_Claim]] = {}
        for row in self._store.select(_ANCHORED, self._graphs):
            declared = "sort" in row
            claims.setdefault(row["key"].value, []).append(
                _Claim(
                    id=row["id"].value,
                    start=int(row["start"].value),
                    end=int(row["end"].value),
                    sort=row["sort"].value if declared else NORM,
                    reason=(row["zh"].value, row["en"].value) if declared else None,
                )
            )
        for found in claims.values():
            found.sort(key=lambda claim: (claim.start, claim.end, claim.id))
        return claims

    def _words(self, query: str) -> list[str]:
        """Give the words of a query, the longest first."""
        found = {row["word"].value for row in self._store.select(query, self._graphs)}
        return sorted(found, key=lambda word: (-len(word), word))

    def _signals(self, claims: dict[str, list[_Claim]]) -> Iterator[Signal]:
        words, compounds = self._words(_SIGNALS), self._words(_COMPOUNDS)
        acknowledged = {
            (row["id"].value, row["word"].value)
            for row in self._store.select(_ACKNOWLEDGED, self._graphs)
        }
        for leaf in self.leaves:
            found = claims.get(leaf.provision.key, [])
            for start, word in signals(leaf.provision.text or "", words, compounds):
                holders = [c for c in found if c.start <= start and start + len(word) <= c.end]
                if any(claim.sort == NORM for claim in holders):
                    continue
                declared = any((claim.id, word) in acknowledged for claim in holders)
                yield Signal(leaf.provision.key, word, start, declared)

    def unclaimed(self) -> list[tuple[str, Span]]:
        """Give the spans that nothing claims, each with its provision's key."""
        return [
            (leaf.provision.key, span)
            for leaf in self.leaves
            for span in leaf.spans
            if span.sort == UNCLAIMED
        ]

    def complete(self) -> bool:
        """Tell whether every character is claimed and every stray signal word is declared."""
        return not self.unclaimed() and all(signal.declared for signal in self.signals)

    def rows(self) -> list[dict[str, Any]]:
        """Give for title, chapter headings and articles how many characters became what."""
        counted = {"title": Counter({LABEL: len(self.title)})}
        norms: dict[str, set[str]] = {}
        for leaf in self.leaves:
            unit = leaf.provision.key.partition(".")[0]
            count = counted.setdefault(unit, Counter())
            count[LABEL] += sum(map(len, leaf.labels))
            for span in leaf.spans:
                count[span.sort] += len(span.words)
                if span.sort == NORM:
                    norms.setdefault(unit, set()).update(span.ids)
        return [
            {"unit": unit, "norms": len(norms.get(unit, ())), **_figures(count)}
            for unit, count in counted.items()
        ]

    def total(self) -> dict[str, int]:
        """Give the sums of all rows."""
        rows = self.rows()
        return {key: sum(row[key] for row in rows) for key in rows[0] if key != "unit"}

    def covers(self, article: str) -> bool:
        """Tell whether a key or an article's number names a part of the text."""
        return any(within(leaf.provision.key, article) for leaf in self.leaves)

    def to_json(self, article: str | None = None) -> dict[str, Any]:
        """Give the stable JSON of `dutygraph coverage`; the passages of one article, or of all."""

        def wanted(key: str) -> bool:
            return article is None or within(key, article)

        return {
            "complete": self.complete(),
            "total": self.total(),
            "units": self.rows(),
            "signals": [asdict(signal) for signal in self.signals if wanted(signal.provision)],
            "unclaimed": [
                {"provision": key, "start": span.start, "end": span.end, "words": span.words}
                for key, span in self.unclaimed()
                if wanted(key)
            ],
            "passages": [
                {"provision": leaf.provision.key, **asdict(span)}
                for leaf in self.leaves
                if wanted(leaf.provision.key)
                for span in leaf.spans
            ],
        }


def _figures(count: Counter[str]) -> dict[str, int]:
    return {"characters": sum(count.values()), **{sort: count[sort] for sort in SORTS}}


def signals(text: str, words: Sequence[str], compounds: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Give position and word of each signal in a text; a compound such as 重要 holds none.

    ``words`` and ``compounds`` come longest first, so that 应当 is not taken for 应.
    """
    position = 0
    while position < len(text):
        held = next((c for c in compounds if text.startswith(c, position)), None)
        word = next((w for w in words if text.startswith(w, position)), None)
        if held is None and word is not None:
            yield position, word
        position += len(held or word or " ")


def _spans(text: str, claims: list[_Claim]) -> Iterator[Span]:
    """Cut a text where the claims on it change."""
    cuts = sorted({0, len(text), *(c.start for c in claims), *(c.end for c in claims)})
    for start, end in pairwise(cuts):
        holders = [c for c in claims if c.start <= start and end <= c.end]
        yield _span(text, start, end, holders)


def _span(text: str, start: int, end: int, holders: list[_Claim]) -> Span:
    words = text[start:end]
    norms = [claim.id for claim in holders if claim.sort == NORM]
    if norms:
        return Span(start, end, words, NORM, norms)
    if holders:
        declared = holders[0]
        return Span(start, end, words, declared.sort, [declared.id], *(declared.reason or ()))
    if all(unicodedata.category(character)[0] in "PZ" for character in words):
        return Span(start, end, words, CONNECTIVE, [], *_PUNCTUATION)
    return Span(start, end, words, UNCLAIMED, [])
