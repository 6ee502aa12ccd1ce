"""Questions what follows: which measure a case allows, and which step comes next."""

from __future__ import annotations

from collections.abc import Iterator

from dutygraph.regulations.norms import Norm
from dutygraph.reports.wording import Pair
from dutygraph.training.materials import Materials
from dutygraph.training.sheets import CHOICES, Choice, Question


def measure_questions(materials: Materials) -> Iterator[Question]:
    """Give every question which measure may be taken, circumstances left aside."""
    rules = [norm for norm in materials.norms.all if materials.values("severity", norm.iri)]
    for rule in rules:
        for measure in sorted(materials.values("measures", rule.iri)):
            yield from _measure(materials, rule, measure, rules)


def _tier(materials: Materials, rule: Norm) -> int:
    return min(materials.ordinals[tier] for tier in materials.values("severity", rule.iri))


def _measure(
    materials: Materials, rule: Norm, measure: str, rules: list[Norm]
) -> Iterator[Question]:
    (subject,) = materials.values("subjectKind", rule.iri)
    tier = _tier(materials, rule)
    # A lower tier's measure may be combined with one of the tier itself: it is no distractor.
    open_to = {
        one
        for other in rules
        if subject in materials.values("subjectKind", other.iri) and _tier(materials, other) <= tier
        for one in materials.values("measures", other.iri)
    }
    others = {
        one: other
        for other in reversed(rules)
        for one in materials.values("measures", other.iri)
        if one not in open_to and not materials.disputed([rule], one)
    }
    wrong = tuple(
        _other_measure(materials, rule, one, other) for one, other in sorted(others.items())
    )
    if len(wrong) < CHOICES - 1:
        return
    place, whom = materials.provision(rule), materials.label(subject)
    (grade,) = (materials.label(one) for one in materials.values("severity", rule.iri))
    label = materials.label(measure)
    yield Question(
        key=f"measure/{rule.id}",
        topic="measure",
        level=2,
        norm=rule.id,
        stem=Pair(
            f"{whom.zh}有应当追究责任的情形，{grade.zh}，没有从重、从轻、减轻情节，也不涉嫌犯罪。"
            "下列方式中，条文准许对其采取哪一种？",
            f"A {whom.en} is to be held to account; the case is: {grade.en}, with no circumstance "
            "that aggravates or mitigates and no suspicion of crime. Which of these does the text "
            "allow?",
        ),
        right=Choice(
            value=measure,
            words=label,
            right=True,
            reason=Pair(
                f"{place.zh}：对{whom.zh}，{grade.zh}的，可以{label.zh}。",
                f"{place.en}: for a {whom.en}, {grade.en}: {label.en}.",
            ),
            sources=(materials.source(rule),),
        ),
        wrong=wrong,
    )


def _other_measure(materials: Materials, rule: Norm, measure: str, other: Norm) -> Choice:
    label, place = materials.label(measure), materials.provision(other)
    (whom,) = (materials.label(one) for one in materials.values("subjectKind", other.iri))
    (grade,) = (materials.label(one) for one in materials.values("severity", other.iri))
    same = materials.values("subjectKind", rule.iri) == materials.values("subjectKind", other.iri)
    why = (
        Pair(f"这是{grade.zh}才有的方式", f"it is for a graver case: {grade.en}")
        if same
        else Pair(
            f"在这一档和更轻的档里，这种方式只对{whom.zh}规定",
            f"up to this tier it is provided for a {whom.en} only",
        )
    )
    return Choice(
        value=measure,
        words=label,
        right=False,
        reason=Pair(f"{why.zh}，见{place.zh}。", f"No: {why.en}; see {place.en}."),
        sources=(materials.source(other),),
    )


def step_questions(materials: Materials) -> Iterator[Question]:
    """Give every question which step the text puts next."""
    steps = [
        norm
        for norm in materials.norms.all
        if norm.bearers and (_following(materials, norm) or materials.subjects("leadsTo", norm.iri))
    ]
    for norm in steps:
        for following in sorted(_following(materials, norm)):
            yield from _step(materials, norm, materials.norms[following], steps)


def _following(materials: Materials, norm: Norm) -> frozenset[str]:
    return materials.values("leadsTo", norm.iri)


def _all_after(materials: Materials, norm: str) -> set[str]:
    found: set[str] = set()
    frontier = [norm]
    while frontier:
        for one in materials.values("leadsTo", frontier.pop()):
            if one not in found:
                found.add(one)
                frontier.append(one)
    return found


def _step(
    materials: Materials, norm: Norm, following: Norm, steps: list[Norm]
) -> Iterator[Question]:
    if not following.bearers:
        return
    after = _all_after(materials, norm.iri)
    wrong = tuple(
        _other_step(materials, norm, other)
        for other in steps
        if other.iri != norm.iri
        and other.iri not in after
        and (_leads_here(materials, other, norm) or _elsewhere(materials, other, norm, after))
    )
    if len(wrong) < CHOICES - 1:
        return
    place, said = materials.provision(norm), _who_does(materials, norm)
    yield Question(
        key=f"next/{norm.id}/{following.id}",
        topic="next",
        level=3,
        norm=norm.id,
        stem=Pair(
            f"{place.zh}：{said.zh}。这一步之后，下列各步中，条文自己写明接着要做的是哪一步？",
            f"{place.en}: {said.en}. Which of these steps does the text itself put after it?",
        ),
        right=Choice(
            value=following.iri,
            words=_who_does(materials, following),
            right=True,
            reason=Pair(
                f"{materials.provision(following).zh}把它写在这一步之后。",
                f"{materials.provision(following).en} puts it after this step.",
            ),
            sources=(materials.source(norm), materials.source(following)),
        ),
        wrong=wrong,
    )


def _who_does(materials: Materials, norm: Norm) -> Pair:
    bearers = materials.labels(materials.values("bearer", norm.iri))
    return Pair(f"{bearers.zh}{norm.action_zh}", f"{bearers.en}: {norm.action_en}")


def _leads_here(materials: Materials, other: Norm, norm: Norm) -> bool:
    return norm.iri in _all_after(materials, other.iri)


def _elsewhere(materials: Materials, other: Norm, norm: Norm, after: set[str]) -> bool:
    """Tell whether a step belongs to procedures that neither the norm nor what follows is in.

    Steps of one procedure whose order the text leaves open might come after each other.
    """
    inside = {
        procedure
        for one in (norm.iri, *after)
        for procedure in materials.values("inProcedure", one)
    }
    own = materials.values("inProcedure", other.iri)
    return bool(own) and not own & inside


def _other_step(materials: Materials, norm: Norm, other: Norm) -> Choice:
    place = materials.provision(other)
    if _leads_here(materials, other, norm):
        reason = Pair(
            f"这一步在前：{place.zh}的这一步做完，才到所问的这一步。",
            f"It comes before: the step of {place.en} leads to the one asked about.",
        )
    else:
        procedures = materials.labels(materials.values("inProcedure", other.iri))
        reason = Pair(
            f"这一步属于{procedures.zh}，图谱里没有一条路从所问的这一步通到它（{place.zh}）。",
            f"It belongs to another procedure ({procedures.en}), to which nothing leads from the "
            f"step asked about ({place.en}).",
        )
    return Choice(
        value=other.iri,
        words=_who_does(materials, other),
        right=False,
        reason=reason,
        sources=(materials.source(other),),
    )
