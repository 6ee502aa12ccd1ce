"""The regulation: the whole text, and each article with its norms beside the words."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template
from werkzeug.wrappers import Response

from dutygraph.compliance.checking import by_check
from dutygraph.compliance.shapes import Shape, shapes
from dutygraph.regulations.provisions import within
from dutygraph.terms import DG, regulation_iri
from webapp.cards import article_key
from webapp.concepts import Concept
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.wording import provision_address

page = Blueprint("regulation", __name__, url_prefix="/regulation")


@page.get("")
def whole() -> str:
    """Show the whole text by chapter."""
    held = holdings()
    passages = {
        article.key: list(held.commentary.passages(article.key))
        for article in held.commentary.articles
    }
    return render_template("regulation.html", held=held, passages=passages)


@page.get("/<key>")
def article(key: str) -> str | Response:
    """Show an article; a part of one, or a heading, leads to where it stands."""
    held = holdings()
    wanted = f"art{key}" if key.isdigit() else key
    found = held.commentary.article(wanted)
    if found is None:
        if wanted in held.commentary.by_key:
            return redirect(provision_address(wanted), 303)
        abort(
            404, gettext("条文中没有“%(key)s”。条的写法如 art9，项的写法如 art9.item3。", key=key)
        )
    if wanted != key:
        return redirect(provision_address(wanted), 303)
    return render_template(
        "article.html",
        held=held,
        article=found,
        checks=_checks(held, article_key(wanted)),
        iri=regulation_iri(held.regulation),
    )


def _checks(held: Holdings, article: str) -> list[tuple[str, list[Concept]]]:
    """Give the checks of an article: the provision each one checks, and the codes it can find."""

    def codes(group: list[Shape]) -> list[Concept]:
        return [
            held.vocabulary.concept(DG + code)
            for code in dict.fromkeys(shape.code for shape in group)
        ]

    return [
        (check, codes(group))
        for check, group in by_check(shapes(held.regulation)).items()
        if within(check, article)
    ]
