"""Who has how many norms in which article: the matrix of bearers and articles."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from dutygraph.queries.matrices import Matrix, matrix
from dutygraph.training.materials import Materials


@dataclass(frozen=True)
class Burden:
    """How many norms of an article a party bears itself, and how many more it carries.

    What it carries beside its own it has as one of a kind or because another provision says so.
    """

    own: int
    carried: int


def article_of(provision: str) -> str:
    """Give the key of the article that a provision is in: ``art9.item3`` → ``art9``."""
    return provision.partition(".")[0]


def burdens(materials: Materials) -> Matrix[str | Burden]:
    """Lay out parties (IRIs) by articles (keys); each cell holds one Burden or nothing.

    Parties stand in the order in which the text first gives them something, those that only carry
    what it gives to others last; articles that give nobody anything are left out.
    """
    own: Counter[tuple[str, str]] = Counter()
    carried: Counter[tuple[str, str]] = Counter()
    for norm in materials.norms.all:
        bearers = materials.values("bearer", norm.iri)
        for party in materials.carriers.get(norm.iri, frozenset()):
            counted = own if party in bearers else carried
            counted[party, article_of(norm.provision)] += 1
    articles = dict.fromkeys(
        article_of(norm.provision) for norm in materials.norms.all if norm.bearers
    )
    parties = dict.fromkeys(
        party
        for norm in materials.norms.all
        for party in sorted(materials.values("bearer", norm.iri))
    )
    parties |= dict.fromkeys(sorted({party for party, _ in carried}))
    return matrix(
        (party, article, _cell(own[party, article], carried[party, article]))
        for party in parties
        for article in articles
    )


def _cell(own: int, carried: int) -> Burden | None:
    return Burden(own, carried) if own or carried else None
