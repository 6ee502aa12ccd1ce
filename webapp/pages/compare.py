"""Two roles or bodies side by side: what both carry, what one alone, what is worded differently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.explain.contrast import contrast
from dutygraph.explain.facets import BODY, ROLE, Selection
from dutygraph.regulations.labels import UnknownTermError
from dutygraph.regulations.norms import Norm
from dutygraph.terms import DG
from webapp.concepts import Concept
from webapp.duties import Row, explained_by, rows
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.pages.asking import tidied

page = Blueprint("compare", __name__, url_prefix="/compare")

_PLACES = ("a", "b")
"""The two sides, as the address names them; the body whose role it is has ``_body`` behind it."""

_QUESTIONS = ("compare-roles", "compare-bodies")


@dataclass(frozen=True)
class Side:
    """One of the parties: its terms, the norms it carries, and how to ask why it does."""

    name: str
    bearer: Concept
    body: Concept | None
    selection: Selection
    norms: list[Norm]

    @property
    def party(self) -> dict[str, str] | None:
        """The parameters that ask why it carries a norm."""
        return explained_by(self.selection)

    @property
    def query(self) -> dict[str, str]:
        """The parameters that name it."""
        body = {f"{self.name}_body": self.body.name} if self.body else {}
        return {self.name: self.bearer.name} | body


@page.get("")
def index() -> Response | str:
    """Ask for two parties and show them beside each other."""
    held = holdings()
    try:
        sides = [_side(held, name) for name in _PLACES if request.args.get(name, "").strip()]
    except UnknownTermError as error:
        return make_response(_page(held, [], str(error)), 400)
    if tidy := tidied(url_for("compare.index"), *(side.query for side in sides)):
        return tidy
    return _page(held, sides)


def _side(held: Holdings, name: str) -> Side:
    """Read a party; raises UnknownTermError for a word that is none, or a body that has no head."""
    word, body_word = (request.args.get(one, "").strip() for one in (name, f"{name}_body"))
    bearer = held.law.norms.labels.find(word, held.law.roles.terms)
    role = held.law.roles.get(bearer.removeprefix(DG))
    if role is None:
        raise UnknownTermError(f"「{word}」没有承担任何规范 / {word!r} carries no norms")
    if not role.is_person:
        selection = held.law.facets.selection({BODY: role.concept.name})
    else:
        selection = held.law.facets.selection({ROLE: role.concept.name, BODY: body_word})
    return Side(
        name=name,
        bearer=role.concept,
        body=held.law.vocabulary.concept(DG + selection.body)
        if selection.role and selection.body
        else None,
        selection=selection,
        norms=held.law.facets.chosen(selection),
    )


def _page(held: Holdings, sides: list[Side], error: str = "") -> str:
    found = contrast(sides[0].norms, sides[1].norms) if len(sides) == len(_PLACES) else None
    persons = [role for role in held.law.roles.all if role.is_person]
    return render_template(
        "compare.html",
        held=held,
        error=error,
        sides={side.name: side for side in sides},
        places=zip(_PLACES, (gettext("甲"), gettext("乙")), strict=True),
        persons=[role.concept for role in persons],
        bodies=[role.concept for role in held.law.roles.all if not role.is_person],
        examples=_examples(held),
        headed=_headed(role.bodies for role in persons),
        shared=_both(held, found.shared) if found else [],
        alike=[(_one(held, *pair.norms), pair.pieces) for pair in found.alike] if found else [],
        alone=[list(rows(held, norms)) for norms in found.alone] if found else [],
        found=found,
    )


def _examples(held: Holdings) -> list[list[Concept]]:
    """Give the parties that the questions about two of them ask for by default."""
    return [
        [
            held.law.vocabulary.concept(
                held.law.norms.labels.find(one.default, held.law.roles.terms)
            )
            for one in held.law.questions[name].parameters
        ]
        for name in _QUESTIONS
    ]


def _headed(bodies: Iterable[tuple[Concept, ...]]) -> list[Concept]:
    return sorted({concept for some in bodies for concept in some}, key=lambda one: one.iri)


def _one(held: Holdings, *norms: Norm) -> tuple[Row, ...]:
    return tuple(rows(held, norms))


def _both(held: Holdings, pairs: Iterable[tuple[Norm, Norm]]) -> list[tuple[Row, ...]]:
    return [_one(held, *pair) for pair in pairs]
