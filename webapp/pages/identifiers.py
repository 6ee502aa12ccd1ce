"""The IRIs that the project mints: each leads to the page that shows what it names.

303 See Other, as the W3C note "Cool URIs for the Semantic Web" has it for things that are no pages.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.wording import provision_address

page = Blueprint("identifiers", __name__)


@page.get("/ontology")
def ontology() -> Response:
    """Lead to the glossary; the browser keeps the fragment, which names the term."""
    return redirect(url_for("terms.index"), 303)


@page.get("/<regulation>")
@page.get("/<regulation>/<path:rest>")
def thing(regulation: str, rest: str = "") -> Response:
    """Lead from a part of the regulation, a reading, a setting, a repair or a shape to its page."""
    held = holdings()
    if regulation != held.regulation:
        abort(404)
    address = _address(held, rest)
    if address is None:
        abort(404, gettext("本法规的图谱里没有 %(name)s 这个标识。", name=f"{regulation}/{rest}"))
    return redirect(address, 303)


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
    if kind == "repairs":
        return url_for("regulation.whole")
    if kind == "shapes" and name in held.commentary.by_key:
        return provision_address(name)
    return None
