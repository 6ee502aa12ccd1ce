"""The IRIs that the project mints: each gives its RDF, or leads to the page that shows it.

303 See Other, as the W3C note "Cool URIs for the Semantic Web" has it for things that are no pages.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from dutygraph.terms import regulation_iri
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.negotiation import preferred_form, rdf, varying
from webapp.wording import provision_address

page = Blueprint("identifiers", __name__)


@page.get("/<regulation>")
@page.get("/<regulation>/<path:rest>")
def thing(regulation: str, rest: str = "") -> Response:
    """Give what the graph says of a thing as RDF, or lead to the page that shows it.

    Things are the regulation, its parts, readings, settings, occasions, sources, repairs, shapes.
    """
    held = holdings()
    if regulation != held.regulation:
        abort(404)
    form = preferred_form()
    iri = regulation_iri(regulation) + (f"/{rest}" if rest else "")
    content = held.linked.about(iri, form) if form else None
    if form and content:
        return varying(rdf(content, form))
    address = _address(held, rest)
    if address is None:
        abort(404, gettext("本法规的图谱里没有 %(name)s 这个标识。", name=f"{regulation}/{rest}"))
    return varying(redirect(address, 303))


def _address(held: Holdings, rest: str) -> str | None:
    if not rest:
        return url_for("regulation.whole")
    kind, _, name = rest.partition("/")
    key = rest.replace("/", ".")
    if key in held.commentary.by_key:
        return provision_address(key)
    if kind == "readings" and held.readings.get(name):
        return url_for("readings.index", _anchor=name)
    if kind == "settings" and name in held.settings:
        return url_for("readings.index", _anchor=name)
    if rest == "closure":
        return url_for("ontology.index", _anchor="section-downloads")
    if kind == "occasions" and held.linked.about(
        regulation_iri(held.regulation) + f"/{rest}", "nt"
    ):
        return url_for("questions.question", name="occasions")
    if kind in ("repairs", "sources"):
        return url_for("regulation.whole")
    if kind == "shapes" and name in held.commentary.by_key:
        return provision_address(name)
    return None
