"""Files to download: ontology, alignments, regulation, closure as RDF; the workbook to fill in."""

from __future__ import annotations

import io

from flask import Blueprint, Response, abort

from dutygraph.records.csvw import load_model
from dutygraph.records.template import write_template
from dutygraph.regulations.linked import FORMATS, publications
from dutygraph.spreadsheets import XLSX
from webapp.holdings import holdings
from webapp.language import gettext
from webapp.negotiation import rdf

page = Blueprint("downloads", __name__, url_prefix="/downloads")


@page.get("/template.xlsx")
def template() -> Response:
    """Give the workbook to fill in, made from the import's table descriptions."""
    workbook = io.BytesIO()
    write_template(workbook, load_model())
    response = Response(workbook.getvalue(), mimetype=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="template.xlsx"'
    return response


@page.get("/<name>.<form>")
def download(name: str, form: str) -> Response:
    """Give a publication as Turtle, JSON-LD or N-Triples."""
    if name not in publications() or form not in FORMATS:
        known = ", ".join(f"{one}.{extension}" for one in publications() for extension in FORMATS)
        abort(404, gettext("可以下载的有 %(known)s。", known=known))
    response = rdf(holdings().law.linked.publications[name, form], form)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
