"""What a party bears and carries: its norms in reading order, each with the way it came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dutygraph.explain.chains import ANSWERS_FOR, BY_REFERENCE, INCORPORATES, Chain, Chains
from dutygraph.explain.party import Party, bearer_terms
from dutygraph.regulations.norms import Norm, Norms
from dutygraph.store.graphs import GraphStore

HANDING_ON = (ANSWERS_FOR, INCORPORATES)
"""Relations by which a provision hands a norm on to another party."""


@dataclass(frozen=True)
class Limit:
    """A level or trait that a norm asks of its bearer; ``met`` is None where nothing was said."""

    kind: str
    terms: tuple[str, ...]
    met: bool | None


@dataclass(frozen=True)
class Way:
    """The chain by which a norm comes to parties, and the labels of these."""

    chain: Chain
    borne_as: list[str]

    @property
    def through(self) -> list[str]:
        """The norms that hand it on; of what is borne in one's own right there are none."""
        return [
            step.norm
            for step in self.chain
            if step.norm is not None and step.relation in (*HANDING_ON, BY_REFERENCE)
        ]


class Bearing:
    """Who bears which norms of a regulation."""

    def __init__(self, store: GraphStore, norms: Norms) -> None:
        self._norms = norms
        self.chains = Chains(store)
        self.terms = bearer_terms(store)

    def chain(self, party: Party, norm: str) -> Chain | None:
        """Give the chain by which a party carries a norm; None where it does not.

        What another provision hands on comes before what binds the party as one of a kind: a
        functional department carries article 6 because article 7 says so. The regulation's own
        application by reference (article 41) opens the chain of a body that it does not bind.
        """
        found = self.chains.inherited(party.bearer, norm, party.body)
        if found is None:
            found = self.chains.own(party.bearer, norm)
        return None if found is None else (*self.chains.by_reference(party.standing), *found)

    def limits(self, party: Party, norm: str) -> tuple[Limit, ...]:
        """Give what a norm asks of the level and the traits of who bears it."""
        found = []
        if levels := self.chains.values("atLevel", norm):
            met = None if party.level is None else party.level in levels
            found.append(Limit("level", tuple(levels), met))
        for trait in self.chains.values("requires", norm):
            found.append(Limit("trait", (trait,), party.has(trait)))
        return tuple(found)

    def ways(self, parties: Iterable[Party], *, inherited: bool) -> dict[str, Way]:
        """Give the ways by which norms come to rest on somebody who is all of these parties.

        Own norms are those that bind the party as itself, as one of a kind or through its organ;
        with ``inherited`` also what other provisions hand on (articles 7, 8 and 9(1)).
        """
        found: dict[str, Way] = {}
        for party in parties:
            label = self._norms.labels.of(party.bearer)
            for norm in self._norms.all:
                chain = self.chain(party, norm.iri)
                if chain is None or any(one.met is False for one in self.limits(party, norm.iri)):
                    continue
                if inherited or not any(step.relation in HANDING_ON for step in chain):
                    found.setdefault(norm.iri, Way(chain, [])).borne_as.append(label)
        return found

    def borne(self, parties: Iterable[Party], *, inherited: bool) -> list[Norm]:
        """Give the norms that come so, in reading order.

        ``via`` names the provisions on the way, ``borne_as`` the labels of the parties.
        """
        ways = self.ways(parties, inherited=inherited)
        return [self._come(norm, ways[norm.iri]) for norm in self._norms.all if norm.iri in ways]

    def _come(self, norm: Norm, way: Way) -> Norm:
        """Give a norm with the way it came, resting on the readings met on that way too."""
        through = [self._norms[one] for one in way.through]
        if not through:
            return replace(norm, borne_as=way.borne_as)
        readings = {*norm.reading, *(key for one in through for key in one.reading)}
        via = list(dict.fromkeys([*(one.provision for one in through), norm.provision]))
        return replace(norm, borne_as=way.borne_as, via=via, reading=sorted(readings))
