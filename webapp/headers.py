"""What responses tell the browser: load nothing from elsewhere, frame nothing, guess nothing."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response

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
    return response


def install(app: Flask) -> None:
    """Give every response of an app the security headers (Content Security Policy Level 3)."""
    app.after_request(_secured)
