"""The regulation: the whole text, and each article with its norms beside the words."""

from __future__ import annotations

import datetime as dt
from functools import partial

from flask import Blueprint, abort, make_response, redirect, render_template
from werkzeug.wrappers import Response

from dutygraph.compliance.checking import by_check
from dutygraph.compliance.shapes import Shape, shapes
from dutygraph.regulations import citation
from dutygraph.regulations.linked import FORMATS
from dutygraph.regulations.provisions import Provision, within
from dutygraph.terms import DG, regulation_iri
from webapp.cards import article_key
from webapp.commentary import Article
from webapp.concepts import Concept
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.negotiation import linked_to
from webapp.wording import provision_address

page = Blueprint("regulation", __name__, url_prefix="/regulation")


@page.get("")
def whole() -> Response:
    """Show the whole text by chapter."""
    held = holdings()
    passages = {
        article.key: list(held.law.commentary.passages(article.key))
        for article in held.law.commentary.articles
    }
    iri = regulation_iri(held.law.regulation)
    page_ = render_template(
        "regulation.html",
        held=held,
        passages=passages,
        iri=iri,
        cited=(
            citation.plain(held.law.title.zh),
            citation.gbt7714(held.law.title.zh, iri, dt.datetime.now(dt.UTC).date()),
        ),
        forms=FORMATS,
    )
    return linked_to(make_response(page_), iri)


@page.get("/<key>")
def article(key: str) -> Response:
    """Show an article; a part of one, or a heading, leads to where it stands."""
    held = holdings()
    wanted = f"art{key}" if key.isdigit() else key
    found = held.law.commentary.article(wanted)
    if found is None:
        if wanted in held.law.commentary.by_key:
            return redirect(provision_address(wanted), 303)
        abort(
            404, gettext("条文中没有“%(key)s”。条的写法如 art9，项的写法如 art9.item3。", key=key)
        )
    if wanted != key:
        return redirect(provision_address(wanted), 303)
    page_ = render_template(
        "article.html",
        held=held,
        article=found,
        checks=_checks(held, article_key(wanted)),
        cited=_cited(held, found),
        referring=held.law.commentary.referring(wanted),
        cite=partial(_citations, held),
        forms=FORMATS,
    )
    return linked_to(make_response(page_), found.provision.iri)


def _cited(held: Holdings, article: Article) -> list[Provision]:
    """Give the provisions that an article's norms refer to, in the order of the text."""
    keys = {provision.key for card in article.cards for provision in card.references}
    return [provision for provision in held.law.commentary.provisions if provision.key in keys]


def _citations(held: Holdings, provision: Provision) -> tuple[str, str]:
    """Give how a provision is cited: in running text, and in a list of references."""
    title, place = held.law.title.zh, provision.label_zh
    today = dt.datetime.now(dt.UTC).date()
    return (
        citation.plain(title, place, provision.text or ""),
        citation.gbt7714(title, provision.iri, today, place),
    )


def _checks(held: Holdings, article: str) -> list[tuple[str, list[Concept]]]:
    """Give the checks of an article: the provision each one checks, and the codes it can find."""

    def codes(group: list[Shape]) -> list[Concept]:
        return [
            held.law.vocabulary.concept(DG + code)
            for code in dict.fromkeys(shape.code for shape in group)
        ]

    return [
        (check, codes(group))
        for check, group in by_check(shapes(held.law.regulation)).items()
        if within(check, article)
    ]
