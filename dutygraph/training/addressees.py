"""Questions towards whom something is done: whom the words name to report to, file with or reach.

Somebody may be two things at once, a member of the body and a party to the case; what is asked is
whom the words name, and distractors are those that they do not speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dutygraph.regulations.norms import Norm
from dutygraph.reports.wording import Pair
from dutygraph.training.burden import article_of
from dutygraph.training.materials import Materials, pairs
from dutygraph.training.sheets import CHOICES, Choice, Question

_BLANK = "＿＿"
_TELLING = 2
"""So many characters that two labels share may be a part of the name that both have."""


def addressee_questions(materials: Materials) -> Iterator[Question]:
    """Give every question towards whom that has enough certain distractors."""
    first: dict[str, Norm] = {}
    for norm in materials.norms.all:
        for addressee in sorted(materials.values("addressee", norm.iri)):
            first.setdefault(addressee, norm)
    for norm in materials.norms.all:
        addressees = materials.values("addressee", norm.iri)
        if len(addressees) == 1 and norm.bearers:
            yield from _question(materials, norm, next(iter(addressees)), first)


def _question(
    materials: Materials, norm: Norm, addressee: str, first: dict[str, Norm]
) -> Iterator[Question]:
    label, place = materials.label(addressee), materials.provision(norm)
    act = _masked(norm, label)
    # Whom the words do not name, or a reading puts in another's place, is no certain answer.
    if act is None or label.zh not in norm.quote or materials.disputed([norm], addressee):
        return
    near = _neighbours(materials, norm)
    wrong = tuple(
        _distractor(materials, label, other, found)
        for other, found in first.items()
        if not near & materials.values("addressee", found.iri)
        and _unlike(materials.label(other).zh, label.zh)
        and not _spoken_of(materials, norm, other)
        and not materials.disputed([norm], other)
    )
    bearers = materials.labels(materials.values("bearer", norm.iri))
    if len(wrong) >= CHOICES - 1:
        yield Question(
            key=f"whom/{norm.id}",
            topic="whom",
            level=1 if materials.values("namedBearer", norm.iri) else 2,
            norm=norm.id,
            stem=Pair(
                f"{place.zh}：{bearers.zh}{act.zh}。原文写的对象是哪一个？",
                f"{place.en}, {bearers.en}: {act.en}. Whom do the words name that "
                f"this is done towards?",
            ),
            right=Choice(
                value=addressee,
                words=label,
                right=True,
                reason=Pair(
                    f"{place.zh}的原文写的是{label.zh}。",
                    f"The words of {place.en} name: {label.en}.",
                ),
                sources=(materials.source(norm),),
            ),
            wrong=wrong,
        )


def _masked(norm: Norm, label: Pair) -> Pair | None:
    """Give the act with its addressee left out, None where it would still be told."""
    zh = norm.action_zh.replace(label.zh, _BLANK)
    en, found = re.subn(re.escape(label.en), "___", norm.action_en, flags=re.IGNORECASE)
    if not found:
        en = norm.object_en or ""
    if _BLANK not in zh and any(pair in zh for pair in pairs(label.zh)):
        return None
    return Pair(zh, en) if en else None


def _unlike(one: str, other: str) -> bool:
    """Tell whether two labels have so little in common that neither can stand for the other."""
    return len(set(one) & set(other)) < _TELLING


def _neighbours(materials: Materials, norm: Norm) -> set[str]:
    """Give all addressees and bearers of the norm's article."""
    article = article_of(norm.provision)
    return {
        party
        for other in materials.norms.all
        if article_of(other.provision) == article
        for name in ("addressee", "bearer")
        for party in materials.values(name, other.iri)
    }


def _spoken_of(materials: Materials, norm: Norm, party: str) -> bool:
    """Tell whether the norm's words or its act speak of a party, by part of its name even."""
    label = materials.label(party).zh
    return any(pair in norm.quote + norm.action_zh for pair in pairs(label))


def _distractor(materials: Materials, right: Pair, party: str, found: Norm) -> Choice:
    label, place = materials.label(party), materials.provision(found)
    return Choice(
        value=party,
        words=label,
        right=False,
        reason=Pair(
            f"这一项的原文没有写{label.zh}，写的是{right.zh}；以{label.zh}为对象的，例如{place.zh}：{found.action_zh}。",
            f"The words here do not name it but: {right.en}. It is named, for instance, in "
            f"{place.en}: {found.action_en}.",
        ),
        sources=(materials.source(found),),
    )
