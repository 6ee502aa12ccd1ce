"""Explanations as the site asks for them and shows them: from an address to words with links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from dutygraph.explain.chains import TAKEN, Step
from dutygraph.explain.explanation import Explanation, to_json
from dutygraph.explain.party import party
from dutygraph.explain.provenance import turtle
from dutygraph.regulations.labels import UnknownTermError
from dutygraph.terms import DG, norm_id, regulation_iri
from webapp.concepts import Concept
from webapp.holdings import Holdings
from webapp.language import in_language
from webapp.wording import norm_address, provision_address, term_address, with_chinese

_POWERS = {"": None, "yes": True, "no": False}
NAMES = ("norm", "bearer", "body", "level", "legislative_power")
"""The parameters of an address, named as the options of `dutygraph explain`."""


@dataclass(frozen=True)
class Asked:
    """What an address asks: a norm's key, and the party in words; empty where nothing was said."""

    norm: str = ""
    bearer: str = ""
    body: str = ""
    level: str = ""
    legislative_power: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """Read the parameters of an address."""
        return cls(*(given.get(name, "").strip() for name in NAMES))

    @property
    def query(self) -> dict[str, str]:
        """The parameters that ask the same."""
        return {name: getattr(self, name) for name in NAMES if getattr(self, name)}

    @property
    def is_whole(self) -> bool:
        """Whether there is enough to answer: a norm and a bearer."""
        return bool(self.norm and self.bearer)


@dataclass(frozen=True)
class Limited:
    """A level or trait that the norm asks for, in words, and whether it is met (None: unsaid)."""

    words: str
    met: bool | None


def explained(held: Holdings, asked: Asked) -> Explanation:
    """Answer; raises UnknownTermError for a norm, term or power that there is not."""
    if asked.legislative_power not in _POWERS:
        given = asked.legislative_power
        raise UnknownTermError(
            f"地方立法权应写 yes 或 no，而不是「{given}」 / "
            f"legislative power should be yes or no, not {given!r}"
        )
    who = party(
        held.law.store,
        held.law.labels,
        asked.bearer,
        asked.body or None,
        asked.level or None,
        _POWERS[asked.legislative_power],
    )
    return held.law.explanations.explain(asked.norm, who)


def as_json(held: Holdings, answer: Explanation) -> dict[str, Any]:
    """Give the answer as `dutygraph explain --format json` prints it."""
    return to_json(answer, held.law.telling.told(answer))


def as_turtle(held: Holdings, answer: Explanation) -> bytes:
    """Give the answer as PROV, as `dutygraph explain --format ttl` prints it."""
    return (turtle(answer, held.law.telling) + "\n").encode()


def outcome(held: Holdings, answer: Explanation) -> Markup:
    """Say whether the party carries the norm, with links."""
    norm, who = answer.norm, answer.party
    terms = [one for one in (who.bearer, who.body) if one is not None]
    links = {norm.id: norm_address(norm.id)} | _provisions(held, [norm.provision])
    return linked(in_language(*held.law.telling.outcome(answer)), links | _terms(held, terms))


def steps(held: Holdings, answer: Explanation) -> list[Markup]:
    """Give the chain in words, each step with links to its provisions, norms and terms."""
    told = held.law.telling.told(answer)
    return [
        linked(in_language(*words), _links(held, step))
        for step, words in zip(answer.steps, told, strict=True)
    ]


def limits(held: Holdings, answer: Explanation) -> list[Limited]:
    """Give what the norm asks of its bearer, in words."""
    return [
        Limited(in_language(*held.law.telling.limit(limit)), limit.met) for limit in answer.limits
    ]


def linked(words: str, links: Mapping[str, str]) -> Markup:
    """Put links into words: each phrase leads to its address where it first stands.

    Longer phrases go first, so that no part of one is taken for a shorter one.
    """
    if not links:
        return with_chinese(words)
    phrases = sorted(links, key=len, reverse=True)
    pieces = re.split("(" + "|".join(map(re.escape, phrases)) + ")", words)
    left = dict(links)
    return Markup("").join(
        Markup('<a href="{}">{}</a>').format(left.pop(piece), with_chinese(piece))
        if piece in left
        else with_chinese(piece)
        for piece in pieces
    )


def _links(held: Holdings, step: Step) -> dict[str, str]:
    norms = [step.norm, step.object if step.relation == TAKEN else None]
    ids = [norm_id(one, held.law.regulation) for one in norms if one is not None]
    provisions = [one.partition("#")[0] for one in ids]
    base = regulation_iri(held.law.regulation) + "/"
    if step.object.startswith(base):
        provisions.append(norm_id(step.object, held.law.regulation).partition("#")[0])
    return (
        {one: norm_address(one) for one in ids}
        | _provisions(held, provisions)
        | _terms(held, [step.subject, step.object])
    )


def _provisions(held: Holdings, keys: list[str]) -> dict[str, str]:
    found = (held.law.commentary.by_key[key] for key in keys)
    return {in_language(one.label_zh, one.label_en): provision_address(one.key) for one in found}


def _terms(held: Holdings, iris: list[str]) -> dict[str, str]:
    concepts = [held.law.vocabulary.concept(iri) for iri in iris if iri.startswith(DG)]
    return {str(one.label): _address(held, one) for one in concepts}


def _address(held: Holdings, concept: Concept) -> str:
    if held.law.roles.get(concept.name):
        return url_for("roles.role", name=concept.name)
    return term_address(concept.name)
