"""Who asks: by a session, a bearer token or a proxy's single sign-on; and what he may.

Without any account a site serves the regulation and the demo only, unless its operator says that
the site is personal: his own, on his own machine. Then whoever asks from this machine is he, until
there is an account.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click
from flask import Flask, Response, abort, current_app, g, request

from dutygraph.accounts.accounts import Account, Accounts, Right
from dutygraph.accounts.audit import Audit
from dutygraph.accounts.database import Author
from dutygraph.accounts.remits import EVERYTHING, NOTHING, Remit
from dutygraph.accounts.sessions import Sessions
from dutygraph.accounts.tokens import Tokens
from dutygraph.store.endpoint import beside
from webapp.language import gettext
from webapp.programs import is_for_programs

COOKIE: Final = "session"
PERSONAL: Final = "DUTYGRAPH_PERSONAL"
WRITABLE: Final = "DUTYGRAPH_WRITABLE"
SSO: Final = "DUTYGRAPH_SSO_HEADER"
PROXIES: Final = "DUTYGRAPH_PROXIES"

_EXTENSION: Final = "dutygraph-access"
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
_OWNER: Final[frozenset[Right]] = frozenset({"import", "settings"})


@dataclass(frozen=True)
class Actor:
    """Who asks: whose records he sees, and what he may beside that.

    ``account`` is None for everybody without one, and for the owner of a personal site
    (``personal``). ``by_token`` says that a program asks with a token.
    """

    account: Account | None = None
    remit: Remit = NOTHING
    rights: frozenset[Right] = frozenset()
    personal: bool = False
    by_token: bool = False

    @property
    def name(self) -> str:
        """What logs call him."""
        return self.account.name if self.account else ""

    def may(self, right: Right) -> bool:
        """Tell whether he may do something."""
        return right in self.rights


class InvalidTokenError(Exception):
    """A bearer token is none, or is good no more (RFC 6750, 3.1)."""


class Access:
    """The accounts of a site, and how its requests tell whose they are."""

    def __init__(self, folder: Path, config: Mapping[str, object]) -> None:
        """Take the folder of the accounts and the app's configuration (see ``create_app``)."""
        self.folder = folder
        self.writable = _is_on(config["WRITABLE"])
        self.personal = _is_on(config["PERSONAL"]) or self.writable
        self.header = str(config["SSO_HEADER"] or "")
        self.proxies = _networks(str(config["PROXIES"]))
        self.hops = int(str(config["HOPS"]))
        self._signed: set[tuple[str, dt.date]] = set()

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts."""
        return Accounts(self.folder)

    @cached_property
    def sessions(self) -> Sessions:
        """Their sessions."""
        return Sessions(self.folder)

    @cached_property
    def tokens(self) -> Tokens:
        """Their tokens."""
        return Tokens(self.folder)

    @cached_property
    def audit(self) -> Audit:
        """The audit log."""
        return Audit(self.folder)

    def actor(self) -> Actor:
        """Tell who makes the request. Raises InvalidTokenError."""
        if not has_accounts():
            return self._owner() if self.personal else Actor()
        secret = _bearer()
        if secret is not None:
            return self._by_token(secret)
        account = self._signed_on() if self.header else self._logged_in()
        return Actor() if account is None else Actor(account, account.remit, account.rights)

    def _owner(self) -> Actor:
        rights = _OWNER if self.writable else frozenset[Right]()
        return Actor(remit=EVERYTHING, rights=rights, personal=True)

    def _by_token(self, secret: str) -> Actor:
        token = self.tokens.find(secret)
        if token is None:
            raise InvalidTokenError
        account = self.accounts[token.account]
        rights = account.rights & token.scopes
        remit = account.remit if token.scopes & {"read", "import"} else NOTHING
        return Actor(account, remit, frozenset[Right](rights), by_token=True)

    def _logged_in(self) -> Account | None:
        secret = request.cookies.get(COOKIE)
        name = self.sessions.account(secret) if secret else None
        return None if name is None else self.accounts.find(name)

    def _signed_on(self) -> Account | None:
        """Give the account that a proxy names; who is no proxy of ours names nobody."""
        name = request.headers.get(self.header, "")
        account = self.accounts.find(name) if name and self._from_proxy() else None
        if account is None or account.disabled:
            return None
        today = account.name, dt.datetime.now(dt.UTC).date()
        if today not in self._signed:
            self._signed = {one for one in self._signed if one[1] == today[1]} | {today}
            self.note(account.name, "login", self.header)
        return account

    @property
    def author(self) -> Author:
        """Say who makes the request: what he changes of accounts is noted together with it."""
        return Author(actor().name, self.origin)

    def note(self, who: str, act: str, about: str = "", *, outcome: str = "done") -> None:
        """Enter what a request does into the audit log."""
        self.audit.note(who, act, about, outcome=outcome, origin=self.origin)

    def _from_proxy(self) -> bool:
        return any(_address(request.remote_addr) in one for one in self.proxies)

    @property
    def origin(self) -> str:
        """The address that asks: behind proxies of ours, the one that the first of them names.

        Each proxy adds who asked it, so that only what ours have added is believed.
        """
        if self._from_proxy() and (named := request.headers.get("X-Forwarded-For")):
            return named.split(",")[-self.hops :][0].strip()[:45]
        return request.remote_addr or ""

    @property
    def neighbourhood(self) -> str:
        """The network that asks: one household has 2^64 addresses of IPv6 (RFC 4291, 2.5.4)."""
        try:
            address = ipaddress.ip_address(self.origin)
        except ValueError:
            return self.origin
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))


def _networks(given: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(one, strict=False) for one in given.split()]
    except ValueError as error:
        raise ValueError(f"{PROXIES}: {error}") from error


def _address(given: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(given or "")
    except ValueError:
        return ipaddress.ip_address("0.0.0.0")  # noqa: S104 - an address that nobody has


def _bearer() -> str | None:
    """Give the token that a program shows (RFC 6750, 2.1); None where it shows none."""
    if not is_for_programs(request.path):
        return None
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.casefold() == "bearer" else None


def access() -> Access:
    """Give the access of the app that serves the request."""
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, Access)  # noqa: S101 - install puts nothing else there
    return found


def has_accounts() -> bool:
    """Tell whether the site has any account, the same from a request's beginning to its end."""
    if "has_accounts" not in g:
        g.has_accounts = access().accounts.exist
    return bool(g.has_accounts)


def actor() -> Actor:
    """Give who makes the request, the same from its beginning to its end."""
    if "actor" not in g:
        # Who shows a token that is none stays nobody to the end of the request.
        g.actor = Actor()
        g.actor = access().actor()
    found: Actor = g.actor
    return found


def client() -> str | None:
    """Give who is counted where each may ask so much: an account, else the network that asks.

    None is the owner of a personal site, who may ask as much as he likes.
    """
    return None if actor().personal else actor().name or access().neighbourhood


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shows_nothing() -> bool:
    """Tell whether what is asked for is the same whoever asks: style sheets, the site's health."""
    return request.endpoint == "static" or request.blueprint == "operation"


def handed_on() -> bool:
    """Tell whether a proxy says that it hands the request on (RFC 7239, and the custom before)."""
    return any(name in request.headers for name in _FORWARDED)


def _refuse_others() -> None:
    """Refuse what does not come from this machine, or names another, on a personal site.

    A page elsewhere that had its own name lead here (DNS rebinding) does not name this machine; a
    proxy on this machine hands on what comes from elsewhere.
    """
    if shows_nothing() or not actor().personal:
        return
    if handed_on() or not (_is_here(request.remote_addr or "") and _is_here(_host())):
        abort(403, gettext("个人使用的网站只接受本机的请求，地址请写 127.0.0.1 或 localhost。"))


def _is_on(given: object) -> bool:
    """Read a switch by the words of the command line; raises ValueError for what is none."""
    if not isinstance(given, str):
        return bool(given)
    try:
        return bool(given.strip()) and bool(click.BOOL(given))
    except click.BadParameter as error:
        raise ValueError(
            f"不是开关，应为 1 或 0：{given} / not a switch, give 1 or 0: {given}"
        ) from error


def _host() -> str:
    try:
        return urlsplit(f"//{request.environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        return ""


def _keep_apart(response: Response) -> Response:
    """Keep what is shown to an account out of every cache (RFC 9111; ASVS 8.2.1)."""
    if not shows_nothing() and has_accounts():
        response.vary.add("Cookie")
        if actor().account is not None:
            response.cache_control.private = True
            response.cache_control.no_store = True
    return response


def install(app: Flask, location: str) -> None:
    """Give an app its access. Raises ValueError for proxies that are no addresses."""
    for name, variable in (
        ("PERSONAL", PERSONAL),
        ("WRITABLE", WRITABLE),
        ("SSO_HEADER", SSO),
        ("PROXIES", PROXIES),
    ):
        if app.config[name] is None:
            app.config[name] = os.environ.get(variable, "")
    app.config["PROXIES"] = app.config["PROXIES"] or "127.0.0.0/8 ::1"
    app.extensions[_EXTENSION] = Access(beside(location), app.config)
    app.jinja_env.globals.update(
        actor=actor, may=lambda right: actor().may(right), has_accounts=has_accounts
    )
    app.before_request(_refuse_others)
    app.after_request(_keep_apart)
