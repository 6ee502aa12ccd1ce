"""Why a party carries a norm, or does not: the chain of provisions, its limits and readings."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.explain.explanation import Explanation
from dutygraph.regulations.labels import UnknownTermError
from dutygraph.terms import DG
from webapp import explaining, files
from webapp.cards import Card, article_key
from webapp.concepts import Concept
from webapp.explaining import Asked
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.negotiation import rdf
from webapp.pages.asking import tidied

page = Blueprint("explain", __name__, url_prefix="/explain")


@page.get("")
def index() -> Response | str:
    """Ask for a norm and a party, and show the explanation."""
    held = holdings()
    asked = Asked.of(request.args)
    answer, error = None, ""
    try:
        answer = explaining.explained(held, asked) if asked.is_whole else None
    except UnknownTermError as refused:
        error = str(refused)
    if not error and (tidy := tidied(url_for("explain.index"), asked.query)):
        return tidy
    return make_response(_page(held, asked, answer, error), 400 if error else 200)


def _page(held: Holdings, asked: Asked, answer: Explanation | None, error: str) -> str:
    bodies, persons = _bearers(held)
    return render_template(
        "explain.html",
        held=held,
        asked=asked,
        error=error,
        articles=_articles(held),
        bodies=bodies,
        persons=persons,
        levels=_levels(held),
        card=held.law.commentary.cards.get(asked.norm),
        answer=answer,
        outcome=explaining.outcome(held, answer) if answer else None,
        steps=explaining.steps(held, answer) if answer else [],
        limits=explaining.limits(held, answer) if answer else [],
    )


@page.get("/answer.<form>")
def download(form: str) -> Response:
    """Give an explanation as a file: the JSON of the command, or PROV as Turtle."""
    held = holdings()
    if form not in ("json", "ttl"):
        abort(404, gettext("答案可以下载为 json 或 ttl。"))
    asked = Asked.of(request.args)
    try:
        answer = explaining.explained(held, asked)
    except UnknownTermError as refused:
        abort(400, str(refused))
    if form == "json":
        return files.sent(
            files.as_json(explaining.as_json(held, answer)), files.JSON, "explanation.json"
        )
    response = rdf(explaining.as_turtle(held, answer), form)
    response.headers["Content-Disposition"] = 'attachment; filename="explanation.ttl"'
    return response


def _articles(held: Holdings) -> list[tuple[str, list[Card]]]:
    """Give all norms by article, in reading order."""
    return [
        (article, list(cards))
        for article, cards in groupby(
            held.law.commentary.cards.values(), key=lambda card: article_key(card.norm.id)
        )
    ]


def _bearers(held: Holdings) -> tuple[list[Concept], list[Concept]]:
    """Give the kinds of body and of role that a norm can rest on."""
    entries = [held.law.vocabulary.entries[iri] for iri in sorted(held.law.roles.terms)]
    return (
        [one.concept for one in entries if DG + "BodyKind" in one.classes],
        [one.concept for one in entries if DG + "RoleKind" in one.classes],
    )


def _levels(held: Holdings) -> list[Concept]:
    """Give the levels, the highest first."""
    return [
        one.concept
        for scheme in held.law.ontology.schemes
        if scheme.term.concept.name == "LevelScheme"
        for one in scheme.concepts
    ]
