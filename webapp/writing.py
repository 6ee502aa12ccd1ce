"""Forms: each carries a signed token that only a page of this site, shown to this browser, has.

Who may hand in what is the business of ``permissions``.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup

from dutygraph.records.jobs import all_jobs
from dutygraph.store.endpoint import beside
from webapp.language import gettext

LARGEST: Final = 256 * 1024 * 1024
"""How many bytes an upload may have unless UPLOAD_LIMIT says otherwise: a province's years."""

FIELD: Final = "token"
"""The field of a form that carries its token."""

_VISITOR: Final = "visitor"
_DAY: Final = 24 * 60 * 60
_EXTENSION: Final = "dutygraph-writing"


class Writing:
    """Where the site's store is, and the tokens of its forms."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.folder = beside(location)
        self._serializer: URLSafeTimedSerializer | None = None

    @property
    def serializer(self) -> URLSafeTimedSerializer:
        """Signs tokens with a secret that all processes of the site share."""
        if self._serializer is None:
            self._serializer = URLSafeTimedSerializer(_secret(self.folder / "secret"), salt="form")
        return self._serializer


def _secret(file: Path) -> str:
    """Read the secret of a site; the process that comes first makes it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        beside_it = file.with_name(f".{secrets.token_hex(8)}.part")
        beside_it.touch(mode=0o600)
        beside_it.write_text(secrets.token_hex(32), encoding="ascii")
        # A link, unlike a move, leaves alone what another process has just made.
        with suppress(FileExistsError):
            file.hardlink_to(beside_it)
        beside_it.unlink()
    return file.read_text(encoding="ascii")


def writing() -> Writing:
    """Give what the app that serves the request knows of writing."""
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, Writing)  # noqa: S101 - install puts nothing else there
    return found


def refuse_forged() -> None:
    """Answer 400 for a form that does not carry the token of a page shown to this browser."""
    visitor = request.cookies.get(_VISITOR, "")
    try:
        shown_to = writing().serializer.loads(request.form.get(FIELD, ""), max_age=_DAY)
    except BadData:
        shown_to = None
    if not visitor or shown_to != visitor:
        abort(
            400,
            gettext(
                "这张表单已经过期，或者浏览器没有保存 Cookie。请回到上一页，重新载入后再提交。"
            ),
        )


def gives_tokens() -> bool:
    """Tell whether forms can have tokens: a disk that takes nothing takes no new secret either."""
    try:
        return bool(writing().serializer)
    except OSError:
        return False


def token_field() -> Markup:
    """Give the hidden field with the token of a form."""
    if "visitor" not in g:
        g.visitor = request.cookies.get(_VISITOR) or secrets.token_hex(16)
    token = writing().serializer.dumps(g.visitor)
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)


def _remember_visitor(response: Response) -> Response:
    if "visitor" in g:
        response.set_cookie(
            _VISITOR, g.visitor, httponly=True, samesite="Strict", secure=request.is_secure
        )
        response.cache_control.no_store = True
    return response


def install(app: Flask, location: str) -> None:
    """Give an app its forms, and have what died while it was not running marked as failed."""
    found = Writing(location)
    app.extensions[_EXTENSION] = found
    app.jinja_env.globals.update(token_field=token_field, gives_tokens=gives_tokens)
    for jobs in all_jobs(found.folder):
        jobs.sweep()
    app.after_request(_remember_visitor)
