"""How often one may ask: each account, and each address without one (RFC 6585, 4: 429).

Counted in the memory of each process: with several, one may ask so many times as often. What is to
be slow in any case, the failing of log-ins, is counted with the accounts.
"""

from __future__ import annotations

from typing import Final

from flask import Flask
from flask_limiter import Limiter

from webapp.access import access, actor
from webapp.pages import account, api, comparison, imports, sparql

PROGRAMS: Final = "600 per minute"
"""Requests of API and endpoint: ten a second, more than a person can make."""

HANDING_IN: Final = "60 per minute"
"""Forms of log-in, of imports and of earlier runs: what costs a hash, a file, a process."""


def _who() -> str:
    return actor().name or access().origin


def _handing_in(limiter: Limiter) -> None:
    for page in (account.page, imports.page, comparison.page):
        limiter.limit(HANDING_IN, methods=["POST"])(page)


def install(app: Flask) -> None:
    """Limit how often each may ask an app; the owner of a personal site may as often as he likes.

    RATELIMIT_ENABLED in the configuration turns it off.
    """
    limiter = Limiter(_who, storage_uri="memory://", headers_enabled=True)
    for page in (api.page, sparql.page):
        limiter.limit(PROGRAMS)(page)
    _handing_in(limiter)
    limiter.request_filter(lambda: actor().personal)
    limiter.init_app(app)
