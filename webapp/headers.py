"""What responses tell the browser: load nothing from elsewhere, frame nothing, guess nothing.

And what a browser tells of a request: what hands something in has to come from a page of the site.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from webapp import cors

_POLICY: Final = {
    "default-src": "'self'",
    # Pico draws the arrows of its select boxes and summaries as data: images.
    "img-src": "'self' data:",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_HEADERS: Final = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def _secured(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        # Once reached over TLS, the site is asked for over nothing else (RFC 6797).
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _refuse_other_sites() -> None:
    """Refuse what a page elsewhere has a browser hand in (W3C Fetch Metadata; RFC 6454, 7)."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    # A query that is posted hands nothing in; pages that may ask may ask so, too.
    if cors.allows(request.headers.get("Origin")):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is not None:
        site = "same-origin" if urlsplit(origin).netloc == request.host else "cross-site"
    if site not in (None, "same-origin", "none"):
        abort(403)


def install(app: Flask) -> None:
    """Give every response of an app the security headers (Content Security Policy Level 3)."""
    app.before_request(_refuse_other_sites)
    app.after_request(_secured)
