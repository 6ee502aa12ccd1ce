"""Chains: the asserted facts by which a norm reaches a party, one step after the other.

The closure (ontology/norms.ttl, OWL 2 RL) says that a party carries a norm; a chain says why, in
the words of the provisions. Both are computed on their own and tests hold them to each other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, sparql_prologue

NAMED, IMPLIED, TAKEN = "names", "implies", "takes_bearer_from"
KIND, ORGAN = "is_a_kind_of", "acts_through"
INCORPORATES, ANSWERS_FOR, BY_REFERENCE = "incorporates", "answers_for", "applies_by_reference"

_FACTS = (
    sparql_prologue()
    + """
SELECT ?subject ?property ?object WHERE {
  VALUES ?property {
    dg:namedBearer dg:impliedBearer dg:bearerFrom dg:kindOf dg:actsThrough dg:incorporates
    dg:answersFor dg:atLevel dg:requires dg:defaultApplication
  }
  ?subject ?property ?object
}"""
)
_CONTAINED = (
    sparql_prologue() + "SELECT ?provision ?norm WHERE { ?provision dg:containsNorm ?norm }"
)
_BY_REFERENCE = (
    sparql_prologue()
    + "SELECT ?norm ?bearer WHERE { ?norm a dg:ApplicationByReference ; dg:bearer ?bearer }"
)


@dataclass(frozen=True)
class Step:
    """One asserted fact of a chain: ``subject relation object``, and the norm that states it."""

    relation: str
    subject: str
    object: str
    norm: str | None = None


Chain = tuple[Step, ...]


class Chains:
    """The asserted facts about bearers of a store's regulations, and the ways through them."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        # All are asked for every norm and party; what is asserted does not change.
        self._stated: dict[str, dict[str, Chain]] = {}
        self._kinds: dict[str, dict[str, Chain]] = {}
        self._own: dict[tuple[str, str], Chain | None] = {}

    @cached_property
    def _facts(self) -> dict[str, dict[str, list[str]]]:
        # Only what is asserted: the transitive kindOf of the closure would hide the steps.
        asserted = [name for name in prepared_graphs() if not name.endswith("/closure")]
        facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in self._store.select(_FACTS, asserted):
            name = row["property"].value.removeprefix(DG)
            facts[name][row["subject"].value].append(row["object"].value)
        for values in facts.values():
            for found in values.values():
                found.sort()
        return facts

    @cached_property
    def _contained(self) -> dict[str, set[str]]:
        norms: dict[str, set[str]] = defaultdict(set)
        for row in self._store.select(_CONTAINED, prepared_graphs()):
            norms[row["provision"].value].add(row["norm"].value)
        return norms

    @cached_property
    def _referred(self) -> dict[str, str]:
        """Body kind → the norm by which the regulation applies to it by reference (article 41)."""
        rows = self._store.select(_BY_REFERENCE, prepared_graphs())
        return {row["bearer"].value: row["norm"].value for row in rows}

    @cached_property
    def _incorporated(self) -> dict[str, list[tuple[str, str, str]]]:
        """Norm → the norms that hand it on, each with its provision and whose bearer it takes."""
        found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for reference, provisions in self._facts["incorporates"].items():
            for provision in provisions:
                contained = self._contained[provision]
                for norm, sources in self._facts["bearerFrom"].items():
                    if handed := contained & set(sources):
                        found[norm].append((reference, provision, min(handed)))
        return found

    @cached_property
    def _answered(self) -> dict[str, list[tuple[str, str]]]:
        """Norm → the norms by which somebody answers for it, each with the provision that it names.

        A head answers for what a provision states, whoever is to do it (article 9(1)).
        """
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for reference, provisions in self._facts["answersFor"].items():
            for provision in provisions:
                for norm in self._contained[provision]:
                    found[norm].append((reference, provision))
        return found

    def values(self, name: str, subject: str) -> list[str]:
        """Give what is asserted of a subject by one of our properties."""
        return self._facts[name].get(subject, [])

    def stated(self, norm: str) -> dict[str, Chain]:
        """Give each bearer that a norm's words give it, with the steps that say so."""
        if norm not in self._stated:
            self._stated[norm] = self._state(norm)
        return self._stated[norm]

    def _state(self, norm: str) -> dict[str, Chain]:
        found: dict[str, Chain] = {}
        for name, relation in (("namedBearer", NAMED), ("impliedBearer", IMPLIED)):
            for bearer in self.values(name, norm):
                found[bearer] = (Step(relation, norm, bearer, norm),)
            for source in self.values("bearerFrom", norm):
                for bearer in self.values(name, source):
                    taken = Step(TAKEN, norm, source, norm)
                    found.setdefault(bearer, (taken, Step(relation, source, bearer, source)))
        return found

    def kinds(self, bearer: str) -> dict[str, Chain]:
        """Give a bearer, the kinds it belongs to and its organs, with the shortest way to each."""
        if bearer not in self._kinds:
            self._kinds[bearer] = self._kinds_of(bearer)
        return self._kinds[bearer]

    def _kinds_of(self, bearer: str) -> dict[str, Chain]:
        ways: dict[str, Chain] = {bearer: ()}
        frontier = [bearer]
        while frontier:
            following = []
            for term in frontier:
                for kind in self.values("kindOf", term):
                    if kind not in ways:
                        ways[kind] = (*ways[term], Step(KIND, term, kind))
                        following.append(kind)
            frontier = following
        for organ in self.values("actsThrough", bearer):
            ways.setdefault(organ, (Step(ORGAN, bearer, organ),))
        return ways

    def own(self, bearer: str, norm: str) -> Chain | None:
        """Give the chain by which a party bears a norm in its own right; None if it does not."""
        if (bearer, norm) not in self._own:
            ways, stated = self.kinds(bearer), self.stated(norm)
            chains = [(*ways[one], *chain) for one, chain in stated.items() if one in ways]
            self._own[bearer, norm] = min(chains, key=len, default=None)
        return self._own[bearer, norm]

    def inherited(self, bearer: str, norm: str, body: str | None = None) -> Chain | None:
        """Give the chain by which a party carries a norm through another; None if it does not.

        ``incorporates`` (articles 7 and 8) hands on what takes its bearer from a norm of the
        provision; ``answersFor`` (article 9(1)) everything stated there. With ``body`` a head
        answers only for what that body itself carries.
        """
        for reference, incorporated, source in self._incorporated.get(norm, ()):
            way = self.own(bearer, reference)
            if way is not None:
                step = Step(INCORPORATES, reference, incorporated, reference)
                return (*way, step, Step(TAKEN, norm, source, norm))
        return self._answered_for(bearer, norm, body)

    def _answered_for(self, bearer: str, norm: str, body: str | None) -> Chain | None:
        for reference, provision in self._answered.get(norm, ()):
            way = self.own(bearer, reference)
            if way is None:
                continue
            carried = self._carried(body, norm) if body is not None else ()
            if carried is not None:
                return (*way, Step(ANSWERS_FOR, reference, provision, reference), *carried)
        return None

    def _carried(self, body: str, norm: str) -> Chain | None:
        inherited = self.inherited(body, norm)
        return self.own(body, norm) if inherited is None else inherited

    def by_reference(self, bearer: str) -> Chain:
        """Give the step by which the regulation applies to a body by reference, if it is one."""
        application = self.values("defaultApplication", bearer)
        if DG + "ByReference" not in application or bearer not in self._referred:
            return ()
        norm = self._referred[bearer]
        return (Step(BY_REFERENCE, norm, bearer, norm),)
