"""Search: over the text, norms, roles, terms, questions, readings and units, grouped by kind."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.holdings import holdings
from webapp.pages.asking import sheet, tidied
from webapp.searching import KINDS

page = Blueprint("search", __name__, url_prefix="/search")

_EACH, _SHEET = 6, 50
"""How many hits of each kind are shown beside the other kinds', and how many of one alone."""
_LONGEST = 100


@page.get("")
def index() -> Response | str:
    """Show what the words of the address find; ``kind`` shows one kind alone, sheet by sheet."""
    held = holdings()
    query = " ".join(request.args.get("q", "").split())[:_LONGEST]
    kind = request.args.get("kind", "")
    kind = kind if query and kind in KINDS else ""
    if tidy := tidied(url_for("search.index"), {"q": query, "kind": kind}):
        return tidy
    groups = held.search.groups(query, _EACH, kind or None) if query else []
    found = None
    if kind:
        found = sheet(range(groups[0].total if groups else 0), _SHEET)
        groups = held.search.groups(query, _SHEET, kind, (found.number - 1) * _SHEET)
    return render_template(
        "search.html", held=held, query=query, kind=kind, groups=groups, found=found
    )
