"""Who owes something to whom, and the steps of procedures in the order that the text gives them."""

from __future__ import annotations

from dataclasses import dataclass

from dutygraph.regulations.norms import Norm
from dutygraph.training.materials import Materials


@dataclass(frozen=True)
class Flow:
    """All norms by which one party (IRI) has something to do towards another, in text order."""

    bearer: str
    addressee: str
    norms: tuple[Norm, ...]


def flows(materials: Materials) -> list[Flow]:
    """Give the flows in the order of their first norms."""
    found: dict[tuple[str, str], list[Norm]] = {}
    for norm in materials.norms.all:
        for bearer in sorted(materials.values("bearer", norm.iri)):
            for addressee in sorted(materials.values("addressee", norm.iri)):
                found.setdefault((bearer, addressee), []).append(norm)
    return [Flow(*pair, tuple(norms)) for pair, norms in found.items()]


@dataclass(frozen=True)
class Step:
    """A step of a procedure with the steps that the text puts right before and after it."""

    norm: Norm
    before: tuple[Norm, ...]
    after: tuple[Norm, ...]


@dataclass(frozen=True)
class Procedure:
    """A procedure (IRI): its steps in stages, and those whose order the text leaves open.

    What stands in one stage comes after something of the stage before; between steps of one stage
    the text gives no order.
    """

    name: str
    stages: tuple[tuple[Step, ...], ...]
    unordered: tuple[Step, ...]


def procedures(materials: Materials) -> list[Procedure]:
    """Give the procedures, the one that the text comes to first in front."""
    names = dict.fromkeys(
        name
        for norm in materials.norms.all
        for name in sorted(materials.values("inProcedure", norm.iri))
    )
    return [_procedure(materials, name) for name in names]


def _procedure(materials: Materials, name: str) -> Procedure:
    inside = [
        norm for norm in materials.norms.all if name in materials.values("inProcedure", norm.iri)
    ]
    depths: dict[str, int] = {}

    def depth(norm: str) -> int:
        """Give the length of the longest way to a norm within the procedure."""
        if norm not in depths:
            sources = [one.iri for one in inside if norm in materials.values("leadsTo", one.iri)]
            depths[norm] = max((depth(one) + 1 for one in sources), default=0)
        return depths[norm]

    steps = {norm.iri: _step(materials, norm) for norm in inside}
    members = set(steps)
    ordered = [
        norm
        for norm in inside
        if depth(norm.iri) or members & materials.values("leadsTo", norm.iri)
    ]
    last = max((depth(norm.iri) for norm in ordered), default=-1)
    return Procedure(
        name,
        tuple(
            tuple(steps[norm.iri] for norm in ordered if depth(norm.iri) == stage)
            for stage in range(last + 1)
        ),
        tuple(steps[norm.iri] for norm in inside if norm not in ordered),
    )


def _step(materials: Materials, norm: Norm) -> Step:
    def norms(iris: frozenset[str]) -> tuple[Norm, ...]:
        found = (materials.norms[iri] for iri in iris)
        return tuple(sorted(found, key=materials.place))

    return Step(
        norm,
        norms(frozenset(materials.subjects("leadsTo", norm.iri))),
        norms(materials.values("leadsTo", norm.iri)),
    )
