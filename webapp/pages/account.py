"""One's own account: logging in and out, the password, the tokens for programs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from dutygraph.accounts.accounts import LONGEST, Account, AccountError, Accounts, ThrottledError
from dutygraph.accounts.database import Author
from dutygraph.accounts.passwords import PasswordError
from dutygraph.accounts.sessions import Sessions
from dutygraph.accounts.tokens import DAYS, MOST_DAYS, SCOPES, Tokens
from webapp import accounts as words
from webapp.access import COOKIE, access, actor
from webapp.holdings import holdings
from webapp.language import gettext
from webapp.writing import refuse_forged

page = Blueprint("account", __name__)

_NAME: Final = 2 * LONGEST
"""How much of a name is looked at."""


@page.get("/login")
def login() -> AnyResponse | str:
    """Show the form by which one logs in."""
    if actor().account is not None:
        return redirect(_next(), HTTPStatus.SEE_OTHER)
    return _login_page()


def _login_page(error: str = "") -> str:
    return render_template(
        "login.html",
        held=holdings(),
        error=error,
        following=_next(),
        name=request.form.get("name", ""),
        header=access().header,
    )


def _next() -> str:
    """Give the address of this site to go on to; an address elsewhere is none."""
    given = request.values.get("next", "")
    parts = urlsplit(given)
    # What begins with two strokes names another host, however many of them a redirect leaves.
    is_ours = given.startswith("/") and not given.startswith("//") and not parts.scheme
    # Browsers read a stroke backwards as one forwards.
    return given if is_ours and "\\" not in given and given.isprintable() else url_for("home.home")


@page.post("/login")
def log_in() -> AnyResponse:
    """Log in: a new session, whatever the browser had before (OWASP ASVS 3.2.1)."""
    refuse_forged()
    if access().header:
        abort(HTTPStatus.FORBIDDEN, gettext("这个网站由统一登录认证，不用密码。"))
    # No account has a longer name; what is noted of those who try stays short.
    name, password = request.form.get("name", "")[:_NAME], request.form.get("password", "")
    try:
        found = access().accounts.authenticated(name, password, access().neighbourhood)
    except ThrottledError as error:
        access().note(name, "login", outcome="throttled")
        wait = gettext("登录失败的次数太多，请过一刻钟再试。")
        refused = make_response(_login_page(wait), HTTPStatus.TOO_MANY_REQUESTS)
        refused.headers["Retry-After"] = str(error.seconds)
        return refused
    if found is None:
        return _refused_login(name)
    origin = access().origin
    session = Sessions(access().folder, Author(found.name, origin)).begin(found, origin)
    if session is None:
        # He was shut out, or his password changed, while it was looked at.
        return _refused_login(found.name)
    _end_session()
    response = redirect(_next(), HTTPStatus.SEE_OTHER)
    response.set_cookie(
        COOKIE,
        session,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


def _refused_login(name: str) -> Response:
    access().note(name, "login", outcome="refused")
    wrong = gettext("用户名或者密码不对，或者用户已停用。")
    return make_response(_login_page(wrong), HTTPStatus.FORBIDDEN)


def _end_session() -> None:
    if secret := request.cookies.get(COOKIE):
        access().sessions.end(secret)


@page.post("/logout")
def logout() -> AnyResponse:
    """Log out: the session is no more, whoever else may have its id."""
    refuse_forged()
    access().note(actor().name, "logout")
    _end_session()
    response = redirect(url_for("home.home"), HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@page.get("/account")
def index() -> str:
    """Show one's own account."""
    return _page()


def _own() -> Account:
    account = actor().account
    assert account is not None  # noqa: S101 - nobody else gets here
    return account


def _page(error: str = "", said: str = "", secret: str = "") -> str:
    own = _own()
    return render_template(
        "account.html",
        held=holdings(),
        own=own,
        error=error,
        said=said,
        secret=secret,
        sessions=access().sessions.number(own.name),
        tokens=access().tokens.of(own.name),
        scopes=SCOPES,
        days=DAYS,
        most_days=MOST_DAYS,
        words=words,
    )


@page.post("/account/password")
def password() -> Response:
    """Change one's password: all sessions end, and one logs in anew."""
    refuse_forged()
    own, form = _own(), request.form
    try:
        if form.get("new", "") != form.get("again", ""):
            raise PasswordError(gettext("两次输入的新密码不同。"))
        old, network = form.get("old", ""), access().neighbourhood
        seen = access().accounts.authenticated(own.name, old, network)
        if seen is None:
            raise PasswordError(gettext("原来的密码不对。"))
        Accounts(access().folder, access().author).set_password(own.name, form.get("new", ""), seen)
    except (AccountError, PasswordError, ThrottledError) as error:
        access().note(own.name, "account.password", own.name, outcome="refused")
        return make_response(_page(str(error) or gettext("请过一刻钟再试。")), 400)
    return make_response(redirect(url_for("account.login"), HTTPStatus.SEE_OTHER))


@page.post("/account/sessions")
def end_sessions() -> AnyResponse:
    """End all of one's sessions, this one too."""
    refuse_forged()
    Sessions(access().folder, access().author).end_all(_own().name)
    return redirect(url_for("account.login"), HTTPStatus.SEE_OTHER)


@page.post("/account/tokens")
def add_token() -> Response:
    """Make a token and show it, this once."""
    refuse_forged()
    own, form = _own(), request.form
    try:
        days = form.get("days", DAYS, type=int)
        _, secret = Tokens(access().folder, access().author).add(
            own.name, form.get("label", ""), form.getlist("scope"), days
        )
    except AccountError as error:
        return make_response(_page(str(error)), 400)
    return make_response(_page(secret=secret))


@page.post("/account/tokens/<identifier>")
def revoke_token(identifier: str) -> AnyResponse:
    """Revoke one of one's tokens; those of others are not there."""
    refuse_forged()
    if identifier not in {one.id for one in access().tokens.of(_own().name)}:
        abort(404, gettext("没有这个令牌。"))
    Tokens(access().folder, access().author).revoke(identifier)
    return redirect(url_for("account.index"), HTTPStatus.SEE_OTHER)
