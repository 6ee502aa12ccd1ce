"""Content negotiation (RFC 9110, section 12): which form of a thing a request prefers."""

from __future__ import annotations

from typing import TypeVar

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from dutygraph.regulations.linked import FORMATS
from webapp.wording import data_address

Answer = TypeVar("Answer", bound=AnyResponse)

_HTML = "text/html"


def preferred_form() -> str | None:
    """Give the form of RDF (``ttl``, ``jsonld``, ``nt``) that is preferred, None for a page.

    A page it is too where nothing is preferred, or only what there is not.
    """
    forms = {media_type.partition(";")[0]: form for form, (_, media_type) in FORMATS.items()}
    best = request.accept_mimetypes.best_match([_HTML, *forms], default=_HTML)
    return forms.get(best)


def rdf(content: bytes, form: str) -> Response:
    """Answer with RDF, which says the same in every language of the site."""
    _, media_type = FORMATS[form]
    response = Response(content, content_type=media_type)
    response.content_language.update(("zh", "en"))
    return response


def linked_to(response: Answer, iri: str) -> Answer:
    """Say where the forms of RDF are that tell of a thing, and which thing that is (RFC 8288)."""
    links = [f'<{iri}>; rel="describes"'] + [
        f'<{data_address(iri, form)}>; rel="alternate"; type="{media_type.partition(";")[0]}"'
        for form, (_, media_type) in FORMATS.items()
    ]
    response.headers["Link"] = ", ".join(links)
    return response


def varying(response: Answer) -> Answer:
    """Tell caches that the answer depends on what the request prefers."""
    response.vary.add("Accept")
    return response
