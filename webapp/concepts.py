"""Concepts as pages show them: bodies, roles, record kinds, levels …, with both labels."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from dutygraph.regulations.labels import Labels
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import DG, sparql_prologue
from webapp.language import Words

_DEFINED = (
    sparql_prologue()
    + """
SELECT ?term ?class ?zh ?define ?definition WHERE {
  ?term rdfs:label ?zh ; skos:definition ?define .
  FILTER(LANG(?zh) = "zh" && LANG(?define) = "zh" && STRSTARTS(STR(?term), STR(dg:)))
  OPTIONAL { ?term skos:definition ?definition FILTER(LANG(?definition) = "en") }
  OPTIONAL { ?term a ?class }
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
    """A term of the ontology with its classes and its definition."""

    concept: Concept
    classes: frozenset[str]
    definition: Words


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

    def definition(self, name: str) -> Words:
        """Give the definition of a term by its local name; KeyError when there is none such."""
        return self.entries[DG + name].definition

    def in_english(self, label: str) -> str | None:
        """Give the English label of a term from its Chinese one, None when it is no term's."""
        return self._english.get(label)

    def in_both(self, label: str) -> Words:
        """Give a Chinese label with its English, if it is a term's."""
        return Words(label, self.in_english(label))


def _entries(store: GraphStore, graphs: list[str], labels: Labels) -> dict[str, Entry]:
    rows: dict[str, list[dict[str, str | None]]] = {}
    names = ("class", "define", "definition")
    for row in store.select(_DEFINED, graphs):
        found = {name: text(row, name) for name in names}
        rows.setdefault(row["term"].value, []).append(found)
    return {
        term: Entry(
            concept=Concept(term, Words(labels.of(term, "zh"), labels.of(term, "en"))),
            classes=frozenset(found["class"] for found in rows[term] if found["class"]),
            definition=Words(rows[term][0]["define"] or "", rows[term][0]["definition"]),
        )
        for term in sorted(rows)
    }


def safe_address(address: str) -> str | None:
    """Give an address from data when a link may lead there: http and https alone, else None."""
    return address if urlsplit(address).scheme in ("http", "https") else None
