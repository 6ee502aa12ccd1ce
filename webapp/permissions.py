"""What each address asks of whoever calls it: one table, looked at before any page is.

What records somebody sees is no business of this table: his room has no others (``rooms``).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, Literal, TypeAlias

from flask import Flask, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from dutygraph.accounts.accounts import Right
from webapp.access import Actor, InvalidTokenError, access, actor, has_accounts, shows_nothing
from webapp.language import gettext
from webapp.programs import is_for_programs, told

Need: TypeAlias = Right | Literal["account", "records"]
"""A right, or an account at all, or records of one's own to look at."""

NEEDS: Final[dict[str, Need]] = {
    **dict.fromkeys(
        (
            *("imports.hand_in", "imports.job", "imports.progress", "imports.marked"),
            *("imports.commit", "imports.check", "imports.discard"),
            *("imports.confirm_undo", "imports.undo"),
        ),
        "import",
    ),
    **dict.fromkeys(("api.import_files", "api.undo_import", "api.job", "api.commit_job"), "import"),
    "settings.save": "settings",
    "api.save_settings": "settings",
    "comparison.hand_in": "records",
    **dict.fromkeys(
        (
            *("account.index", "account.logout", "account.password", "account.end_sessions"),
            *("account.add_token", "account.revoke_token"),
        ),
        "account",
    ),
    **dict.fromkeys(
        (
            *("accounts.index", "accounts.add", "accounts.assign", "accounts.disable"),
            *("accounts.reset", "accounts.audit"),
        ),
        "accounts",
    ),
}
"""What is needed, by endpoint; who calls any other needs nothing."""


_READING: Final = ("GET", "HEAD", "OPTIONS")


def _has(who: Actor, need: Need) -> bool:
    if need == "account":
        return who.account is not None
    if need == "records":
        return not who.remit.is_empty
    return who.may(need)


def _refuse_unless_permitted() -> AnyResponse | None:
    """Lead who is nobody yet to the log-in, and refuse who may not."""
    if shows_nothing():
        return None
    who, need = actor(), NEEDS.get(request.endpoint or "")
    # A browser sends its session along with what pages elsewhere have it send; a token it does not.
    if request.blueprint == "api" and request.method not in _READING and not who.by_token:
        return _challenge(told(HTTPStatus.UNAUTHORIZED))
    # What a browser asks beforehand, for a page elsewhere, has no token (Fetch, CORS-preflight).
    if need is None or request.method == "OPTIONS" or _has(who, need):
        return None
    return _refused_program(who) if is_for_programs(request.path) else _refused_person(who)


def _refused_program(who: Actor) -> Response:
    if who.account is None:
        return _challenge(told(HTTPStatus.UNAUTHORIZED))
    return _challenge(told(HTTPStatus.FORBIDDEN), "insufficient_scope")


def _refused_person(who: Actor) -> AnyResponse:
    can_log_in = who.account is None and has_accounts() and not access().header
    if can_log_in and request.method == "GET":
        return redirect(url_for("account.login", next=request.full_path.rstrip("?")), 303)
    return abort(403, gettext("请先登录。") if can_log_in else _refusal(who))


def _refusal(who: Actor) -> str:
    if who.account is not None:
        return gettext("您的角色不能做这件事。")
    return gettext("这个网站是只读的。请在命令行操作，或者用 dutygraph serve --writable 启动网站。")


def _challenge(response: Response, error: str = "") -> Response:
    """Say how one makes oneself known (RFC 6750, 3)."""
    response.headers["WWW-Authenticate"] = "Bearer" + (f' error="{error}"' if error else "")
    return response


def _invalid(_: InvalidTokenError) -> Response:
    return _challenge(told(HTTPStatus.UNAUTHORIZED), "invalid_token")


def install(app: Flask) -> None:
    """Have every request of an app looked at before it is answered."""
    app.before_request(_refuse_unless_permitted)
    app.register_error_handler(InvalidTokenError, _invalid)
