"""How often one may ask: each account, and each network without one (RFC 6585, 4: 429).

People who have logged in are counted each for himself, so that an office behind one address is not
taken for one reader. Counted in the memory of each process: with several, one may ask so many times
as often. What is to be slow in any case, the failing of log-ins, is counted with the accounts; how
many queries one may have running at once, where they run (``shares``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask, current_app, request
from flask_limiter import Limiter

from webapp.access import client
from webapp.pages import PAGES, account, api, comparison, imports, operation, sparql

USUAL: Final[Mapping[str, int]] = {
    "QUERIES_AT_ONCE": 2,
    "QUERY_RATE": 120,
    "PROGRAM_RATE": 600,
    "PAGE_RATE": 300,
    "FORM_RATE": 60,
}
"""What one may ask for unless the configuration says otherwise, in a minute or at once.

Pages: five a second, for a hall of readers behind one address. Requests of API and endpoint: ten a
second, more than a person can make. Queries of SPARQL are fewer: each may take seconds. Forms of
log-in, of imports and of earlier runs cost a hash, a file, a process.
"""

_PROGRAMS: Final = (api.page, sparql.page)
_HANDING_IN: Final = (account.page, imports.page, comparison.page)


def _each_minute(name: str) -> Callable[[], str]:
    return lambda: f"{current_app.config[name]} per minute"


def _asks_nothing() -> bool:
    return request.method != "POST" and "query" not in request.args


def install(app: Flask) -> None:
    """Limit how often each may ask an app; the owner of a personal site may as often as he likes.

    RATELIMIT_ENABLED in the configuration turns it off.
    """
    limiter = Limiter(lambda: client() or "", storage_uri="memory://", headers_enabled=True)
    for page in _PROGRAMS:
        limiter.limit(_each_minute("PROGRAM_RATE"))(page)
    limiter.limit(_each_minute("QUERY_RATE"), exempt_when=_asks_nothing)(sparql.page)
    pages = limiter.shared_limit(_each_minute("PAGE_RATE"), scope="pages")
    for page in PAGES:
        if page not in (*_PROGRAMS, operation.page):
            pages(page)
    for page in _HANDING_IN:
        limiter.limit(_each_minute("FORM_RATE"), methods=["POST"])(page)
    limiter.request_filter(lambda: client() is None)
    limiter.init_app(app)
