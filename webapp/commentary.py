"""The commentary: each provision's words beside its norms, cut and numbered for a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from dutygraph.regulations.norms import Norm, Norms
from dutygraph.regulations.provisions import Provision, within
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import DG, norm_id, regulation_iri, sparql_prologue
from webapp.concepts import Concept, Vocabulary
from webapp.language import Words
from webapp.marking import Segment, segments
from webapp.readings import Reading, Readings

HEADINGS = ("Part", "Chapter", "Section")

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
_REPAIRS = (
    sparql_prologue()
    + """
SELECT ?key ?kind ?line ?found ?restored ?read ?zh ?en WHERE {
  ?repair dg:repairs/dg:key ?key ; dg:repairKind ?kind ; dg:sourceLine ?line .
  OPTIONAL { ?repair dg:found ?found }
  OPTIONAL { ?repair dg:restored ?restored }
  OPTIONAL { ?repair dg:readAs ?read }
  OPTIONAL { ?repair rdfs:comment ?zh FILTER(LANG(?zh) = "zh") }
  OPTIONAL { ?repair rdfs:comment ?en FILTER(LANG(?en) = "en") }
} ORDER BY ?line ?repair"""
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


@dataclass(frozen=True)
class Repair:
    """A listed difference from the source, at a line of it."""

    key: str
    kind: Concept
    line: int
    found: str
    restored: str | None
    read_as: str | None
    remark: Words | None

    @property
    def explained(self) -> bool:
        """Whether it was a judgement, so that it is shown where it stands."""
        return self.remark is not None or self.read_as is not None


@dataclass(frozen=True)
class Stretch:
    """A segment of a passage: its words, the cards they belong to, those that end with it."""

    text: str
    cards: tuple[Card, ...]
    ending: tuple[Card, ...]
    repair: Repair | None


@dataclass(frozen=True)
class Passage:
    """A provision with words of its own: the words in stretches, and its norms."""

    provision: Provision
    stretches: tuple[Stretch, ...]
    cards: tuple[Card, ...]
    repairs: tuple[Repair, ...]


@dataclass(frozen=True)
class Article:
    """An article: its headings outermost first, its passages, its neighbours' keys."""

    provision: Provision
    headings: tuple[Provision, ...]
    passages: tuple[Passage, ...]
    previous: Provision | None
    next: Provision | None

    @property
    def cards(self) -> list[Card]:
        """All norms of the article."""
        return [card for passage in self.passages for card in passage.cards]

    @property
    def repairs(self) -> list[Repair]:
        """The repairs of the article's text."""
        return [repair for passage in self.passages for repair in passage.repairs]


@dataclass
class Heading:
    """A part, chapter or section with the articles that stand directly in it."""

    provision: Provision
    articles: list[Provision] = field(default_factory=list)
    repair: Repair | None = None


def anchor(norm: str) -> str:
    """Give the HTML id of a norm from its id: ``art9.item3#n7`` → ``art9.item3-n7``."""
    return norm.replace("#", "-")


def article_key(key: str) -> str:
    """Give the key of the article that a provision or norm is in: ``art9.item3#n7`` → ``art9``."""
    return key.partition("#")[0].partition(".")[0]


class Commentary:
    """A regulation's provisions and norms, ready for pages."""

    def __init__(
        self,
        store: GraphStore,
        graphs: list[str],
        provisions: list[Provision],
        norms: Norms,
        vocabulary: Vocabulary,
        readings: Readings,
        regulation: str,
    ) -> None:
        self._store, self._graphs = store, graphs
        self._vocabulary, self._readings, self._regulation = vocabulary, readings, regulation
        self.provisions = provisions
        self.by_key = {provision.key: provision for provision in provisions}
        self._order = {provision.key: place for place, provision in enumerate(provisions)}
        self.repairs = self._read_repairs()
        self.cards = self._cards(norms)
        self._by_provision: dict[str, list[Card]] = defaultdict(list)
        for card in self.cards.values():
            self._by_provision[card.norm.provision].append(card)

    @cached_property
    def articles(self) -> list[Provision]:
        """All articles in reading order."""
        return [provision for provision in self.provisions if provision.kind == "Article"]

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings in reading order, each with the articles that stand directly in it."""
        found: list[Heading] = []
        for provision in self.provisions:
            if provision.kind in HEADINGS:
                repair = next(
                    (one for one in self.repairs.get(provision.key, []) if one.explained), None
                )
                found.append(Heading(provision, repair=repair))
            elif provision.kind == "Article":
                if not found:
                    found.append(Heading(provision))
                found[-1].articles.append(provision)
        return found

    def cards_of(self, key: str) -> list[Card]:
        """Give the norms stated in one provision."""
        return self._by_provision.get(key, [])

    def cards_within(self, key: str) -> list[Card]:
        """Give the norms stated in a provision and its parts."""
        return [card for card in self.cards.values() if within(card.norm.provision, key)]

    def passages(self, article: str) -> Iterator[Passage]:
        """Give an article's passages in reading order."""
        for provision in self.provisions:
            if within(provision.key, article) and provision.text is not None:
                yield self._passage(provision, provision.text)

    def article(self, key: str) -> Article | None:
        """Give an article by its key, None when the regulation has none such."""
        provision = self.by_key.get(key)
        if provision is None or provision.kind != "Article":
            return None
        place = self.articles.index(provision)
        above: list[Provision] = []
        parent = provision.part_of
        while parent is not None:
            above.insert(0, self.by_key[parent])
            parent = self.by_key[parent].part_of
        return Article(
            provision=provision,
            headings=tuple(above),
            passages=tuple(self.passages(key)),
            previous=self.articles[place - 1] if place else None,
            next=self.articles[place + 1] if place + 1 < len(self.articles) else None,
        )

    def _passage(self, provision: Provision, words: str) -> Passage:
        cards = self.cards_of(provision.key)
        by_id = {card.norm.id: card for card in cards}
        places = {
            words.index(repair.found): repair
            for repair in self.repairs.get(provision.key, [])
            if repair.read_as and repair.found and repair.found in words
        }
        borders = [*places, *(start + len(repair.found) for start, repair in places.items())]

        def stretch(segment: Segment) -> Stretch:
            repaired = (
                repair
                for start, repair in places.items()
                if start <= segment.start < start + len(repair.found)
            )
            return Stretch(
                text=segment.text,
                cards=tuple(by_id[norm] for norm in segment.norms),
                ending=tuple(by_id[norm] for norm in segment.ending),
                repair=next(repaired, None),
            )

        cut = segments(words, [card.norm for card in cards], borders)
        return Passage(
            provision=provision,
            stretches=tuple(stretch(segment) for segment in cut),
            cards=tuple(cards),
            repairs=tuple(self.repairs.get(provision.key, [])),
        )

    def _cards(self, norms: Norms) -> dict[str, Card]:
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
        known = [self.by_key[key] for key in norm.references if key in self.by_key]
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
            provisions=tuple(self.provisions[place] for place in places),
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

    def _read_repairs(self) -> dict[str, list[Repair]]:
        found: dict[str, list[Repair]] = defaultdict(list)
        for row in self._store.select(_REPAIRS, self._graphs):
            remark = text(row, "zh")
            found[row["key"].value].append(
                Repair(
                    key=row["key"].value,
                    kind=self._vocabulary.concept(row["kind"].value),
                    line=int(row["line"].value),
                    found=text(row, "found") or "",
                    restored=text(row, "restored"),
                    read_as=text(row, "read"),
                    remark=Words(remark, text(row, "en")) if remark else None,
                )
            )
        return dict(found)
