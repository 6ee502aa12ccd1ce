"""The SPARQL 1.1 Protocol (W3C, 2013): what a request asks, and in which form it wants the answer.

A query comes in the address, in a form that is posted, or as the body itself (2.1.1 to 2.1.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from flask import request
from werkzeug.datastructures import MultiDict

from webapp.endpoint import OTHER_NAMES, RESULTS, TRIPLES

PAGE: Final = "text/html"
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_LARGEST: Final = 512 * 1024
"""Bytes of a request's body."""


class ProtocolError(Exception):
    """A request that the protocol does not allow, or that cannot be answered as it asks."""

    def __init__(self, status: HTTPStatus, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class Asked:
    """What a request asks: the query, None where there is none, and the graphs it names."""

    text: str | None
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def asked() -> Asked:
    """Read the request. Raises ProtocolError."""
    if request.method != "POST":
        return _parameters(request.args)
    request.max_content_length = request.max_form_memory_size = _LARGEST
    if request.mimetype == _FORM:
        return _parameters(request.form)
    if request.mimetype == _QUERY:
        given = _parameters(request.args)
        if given.text is not None:
            raise _twice()
        return Asked(_decoded(request.get_data()), given.default, given.named)
    if request.mimetype == _UPDATE:
        raise _read_only(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    raise ProtocolError(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        f"POST 的内容类型应为 {_FORM} 或 {_QUERY} / "
        f"the content type of a POST is {_FORM} or {_QUERY}",
    )


def _parameters(given: MultiDict[str, str]) -> Asked:
    if "update" in given:
        raise _read_only(HTTPStatus.BAD_REQUEST)
    texts = given.getlist("query")
    if len(texts) > 1:
        raise _twice()
    return Asked(
        texts[0] if texts else None,
        tuple(given.getlist("default-graph-uri")),
        tuple(given.getlist("named-graph-uri")),
    )


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError(
            HTTPStatus.BAD_REQUEST, "查询应为 UTF-8 / the query must be UTF-8"
        ) from error


def _twice() -> ProtocolError:
    return ProtocolError(
        HTTPStatus.BAD_REQUEST, "一次只能有一个查询 / there must be one query, not several"
    )


def _read_only(status: HTTPStatus) -> ProtocolError:
    return ProtocolError(status, "这里只能查询，不能修改 / this endpoint is read-only: no updates")


def wants_page() -> bool:
    """Tell whether the request prefers a page for people to what programs read."""
    offered = [*_named(RESULTS), *_named(TRIPLES), PAGE]
    return request.accept_mimetypes.best_match(offered) == PAGE


def preferred(forms: Mapping[str, str]) -> str:
    """Give which of some forms the request prefers (RFC 9110, 12.5.1), the first if it says none.

    Raises ProtocolError, with those there are, when it takes none of them.
    """
    if not request.accept_mimetypes:
        return next(iter(forms))
    names = _named(forms)
    best = request.accept_mimetypes.best_match(names)
    if best is None:
        known = ", ".join(_plain(forms.values()))
        raise ProtocolError(
            HTTPStatus.NOT_ACCEPTABLE,
            f"结果可用的格式：{known} / the answer can be had as {known}",
        )
    return names[best]


def _named(forms: Mapping[str, str]) -> dict[str, str]:
    """Give the form of each media type: those proper before what clients also say."""
    proper = dict(zip(_plain(forms.values()), forms, strict=True))
    others = {other: form for form in forms for other in OTHER_NAMES.get(form, ())}
    return proper | {name: form for name, form in others.items() if name not in proper}


def _plain(media_types: Iterable[str]) -> list[str]:
    return [one.partition(";")[0] for one in media_types]
