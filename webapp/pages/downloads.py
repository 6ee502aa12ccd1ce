"""The publications as files: ontology, alignments, the regulation and its closure as RDF."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from dutygraph.regulations.linked import FORMATS, publications
from webapp.holdings import holdings
from webapp.language import gettext
from webapp.negotiation import rdf

page = Blueprint("downloads", __name__, url_prefix="/downloads")


@page.get("/<name>.<form>")
def download(name: str, form: str) -> Response:
    """Give a publication as Turtle, JSON-LD or N-Triples."""
    if name not in publications() or form not in FORMATS:
        known = ", ".join(f"{one}.{extension}" for one in publications() for extension in FORMATS)
        abort(404, gettext("可以下载的有 %(known)s。", known=known))
    response = rdf(holdings().linked.publications[name, form], form)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
