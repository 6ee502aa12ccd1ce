"""The explanation of one norm for one party: the outcome, the chain behind it, what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dutygraph.explain.bearing import HANDING_ON, Bearing, Limit
from dutygraph.explain.chains import BY_REFERENCE, Chain, Step
from dutygraph.explain.party import LEGISLATIVE_POWER, Party
from dutygraph.regulations.labels import UnknownTermError
from dutygraph.regulations.norms import Norm, Norms
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.regulations.readings import readings
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG

BEARS, INHERITS, NOT, OPEN = "bears", "inherits", "not", "open"


@dataclass(frozen=True)
class Reading:
    """A point that the text leaves open, with the reading followed."""

    key: str
    question_zh: str
    question_en: str
    followed_zh: str
    followed_en: str


@dataclass(frozen=True)
class Explanation:
    """Why a party carries a norm or does not.

    ``outcome`` is bears, inherits, not, or open (it depends on a level or trait not given);
    ``steps`` is the chain, empty where there is none; ``by_reference`` whether the regulation
    applies to the body by reference only (article 41).
    """

    norm: Norm
    party: Party
    outcome: str
    by_reference: bool
    steps: Chain
    limits: tuple[Limit, ...]
    readings: tuple[Reading, ...]


class Explanations:
    """Explains norms of one regulation."""

    def __init__(self, store: GraphStore, norms: Norms) -> None:
        self.norms = norms
        self._bearing = Bearing(store, norms)
        self._store = store

    def norm(self, key: str) -> Norm:
        """Find a norm by its key, ``art20#n1``; raises UnknownTermError naming its neighbours."""
        for norm in self.norms.all:
            if norm.id == key:
                return norm
        near = [norm.id for norm in self.norms.all if norm.id.startswith(key.partition("#")[0])]
        known = "、".join(near or [norm.id for norm in self.norms.all[:6]])
        raise UnknownTermError(
            f"没有规范「{key}」，如：{known}；dutygraph norms 列出全部 / "
            f"no norm {key!r}; try {known}, or list them with dutygraph norms"
        )

    def explain(self, key: str, party: Party) -> Explanation:
        """Explain one norm for one party; raises UnknownTermError for a key that is no norm's."""
        norm = self.norm(key)
        chain = self._bearing.chain(party, norm.iri)
        limits = self._bearing.limits(party, norm.iri)
        steps = chain or ()
        return Explanation(
            norm=norm,
            party=party,
            outcome=_outcome(chain, limits),
            by_reference=any(step.relation == BY_REFERENCE for step in steps),
            steps=steps,
            limits=limits,
            readings=self._readings(steps, norm) if steps else (),
        )

    @cached_property
    def _known(self) -> dict[str, Reading]:
        """The readings by key; where the default joins several (R1+R2), it is all of them."""
        known = readings(self._store, prepared_graphs(), lambda zh, en: (zh, en or zh))
        return {key: Reading(key, *one.question, *one.default_words) for key, one in known.items()}

    def _readings(self, steps: tuple[Step, ...], norm: Norm) -> tuple[Reading, ...]:
        stating = [norm, *(self.norms[step.norm] for step in steps if step.norm is not None)]
        keys = {key for one in stating for key in one.reading}
        return tuple(self._known[key] for key in sorted(keys))


def _outcome(chain: Chain | None, limits: tuple[Limit, ...]) -> str:
    if chain is None or any(limit.met is False for limit in limits):
        return NOT
    if any(limit.met is None for limit in limits):
        return OPEN
    return INHERITS if any(step.relation in HANDING_ON for step in chain) else BEARS


def to_json(explained: Explanation, told: list[tuple[str, str]]) -> dict[str, Any]:
    """Give the stable JSON of `dutygraph explain`; ``told`` are the steps in words, zh and en."""
    norm, party = explained.norm, explained.party
    return {
        "norm": norm.id,
        "provision": norm.provision,
        "quote": norm.quote,
        "bearers": norm.bearers,
        "bearer": party.bearer.removeprefix(DG),
        "body": None if party.body is None else party.body.removeprefix(DG),
        "level": None if party.level is None else party.level.removeprefix(DG),
        "legislative_power": party.has(LEGISLATIVE_POWER),
        "outcome": explained.outcome,
        "by_reference": explained.by_reference,
        "steps": [
            {
                "relation": step.relation,
                "subject": step.subject,
                "object": step.object,
                "norm": step.norm,
                "zh": zh,
                "en": en,
            }
            for step, (zh, en) in zip(explained.steps, told, strict=True)
        ],
        "limits": [
            {
                "kind": limit.kind,
                "terms": [term.removeprefix(DG) for term in limit.terms],
                "met": limit.met,
            }
            for limit in explained.limits
        ],
        "readings": [vars(reading) for reading in explained.readings],
    }
