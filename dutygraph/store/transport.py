"""Requests to an endpoint: who asks, how long to wait, what is tried again, what errors say.

All that is sent may be sent twice and leaves the same behind: queries change nothing, a graph is
put whole, and triples without blank nodes are a set, to which adding them again adds nothing. So
whatever was hindered on the way is tried again, with longer pauses each time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    OpenerDirector,
    Request,
    build_opener,
)

from dutygraph.store.endpoint import AUTHENTICATION, TIMEOUT, Endpoint, Login
from dutygraph.store.graphs import StoreError

_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""How long to wait, in seconds, before a request that was hindered is sent again."""

_LONGEST: Final = 30.0
"""The longest that a server may have us wait before the next attempt (Retry-After)."""

_PASSING: Final = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
"""Answers that say that the same request may fare better later (RFC 9110, RFC 6585)."""

_ADVICE: Final[Mapping[int, tuple[str, str]]] = {
    HTTPStatus.UNAUTHORIZED: (
        f"需要登录，请设置 {AUTHENTICATION}",
        f"the endpoint asks who you are; set {AUTHENTICATION}",
    ),
    HTTPStatus.FORBIDDEN: (
        f"没有权限，请核对 {AUTHENTICATION} 和服务器上的授权",
        f"the endpoint refuses; look at {AUTHENTICATION} and at the rights on the server",
    ),
    HTTPStatus.NOT_FOUND: ("没有这个地址", "there is no such address"),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "这个地址不接受这种请求",
        "the address does not take such requests",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "一次发送的数据太多",
        "the endpoint takes less data at once",
    ),
}


@dataclass(frozen=True)
class Answer:
    """What a server answered: the body, whole, and the headers."""

    body: bytes
    headers: Message | Mapping[str, str]


class Transport:
    """Sends requests to an endpoint; ``server`` is what that calls itself, once it answered."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._timeout = endpoint.timeout
        self._login = endpoint.login
        self._opener = _opener(endpoint)
        self._reached = False
        self.server: str | None = None

    def send(self, request: Request) -> Answer:
        """Send a request, again where that may help, and give the answer.

        Raises StoreError with what the server said and what to do.
        """
        if self._login and self._login.header:
            # Not sent on to where a server may redirect us.
            request.add_unredirected_header("Authorization", self._login.header)
        for pause in (*_PAUSES, None):
            try:
                return self._once(request)
            except HTTPError as error:
                if pause is None or error.code not in _PASSING:
                    raise _refused(request, error) from error
                wait = _asked_pause(error) or pause
            except (OSError, HTTPException) as error:
                if _is_timeout(error):
                    raise _too_late(request, self._timeout) from error
                # A server that never answered is none that comes back.
                if pause is None or not self._reached:
                    raise _unreachable(request, error) from error
                wait = pause
            except ValueError as error:
                # A way to log in, or an address, that cannot be used.
                raise _unreachable(request, error) from error
            time.sleep(wait)
        raise AssertionError("the last attempt answers or raises")

    def _once(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                self._reached = True
                self.server = response.headers.get("Server", "")
                return Answer(response.read(), response.headers)
        except HTTPError:
            self._reached = True
            raise


def _opener(endpoint: Endpoint) -> OpenerDirector:
    login = endpoint.login
    return build_opener(*([_digest(endpoint, login)] if login and login.scheme == "digest" else []))


def _digest(endpoint: Endpoint, login: Login) -> HTTPDigestAuthHandler:
    passwords = HTTPPasswordMgrWithDefaultRealm()
    addresses = [endpoint.query, endpoint.update, *([endpoint.graphs] if endpoint.graphs else [])]
    passwords.add_password(None, addresses, login.name, login.secret)
    return HTTPDigestAuthHandler(passwords)


def _is_timeout(error: Exception) -> bool:
    return isinstance(getattr(error, "reason", error), TimeoutError)


def _asked_pause(error: HTTPError) -> float | None:
    """Give how long the server asks to wait (RFC 9110, 10.2.3), None where it gives no seconds."""
    asked = error.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST) if asked.isdigit() else None


def _place(request: Request) -> str:
    return request.full_url.partition("?")[0]


def _refused(request: Request, error: HTTPError) -> StoreError:
    said = error.read()
    # Where urllib itself gives up, some versions of Python make an empty body of text, not bytes.
    text = said if isinstance(said, str) else said.decode("utf-8", "replace")
    words = " ".join(text.split())[:300]
    zh, en = _ADVICE.get(error.code, ("", "the endpoint did not answer as it should"))
    return StoreError(f"{_place(request)}：HTTP {error.code} {zh} / {en}: {words}")


def _too_late(request: Request, seconds: float) -> StoreError:
    return StoreError(
        f"{_place(request)}：{seconds:g} 秒内没有回答；可用 {TIMEOUT} 放宽 / "
        f"the endpoint did not answer within {seconds:g} seconds; {TIMEOUT} gives it more"
    )


def _unreachable(request: Request, error: Exception) -> StoreError:
    words = str(getattr(error, "reason", error)) or type(error).__name__
    return StoreError(
        f"{_place(request)}：无法连接（{words}），请核对地址以及服务器是否在运行 / "
        f"the endpoint cannot be reached ({words}); look at the address and whether it runs"
    )
