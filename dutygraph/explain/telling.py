"""Explanations in words, Chinese and English: each step with the words of the text it rests on."""

from __future__ import annotations

from dutygraph.explain.bearing import Limit
from dutygraph.explain.chains import (
    ANSWERS_FOR,
    BY_REFERENCE,
    IMPLIED,
    INCORPORATES,
    KIND,
    NAMED,
    ORGAN,
    TAKEN,
    Step,
)
from dutygraph.explain.explanation import BEARS, INHERITS, NOT, OPEN, Explanation
from dutygraph.regulations.labels import Labels
from dutygraph.regulations.norms import Norm, Norms

_STEPS = {
    NAMED: ("{norm}写明义务人是{object}：“{quote}”", "{norm} names {object}: “{quote}”"),
    IMPLIED: (
        "{norm}没有写明义务人，依读法是{object}：“{quote}”",
        "{norm} names nobody; by the reading followed it is {object}: “{quote}”",
    ),
    TAKEN: (
        "{norm}承前省略主语，义务人与{source}相同：“{quote}”",
        "{norm} leaves out its subject and has that of {source}: “{quote}”",
    ),
    KIND: ("{subject}是{object}的一种", "{subject} is a kind of {object}"),
    ORGAN: ("{subject}经由{object}行事", "{subject} acts through {object}"),
    INCORPORATES: (
        "{norm}要求同时履行{provision}的职责：“{quote}”",
        "{norm} also demands the duties of {provision}: “{quote}”",
    ),
    ANSWERS_FOR: (
        "{norm}要求对{provision}负责落实：“{quote}”",
        "{norm} makes its bearer answer for {provision}: “{quote}”",
    ),
    BY_REFERENCE: (
        "{norm}使本办法对{object}参照执行：“{quote}”",
        "{norm} applies the regulation to {object} by reference: “{quote}”",
    ),
}
_OUTCOMES = {
    BEARS: ("{party}本身承担 {norm}。", "{party} bears {norm} in its own right."),
    INHERITS: ("{party}依援引承担 {norm}。", "{party} carries {norm} by reference."),
    NOT: (
        "{party}不承担 {norm}；其义务人是{bearers}。",
        "{party} does not carry {norm}; its bearer is {bearers}.",
    ),
    OPEN: (
        "{party}是否承担 {norm}，取决于没有给出的情况。",
        "Whether {party} carries {norm} depends on what was not given.",
    ),
}
_UNMET = (
    "{party}不承担 {norm}：不符合规范所限的层级或者职权。",
    "{party} does not carry {norm}: it has not the level or power that the norm asks for.",
)
_LIMITS = {
    "level": ("只对{terms}有效", "binds only at {terms}"),
    "trait": ("要求{terms}", "requires {terms}"),
}
_MET = {
    True: ("符合", "met"),
    False: ("不符合", "not met"),
    None: ("没有给出", "not given"),
}


class Telling:
    """Puts explanations into words."""

    def __init__(self, labels: Labels, norms: Norms) -> None:
        self._labels = labels
        self._norms = norms

    def _both(self, texts: tuple[str, str], **terms: tuple[str, str]) -> tuple[str, str]:
        zh, en = texts
        return (
            zh.format(**{name: words[0] for name, words in terms.items()}),
            en.format(**{name: words[1] for name, words in terms.items()}),
        )

    def _label(self, term: str) -> tuple[str, str]:
        return self._labels.of(term), self._labels.of(term, "en")

    def _name(self, norm: Norm) -> tuple[str, str]:
        provision = norm.iri.partition("#")[0]
        zh, en = self._label(provision)
        return f"{zh}（{norm.id}）", f"{en} ({norm.id})"

    def outcome(self, explained: Explanation) -> tuple[str, str]:
        """Say whether the party carries the norm."""
        party = explained.party
        zh, en = self._label(party.bearer)
        if party.body is not None:
            body = self._label(party.body)
            zh, en = f"{body[0]}的{zh}", f"{en} of a {body[1]}"
        norm = explained.norm
        # A chain is there, but the norm asks for a level or power that the party lacks.
        unmet = explained.outcome == NOT and explained.steps
        return self._both(
            _UNMET if unmet else _OUTCOMES[explained.outcome],
            party=(zh, en),
            norm=self._name(norm),
            bearers=("、".join(norm.bearers) or "—", ", ".join(norm.bearers_en) or "—"),
        )

    def step(self, step: Step) -> tuple[str, str]:
        """Say what one step of a chain states, with its words."""
        norm = self._norms[step.norm] if step.norm is not None else None
        words = {
            "subject": self._label(step.subject),
            "object": self._label(step.object),
            "provision": self._label(step.object),
        }
        if norm is not None:
            words |= {"norm": self._name(norm), "quote": (norm.quote, norm.quote)}
        if step.relation == TAKEN:
            words["source"] = self._name(self._norms[step.object])
        return self._both(_STEPS[step.relation], **words)

    def limit(self, limit: Limit) -> tuple[str, str]:
        """Say what level or trait the norm asks for, and whether it is met."""
        labels = [self._label(term) for term in limit.terms]
        asked = self._both(
            _LIMITS[limit.kind],
            terms=("、".join(zh for zh, _ in labels), ", ".join(en for _, en in labels)),
        )
        met = _MET[limit.met]
        return f"{asked[0]}：{met[0]}", f"{asked[1]}: {met[1]}"

    def told(self, explained: Explanation) -> list[tuple[str, str]]:
        """Give all steps in words."""
        return [self.step(step) for step in explained.steps]
