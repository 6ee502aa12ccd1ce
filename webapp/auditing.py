"""What of requests goes into the audit log: checks, exports, and whatever asks for a right."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

from webapp.access import access, actor
from webapp.permissions import NEEDS

ACTS: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("findings.index", "comparison.index", "comparison.hand_in", "api.findings"), "check"
    ),
    **dict.fromkeys(
        (
            *("findings.report", "reports.groups", "reports.records", "calendar.download"),
            *("questions.download", "sparql.download", "identifiers.thing"),
            *("api.calendar", "api.units", "api.unit", "api.imports", "api.answer"),
        ),
        "export",
    ),
    "sparql.index": "query",
}
"""What is called a check, an export, a query, by endpoint."""

_NOTED_THERE: Final = ("account", "accounts")
"""Blueprints whose pages say themselves what they have done."""
_SEEN: Final = ("imports.job", "imports.progress", "imports.confirm_undo")


def _note(response: Response) -> Response:
    """Note a request of an account, before it is answered: what cannot be noted shows nothing.

    Who has no account sees nothing of anybody, and the owner of a personal site keeps no log of
    what he reads. What a job did to the store its own process notes.
    """
    endpoint = request.endpoint or ""
    act = ACTS.get(endpoint)
    refused = response.status_code >= HTTPStatus.BAD_REQUEST
    if act is None and endpoint in NEEDS and (request.blueprint not in _NOTED_THERE or refused):
        act = None if endpoint in _SEEN else endpoint
    # Without a query it is a look at the page.
    if endpoint == "sparql.index" and request.method == "GET" and "query" not in request.args:
        act = None
    if act is not None and actor().account is not None:
        access().note(
            actor().name,
            act,
            _asked() if act == "query" and not refused else request.full_path.rstrip("?"),
            outcome=str(response.status_code),
        )
    return response


def _asked() -> str:
    """Give the query of a request by the SPARQL 1.1 Protocol, in whichever place it stands."""
    query = request.values.get("query") or request.get_data(as_text=True)
    return f"{request.path} {query}"


def install(app: Flask) -> None:
    """Have an app note what its accounts do."""
    app.after_request(_note)
