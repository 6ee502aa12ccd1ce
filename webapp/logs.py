"""What the site logs: JSON, one line for each request, under an id that the answer carries too.

Of a request are logged its method, its path and what came of it; never a query string, a body, a
cookie or a header, which may hold what is nobody's business.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import time
from typing import Any, Final
from uuid import uuid4

from flask import Flask, Response, g, has_request_context, request

HEADER: Final = "X-Request-ID"
LOGGER: Final = "dutygraph.site"

_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""Ids that a proxy may give: of 8 to 64 characters none of which means anything in a log."""

_log = logging.getLogger(LOGGER)


class JsonFormatter(logging.Formatter):
    """Writes a log record as one line of JSON; what it is given as ``told`` are members of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line: ``time`` (RFC 3339, UTC), ``level``, ``logger``, ``message`` and more."""
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(
                "T", "milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and (identifier := request_id()):
            line["request_id"] = identifier
        line |= getattr(record, "told", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def request_id() -> str:
    """Give the id of the request: the one that it came with, if well-formed, or a new one."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _WELL_FORMED.fullmatch(given) else uuid4().hex
    return str(g.request_id)


def seconds_so_far() -> float:
    """Give how long the request has taken."""
    return time.perf_counter() - float(g.get("begun_at", time.perf_counter()))


def _begin() -> None:
    g.begun_at = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    _log.info(
        "request",
        extra={
            "told": {
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "seconds": round(seconds_so_far(), 4),
                "bytes": response.content_length,
            }
        },
    )
    return response


def install(app: Flask) -> None:
    """Give every request of an app an id and a line in the log."""
    app.before_request(_begin)
    app.after_request(_end)
