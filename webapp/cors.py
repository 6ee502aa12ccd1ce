"""Which pages elsewhere may ask for data (WHATWG Fetch, CORS protocol): none by default."""

from __future__ import annotations

import os
from typing import Final

from flask import Flask, Response, current_app, request

from webapp.access import actor
from webapp.programs import is_for_programs

ORIGINS: Final = "DUTYGRAPH_CORS"
"""The environment's setting: origins with blanks between, or ``*`` for all."""

_DAY: Final = "86400"


def allows(origin: str | None) -> bool:
    """Tell whether pages of an origin may ask what the request asks; only programs' addresses.

    The owner of a personal site is known by his machine alone, whatever page sends him: there only
    pages that are named may ask.
    """
    origins: tuple[str, ...] = current_app.config["ORIGINS"]
    return (
        origin is not None
        and is_for_programs(request.path)
        and (origin in origins or ("*" in origins and not actor().personal))
    )


def _allowed(response: Response) -> Response:
    if not current_app.config["ORIGINS"] or not is_for_programs(request.path):
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is not None and allows(origin):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Content-Location, X-SPARQL-MaxRows"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
            response.headers["Access-Control-Allow-Headers"] = _taken(origin)
            response.headers["Access-Control-Max-Age"] = _DAY
    return response


def _taken(origin: str) -> str:
    """Give the headers that pages of an origin may send: a token those that are named alone.

    Whoever lets all pages ask lets them ask what is there for everybody.
    """
    named = origin in current_app.config["ORIGINS"]
    return "Accept, Content-Type, Authorization" if named else "Accept, Content-Type"


def install(app: Flask) -> None:
    """Let pages of some origins ask: those of config ORIGINS, or else of the environment."""
    given = app.config["ORIGINS"]
    app.config["ORIGINS"] = tuple((os.environ.get(ORIGINS, "") if given is None else given).split())
    app.after_request(_allowed)
