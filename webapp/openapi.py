"""The OpenAPI 3.1 document of the API, written from the declarations that route its requests."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from dutygraph.compliance.settings import Setting
from webapp.components import SCHEMAS
from webapp.declared import OPERATIONS
from webapp.language import Words
from webapp.operations import Operation, Parameter
from webapp.schemas import named

PROBLEMS: Final = {
    "400": Words("参数不能用", "a parameter cannot be used"),
    "401": Words("令牌不能用，或者需要令牌", "the token is no good, or one is needed"),
    "403": Words("令牌或者用户没有这个权限", "the token or the account may not do this"),
    "404": Words("没有所指的内容", "what is named is not there"),
    "409": Words("已不是所见的样子", "it has moved on"),
    "429": Words("请求太多", "too many requests"),
    "503": Words("数据此刻无法读取", "the data cannot be read at this moment"),
}
_TITLE: Final = Words("责任图谱的程序接口", "The API of dutygraph")


def document(address: str, settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Give the document of the API at an address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _both(_TITLE),
            "version": version("dutygraph"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": address}],
        "paths": _paths(settings),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths(settings: Mapping[str, Setting]) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, settings)
    return paths


def _operation(one: Operation, settings: Mapping[str, Setting]) -> dict[str, Any]:
    return {
        "operationId": one.name,
        "summary": _both(one.words),
        # Without a token a reading operation answers for who has no account.
        "security": [{"token": []}] if one.method != "GET" else [{}, {"token": []}],
        **({"requestBody": _body(one)} if one.body else {}),
        "parameters": [
            *(_parameter(parameter) for parameter in one.takes(settings)),
            *([_others(one.open_to)] if one.open_to else []),
        ],
        "responses": {
            str(one.status): {
                "description": _both(one.words),
                "content": {"application/json": {"schema": one.schema}},
            },
            **{status: _problem(words) for status, words in PROBLEMS.items()},
        },
    }


def _body(one: Operation) -> dict[str, Any]:
    content = {media_type: {"schema": schema} for media_type, schema in one.body.items()}
    return {"required": True, "content": content}


def _parameter(one: Parameter) -> dict[str, Any]:
    schema = {"type": "array", "items": one.schema} if one.several else one.schema
    return {
        "name": one.name,
        "in": one.place,
        "description": _both(one.words),
        "required": one.required,
        "schema": schema,
    }


def _others(words: Words) -> dict[str, Any]:
    """Give parameters whose names are not known here (OpenAPI 3.1, style form, exploded)."""
    return {
        "name": "parameters",
        "in": "query",
        "description": _both(words),
        "style": "form",
        "explode": True,
        "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    }


def _problem(words: Words) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": named("Problem")}}
    return {"description": _both(words), "content": content}


def _both(words: Words) -> str:
    return f"{words.zh} / {words.en}"
