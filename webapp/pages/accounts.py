"""For administrators: the accounts, and the audit log."""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, render_template, request

from dutygraph.accounts.accounts import ROLES, AccountError, Accounts, Role
from dutygraph.accounts.passwords import PasswordError, made_up
from dutygraph.accounts.remits import Remit
from webapp import accounts as words
from webapp.access import access
from webapp.holdings import holdings
from webapp.imports import moment
from webapp.language import gettext
from webapp.writing import refuse_forged

page = Blueprint("accounts", __name__)

_ENTRIES = 100


@page.get("/accounts")
def index() -> str:
    """Show who has an account."""
    return _page()


def _page(error: str = "", said: str = "", secret: str = "") -> str:
    return render_template(
        "accounts.html",
        held=holdings(),
        error=error,
        said=said,
        secret=secret,
        accounts=access().accounts.all(),
        words=words,
        moment=moment,
    )


def _changing() -> Accounts:
    return Accounts(access().folder, access().author)


def _name() -> str:
    return request.form.get("name", "").strip()


def _role() -> tuple[Role, Remit]:
    """Read role and remit out of the form: several ids of units with blanks or commas between."""
    role = next((one for one in ROLES if one == request.form.get("role")), None)
    if role is None:
        abort(HTTPStatus.BAD_REQUEST)
    units = tuple(filter(None, re.split(r"[\s,，、;；]+", request.form.get("units", ""))))
    return role, Remit(units, request.form.get("region", "").strip())


def _refused(error: Exception) -> Response:
    return make_response(_page(error=str(error)), HTTPStatus.BAD_REQUEST)


@page.post("/accounts")
def add() -> Response:
    """Make an account and show its password, this once."""
    refuse_forged()
    password = made_up()
    try:
        role, remit = _role()
        made = _changing().add(_name(), role, remit, password)
    except (AccountError, PasswordError) as error:
        return _refused(error)
    return make_response(_page(said=made.name, secret=password))


@page.post("/accounts/role")
def assign() -> Response:
    """Give an account another role and remit."""
    refuse_forged()
    try:
        role, remit = _role()
        _changing().assign(_name(), role, remit)
    except AccountError as error:
        return _refused(error)
    return make_response(_page())


@page.post("/accounts/disable")
def disable() -> Response:
    """Turn an account off, or on again."""
    refuse_forged()
    off = request.form.get("on") != "1"
    try:
        _changing().disable(_name(), disabled=off)
    except AccountError as error:
        return _refused(error)
    return make_response(_page())


@page.post("/accounts/password")
def reset() -> Response:
    """Give an account a new password and show it, this once."""
    refuse_forged()
    password = made_up()
    try:
        changed = _changing().set_password(_name(), password)
    except AccountError as error:
        return _refused(error)
    return make_response(_page(said=changed.name, secret=password))


@page.get("/audit")
def audit() -> str:
    """Show the audit log, the newest first, and whether its chain is whole."""
    before = request.args.get("before", type=int)
    entries = access().audit.entries(_ENTRIES, before)
    if before is not None and not entries:
        abort(404, gettext("再往前没有记录了。"))
    return render_template(
        "audit.html",
        held=holdings(),
        entries=entries,
        verdict=access().audit.verify_new() if before is None else None,
        words=words,
        moment=moment,
    )
