"""Norms by facets: which there are for a selection, and how many each further choice would leave.

The count beside a value is that of the list which choosing it gives: the other facets of the
selection hold, the facet's own value gives way to the one that is counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, fields, replace
from typing import Final

from dutygraph.explain.bearing import Bearing
from dutygraph.explain.party import Party
from dutygraph.regulations.labels import UnknownTermError
from dutygraph.regulations.norms import Norm, Norms
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, sparql_prologue

ROLE, BODY, CARRIED = "role", "body", "carried"
OWN, INHERITED = "own", "inherited"
NONE, ANY = "none", "any"
"""Values of a facet: the norms that have nothing there, and those that have something."""

_MAY_LACK: Final = ("addressee", "deadline", "evidence", "discretion")
_KINDS = (
    sparql_prologue()
    + """
SELECT DISTINCT ?term ?kind WHERE {
  VALUES ?kind { dg:RoleKind dg:BodyKind }
  ?term a ?kind
}"""
)
_TERMS = (
    sparql_prologue()
    + """
SELECT ?norm ?facet ?value WHERE {
  VALUES (?property ?facet) { (dg:addressee "addressee") (dg:evidence "evidence") }
  ?norm dg:statedIn ?provision ; ?property ?value
}"""
)


@dataclass(frozen=True)
class Selection:
    """What is chosen in each facet; blank is all.

    Terms are given by their local names. ``role`` alone is whoever holds it, with ``body`` whoever
    holds it in a body of that kind; ``body`` alone is the body itself. ``carried`` tells what a
    party bears in its own right from what it inherits; it needs a party. ``deadline`` is a type or
    a frequency by its notation, ``article`` a key (``art9``), ``discretion`` words of the text.
    """

    role: str = ""
    body: str = ""
    carried: str = ""
    kind: str = ""
    addressee: str = ""
    deadline: str = ""
    article: str = ""
    evidence: str = ""
    discretion: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The facets in which something is chosen, with the value chosen."""
        return {name: value for name, value in vars(self).items() if value}

    @property
    def party(self) -> tuple[str, str]:
        """The role and the body that are chosen."""
        return self.role, self.body


FACETS: Final = tuple(field.name for field in fields(Selection))
"""The facets' names, in the order in which they are shown."""


class Facets:
    """The norms of a regulation by facet; what is worked out for a party is kept."""

    def __init__(self, store: GraphStore, norms: Norms) -> None:
        self._norms = norms
        self._bearing = Bearing(store, norms)
        by_kind: dict[str, set[str]] = defaultdict(set)
        for row in store.select(_KINDS, prepared_graphs()):
            by_kind[row["kind"].value.removeprefix(DG)].add(row["term"].value)
        self._parties = {ROLE: by_kind["RoleKind"], BODY: by_kind["BodyKind"]}
        self._values = self._read(store)
        self._carried: dict[tuple[str, str], dict[str, str]] = {}

    def _read(self, store: GraphStore) -> dict[str, dict[str, frozenset[str]]]:
        """Give the values of each norm by facet, then by the norm's IRI."""
        found: dict[str, dict[str, set[str]]] = {
            name: defaultdict(set) for name in FACETS if name not in (ROLE, BODY, CARRIED)
        }
        for row in store.select(_TERMS, prepared_graphs()):
            found[row["facet"].value][row["norm"].value].add(row["value"].value.removeprefix(DG))
        for norm in self._norms.all:
            found["kind"][norm.iri] = {norm.kind}
            found["article"][norm.iri] = {norm.provision.partition(".")[0]}
            if norm.deadline is not None:
                times = (norm.deadline["type"], norm.deadline["freq"])
                found["deadline"][norm.iri] = {one for one in times if one}
            if norm.discretion:
                found["discretion"][norm.iri] = {ANY, *norm.discretion}
        for name in _MAY_LACK:
            for norm in self._norms.all:
                found[name][norm.iri] = found[name][norm.iri] or {NONE}
        return {
            name: {norm: frozenset(values) for norm, values in of.items()}
            for name, of in found.items()
        }

    def selection(self, asked: dict[str, str]) -> Selection:
        """Read a selection: terms by label or name, an article by key or number.

        Raises UnknownTermError, with what there is, for a value that no norm has.
        """
        given = {name: word.strip() for name, word in asked.items() if name in FACETS}
        read = {name: self._value(name, word) for name, word in given.items() if word}
        chosen = Selection(**read)
        if chosen.carried and not any(chosen.party):
            chosen = replace(chosen, carried="")
        return chosen

    def _value(self, name: str, word: str) -> str:
        if name in (ROLE, BODY):
            return self._norms.labels.find(word, self._parties[name]).removeprefix(DG)
        known = {OWN, INHERITED} if name == CARRIED else set().union(*self._values[name].values())
        if name == "article" and word.isdigit():
            word = f"art{word}"
        if word in known:
            return word
        if name in ("kind", "addressee", "evidence"):
            terms = {DG + one for one in known - {NONE}}
            return self._norms.labels.find(word, terms).removeprefix(DG)
        listed = "、".join(sorted(known)[:20])
        raise UnknownTermError(
            f"没有「{word}」，{name} 可以是：{listed} / no {word!r}; {name} is one of {listed}"
        )

    def chosen(self, selection: Selection) -> list[Norm]:
        """Give the norms of a selection in reading order, with ``via`` where they are inherited."""
        norms = self._norms.all
        if parties := _parties(selection):
            norms = self._bearing.borne(parties, inherited=True)
        fitting = self._fitting(selection).keys()
        return [norm for norm in norms if norm.iri in fitting]

    def counts(self, selection: Selection) -> dict[str, Counter[str]]:
        """Give how many norms each value of each facet would leave, values that leave none apart.

        ``carried`` has counts where a party is chosen.
        """
        counted: dict[str, Counter[str]] = {}
        for name in FACETS:
            rest = replace(selection, **{name: ""})
            if name in (ROLE, BODY):
                counted[name] = self._parties_counted(name, selection)
            elif name == CARRIED:
                carried = self._fitting(rest) if any(rest.party) else {}
                counted[name] = Counter(carried.values())
            else:
                values = self._values[name]
                counted[name] = Counter(
                    value for norm in self._fitting(rest) for value in values[norm]
                )
        return counted

    def _parties_counted(self, name: str, selection: Selection) -> Counter[str]:
        found: Counter[str] = Counter()
        for term in self._parties[name]:
            value = term.removeprefix(DG)
            if number := len(self._fitting(replace(selection, **{name: value}))):
                found[value] = number
        return found

    def _fitting(self, selection: Selection) -> dict[str, str]:
        """Give the IRIs of the norms of a selection, each with how its party carries it."""
        return {
            norm: carried
            for norm, carried in self._of(selection).items()
            if selection.carried in ("", carried)
            and all(
                not value or value in self._values[name][norm]
                for name, value in vars(selection).items()
                if name in self._values
            )
        }

    def _of(self, selection: Selection) -> dict[str, str]:
        """Give what the selection's party carries, or all norms where there is none."""
        if selection.party not in self._carried:
            found = {norm.iri: OWN for norm in self._norms.all}
            if parties := _parties(selection):
                ways = self._bearing.ways(parties, inherited=True)
                found = {norm: INHERITED if way.through else OWN for norm, way in ways.items()}
            self._carried[selection.party] = found
        return self._carried[selection.party]


def _parties(selection: Selection) -> list[Party]:
    role, body = selection.party
    if role:
        return [Party(DG + role, DG + body if body else None)]
    return [Party(DG + body)] if body else []
