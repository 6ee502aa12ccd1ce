"""The glossary: every term of the ontology with its definition, where its IRI leads."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.holdings import holdings
from webapp.language import language

page = Blueprint("terms", __name__, url_prefix="/terms")


@page.get("")
def index() -> str:
    """Show the glossary, grouped by the class of the terms."""
    held = holdings()
    return render_template("terms.html", held=held, groups=held.glossary[language()])
