"""Whom a check looks at: units and persons with their names, levels, regions and posts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dutygraph.regulations.labels import Labels
from dutygraph.store.graphs import Asked, Row, text
from dutygraph.terms import sparql_prologue

_KNOWN = (
    sparql_prologue()
    + """
SELECT ?thing ?id ?name ?level ?region WHERE {
  VALUES ?thing { %s }
  ?thing dcterms:identifier ?id .
  OPTIONAL { ?thing rdfs:label ?name }
  OPTIONAL { ?thing dg:level ?level }
  OPTIONAL { ?thing dg:region ?region }
}"""
)
_POSTS = (
    sparql_prologue()
    + """
SELECT ?thing ?unit ?from ?until WHERE {
  VALUES ?thing { %s }
  ?thing org:hasMembership ?membership . ?membership org:organization ?unit .
  OPTIONAL { ?membership dg:from ?from }
  OPTIONAL { ?membership dg:until ?until }
}"""
)


@dataclass(frozen=True)
class Place:
    """A unit as it stands in the tree: id, name, level (the Chinese label) and region code."""

    id: str
    name: str
    level: str | None
    region: str | None

    def to_json(self) -> dict[str, str | None]:
        """Give {id, name, level, region}."""
        return dict(vars(self))


@dataclass(frozen=True, slots=True)
class Subject:
    """A unit or person that is looked at, by IRI and by id.

    ``units`` are those where it stands: a unit itself, a person's posts, those that he holds on the
    day first. Level and region are those of the first unit that has them.
    """

    iri: str
    id: str
    name: str
    units: tuple[Place, ...]

    @property
    def level(self) -> str | None:
        """The level, by its Chinese label, None when nothing says it."""
        return next((unit.level for unit in self.units if unit.level), None)

    @property
    def region(self) -> str | None:
        """The administrative code, None when nothing says it."""
        return next((unit.region for unit in self.units if unit.region), None)


class Subjects:
    """The subjects of a working graph by IRI, each read once, many at a time."""

    def __init__(self, graph: Asked, labels: Labels, as_of: dt.date) -> None:
        self._graph = graph
        self._labels = labels
        self._as_of = as_of.isoformat()
        self._found: dict[str, Subject] = {}

    def __getitem__(self, iri: str) -> Subject:
        """Give a subject; one without an id in the graph goes by its IRI."""
        if iri not in self._found:
            self.learn([iri])
        return self._found[iri]

    def of(self, iris: Iterable[str]) -> list[Subject]:
        """Give some subjects, in the order of their IRIs."""
        wanted = sorted(set(iris))
        self.learn(wanted)
        return [self._found[iri] for iri in wanted]

    def learn(self, iris: Iterable[str]) -> None:
        """Read some subjects that are going to be asked for."""
        wanted = sorted(set(iris) - self._found.keys())
        posts = self._posts(wanted)
        places = self._places({*wanted, *(unit for units in posts.values() for unit in units)})
        for iri in wanted:
            own = places.get(iri, Place(iri, iri, None, None))
            units = tuple(places[unit] for unit in posts.get(iri, ()) if unit in places)
            self._found[iri] = Subject(iri, own.id, own.name, units if iri in posts else (own,))

    def _places(self, iris: Iterable[str]) -> dict[str, Place]:
        found = {}
        for row in self._graph.about(iris, _KNOWN):
            level = text(row, "level")
            found[row["thing"].value] = Place(
                id=row["id"].value,
                name=text(row, "name") or row["id"].value,
                level=None if level is None else self._labels.of(level),
                region=text(row, "region"),
            )
        return found

    def _posts(self, iris: Iterable[str]) -> dict[str, list[str]]:
        """Give the units of each person's posts, each once, those held on the day first."""
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self._graph.about(iris, _POSTS):
            rows[row["thing"].value].append(row)
        return {
            iri: list(dict.fromkeys(row["unit"].value for row in sorted(held, key=self._order)))
            for iri, held in rows.items()
        }

    def _order(self, post: Row) -> tuple[bool, str]:
        begun = (text(post, "from") or self._as_of) <= self._as_of
        held = begun and self._as_of < (text(post, "until") or "9999-12-31")
        return (not held, post["unit"].value)
