"""Whose a row is: the rule by which rows are shown to somebody with a remit, and taken from him."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Triple

from dutygraph.terms import DG, PREFIXES

ORGANIZATION: Final = PREFIXES["org"] + "organization"
_MAKER: Final = DG + "unit"


def entity(iri: str) -> str:
    """Give what a row is by its IRI: unit, person or record; the end of its path but one."""
    return iri.rpartition("/")[0].rpartition("/")[2]


def row_of(iri: str) -> str:
    """Give the row of a node: ``person/p1#role-1`` hangs on ``person/p1``."""
    return iri.partition("#")[0]


def posts(triples: Iterable[Triple]) -> dict[str, str]:
    """Give the units of a person's posts, by the IRI of the post."""
    return {
        one.subject.value: one.object.value
        for one in triples
        if one.predicate.value == ORGANIZATION
        and isinstance(one.subject, NamedNode)
        and isinstance(one.object, NamedNode)
    }


@dataclass(frozen=True)
class Ownership:
    """The units of a remit and the people with a post in one of them, by IRI.

    A unit's row is theirs if the unit is; a person's, if he has a post there; a record's, if one of
    the units made it, or, where it does not say who made it, if all units and people that it names
    are theirs. So nothing that is somebody else's is ever theirs for being about them.
    """

    units: Set[str]
    persons: Set[str]

    def has(self, row: str, triples: Iterable[Triple]) -> bool:
        """Tell whether a row is theirs, from all that is said of it and of its parts."""
        match entity(row):
            case "unit":
                return row in self.units
            case "person":
                return any(unit in self.units for unit in posts(triples).values())
        named = [one for one in triples if isinstance(one.object, NamedNode)]
        makers = [
            one.object.value
            for one in named
            if one.predicate.value == _MAKER and isinstance(one.object, NamedNode)
        ]
        if makers:
            return all(unit in self.units for unit in makers)
        concerned = {
            one.object.value
            for one in named
            if isinstance(one.object, NamedNode) and entity(one.object.value) in ("unit", "person")
            if "#" not in one.object.value
        }
        return bool(concerned) and concerned <= (self.units | self.persons)

    def has_all(self, row: str, triples: Iterable[Triple]) -> bool:
        """Tell whether a row is theirs alone: of a person, all posts are in their units."""
        some = list(triples)
        held = posts(some).values() if entity(row) == "person" else ()
        return self.has(row, some) and all(unit in self.units for unit in held)
