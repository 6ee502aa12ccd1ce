"""Questions who must do something: the bearer that the text gives, or one that carries it on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dutygraph.regulations.norms import Norm
from dutygraph.reports.wording import Pair
from dutygraph.training.apart import apart, never_carries
from dutygraph.training.materials import Materials, pairs
from dutygraph.training.sheets import CHOICES, Choice, Question, Source

_ASKED = {
    "Obligation": Pair("要由谁做到", "who has to do this"),
    "Permission": Pair("谁可以这样做", "who may do this"),
    "Power": Pair("谁可以这样做", "who may do this"),
}
"""The kinds of norm that have somebody do something, and how one asks for him."""
_MOSTLY = 0.6


def party_questions(materials: Materials) -> Iterator[Question]:
    """Give every question who must do something that has enough certain distractors."""
    others = _own_norms(materials)
    for norm in materials.norms.all:
        bearers = materials.values("bearer", norm.iri)
        # An implied bearer rests on a reading; another reading would give another answer.
        if norm.kind not in _ASKED or len(bearers) != 1 or not norm.bearer_explicit:
            continue
        (bearer,) = bearers
        yield from _of_bearer(materials, norm, bearer, others)
        yield from _of_heirs(materials, norm, bearer, others)


def _of_bearer(
    materials: Materials, norm: Norm, bearer: str, others: Mapping[str, Norm]
) -> Iterator[Question]:
    named = bool(materials.values("namedBearer", norm.iri))
    label, place = materials.label(bearer), materials.provision(norm)
    if label.zh in _said(norm).zh:
        return
    asked = _ASKED[norm.kind]
    right = Choice(
        value=bearer,
        words=label,
        right=True,
        reason=Pair(
            f"{place.zh}的原文写明由{label.zh}承担。",
            f"The words of {place.en} name the {label.en}.",
        )
        if named
        else _taken(materials, norm, label),
        sources=(materials.source(norm), *_origin(materials, norm)),
    )
    yield from _question(
        materials,
        norm,
        bearer,
        right,
        others,
        key=f"who/{norm.id}",
        level=1 if named else 2,
        stem=Pair(
            f"按照{place.zh}，{asked.zh}：{_said(norm).zh}？",
            f"Under {place.en}, {asked.en}: {_said(norm).en}?",
        ),
    )


def _said(norm: Norm) -> Pair:
    """Give the act, with its condition where the act does not say it."""
    if norm.condition is None or _says(norm.action_zh, norm.condition):
        return Pair(norm.action_zh, norm.action_en)
    return Pair(
        f"{norm.action_zh}（{norm.condition}）", f"{norm.action_en} ({norm.condition_en or ''})"
    )


def _says(action: str, condition: str) -> bool:
    """Tell whether an act speaks of most of what a condition does."""
    found = pairs(condition)
    return sum(pair in action for pair in found) > len(found) * _MOSTLY


def _origin(materials: Materials, norm: Norm) -> tuple[Source, ...]:
    return tuple(
        materials.source(materials.norms[iri])
        for iri in sorted(materials.values("bearerFrom", norm.iri))
    )


def _taken(materials: Materials, norm: Norm, label: Pair) -> Pair:
    (origin,) = materials.values("bearerFrom", norm.iri)
    place = materials.provision(materials.norms[origin])
    return Pair(
        f"原文承前省略了主语，义务人是{place.zh}写明的{label.zh}。",
        f"The words leave out their subject; it is the {label.en}, named in {place.en}.",
    )


def _of_heirs(
    materials: Materials, norm: Norm, bearer: str, others: Mapping[str, Norm]
) -> Iterator[Question]:
    """Ask for those that another provision makes carry a norm."""
    place, label = materials.provision(norm), materials.label(bearer)
    for (party, inherited), reference in sorted(materials.handed_on.items()):
        if inherited != norm.iri or not _only_through(materials, party, bearer):
            continue
        through = materials.norms[reference]
        heir, way = materials.label(party), materials.provision(through)
        right = Choice(
            value=party,
            words=heir,
            right=True,
            reason=Pair(
                f"{way.zh}把{place.zh}的内容交给了{heir.zh}。",
                f"{way.en} hands what {place.en} says on to the {heir.en}.",
            ),
            sources=(materials.source(norm), materials.source(through)),
        )
        yield from _question(
            materials,
            norm,
            bearer,
            right,
            others,
            key=f"who/{norm.id}/{party.rpartition('#')[2]}",
            level=3,
            stem=Pair(
                f"{place.zh}：{norm.action_zh}。原文写的是{label.zh}；"
                "下列主体中，谁因为别的条文援引而也要履行或者负责落实这一项？",
                f"{place.en}: {norm.action_en}. The words name the {label.en}. Which of these also "
                "has to do it, or to answer for its being done, because another provision says so?",
            ),
        )


def _only_through(materials: Materials, party: str, bearer: str) -> bool:
    """Tell whether a party is told to do it by the other provision, whichever body it is.

    A head answers for what his own body must do: only a norm of the kind that he heads is sure.
    """
    return not materials.is_person(party) or bearer in materials.values("heads", party)


def _question(
    materials: Materials,
    norm: Norm,
    bearer: str,
    right: Choice,
    others: Mapping[str, Norm],
    *,
    key: str,
    level: int,
    stem: Pair,
) -> Iterator[Question]:
    label = materials.label(bearer)
    wrong = tuple(
        _distractor(materials, label, party, own)
        for party, own in others.items()
        if never_carries(materials, party, norm)
        and apart(materials, party, bearer)
        and apart(materials, party, right.value)
        and not materials.disputed([norm], party)
    )
    if len(wrong) >= CHOICES - 1:
        yield Question(key, "who", level, norm.id, stem, right, wrong)


def _own_norms(materials: Materials) -> dict[str, Norm]:
    """Give the parties that the text itself gives something to do, each with the first of that."""
    found: dict[str, Norm] = {}
    for norm in materials.norms.all:
        if norm.kind in _ASKED and norm.bearer_explicit:
            for party in sorted(materials.values("bearer", norm.iri)):
                found.setdefault(party, norm)
    return found


def _distractor(materials: Materials, right: Pair, party: str, own: Norm) -> Choice:
    label, place = materials.label(party), materials.provision(own)
    return Choice(
        value=party,
        words=label,
        right=False,
        reason=Pair(
            f"{label.zh}自身不承担这一项，也不因属于某一类或者经援引而承担；原文把它交给{right.zh}。"
            f"条文交给{label.zh}的，例如{place.zh}：{own.action_zh}。",
            f"The {label.en} does not carry this, neither itself, nor as one of a kind, nor through"
            f" another provision; the words give it to the {right.en}. What is given to it is, in"
            f" {place.en} for instance: {own.action_en}.",
        ),
        sources=(materials.source(own),),
    )
