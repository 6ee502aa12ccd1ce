"""The org data of a store: units and how they hang together, their people, their records."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

from pyoxigraph import Literal

from dutygraph.records.subtrees import ORDINALS
from dutygraph.store.graphs import GraphStore, Term, text
from dutygraph.terms import DG, PREFIXES, sparql_prologue
from webapp.concepts import Concept
from webapp.law import Law
from webapp.roster import Fields, Place, Roster
from webapp.units import Post, Source, Unit, arrange, in_tree_order

_LISTED = (
    sparql_prologue()
    + """
SELECT DISTINCT ?record ?id ?date WHERE {
  ?record ?how <%s> ; dg:recordKind ?kind ; dcterms:identifier ?id .
  OPTIONAL { ?record dg:date ?date }
}"""
)
_RECORDS = (
    "SELECT ?record ?property ?value WHERE { VALUES ?record { %s } ?record ?property ?value }"
)
_PLUMBING = {
    PREFIXES["rdf"] + "type",
    PREFIXES["dcterms"] + "identifier",
    *(DG + name for name in ("recordKind", "date", "unit", "year")),
    *(DG + name for name in ("sourceFile", "sourceSheet", "sourceRow")),
}
"""Properties of a record that are shown in columns of their own, or not at all."""


@dataclass(frozen=True)
class Value:
    """A value of a record's property: words, or the unit that they name."""

    words: str
    unit: Unit | None = None
    concept: Concept | None = None


@dataclass(frozen=True)
class Entry:
    """A record as a unit's page lists it; ``own`` says that the unit itself made it."""

    id: str
    kind: Concept
    date: str
    year: str | None
    own: bool
    by: Value | None
    details: tuple[tuple[Concept, tuple[Value, ...]], ...]
    source: Source | None


class Listed(NamedTuple):
    """A record in a list: its date (ISO 8601, blank where there is none), its id, its IRI."""

    date: str
    id: str
    iri: str


class Registry:
    """The units, persons and records that a store's record graphs hold."""

    def __init__(
        self,
        store: GraphStore,
        graphs: list[str],
        law: Law,
        place: Place | None,
    ) -> None:
        """Take a store, its graphs with records, the law, and where rows are kept."""
        self._store, self._graphs, self._law = store, graphs, law
        self._vocabulary = law.vocabulary
        self._place = place

    @cached_property
    def _roster(self) -> Roster:
        return Roster(self._store, self._graphs, self._place)

    @cached_property
    def latest(self) -> dt.date | None:
        """The date of the latest record, None when there are no records."""
        day = next(self._roster["latest"], {}).get("day")
        return None if day is None else dt.date.fromisoformat(day)

    @cached_property
    def years(self) -> list[int]:
        """The years that records are about, the earliest first."""
        return [int(row["year"] or 0) for row in self._roster["years"]]

    @cached_property
    def records(self) -> int:
        """How many records there are."""
        return int(next(self._roster["records"], {}).get("number") or 0)

    @cached_property
    def _by_iri(self) -> dict[str, Unit]:
        units: dict[str, Unit] = {}
        for row in self._roster["units"]:
            units.setdefault(row["unit"] or "", self._unit(row))
        for row in self._roster["related"]:
            unit, other = units.get(row["unit"] or ""), units.get(row["other"] or "")
            if unit is not None and other is not None:
                unit.related.setdefault((row["how"] or "").removeprefix(DG), []).append(other)
        arrange(units.values())
        for post in self.posts:
            if post.unit in units:
                units[post.unit].posts.append(post)
        return units

    def _unit(self, row: Fields) -> Unit:
        def concept(name: str) -> Concept | None:
            iri = row[name]
            return None if iri is None else self._vocabulary.concept(iri)

        identifier = row["id"] or ""
        file = row["file"]
        return Unit(
            iri=row["unit"] or "",
            id=identifier,
            name=row["name"] or identifier,
            kind=concept("kind"),
            level=concept("level"),
            application=concept("application"),
            founded=row["founded"],
            dissolved=row["dissolved"],
            region=row["region"],
            ordinal=self.ordinals.get(row["level"] or "", 0),
            source=Source(file, row["sheet"] or "", int(row["row"] or 0)) if file else None,
        )

    @cached_property
    def posts(self) -> list[Post]:
        """Every post that a person holds or held, in the order of its first day.

        Persons without a post have one without a unit.
        """
        posts: dict[str | None, list[Fields]] = defaultdict(list)
        for row in self._roster["posts"]:
            posts[row["person"]].append(row)
        found = [
            _post(person, post)
            for person in self._roster["persons"]
            for post in posts.get(person["person"], [{}])
        ]
        return sorted(found, key=lambda post: (post.start or "", post.person))

    @cached_property
    def _persons(self) -> dict[str, str]:
        return {post.iri: post.name for post in self.posts}

    @cached_property
    def ordinals(self) -> dict[str, int]:
        """The rank of each level by its IRI; the higher, the higher."""
        rows = self._law.store.select(ORDINALS, self._law.graphs)
        return {row["level"].value: int(row["ordinal"].value) for row in rows}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The units by id, in the order of the tree: each after the one that it stands under."""
        return in_tree_order(self._by_iri.values())

    def unit_at(self, iri: str) -> Unit | None:
        """Give the unit that has an IRI, None where none has."""
        return self._by_iri.get(iri)

    @cached_property
    def units_of_person(self) -> dict[str, list[Unit]]:
        """The units in which a person has or had a post, by the person's id."""
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            for post in unit.posts:
                if unit not in found[post.person]:
                    found[post.person].append(unit)
        return dict(found)

    def concerned(self, subject: str) -> tuple[Unit, ...]:
        """Give the unit with an id, or those in which the person with it has or had a post."""
        unit = self.units.get(subject)
        return (unit,) if unit is not None else tuple(self.units_of_person.get(subject, ()))

    def listed(self, unit: Unit) -> list[Listed]:
        """Give the records that a unit made or that name it, the latest first."""
        # No graphs at all would mean the default graph to the store, which holds no records.
        rows = self._store.select(_LISTED % unit.iri, self._graphs) if self._graphs else ()
        found = {
            Listed(text(row, "date") or "", row["id"].value, row["record"].value) for row in rows
        }
        return sorted(found, reverse=True)

    def entries(self, unit: Unit, listed: Sequence[Listed]) -> list[Entry]:
        """Give what some of a unit's records say, in their order."""
        facts: dict[str, dict[str, list[Term]]] = {one.iri: defaultdict(list) for one in listed}
        records = " ".join(f"<{iri}>" for iri in facts)
        for row in self._store.select(_RECORDS % records, self._graphs) if facts else ():
            facts[row["record"].value][row["property"].value].append(row["value"])
        return [self._entry(unit, record) for record in facts.values()]

    def _entry(self, unit: Unit, facts: dict[str, list[Term]]) -> Entry:
        def one(name: str) -> str | None:
            return next((term.value for term in facts.get(DG + name, [])), None)

        makers = facts.get(DG + "unit", [])
        file = one("sourceFile")
        return Entry(
            id=facts[PREFIXES["dcterms"] + "identifier"][0].value,
            kind=self._vocabulary.concept(one("recordKind") or ""),
            date=one("date") or "",
            year=one("year"),
            own=any(maker.value == unit.iri for maker in makers),
            by=self._value(makers[0]) if makers else None,
            details=tuple(self._details(facts)),
            source=Source(file, one("sourceSheet") or "", int(one("sourceRow") or 0))
            if file
            else None,
        )

    def _details(self, facts: dict[str, list[Term]]) -> Iterator[tuple[Concept, tuple[Value, ...]]]:
        for name in sorted(set(facts) - _PLUMBING):
            values = [value for term in facts[name] if (value := self._value(term)) is not None]
            if name.startswith(DG) and values:
                ordered = sorted(values, key=lambda value: value.words)
                yield self._vocabulary.concept(name), tuple(ordered)

    def _value(self, term: Term) -> Value | None:
        """Give a value in words; None for a nested row, which has no words of its own."""
        if isinstance(term, Literal):
            return Value(term.value)
        if term.value in self._by_iri:
            unit = self._by_iri[term.value]
            return Value(unit.name, unit=unit)
        if term.value in self._persons:
            return Value(self._persons[term.value])
        if term.value.startswith(DG):
            concept = self._vocabulary.concept(term.value)
            return Value(concept.label.zh, concept=concept)
        if "#" in term.value:
            return None
        return Value(unquote(term.value.rpartition("/")[2]))


def _post(person: Fields, post: Fields) -> Post:
    identifier = person["id"] or ""
    return Post(
        iri=person["person"] or "",
        person=identifier,
        name=person["name"] or identifier,
        unit=post.get("unit") or "",
        title=post.get("post"),
        start=post.get("from"),
        until=post.get("until"),
        principal=post.get("principal") == "true",
    )
