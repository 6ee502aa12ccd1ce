"""How an endpoint is reached: its addresses, who asks, and how long an answer may take.

The store's location is the address for queries; all else comes from the environment. A name and a
password may stand in the address too (RFC 3986, user information) and are taken out of it before
anything is sent or written anywhere.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from dutygraph.store.graphs import StoreError

UPDATE: Final = "DUTYGRAPH_STORE_UPDATE"
GRAPHS: Final = "DUTYGRAPH_STORE_GRAPHS"
AUTHENTICATION: Final = "DUTYGRAPH_STORE_AUTH"
TIMEOUT: Final = "DUTYGRAPH_STORE_TIMEOUT"
_SECONDS: Final = 60.0
_HERE: Final = ".dutygraph"
_SCHEMES: Final = re.compile(r"(basic|digest) ([^:]+):(.*)|(bearer) (\S+)", re.DOTALL)


def is_endpoint(location: str) -> bool:
    """Tell whether a store's location is the address of an endpoint, not a directory."""
    return location.startswith(("http://", "https://"))


def beside(location: str) -> Path:
    """Give the folder for what is kept beside a store; a remote one has ``.dutygraph``."""
    return Path(_HERE if is_endpoint(location) else location)


@dataclass(frozen=True)
class Login:
    """Who asks: ``scheme`` is basic (RFC 7617), digest (RFC 7616) or bearer (RFC 6750)."""

    scheme: str
    name: str
    secret: str = field(repr=False)

    @property
    def header(self) -> str | None:
        """Give the Authorization header; None for digest, which answers what a server asks."""
        if self.scheme == "bearer":
            return f"Bearer {self.secret}"
        if self.scheme == "basic":
            return "Basic " + base64.b64encode(f"{self.name}:{self.secret}".encode()).decode()
        return None


@dataclass(frozen=True)
class Endpoint:
    """The addresses of a SPARQL 1.1 endpoint, none of which has user information in it.

    ``graphs`` is the address of the Graph Store HTTP Protocol, None where data go in by Update.
    """

    query: str
    update: str
    graphs: str | None = None
    login: Login | None = None
    timeout: float = _SECONDS

    @classmethod
    def of(cls, location: str, environment: Mapping[str, str] | None = None) -> Endpoint:
        """Give the endpoint at a location with the settings of the environment.

        Without an address for updates, it is the one ``…/update`` beside ``…/query``, else the same
        as for queries. Raises StoreError for a setting that cannot be used.
        """
        given = os.environ if environment is None else environment
        query, login = _without_login(location)
        beside = query.removesuffix("/query") + "/update" if query.endswith("/query") else query
        graphs = given.get(GRAPHS)
        return cls(
            query,
            _address(UPDATE, given.get(UPDATE)) or beside,
            _address(GRAPHS, graphs),
            _login(given.get(AUTHENTICATION)) or login,
            _timeout(given.get(TIMEOUT)),
        )


def _without_login(location: str) -> tuple[str, Login | None]:
    try:
        parts = urlsplit(location)
    except ValueError as error:
        raise StoreError(
            f"SPARQL 端点的地址不可用：{error} / the endpoint's address cannot be used: {error}"
        ) from error
    if parts.username is None:
        return location, None
    login = Login("basic", unquote(parts.username), unquote(parts.password or ""))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])), login


def _address(setting: str, given: str | None) -> str | None:
    if not given:
        return None
    if not is_endpoint(given) or urlsplit(given).username is not None:
        raise StoreError(
            f"{setting} 应为不带用户名的 http 或 https 地址 / "
            f"{setting} takes an http or https address without a user name; "
            f"names and passwords go into {AUTHENTICATION}"
        )
    return given


def _login(given: str | None) -> Login | None:
    if not given:
        return None
    found = _SCHEMES.fullmatch(given)
    if found is None:
        # What was given may be a secret, so it is not repeated.
        raise StoreError(
            f"{AUTHENTICATION} 应写作 basic 用户名:密码、digest 用户名:密码 或 bearer 令牌 / "
            f"{AUTHENTICATION} takes “basic NAME:PASSWORD”, “digest NAME:PASSWORD” "
            "or “bearer TOKEN”"
        )
    if found[4]:
        return Login("bearer", "", found[5])
    return Login(found[1], found[2], found[3])


def _timeout(given: str | None) -> float:
    if not given:
        return _SECONDS
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise StoreError(
            f"{TIMEOUT} 应为秒数（至多 86400），不是「{given}」 / "
            f"{TIMEOUT} takes a number of seconds, at most 86400, not {given!r}"
        )
    return seconds
