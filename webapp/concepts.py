"""Concepts as pages show them: bodies, roles, record kinds, levels …, with both labels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from dutygraph.regulations.labels import Labels
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import DG, sparql_prologue
from webapp.language import Words

_DEFINED = (
    sparql_prologue()
    + """
SELECT ?term ?class ?scheme ?zh ?en ?define ?definition ?example WHERE {
  ?term rdfs:label ?zh ; skos:definition ?define .
  FILTER(LANG(?zh) = "zh" && LANG(?define) = "zh" && STRSTARTS(STR(?term), STR(dg:)))
  OPTIONAL { ?term rdfs:label ?en FILTER(LANG(?en) = "en") }
  OPTIONAL { ?term skos:definition ?definition FILTER(LANG(?definition) = "en") }
  OPTIONAL { ?term skos:example ?example }
  OPTIONAL { ?term a ?class }
  OPTIONAL { ?term skos:inScheme ?scheme }
}"""
)


@dataclass(frozen=True)
class Concept:
    """A term of the ontology with its label in both languages."""

    iri: str
    label: Words

    @property
    def name(self) -> str:
        """The local name, which stands in addresses: ``PrincipalHead``."""
        return self.iri.removeprefix(DG)


@dataclass(frozen=True)
class Entry:
    """A term of the ontology as a glossary has it."""

    concept: Concept
    classes: frozenset[str]
    schemes: frozenset[str]
    definition: Words
    examples: tuple[str, ...]

    @property
    def group(self) -> str:
        """The IRI of what the glossary puts it under: its concept scheme, else its class."""
        properties = sorted(iri for iri in self.classes if iri.endswith("Property"))
        return min(self.schemes, default="") or next(
            iter(properties), min(self.classes, default="")
        )


class Group(NamedTuple):
    """A part of the glossary: a concept scheme or a class, and its terms."""

    concept: Concept
    entries: list[Entry]

    @property
    def is_scheme(self) -> bool:
        """Whether it holds concepts, rather than the classes or properties of the ontology."""
        return self.concept.iri.startswith(DG)


class Vocabulary:
    """The concepts of a store's prepared graphs."""

    def __init__(self, store: GraphStore, graphs: list[str], labels: Labels) -> None:
        self._labels = labels
        self.entries = _entries(store, graphs, labels)
        self._english = {
            entry.concept.label.zh: entry.concept.label.en for entry in self.entries.values()
        }

    def concept(self, iri: str) -> Concept:
        """Give a concept by its IRI; one without labels is called by its local name."""
        return Concept(iri, Words(self._labels.of(iri, "zh"), self._labels.of(iri, "en")))

    def glossary(self, tag: str) -> list[Group]:
        """Give all terms by group, the concepts before classes and properties, larger groups first.

        Within a group they stand in the order of their labels in the language given.
        """
        place = Words._fields.index(tag)

        def by_label(entry: Entry) -> str:
            return entry.concept.label[place] or entry.concept.label.zh

        groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in sorted(self.entries.values(), key=by_label):
            groups[entry.group].append(entry)
        found = [Group(self.concept(iri), entries) for iri, entries in groups.items()]
        return sorted(found, key=lambda group: (not group.is_scheme, -len(group.entries)))

    def in_english(self, label: str) -> str | None:
        """Give the English label of a term from its Chinese one, None when it is no term's."""
        return self._english.get(label)

    def in_both(self, label: str) -> Words:
        """Give a Chinese label with its English, if it is a term's."""
        return Words(label, self.in_english(label))


def _entries(store: GraphStore, graphs: list[str], labels: Labels) -> dict[str, Entry]:
    rows: dict[str, list[dict[str, str | None]]] = {}
    names = ("class", "scheme", "define", "definition", "example")
    for row in store.select(_DEFINED, graphs):
        found = {name: text(row, name) for name in names}
        rows.setdefault(row["term"].value, []).append(found)
    return {
        term: Entry(
            concept=Concept(term, Words(labels.of(term, "zh"), labels.of(term, "en"))),
            classes=frozenset(found["class"] for found in rows[term] if found["class"]),
            schemes=frozenset(found["scheme"] for found in rows[term] if found["scheme"]),
            definition=Words(rows[term][0]["define"] or "", rows[term][0]["definition"]),
            examples=tuple(
                dict.fromkeys(found["example"] for found in rows[term] if found["example"])
            ),
        )
        for term in sorted(rows)
    }


def safe_address(address: str) -> str | None:
    """Give an address from data when a link may lead there: http and https alone, else None."""
    return address if urlsplit(address).scheme in ("http", "https") else None
