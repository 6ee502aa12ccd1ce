"""The application factory: configuration, languages, headers, pages, errors."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, url_for
from jinja2 import StrictUndefined
from werkzeug.routing import BaseConverter

from dutygraph.regulations.prepared import regulations
from dutygraph.store.embedded import store_location
from webapp import (
    access,
    auditing,
    configured,
    cors,
    errors,
    headers,
    language,
    limits,
    logs,
    metrics,
    permissions,
    readiness,
    rooms,
    saved,
    turns,
    wording,
    writing,
)
from webapp.holdings import Usual
from webapp.pages import PAGES


class IdentifierConverter(BaseConverter):
    """An id out of imported data as the last step of an address, whatever characters it has.

    Slashes are written ``%2F`` (RFC 3986, 2.1), so that no browser resolves a ``..`` in it.
    """

    regex = ".+"
    part_isolating = False

    def to_url(self, value: str) -> str:
        """Write an id for an address."""
        return quote(value, safe="")


_YEAR = 365 * 24 * 60 * 60
_FORM = 256 * 1024
"""Bytes of a form; those that hand in files allow more (``page.before_request``)."""


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Make the site as a WSGI application.

    Configuration: ``STORE``, the directory of the store or the address of an endpoint (as for the
    command line: DUTYGRAPH_STORE or ``.dutygraph`` when not given); ``REGULATION``, the id of the
    regulation shown (the first there is); ``AS_OF`` and ``YEAR``, the day and the year that the
    findings are shown for unless a reader asks for others (the date of the latest record, and that
    date's year); ``LIMITS``, how much a SPARQL query may ask, and ``ORIGINS``, the sites whose
    pages may ask (the environment's DUTYGRAPH_QUERY_SECONDS, _ROWS, _BYTES, and DUTYGRAPH_CORS);
    ``PERSONAL``, whether the store's records are shown without accounts, as to their owner on his
    own machine, and ``WRITABLE``, whether he may also import and save settings through pages (what
    DUTYGRAPH_PERSONAL and DUTYGRAPH_WRITABLE say, otherwise no; the first account ends both);
    ``SSO_HEADER``, the header in which a proxy names the account of who has signed on there, and
    ``PROXIES``, the addresses of such proxies, with blanks between (DUTYGRAPH_SSO_HEADER, otherwise
    none, and DUTYGRAPH_PROXIES, otherwise this machine); ``UPLOAD_LIMIT``, the bytes an upload may
    have; ``HOPS``, how many proxies a request passes; ``QUERIES_AT_ONCE``, ``QUERY_RATE``,
    ``PROGRAM_RATE``, ``PAGE_RATE`` and ``FORM_RATE``, how much each may ask (see ``limits``);
    ``PATIENCE``, how many seconds a page waits for a check run before it says that it goes on
    (None: until it is done); ``METRICS``, who may read what is measured (``local``, ``all``,
    ``off``); ``THREADS``, how many threads answer pages (see ``turns``). What is not given is what
    the environment says: docs/operating.md has all variables.
    Raises ValueError for an AS_OF that is no date, or a REGULATION that is not at hand.
    """
    app = Flask("webapp", static_folder=str(Path(__file__).parent / "static"))
    app.config.from_mapping(STORE=None, REGULATION=None, AS_OF=None, YEAR=None)
    app.config.from_mapping(LIMITS=None, ORIGINS=None)
    app.config.from_mapping(PERSONAL=None, SSO_HEADER=None, PROXIES=None)
    app.config.from_mapping(PATIENCE=5.0, WRITABLE=None, UPLOAD_LIMIT=writing.LARGEST)
    app.config.from_mapping(METRICS="local", HOPS=1, THREADS=8)
    app.config.from_mapping(limits.USUAL)
    app.config.from_mapping(SEND_FILE_MAX_AGE_DEFAULT=_YEAR)
    app.config.from_mapping(MAX_CONTENT_LENGTH=_FORM)
    app.config.from_mapping(configured.site(os.environ))
    app.config.from_mapping(config or {})
    app.url_map.converters["identifier"] = IdentifierConverter
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    location = store_location(app.config["STORE"])
    # First, so that whatever becomes of a request is logged and counted.
    logs.install(app)
    metrics.install(app)
    access.install(app, location)
    permissions.install(app)
    auditing.install(app)
    writing.install(app, location)
    saved.install(app, location)
    rooms.install(
        app,
        location,
        _regulation(app.config["REGULATION"]),
        Usual(_day(app.config["AS_OF"]), app.config["YEAR"]),
    )
    readiness.install(app, location)
    for part in (language, headers, cors, wording, errors):
        part.install(app)
    turns.install(app)
    limits.install(app)
    app.jinja_env.globals["asset"] = _assets(app)
    for page in PAGES:
        app.register_blueprint(page)
    return app


def _regulation(wanted: str | None) -> str:
    known = regulations()
    if wanted is None:
        return known[0]
    if wanted not in known:
        raise ValueError(f"REGULATION {wanted!r} is not at hand; there are {', '.join(known)}")
    return wanted


def _day(given: str | dt.date | None) -> dt.date | None:
    return dt.date.fromisoformat(given) if isinstance(given, str) else given


def _assets(app: Flask) -> Any:
    """Give a function that writes the address of a static file with its content's fingerprint.

    A browser may keep such a file for good: another content has another address.
    """
    folder = Path(app.static_folder or "")
    known: dict[str, str] = {}

    def asset(name: str) -> str:
        if name not in known:
            known[name] = sha256((folder / name).read_bytes()).hexdigest()[:12]
        return url_for("static", filename=name, v=known[name])

    return asset
