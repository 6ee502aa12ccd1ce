"""The party that a question is about: a role or body, the body it heads, and what that body is."""

from __future__ import annotations

from dataclasses import dataclass

from dutygraph.regulations.labels import Labels
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, sparql_prologue

LEGISLATIVE_POWER = DG + "LegislativePower"
_BEARERS = (
    sparql_prologue()
    + """
SELECT DISTINCT ?term WHERE {
  { ?term a dg:BodyKind } UNION { ?term a dg:RoleKind }
}"""
)
_LEVELS = sparql_prologue() + "SELECT ?term WHERE { ?term skos:inScheme dg:LevelScheme }"


@dataclass(frozen=True)
class Party:
    """A bearer as asked for: IRIs of terms; None where nothing was said.

    ``bearer`` is a kind of role or body; ``body`` the kind of body whose head (or member) he is;
    ``level`` the level of the body; ``traits`` says of traits whether the party has them.
    """

    bearer: str
    body: str | None = None
    level: str | None = None
    traits: tuple[tuple[str, bool], ...] = ()

    def has(self, trait: str) -> bool | None:
        """Tell whether the party has a trait; None where nothing was said."""
        return dict(self.traits).get(trait)

    @property
    def standing(self) -> str:
        """The body whose nature decides: the one headed, or the bearer itself."""
        return self.body or self.bearer


def bearer_terms(store: GraphStore) -> set[str]:
    """Give the IRIs of all kinds of body and role that a norm can rest on."""
    return {row["term"].value for row in store.select(_BEARERS, prepared_graphs())}


def party(
    store: GraphStore,
    labels: Labels,
    bearer: str,
    body: str | None = None,
    level: str | None = None,
    legislative_power: bool | None = None,
) -> Party:
    """Find a party by labels or names of terms; raises UnknownTermError with the nearest ones.

    ``legislative_power`` says whether the congress has it (article 8(1)).
    """
    terms = bearer_terms(store)
    levels = {row["term"].value for row in store.select(_LEVELS, prepared_graphs())}
    return Party(
        bearer=labels.find(bearer, terms),
        body=None if body is None else labels.find(body, terms),
        level=None if level is None else labels.find(level, levels),
        traits=() if legislative_power is None else ((LEGISLATIVE_POWER, legislative_power),),
    )
