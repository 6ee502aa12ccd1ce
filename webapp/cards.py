"""The cards of norms: everything that the regulation says of a norm, ready for a page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from dutygraph.regulations.norms import Norm, Norms
from dutygraph.regulations.provisions import Provision
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import DG, norm_id, regulation_iri, sparql_prologue
from webapp.concepts import Concept, Vocabulary
from webapp.language import Words
from webapp.readings import Reading, Readings

_FACTS = (
    sparql_prologue()
    + """
SELECT ?norm ?property ?value WHERE {
  ?norm dg:statedIn ?provision ; ?property ?value
  FILTER(isIRI(?value) && STRSTARTS(STR(?property), STR(dg:)))
}"""
)
_PLACED = frozenset(
    (
        *("statedIn", "restsOn", "deadline", "bearer", "namedBearer", "impliedBearer"),
        *("bearerFrom", "bearerSourceOf", "addressee", "addresseeMode", "evidence", "atLevel"),
        *("requires", "approver", "incorporates", "answersFor"),
    )
)
"""Properties of a norm that have a place of their own on its card, or none."""
_DEADLINES = (
    sparql_prologue()
    + """
SELECT ?norm ?type ?frequency ?setting WHERE {
  ?norm dg:deadline ?deadline . ?deadline dg:deadlineType ?type .
  OPTIONAL { ?deadline dg:frequency ?frequency }
  OPTIONAL { ?deadline dg:windowSetting/dg:key ?setting }
}"""
)


@dataclass(frozen=True)
class Deadline:
    """A norm's deadline: its kind, its words, the days (``MM-DD``) where it has any."""

    kind: Concept
    frequency: Concept | None
    first: str | None
    last: str | None
    raw: str
    setting: str | None


@dataclass(frozen=True)
class Further:
    """What else is said of a norm by one property: terms, norms by their ids, provisions.

    ``whole`` says that it is the regulation as a whole, too.
    """

    property: Concept
    concepts: tuple[Concept, ...]
    norms: tuple[str, ...]
    provisions: tuple[Provision, ...]
    whole: bool


@dataclass(frozen=True)
class Card:
    """A norm as its card shows it; ``number`` is its number within the provision.

    ``bearer_from`` is the norm whose bearer it takes, ``implied`` says that the text names nobody,
    ``hands_on`` that it makes its bearer carry the norms of the provisions that it refers to.
    """

    norm: Norm
    number: int
    bearers: tuple[Concept, ...]
    bearer_from: str | None
    implied: bool
    addressees: tuple[Concept, ...]
    evidence: tuple[Concept, ...]
    levels: tuple[Concept, ...]
    requires: tuple[Concept, ...]
    approvers: tuple[Concept, ...]
    hands_on: bool
    deadline: Deadline | None
    references: tuple[Provision, ...]
    readings: tuple[Reading, ...]
    further: tuple[Further, ...]

    @property
    def anchor(self) -> str:
        """The id of the card on its page: ``art9.item3-n7``."""
        return anchor(self.norm.id)

    @property
    def kind(self) -> Concept:
        """The norm's kind."""
        return Concept(DG + self.norm.kind, Words(self.norm.kind_zh, self.norm.kind_en))

    @property
    def action(self) -> Words:
        """What is to be done."""
        return Words(self.norm.action_zh, self.norm.action_en)

    @property
    def condition(self) -> Words | None:
        """When the norm holds."""
        if self.norm.condition is None:
            return None
        return Words(self.norm.condition, self.norm.condition_en)


def anchor(norm: str) -> str:
    """Give the HTML id of a norm from its id: ``art9.item3#n7`` → ``art9.item3-n7``."""
    return norm.replace("#", "-")


def article_key(key: str) -> str:
    """Give the key of the article that a provision or norm is in: ``art9.item3#n7`` → ``art9``."""
    return key.partition("#")[0].partition(".")[0]


class Cards:
    """Makes the cards of a regulation's norms."""

    def __init__(
        self,
        store: GraphStore,
        graphs: list[str],
        provisions: list[Provision],
        vocabulary: Vocabulary,
        readings: Readings,
        regulation: str,
    ) -> None:
        self._store, self._graphs = store, graphs
        self._vocabulary, self._readings, self._regulation = vocabulary, readings, regulation
        self._provisions = provisions
        self._by_key = {provision.key: provision for provision in provisions}
        self._order = {provision.key: place for place, provision in enumerate(provisions)}

    def cards(self, norms: Norms) -> dict[str, Card]:
        """Give the cards of norms by the norms' ids, in the order of the norms."""
        facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in self._store.select(_FACTS, self._graphs):
            name = row["property"].value.removeprefix(DG)
            facts[row["norm"].value][name].append(row["value"].value)
        deadlines = {
            row["norm"].value: (row["type"].value, text(row, "frequency"), text(row, "setting"))
            for row in self._store.select(_DEADLINES, self._graphs)
        }
        return {
            norm.id: self._card(norm, facts[norm.iri], deadlines.get(norm.iri))
            for norm in norms.all
        }

    def _card(
        self,
        norm: Norm,
        facts: dict[str, list[str]],
        deadline: tuple[str, str | None, str | None] | None,
    ) -> Card:
        def concepts(name: str) -> tuple[Concept, ...]:
            return tuple(self._vocabulary.concept(iri) for iri in sorted(set(facts.get(name, []))))

        source = facts.get("bearerFrom")
        known = [self._by_key[key] for key in norm.references if key in self._by_key]
        found = (self._readings.get(key) for key in norm.reading)
        return Card(
            norm=norm,
            number=int(norm.id.rpartition("#n")[2]),
            bearers=concepts("bearer"),
            bearer_from=norm_id(source[0], self._regulation) if source else None,
            implied=not norm.bearer_explicit,
            addressees=concepts("addressee"),
            evidence=concepts("evidence"),
            levels=concepts("atLevel"),
            requires=concepts("requires"),
            approvers=concepts("approver"),
            hands_on="incorporates" in facts or "answersFor" in facts,
            deadline=self._deadline(norm, deadline),
            references=tuple(sorted(known, key=lambda one: self._order[one.key])),
            readings=tuple(reading for reading in found if reading is not None),
            further=tuple(
                self._further(name, sorted(facts[name])) for name in sorted(set(facts) - _PLACED)
            ),
        )

    def _further(self, name: str, values: list[str]) -> Further:
        keys = [norm_id(iri, self._regulation) for iri in values if not iri.startswith(DG)]
        places = sorted(self._order[key[:-1]] for key in keys if key[:-1] in self._order)
        return Further(
            property=self._vocabulary.concept(DG + name),
            concepts=tuple(self._vocabulary.concept(iri) for iri in values if iri.startswith(DG)),
            norms=tuple(key for key in keys if not key.endswith("#")),
            provisions=tuple(self._provisions[place] for place in places),
            whole=regulation_iri(self._regulation) in values,
        )

    def _deadline(
        self, norm: Norm, found: tuple[str, str | None, str | None] | None
    ) -> Deadline | None:
        if norm.deadline is None or found is None:
            return None
        kind, frequency, setting = found
        return Deadline(
            kind=self._vocabulary.concept(kind),
            frequency=self._vocabulary.concept(frequency) if frequency else None,
            first=norm.deadline["from"],
            last=norm.deadline["to"],
            raw=norm.deadline["raw"] or "",
            setting=setting,
        )
