"""What questions are made from: norms, parties, deadlines, measures and steps, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise

from dutygraph.regulations.norms import Norm, Norms
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.reports.wording import Pair, Wording
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, sparql_prologue
from dutygraph.training.sheets import Source

_FACTS = (
    sparql_prologue()
    + """
SELECT ?subject ?property ?object WHERE {
  VALUES ?property {
    dg:bearer dg:namedBearer dg:bearerFrom dg:addressee dg:leadsTo dg:inProcedure dg:kindOf dg:heads
    dg:actsThrough dg:carries dg:subjectKind dg:severity dg:measures skos:broader
  }
  ?subject ?property ?object
}"""
)
_HANDED_ON = (
    sparql_prologue()
    + """
SELECT ?party ?norm ?reference WHERE {
  { ?party dg:inheritsByReference ?norm } UNION { ?party dg:answersForNorm ?norm }
  ?reference dcterms:references/dg:containsNorm ?norm ; dg:bearer ?party .
}"""
)
_TERMS = (
    sparql_prologue()
    + """
SELECT ?term ?class ?notation WHERE {
  VALUES ?class { dg:BodyKind dg:RoleKind }
  ?term a ?class OPTIONAL { ?term skos:notation ?notation }
}"""
)
_ORDINALS = sparql_prologue() + "SELECT ?tier ?ordinal WHERE { ?tier dg:ordinal ?ordinal }"
_MONTHS = sparql_prologue() + "SELECT ?norm ?months WHERE { ?norm dg:deadline/dg:months ?months }"
_SET = (
    sparql_prologue() + "SELECT ?norm ?key WHERE { ?norm dg:deadline/dg:windowSetting/dg:key ?key }"
)


def pairs(words: str) -> list[str]:
    """Give each two characters in a row, by which one text is known to speak of another."""
    return [one + other for one, other in pairwise(words)]


class Materials:
    """The facts of one regulation that questions, cards and outlines are made from."""

    def __init__(self, store: GraphStore, regulation: str) -> None:
        self._store = store
        self._graphs = prepared_graphs()
        self.norms = Norms(store, regulation)
        self.wording = Wording(store, self._graphs, regulation)
        self._facts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._subjects: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in store.select(_FACTS, self._graphs):
            name = row["property"].value.rpartition("#")[2]
            self._facts[name][row["subject"].value].add(row["object"].value)
            self._subjects[name][row["object"].value].add(row["subject"].value)

    def values(self, name: str, subject: str) -> frozenset[str]:
        """Give what one of the properties says of a subject: IRIs."""
        return frozenset(self._facts[name].get(subject, ()))

    def subjects(self, name: str, value: str) -> list[str]:
        """Give the subjects of which a property says something, sorted."""
        return sorted(self._subjects[name].get(value, ()))

    def label(self, term: str) -> Pair:
        """Give a term's label."""
        return Pair(self.norms.labels.of(term, "zh"), self.norms.labels.of(term, "en"))

    def labels(self, terms: Iterable[str]) -> Pair:
        """Give the labels of terms as a list."""
        found = [self.label(term) for term in sorted(terms)]
        return Pair("、".join(one.zh for one in found), ", ".join(one.en for one in found))

    def provision(self, norm: Norm) -> Pair:
        """Give the label of a norm's provision."""
        return self.wording.provision(norm.provision)

    def source(self, norm: Norm) -> Source:
        """Give the words of a norm."""
        return Source(norm.id, norm.provision, self.provision(norm), norm.quote)

    def place(self, norm: Norm) -> int:
        """Give the place of a norm in the text."""
        return self._places[norm.iri]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {norm.iri: place for place, norm in enumerate(self.norms.all)}

    @cached_property
    def carriers(self) -> dict[str, frozenset[str]]:
        """Who carries a norm by the closure, itself, as one of a kind or through a provision."""
        found: dict[str, set[str]] = defaultdict(set)
        for party, norms in self._facts["carries"].items():
            for norm in norms:
                found[norm].add(party)
        return {norm: frozenset(parties) for norm, parties in found.items()}

    @cached_property
    def handed_on(self) -> dict[tuple[str, str], str]:
        """The norm by which a party inherits another: (party, norm) → reference, all IRIs."""
        return {
            (row["party"].value, row["norm"].value): row["reference"].value
            for row in self._store.select(_HANDED_ON, self._graphs)
        }

    @cached_property
    def _terms(self) -> dict[str, tuple[str, bool]]:
        found: dict[str, tuple[str, bool]] = {}
        for row in self._store.select(_TERMS, self._graphs):
            found[row["term"].value] = (row["class"].value, "notation" in row)
        return found

    def is_person(self, party: str) -> bool:
        """Tell whether a party is a person's role rather than a body."""
        return self._terms[party][0] == DG + "RoleKind"

    def is_recorded(self, party: str) -> bool:
        """Tell whether a unit or person can be recorded as being of that kind."""
        return self._terms[party][1]

    def kinds_within(self, party: str) -> frozenset[str]:
        """Give a kind and all kinds that belong to it."""
        return frozenset({party, *self.subjects("kindOf", party)})

    def kinds_of(self, party: str) -> frozenset[str]:
        """Give a kind and all kinds that it belongs to."""
        return frozenset({party}) | self.values("kindOf", party)

    @cached_property
    def ordinals(self) -> dict[str, int]:
        """The order of what is ordered: grades of severity, the lightest first."""
        rows = self._store.select(_ORDINALS, self._graphs)
        return {row["tier"].value: int(row["ordinal"].value) for row in rows}

    @cached_property
    def months(self) -> dict[str, int]:
        """How many months a norm's bar lasts."""
        rows = self._store.select(_MONTHS, self._graphs)
        return {row["norm"].value: int(row["months"].value) for row in rows}

    @cached_property
    def window_settings(self) -> dict[str, str]:
        """The setting that gives a norm's window, where the text gives no days."""
        rows = self._store.select(_SET, self._graphs)
        return {row["norm"].value: row["key"].value for row in rows}

    def disputed(self, norms: Iterable[Norm], term: str) -> bool:
        """Tell whether a reading on which one of the norms rests speaks of a term.

        A choice that another reading could make right is no distractor. A term is spoken of when
        its label, or that of a concept above it, stands in the reading's question or options.
        """
        names = {self.label(one).zh for one in (term, *self.values("broader", term))}
        texts = [
            said.zh
            for norm in norms
            for key in norm.reading
            for reading in (self.wording.readings[key],)
            for said in (reading.title, reading.question, *reading.options.values())
        ]
        return any(name in said for name in names for said in texts)
