"""The commentary: each provision's words beside its norms, cut and numbered for a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from dutygraph.regulations.norms import Norms
from dutygraph.regulations.provisions import Provision, within
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import sparql_prologue
from webapp.cards import Card, Cards
from webapp.concepts import Concept, Vocabulary
from webapp.language import Words
from webapp.marking import Segment, segments
from webapp.readings import Readings

HEADINGS = ("Part", "Chapter", "Section")

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
        self._vocabulary = vocabulary
        self.provisions = provisions
        self.by_key = {provision.key: provision for provision in provisions}
        self.repairs = self._read_repairs()
        cards = Cards(store, graphs, provisions, vocabulary, readings, regulation)
        self.cards = cards.cards(norms)
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

    def referring(self, key: str) -> list[tuple[Card, list[Provision]]]:
        """Give the norms that refer to a provision, with what each refers to.

        That is the provision itself, a part of it, or what it is part of.
        """
        wider = {one.key for one in self.above(key)}
        found = (
            (card, [one for one in card.references if within(one.key, key) or one.key in wider])
            for card in self.cards.values()
        )
        return [(card, provisions) for card, provisions in found if provisions]

    def above(self, key: str) -> list[Provision]:
        """Give what a provision is part of, the outermost first."""
        found: list[Provision] = []
        parent = self.by_key[key].part_of
        while parent is not None:
            found.insert(0, self.by_key[parent])
            parent = self.by_key[parent].part_of
        return found

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
        return Article(
            provision=provision,
            headings=tuple(self.above(key)),
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
