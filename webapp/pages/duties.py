"""The duties: all norms by facets, own and inherited, and the same as files to keep."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.explain.facets import Selection
from dutygraph.regulations.labels import UnknownTermError
from webapp import duties, files
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.pages.asking import sheet, tidied

page = Blueprint("duties", __name__)

_SHEET = 50


@page.get("/duties")
def index() -> Response | str:
    """Show the norms that the address selects."""
    held = holdings()
    try:
        selection = held.law.facets.selection(request.args.to_dict())
    except UnknownTermError as error:
        return make_response(_page(held, Selection(), str(error)), 400)
    return tidied(url_for("duties.index"), selection.given) or _page(held, selection)


@page.get("/duties.<form>")
def download(form: str) -> Response:
    """Give the norms that the address selects as a file."""
    held = holdings()
    if form not in duties.FORMS:
        known = ", ".join(f"duties.{name}" for name in duties.FORMS)
        abort(404, gettext("可以下载的有 %(known)s。", known=known))
    try:
        selection = held.law.facets.selection(request.args.to_dict())
    except UnknownTermError as error:
        abort(400, str(error))
    content, media_type = duties.as_file(held, held.law.facets.chosen(selection), form)
    return files.sent(content, media_type, f"duties.{form}")


def _page(held: Holdings, selection: Selection, error: str = "") -> str:
    found = sheet(held.law.facets.chosen(selection), _SHEET)
    return render_template(
        "duties.html",
        held=held,
        error=error,
        selection=selection,
        facets=duties.facets(held, selection),
        found=found,
        rows=list(duties.rows(held, found.items)),
        party=duties.explained_by(selection),
        forms=duties.FORMS,
    )
