"""The org data of a store: units and how they hang together, their people, their records."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from pyoxigraph import Literal

from dutygraph.store.graphs import GraphStore, Row, Term, text
from dutygraph.terms import DG, PREFIXES, sparql_prologue
from webapp.concepts import Concept, Vocabulary
from webapp.units import Post, Source, Unit, arrange, in_tree_order

# An OPTIONAL of several patterns makes the store go through all records: each has one.
_UNITS = (
    sparql_prologue()
    + """
SELECT ?unit ?id ?name ?kind ?level ?application ?founded ?dissolved ?region ?file ?sheet ?row
WHERE {
  ?unit a dg:Unit ; dcterms:identifier ?id .
  OPTIONAL { ?unit rdfs:label ?name }
  OPTIONAL { ?unit dg:kind ?kind }
  OPTIONAL { ?unit dg:level ?level }
  OPTIONAL { ?unit dg:application ?application }
  OPTIONAL { ?unit dg:founded ?founded }
  OPTIONAL { ?unit dg:dissolved ?dissolved }
  OPTIONAL { ?unit dg:region ?region }
  OPTIONAL { ?unit dg:sourceFile ?file }
  OPTIONAL { ?unit dg:sourceSheet ?sheet }
  OPTIONAL { ?unit dg:sourceRow ?row }
}"""
)
RELATIONS = (
    "parentParty",
    "parentDisc",
    "verticalParty",
    "verticalDisc",
    "disc",
    "govt",
    "upperLg",
    "office",
)
_RELATED = (
    sparql_prologue()
    + "SELECT ?unit ?how ?other WHERE { ?unit ?how ?other VALUES ?how { "
    + " ".join(f"dg:{name}" for name in RELATIONS)
    + " } }"
)
_PERSONS = (
    sparql_prologue()
    + """
SELECT ?person ?id ?name WHERE {
  ?person a dg:Person ; dcterms:identifier ?id . OPTIONAL { ?person rdfs:label ?name }
}"""
)
_POSTS = (
    sparql_prologue()
    + """
SELECT ?person ?unit ?post ?from ?until ?principal WHERE {
  ?person org:hasMembership ?membership .
  ?membership org:organization ?unit .
  OPTIONAL { ?membership dg:post ?post }
  OPTIONAL { ?membership dg:from ?from }
  OPTIONAL { ?membership dg:until ?until }
  OPTIONAL { ?membership dg:principalHead ?principal }
}"""
)
_LEVELS = sparql_prologue() + "SELECT ?level ?ordinal WHERE { ?level dg:ordinal ?ordinal }"
_LATEST = (
    sparql_prologue()
    + "SELECT (MAX(?date) AS ?latest) WHERE { ?record dg:recordKind ?kind ; dg:date ?date }"
)
_YEARS = (
    sparql_prologue()
    + """
SELECT DISTINCT ?year WHERE {
  ?record dg:recordKind ?kind ; dg:date ?date .
  OPTIONAL { ?record dg:year ?given }
  BIND(COALESCE(?given, YEAR(?date)) AS ?year)
} ORDER BY ?year"""
)
_COUNT = (
    sparql_prologue()
    + "SELECT (COUNT(DISTINCT ?record) AS ?number) WHERE { ?record dg:recordKind ?kind }"
)
_RECORDS = (
    sparql_prologue()
    + """
SELECT ?record ?property ?value WHERE {
  { SELECT DISTINCT ?record WHERE { ?record ?how <%s> ; dg:recordKind ?kind } }
  ?record ?property ?value
}"""
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


class Registry:
    """The units, persons and records that a store's record graphs hold."""

    def __init__(
        self, store: GraphStore, graphs: list[str], prepared: list[str], vocabulary: Vocabulary
    ) -> None:
        self._store, self._graphs, self._prepared = store, graphs, prepared
        self._vocabulary = vocabulary

    def _select(self, query: str) -> Iterator[Row]:
        # No graphs at all would mean the default graph to the store, which holds no records.
        return self._store.select(query, self._graphs) if self._graphs else iter(())

    @cached_property
    def latest(self) -> dt.date | None:
        """The date of the latest record, None when there are no records."""
        for row in self._select(_LATEST):
            if found := text(row, "latest"):
                return dt.date.fromisoformat(found)
        return None

    @cached_property
    def years(self) -> list[int]:
        """The years that records are about, the earliest first."""
        return [int(row["year"].value) for row in self._select(_YEARS)]

    @cached_property
    def records(self) -> int:
        """How many records there are."""
        return next((int(row["number"].value) for row in self._select(_COUNT)), 0)

    @cached_property
    def _by_iri(self) -> dict[str, Unit]:
        units: dict[str, Unit] = {}
        for row in self._select(_UNITS):
            units.setdefault(row["unit"].value, self._unit(row))
        for row in self._select(_RELATED):
            unit, other = units.get(row["unit"].value), units.get(row["other"].value)
            if unit is not None and other is not None:
                unit.related.setdefault(row["how"].value.removeprefix(DG), []).append(other)
        arrange(units.values())
        for post in self.posts:
            if post.unit in units:
                units[post.unit].posts.append(post)
        return units

    def _unit(self, row: Row) -> Unit:
        def concept(name: str) -> Concept | None:
            iri = text(row, name)
            return None if iri is None else self._vocabulary.concept(iri)

        identifier = row["id"].value
        return Unit(
            iri=row["unit"].value,
            id=identifier,
            name=text(row, "name") or identifier,
            kind=concept("kind"),
            level=concept("level"),
            application=concept("application"),
            founded=text(row, "founded"),
            dissolved=text(row, "dissolved"),
            region=text(row, "region"),
            ordinal=self.ordinals.get(text(row, "level") or "", 0),
            source=Source(row["file"].value, row["sheet"].value, int(row["row"].value))
            if "file" in row
            else None,
        )

    @cached_property
    def posts(self) -> list[Post]:
        """Every post that a person holds or held, in the order of its first day.

        Persons without a post have one without a unit.
        """
        posts: dict[str, list[Row]] = defaultdict(list)
        for row in self._select(_POSTS):
            posts[row["person"].value].append(row)
        found = [
            _post(person, post)
            for person in self._select(_PERSONS)
            for post in posts.get(person["person"].value, [{}])
        ]
        return sorted(found, key=lambda post: (post.start or "", post.person))

    @cached_property
    def _persons(self) -> dict[str, str]:
        return {post.iri: post.name for post in self.posts}

    @cached_property
    def ordinals(self) -> dict[str, int]:
        """The rank of each level by its IRI; the higher, the higher."""
        rows = self._store.select(_LEVELS, self._prepared)
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

    def entries(self, unit: Unit) -> list[Entry]:
        """Give the records that a unit made or that name it, the latest first."""
        facts: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for row in self._select(_RECORDS % unit.iri):
            facts[row["record"].value][row["property"].value].append(row["value"])
        found = [self._entry(unit, record) for record in facts.values()]
        return sorted(found, key=lambda entry: (entry.date, entry.id), reverse=True)

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


def _post(person: Row, post: Row) -> Post:
    return Post(
        iri=person["person"].value,
        person=person["id"].value,
        name=text(person, "name") or person["id"].value,
        unit=text(post, "unit") or "",
        title=text(post, "post"),
        start=text(post, "from"),
        until=text(post, "until"),
        principal=text(post, "principal") == "true",
    )
