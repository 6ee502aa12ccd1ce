"""The matrix of bearers and articles: how many norms, own and carried, and where they stand."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.holdings import holdings

page = Blueprint("matrix", __name__, url_prefix="/matrix")


@page.get("")
def index() -> str:
    """Show the matrix; it prints on one page."""
    held = holdings()
    laid_out = held.law.burdens
    return render_template(
        "matrix.html",
        held=held,
        articles=[held.law.commentary.by_key[str(key)] for key in laid_out.heads],
        rows=[(held.law.vocabulary.concept(str(party)), cells) for party, cells in laid_out.rows],
    )
