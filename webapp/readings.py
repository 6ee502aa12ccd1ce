"""Readings: where the text leaves a point open, how it is read, and the settings that change it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from pyoxigraph import Literal

from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, PREFIXES, sparql_prologue
from webapp.language import Words

_READINGS = (
    sparql_prologue()
    + """
SELECT ?thing ?property ?value WHERE {
  ?thing a ?class ; ?property ?value . FILTER(?class IN (dg:Reading, dg:Setting))
}"""
)
_KEYS = sparql_prologue() + "SELECT ?thing ?key WHERE { ?thing dg:key ?key }"
_OPTION = re.compile(r"(R\d+)\s+(.+)", re.DOTALL)


@dataclass(frozen=True)
class Reading:
    """One open point of the text: what is asked, how it can be read, and how it is read here.

    ``options`` are the readings by their codes R1, R2 …; ``concerns`` are provision keys,
    ``settings`` the keys of the settings that change the reading.
    """

    key: str
    title: Words
    question: Words
    options: dict[str, Words]
    default: str
    concerns: tuple[str, ...]
    settings: tuple[str, ...]

    @property
    def default_words(self) -> Words:
        """What the default reading says."""
        return self.options.get(self.default, Words(self.default))


@dataclass(frozen=True)
class Explained:
    """A setting's explanation: title and remark."""

    key: str
    title: Words
    remark: Words


class Readings:
    """The readings of a regulation by key, and what its settings mean."""

    def __init__(self, store: GraphStore, graphs: list[str]) -> None:
        facts: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        for row in store.select(_READINGS, graphs):
            facts[row["thing"].value][row["property"].value].append(row["value"])
        self._keys = {row["thing"].value: row["key"].value for row in store.select(_KEYS, graphs)}
        things = [_Facts(found) for found in facts.values()]
        self.all = sorted(
            (self._reading(found) for found in things if found.has("question")),
            key=lambda reading: reading.key,
        )
        self.settings = {
            found.one("key"): Explained(
                found.one("key"), found.label(), found.words(PREFIXES["rdfs"] + "comment")
            )
            for found in things
            if found.has("valueType")
        }
        self._by_key = {reading.key: reading for reading in self.all}

    def __getitem__(self, key: str) -> Reading:
        """Give a reading by its key; KeyError when there is none."""
        return self._by_key[key]

    def get(self, key: str) -> Reading | None:
        """Give a reading by its key, None when there is none."""
        return self._by_key.get(key)

    def _reading(self, found: _Facts) -> Reading:
        return Reading(
            key=found.one("key"),
            title=found.label(),
            question=found.words(DG + "question"),
            options=_options(found),
            default=found.one("defaultOption"),
            concerns=tuple(sorted(self._keys.get(iri, iri) for iri in found.many("concerns"))),
            settings=tuple(sorted(self._keys.get(iri, iri) for iri in found.many("setting"))),
        )


class _Facts:
    """The properties of one thing."""

    def __init__(self, found: dict[str, list[object]]) -> None:
        self._found = found

    def has(self, name: str) -> bool:
        return DG + name in self._found

    def many(self, name: str) -> list[str]:
        return [getattr(term, "value", "") for term in self._found.get(DG + name, [])]

    def one(self, name: str) -> str:
        return next(iter(self.many(name)), "")

    def in_language(self, iri: str, tag: str) -> list[str]:
        return sorted(
            term.value
            for term in self._found.get(iri, [])
            if isinstance(term, Literal) and term.language == tag
        )

    def words(self, iri: str) -> Words:
        zh, en = self.in_language(iri, "zh"), self.in_language(iri, "en")
        return Words(zh[0] if zh else "", en[0] if en else None)

    def label(self) -> Words:
        return self.words(PREFIXES["rdfs"] + "label")


def _options(found: _Facts) -> dict[str, Words]:
    said: dict[str, dict[str, str]] = {"zh": {}, "en": {}}
    for tag, codes in said.items():
        for option in found.in_language(DG + "option", tag):
            if parts := _OPTION.fullmatch(option):
                codes[parts[1]] = parts[2]
    return {code: Words(zh, said["en"].get(code)) for code, zh in sorted(said["zh"].items())}
