"""The ontology: its documentation, its alignments, and the RDF of both by content negotiation."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from dutygraph.regulations.linked import ALIGNMENTS, FORMATS, ONTOLOGY
from dutygraph.terms import REGULATIONS
from webapp.concepts import Concept
from webapp.diagrams import diagram
from webapp.holdings import holdings
from webapp.language import gettext, language
from webapp.negotiation import preferred_form, rdf, varying
from webapp.ontology import Scheme

page = Blueprint("ontology", __name__)
page.add_app_template_filter(diagram)


@page.get("/ontology")
def index() -> Response:
    """Show the documentation, or give the ontology as RDF to who prefers that."""
    return _published(ONTOLOGY) or varying(make_response(_documentation()))


def _documentation() -> str:
    held = holdings()
    return render_template(
        "ontology.html",
        held=held,
        ontology=held.law.ontology,
        formats=FORMATS,
        sections=held.law.rendered["parts/ontology.html", language()],
    )


@page.get("/ontology/<name>")
def term(name: str) -> Response | str:
    """Show all that there is of a term; a version's number leads to the whole ontology."""
    held = holdings()
    found = held.law.ontology.term(name)
    if found is None:
        return versioned(ONTOLOGY, name)
    scheme = held.law.ontology.scheme(name)
    is_scheme = scheme is not None and scheme.term == found
    return render_template(
        "term.html",
        held=held,
        ontology=held.law.ontology,
        term=found,
        drawn=held.law.ontology.drawn(found),
        scheme=None if is_scheme else scheme,
        members=_members(scheme) if scheme and is_scheme else [],
        alignments=held.law.alignments.of(found.concept.iri),
        formats=FORMATS,
    )


def _members(scheme: Scheme) -> list[Concept]:
    return [*(one.concept for one in scheme.concepts), *scheme.also]


@page.get("/alignments")
def aligned() -> Response:
    """Lead to the alignments on the ontology's page, or give them as RDF."""
    place = url_for("ontology.index", _anchor="section-alignments")
    return _published(ALIGNMENTS) or varying(redirect(place, 303))


@page.get("/<any(alignments):name>/<version>")
def versioned(name: str, version: str) -> Response:
    """Lead from the IRI of the version that is published to what it is a version of."""
    held = holdings()
    leads = {ONTOLOGY: "ontology.index", ALIGNMENTS: "ontology.aligned"}
    if f"{REGULATIONS}{name}/{version}" not in (
        held.law.ontology.header.version,
        held.law.alignments.version,
    ):
        abort(404, gettext("本体里没有“%(name)s”这个用语，也没有这个版本。", name=version))
    return redirect(url_for(leads[name]), 303)


def _published(name: str) -> Response | None:
    """Give a publication in the form that the request prefers, None when it prefers a page."""
    form = preferred_form()
    if form is None:
        return None
    response = rdf(holdings().law.linked.publications[name, form], form)
    response.headers["Content-Location"] = url_for("downloads.download", name=name, form=form)
    return varying(response)
