"""When two parties are certainly not the same: what a distractor has to be from the right answer.

The closure says who carries a norm. That a kind of party does not carry it is not enough for a
distractor: a lead unit may well be a department, and who heads a body acts for it. Parties are
apart only where the graph leaves no such doubt.
"""

from __future__ import annotations

from dutygraph.regulations.norms import Norm
from dutygraph.training.materials import Materials


def never_carries(materials: Materials, party: str, norm: Norm) -> bool:
    """Tell whether no kind within a party, and nobody it is a kind of, carries a norm."""
    related = materials.kinds_within(party) | materials.kinds_of(party)
    return not related & materials.carriers[norm.iri]


def apart(materials: Materials, one: str, other: str) -> bool:
    """Tell whether nobody can be of both kinds, nor act for the other."""
    if one == other or _acts_for(materials, one, other) or _acts_for(materials, other, one):
        return False
    if materials.is_person(one) != materials.is_person(other):
        return True
    if _owes(materials, one, other) or _owes(materials, other, one):
        return _alike(materials, one, other)
    return (
        _is_fixed(materials, one)
        and _is_fixed(materials, other)
        and _kept_apart(materials, one, other)
        and _kept_apart(materials, other, one)
    )


def _is_fixed(materials: Materials, party: str) -> bool:
    """Tell whether a body is of its kind whatever the matter, as a lead unit is not."""
    if materials.is_person(party):
        return False
    return materials.is_recorded(party) or len(materials.kinds_within(party)) > 1


def _alike(materials: Materials, one: str, other: str) -> bool:
    """Tell whether two parties are persons, or both known by their part in a matter alone."""
    return materials.is_person(one) or not (
        materials.is_recorded(one) or materials.is_recorded(other)
    )


def _owes(materials: Materials, one: str, other: str) -> bool:
    """Tell whether one has a duty towards the other: nobody owes that to himself."""
    return any(
        one in materials.values("bearer", norm) for norm in materials.subjects("addressee", other)
    )


def _acts_for(materials: Materials, one: str, other: str) -> bool:
    """Tell whether one heads the other or a kind that overlaps with it, or is its organ."""
    through = materials.values("heads", one) | set(materials.subjects("actsThrough", one))
    return any(
        materials.kinds_within(body) & materials.kinds_within(other)
        or other in materials.kinds_of(body)
        for body in through
    )


def _kept_apart(materials: Materials, one: str, other: str) -> bool:
    """Tell whether no unit can be of both kinds.

    A unit is recorded as of one kind. Where the other kind has kinds within it, those that the one
    belongs to must not share a kind with it either.
    """
    within = materials.kinds_within(other)
    if materials.kinds_within(one) & within:
        return False
    above = materials.kinds_of(one) if len(within) > 1 else frozenset({one})
    return not any(materials.kinds_within(kind) & within for kind in above)
