"""The bearers of duties: what each body and role bears itself, what it carries by reference."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dutygraph.explain.bearing import Bearing
from dutygraph.explain.party import Party
from dutygraph.regulations.norms import Norm, Norms
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, sparql_prologue
from webapp.concepts import Concept, Entry, Vocabulary

_KINDS = sparql_prologue() + "SELECT ?narrow ?broad WHERE { ?narrow dg:kindOf ?broad }"
_HEADS = sparql_prologue() + "SELECT ?role ?body WHERE { ?role dg:heads ?body }"


@dataclass(frozen=True)
class Role:
    """A bearer: how many norms are its own, how many it carries by reference.

    ``broader`` are the kinds it belongs to, ``narrower`` those that belong to it; ``bodies`` are
    the bodies that a holder of the role can head.
    """

    entry: Entry
    own: int
    inherited: int
    broader: tuple[Concept, ...]
    narrower: tuple[Concept, ...]
    bodies: tuple[Concept, ...]

    @property
    def concept(self) -> Concept:
        """The bearer's term."""
        return self.entry.concept

    @property
    def is_person(self) -> bool:
        """Whether it is a person's role rather than a body."""
        return DG + "RoleKind" in self.entry.classes


class Roles:
    """All bearers of a regulation's norms."""

    def __init__(
        self, store: GraphStore, graphs: list[str], norms: Norms, vocabulary: Vocabulary
    ) -> None:
        self._store, self._graphs = store, graphs
        self._bearing, self._vocabulary = Bearing(store, norms), vocabulary
        self._borne: dict[tuple[str, str | None], list[Norm]] = {}

    @property
    def terms(self) -> set[str]:
        """The IRIs of all kinds of body and role that a norm can rest on."""
        return self._bearing.terms

    @cached_property
    def all(self) -> list[Role]:
        """Every bearer that bears or carries something, the one with most norms first."""
        pairs = [
            (row["narrow"].value, row["broad"].value)
            for row in self._store.select(_KINDS, self._graphs)
            if row["narrow"] != row["broad"]
        ]
        heads = {
            row["role"].value: row["body"].value for row in self._store.select(_HEADS, self._graphs)
        }
        found = []
        for iri in sorted(self._bearing.terms):
            entry = self._vocabulary.entries.get(iri)
            borne = self._bearing.borne([Party(iri)], inherited=True)
            if entry is None or not borne:
                continue
            body = heads.get(iri)
            found.append(
                Role(
                    entry=entry,
                    own=sum(not norm.via for norm in borne),
                    inherited=sum(bool(norm.via) for norm in borne),
                    broader=self._concepts({broad for narrow, broad in pairs if narrow == iri}),
                    narrower=self._concepts({narrow for narrow, broad in pairs if broad == iri}),
                    bodies=self._concepts(
                        {narrow for narrow, broad in pairs if body is not None and broad == body}
                    ),
                )
            )
        return sorted(found, key=lambda role: (-role.own - role.inherited, role.concept.iri))

    def _concepts(self, iris: set[str]) -> tuple[Concept, ...]:
        return tuple(self._vocabulary.concept(iri) for iri in sorted(iris))

    def get(self, name: str) -> Role | None:
        """Give a bearer by its local name, None when nothing is borne under that name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Role]:
        return {role.concept.name: role for role in self.all}

    def borne_by(self, role: Role, body: str | None = None) -> list[Norm]:
        """Give what a bearer bears and carries; ``body`` is the name of the body that it heads."""
        asked = (role.concept.name, body)
        if asked not in self._borne:
            party = Party(role.concept.iri, None if body is None else DG + body)
            self._borne[asked] = self._bearing.borne([party], inherited=True)
        return self._borne[asked]
