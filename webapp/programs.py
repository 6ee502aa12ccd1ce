"""Where programs ask, and what they are told when something is wrong: words, or a problem."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

from flask import Response, request

ENDPOINT: Final = "/sparql"
API: Final = "/api/v1"

RETRY_AFTER: Final = "2"
"""After how many seconds to ask again what cannot be answered now (RFC 9110, 10.2.3)."""
_WORDS: Final = {
    HTTPStatus.UNAUTHORIZED: (
        "令牌不能用，或者这里需要令牌",
        "the token is no good, or one is needed here",
    ),
    HTTPStatus.FORBIDDEN: (
        "令牌或者用户没有这个权限",
        "the token or the account may not do this",
    ),
    HTTPStatus.CONFLICT: ("已不是所见的样子", "it has moved on since"),
    HTTPStatus.TOO_MANY_REQUESTS: ("请求太多，请稍后再试", "too many requests; try again later"),
    HTTPStatus.NOT_FOUND: ("没有这个地址", "there is no such address"),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "这个地址不接受这种请求",
        "the address does not take such requests",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("请求太大", "the request is too large"),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("服务器出错", "the server has failed"),
}


def is_for_programs(path: str) -> bool:
    """Tell whether an address is one that programs ask."""
    return any(path == one or path.startswith(f"{one}/") for one in (ENDPOINT, API))


def awaits_words() -> bool:
    """Tell whether who asks is a program, to which a page would mean nothing."""
    if not is_for_programs(request.path):
        return False
    accepted = request.accept_mimetypes
    return request.path.startswith(API) or accepted.best_match(["text/plain", "text/html"]) != (
        "text/html"
    )


def told(status: int, words: str = "") -> Response:
    """Tell a program what is wrong, in both languages.

    The API answers with a problem (RFC 9457), the endpoint with plain text.
    """
    known = HTTPStatus(status)
    said = words or " / ".join(_WORDS.get(known, ("请求无法完成", known.phrase.lower())))
    if request.path.startswith(API):
        problem = {"title": known.phrase, "status": known.value, "detail": said}
        content = json.dumps(problem, ensure_ascii=False) + "\n"
        response = Response(content, known.value, content_type="application/problem+json")
    else:
        response = Response(f"{said}\n", known.value, content_type="text/plain; charset=utf-8")
    if known in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        response.headers["Retry-After"] = RETRY_AFTER
    response.content_language.update(("zh", "en"))
    return response
