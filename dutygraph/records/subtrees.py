"""Who stands under whom, as far as the data say it; and the units that lie in a remit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from dutygraph.accounts.remits import Remit
from dutygraph.store.graphs import Row, text
from dutygraph.terms import DG, sparql_prologue

Place: TypeAlias = tuple[int, bool, str]

RELATIONS: Final = (
    *("parentParty", "parentDisc", "verticalParty", "verticalDisc"),
    *("disc", "govt", "upperLg", "office"),
)
"""The properties that lead from a unit to other units."""

STRUCTURE: Final = frozenset(
    DG + name for name in (*RELATIONS, "region", "level", "kind", "application", "legislativePower")
)
"""What decides who stands under whom, and so who sees what: it is for administrators to change."""

_UNITS: Final = (
    sparql_prologue()
    + """
SELECT ?unit ?id ?region ?level WHERE {
  ?unit a dg:Unit ; dcterms:identifier ?id .
  OPTIONAL { ?unit dg:region ?region }
  OPTIONAL { ?unit dg:level ?level }
}"""
)
RELATED: Final = (
    "SELECT ?unit ?how ?other WHERE { ?unit ?how ?other VALUES ?how { "
    + " ".join(f"dg:{name}" for name in RELATIONS)
    + " } }"
)
ORDINALS: Final = sparql_prologue() + "SELECT ?level ?ordinal WHERE { ?level dg:ordinal ?ordinal }"


class Reading(Protocol):
    """As much of a graph store as the tree needs."""

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT; see ``dutygraph.store.graphs.GraphStore``."""


@dataclass
class Stated:
    """What the data say of a unit's place; ``related`` gives IRIs by the name of the property.

    ``ordinal`` is the rank of its level: the higher, the higher.
    """

    iri: str
    id: str
    region: str | None
    ordinal: int
    related: dict[str, list[str]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Where it stands among others."""
        return place(self.ordinal, self.related, self.id)


def place(ordinal: int, related: Container[str], identifier: str) -> Place:
    """Give where a unit stands among others: by level, a committee with a government first."""
    return -ordinal, "govt" not in related, identifier


def superiors(units: Iterable[Stated]) -> dict[str, str]:
    """Give the unit that each unit stands under, by IRI; those at the top are left out.

    Under its next-higher Party body; a government or discipline organ under the one whose it is;
    else under the discipline organ above it, or the committee of its region.
    """
    owners: dict[str, list[Stated]] = defaultdict(list)
    committees: dict[str, str] = {}
    ordered = sorted(units, key=lambda unit: unit.place)
    for unit in ordered:
        for how in ("govt", "disc"):
            for owned in unit.related.get(how, []):
                owners[owned].append(unit)
        if unit.region and "govt" in unit.related:
            committees.setdefault(unit.region, unit.iri)
    found = {}
    for unit in ordered:
        above = [
            *unit.related.get("parentParty", []),
            _owner(owners[unit.iri]),
            *unit.related.get("parentDisc", []),
            committees.get(unit.region or ""),
        ]
        first = next((one for one in above if one not in (None, unit.iri)), None)
        if first is not None:
            found[unit.iri] = first
    return found


def _owner(owners: list[Stated]) -> str | None:
    """Choose the one whose organ a unit is: a local committee, or who alone has it."""
    committees = [unit for unit in owners if "govt" in unit.related]
    chosen = committees or owners
    return chosen[0].iri if len(chosen) == 1 else None


class Tree:
    """The units of some graphs and who stands under whom."""

    def __init__(self, store: Reading, graphs: Sequence[str], prepared: Sequence[str]) -> None:
        """Take a store, its graphs with records, and those with the ontology's levels."""
        ordinals = {
            row["level"].value: int(row["ordinal"].value)
            for row in store.select(ORDINALS, prepared)
        }
        units: dict[str, Stated] = {}
        for row in store.select(_UNITS, graphs) if graphs else ():
            ordinal = ordinals.get(text(row, "level") or "", 0)
            unit = Stated(row["unit"].value, row["id"].value, text(row, "region"), ordinal)
            units.setdefault(unit.iri, unit)
        for row in store.select(sparql_prologue() + RELATED, graphs) if graphs else ():
            one, other = row["unit"].value, row["other"].value
            if one in units and other in units:
                how = row["how"].value.removeprefix(DG)
                units[one].related.setdefault(how, []).append(other)
        self._units = units
        self._above = superiors(units.values())

    def within(self, remit: Remit) -> set[str]:
        """Give the IRIs of the units in a remit.

        With a region they are those that have a code in it. What has no code of its own is in no
        region: a leading group of several would be shown to each of them.
        """
        if remit.everything:
            return set(self._units)
        if remit.region:
            return {
                unit.iri
                for unit in self._units.values()
                if unit.region and unit.region.startswith(remit.region)
            }
        return self._under({unit.iri for unit in self._units.values() if unit.id in remit.units})

    def _under(self, roots: set[str]) -> set[str]:
        below: Mapping[str, list[str]] = defaultdict(list)
        for iri, above in self._above.items():
            below[above].append(iri)
        found, waiting = set(roots), list(roots)
        while waiting:
            for iri in below[waiting.pop()]:
                if iri not in found:
                    found.add(iri)
                    waiting.append(iri)
        return found

    def above(self, units: Iterable[str]) -> set[str]:
        """Give the units above some, however high, that are not among them."""
        own = set(units)
        found: set[str] = set()
        waiting = list(own)
        while waiting:
            higher = self._above.get(waiting.pop())
            if higher is not None and higher not in own and higher not in found:
                found.add(higher)
                waiting.append(higher)
        return found
