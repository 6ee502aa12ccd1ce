"""The API for programs under /api/v1, and the page that documents it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for

from dutygraph.compliance.settings import SettingError
from dutygraph.explain.filtering import FilterError
from dutygraph.queries.values import QuestionError
from dutygraph.regulations.labels import UnknownTermError
from webapp import files
from webapp.components import SCHEMAS
from webapp.declared import OPERATIONS
from webapp.holdings import holdings
from webapp.openapi import document
from webapp.operations import MissingError, Operation, ParameterError, read
from webapp.programs import API, told
from webapp.runs import RunError

page = Blueprint("api", __name__)

_UNUSABLE = (
    ParameterError,
    FilterError,
    QuestionError,
    RunError,
    SettingError,
    UnknownTermError,
)


@page.before_request
def _limit() -> None:
    """Let an upload be as large as the operator allows."""
    if request.endpoint == "api.import_files":
        request.max_content_length = int(current_app.config["UPLOAD_LIMIT"])


@page.get("/api/docs")
def docs() -> str:
    """Show what the API takes and answers."""
    held = holdings()
    return render_template(
        "api.html",
        held=held,
        operations=OPERATIONS,
        schemas=SCHEMAS,
        address=API,
        kind=kind,
    )


def kind(schema: dict[str, Any]) -> str:
    """Say in short what a schema allows: ``string | null``, ``[Norm]``, ``{…: integer}``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(schema["enum"])
    match schema.get("type"):
        case "array":
            return f"[{kind(schema['items'])}]"
        case "object" if "properties" in schema:
            keys = (f"{name}: {kind(one)}" for name, one in schema["properties"].items())
            return "{" + ", ".join(keys) + "}"
        case "object":
            return "{…: " + kind(schema["additionalProperties"]) + "}"
        case None:
            return "*"
        case plain:
            return str(schema.get("format", plain))


@page.get(f"{API}/openapi.json")
def description() -> Response:
    """Give the OpenAPI document."""
    address = url_for("api.description", _external=True).removesuffix("/openapi.json")
    return _json(document(address, holdings().law.settings))


def _view(operation: Operation) -> Any:
    def view(**in_path: str) -> Response:
        held = holdings()
        try:
            given = read(
                operation.takes(held.law.settings),
                in_path,
                request.args,
                is_open=operation.open_to is not None,
            )
            return _json(operation.answer(held, given), operation.status)
        except MissingError as error:
            return told(HTTPStatus.NOT_FOUND, str(error))
        except _UNUSABLE as error:
            return told(HTTPStatus.BAD_REQUEST, str(error))

    return view


def _json(value: object, status: int = HTTPStatus.OK) -> Response:
    response = Response(files.as_json(value), status, content_type=files.JSON)
    response.content_language.update(("zh", "en"))
    return response


def _rule(path: str) -> str:
    """Write an address as Flask has it; what stands in it may be any id of imported data."""
    return path.replace("{", "<identifier:").replace("}", ">")


for _one in OPERATIONS:
    page.add_url_rule(
        f"{API}{_rule(_one.path)}",
        _one.name,
        _view(_one),
        methods=[_one.method],
        merge_slashes=False,
    )
