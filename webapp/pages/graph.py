"""One role or one article in columns: who, what, towards whom, by when, on which words."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, abort, render_template, request

from webapp.cards import Card, article_key
from webapp.columns import column_names, drawing, is_chinese
from webapp.concepts import Concept
from webapp.holdings import Holdings, holdings
from webapp.language import gettext

page = Blueprint("graph", __name__, url_prefix="/graph")

_MOST = 40
"""So many duties can be taken in at once; of more, one article's are shown at a time."""


@page.get("")
def index() -> str:
    """Show the duties of the role or article that the address asks for, or of who has the most."""
    held = holdings()
    name, article = request.args.get("bearer", ""), request.args.get("article", "")
    if not name and not article:
        name = held.law.roles.all[0].concept.name
    if article and held.law.commentary.article(article) is None:
        abort(404, gettext("没有名为 %(name)s 的条文。", name=article))
    rows = _of_role(held, name) if name else _of_article(held, article)
    counts = Counter(article_key(card.norm.id) for _, card in rows) if name else Counter[str]()
    if name and not article and len(rows) > _MOST:
        own = Counter(
            article_key(card.norm.id) for bearers, card in rows if set(bearers) <= set(card.bearers)
        )
        ((article, _),) = (own or counts).most_common(1)
    if name and article:
        rows = [(bearers, card) for bearers, card in rows if article_key(card.norm.id) == article]
    return render_template(
        "graph.html",
        held=held,
        name=name,
        article=article,
        rows=rows,
        counts={held.law.commentary.by_key[key]: count for key, count in counts.items()},
        role=held.law.roles.get(name) if name else None,
        picture=drawing(held, rows),
        names=column_names(),
        is_chinese=is_chinese,
    )


def _of_role(held: Holdings, name: str) -> list[tuple[tuple[Concept, ...], Card]]:
    role = held.law.roles.get(name)
    if role is None:
        abort(404, gettext("没有名为 %(name)s 的义务人，请从“职责”页选择。", name=name))
    norms = held.law.roles.borne_by(role)
    return [((role.concept,), held.law.commentary.cards[norm.id]) for norm in norms]


def _of_article(held: Holdings, key: str) -> list[tuple[tuple[Concept, ...], Card]]:
    article = held.law.commentary.article(key)
    return [(card.bearers, card) for card in article.cards] if article else []
