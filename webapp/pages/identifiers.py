"""The IRIs that the project mints: each gives its RDF, or leads to the page that shows it.

303 See Other, as the W3C note "Cool URIs for the Semantic Web" has it for things that are no pages.
An ending (``.ttl``, ``.jsonld``, ``.nt``) gives a form to who cannot say what he accepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.regulations.linked import FORMATS
from dutygraph.terms import REGULATIONS, regulation_iri
from webapp.holdings import Holdings, holdings
from webapp.language import Words, gettext
from webapp.linked import Linked
from webapp.negotiation import linked_to, preferred_form, rdf, varying
from webapp.things import Things, Value
from webapp.wording import provision_address

page = Blueprint("identifiers", __name__)

_SHAPES = "shapes"


@dataclass(frozen=True)
class Known:
    """Something that has an IRI: where its page is, and who can say of it what the graph says."""

    iri: str
    address: str
    source: Linked | Things


@page.get("/<first>", merge_slashes=False)
@page.get("/<first>/<path:rest>", merge_slashes=False)
def thing(first: str, rest: str = "") -> Response:
    """Give what the graph says of a thing as RDF, or lead to the page that shows it.

    Things are the regulation, its parts, readings, settings, occasions, sources, repairs, shapes;
    the journal of imports; and, under the path of the base of their IRIs, imports and their rows.
    """
    held = holdings()
    path = f"{first}/{rest}" if rest else first
    known, form = _known(held, path), preferred_form()
    name, _, ending = path.rpartition(".")
    if known is None and name and ending in FORMATS:
        known, form = _known(held, name), ending
    if known is None:
        abort(404, gettext("图谱里没有 %(name)s 这个标识。", name=path))
    content = known.source.about(known.iri, form) if form else None
    answer = rdf(content, form) if form and content else redirect(known.address, 303)
    return varying(linked_to(answer, known.iri))


@page.get("/about")
def about() -> str:
    """Show what the graph says of a thing out of an import, or of an import, as a page."""
    held = holdings()
    iri = request.args.get("iri", "")
    parts = held.things.parts(iri, partial(_named, held)) if held.things.is_own(iri) else []
    if not parts:
        abort(404, gettext("图谱里没有 %(name)s 这个标识。", name=iri) if iri else None)
    return render_template("about.html", held=held, iri=iri, parts=parts)


def _known(held: Holdings, path: str) -> Known | None:
    """Find what a path stands for; None where it stands for nothing."""
    if path == held.law.regulation or path.startswith(f"{held.law.regulation}/"):
        rest = path.removeprefix(held.law.regulation).removeprefix("/")
        iri = regulation_iri(held.law.regulation) + path.removeprefix(held.law.regulation)
        address = _address(held, rest)
        return Known(iri, address, held.law.linked) if address else None
    if path == _SHAPES:
        return Known(REGULATIONS + path, url_for("findings.index"), held.law.linked)
    iri = held.things.at(f"/{path}") or REGULATIONS + path
    if not held.things.is_own(iri) or not held.things.describe(iri):
        return None
    return Known(iri, _place(held, iri), held.things)


def _named(held: Holdings, iri: str) -> Value:
    """Give what a thing out of an import is called, and its page; without a name it is its id."""
    unit = held.registry.unit_at(iri)
    name = unquote(iri.rpartition("/")[2]) if unit is None else unit.name
    return Value(Words(name), _place(held, iri))


def _place(held: Holdings, iri: str) -> str:
    """Give the page that shows a thing out of an import: a unit's own, or what is said of it."""
    unit = held.registry.unit_at(iri)
    if unit is not None:
        return url_for("units.unit", identifier=unit.id)
    return url_for("identifiers.about", iri=iri.partition("#")[0])


def _address(held: Holdings, rest: str) -> str | None:
    """Give the page that shows a thing of the regulation; None where there is no such thing."""
    if not rest:
        return url_for("regulation.whole")
    kind, _, name = rest.partition("/")
    key = rest.replace("/", ".")
    if key in held.law.commentary.by_key:
        return provision_address(key)
    if kind == "readings" and held.law.readings.get(name):
        return url_for("readings.index", _anchor=name)
    if kind == "settings" and name in held.law.settings:
        return url_for("readings.index", _anchor=name)
    if rest == "closure":
        return url_for("ontology.index", _anchor="section-downloads")
    if rest == _SHAPES:
        return url_for("findings.index")
    if not held.law.linked.names_thing(f"{regulation_iri(held.law.regulation)}/{rest}"):
        return None
    if kind == "occasions":
        return url_for("questions.question", name="occasions")
    if kind in ("repairs", "sources"):
        return url_for("regulation.whole")
    if kind == _SHAPES and name in held.law.commentary.by_key:
        return provision_address(name)
    return url_for("findings.index") if kind == _SHAPES else None
