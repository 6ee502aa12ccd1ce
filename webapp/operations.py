"""Operations of the API as they are declared: the address, what it takes, what it answers.

The same declarations route requests, read and refuse parameters, and write the OpenAPI document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from dutygraph.compliance import days
from dutygraph.compliance.settings import Setting
from webapp.holdings import Holdings
from webapp.language import Words
from webapp.runs import SETTING_PREFIX
from webapp.schemas import Schema

TEXT: Final[Schema] = {"type": "string"}
DATE: Final[Schema] = {"type": "string", "format": "date"}
YEAR: Final[Schema] = {"type": "integer", "minimum": days.YEARS[0], "maximum": days.YEARS[-1]}
FLAG: Final[Schema] = {"type": "boolean"}
_FLAGS: Final = {"true": True, "false": False}


class ParameterError(ValueError):
    """A parameter is unknown, missing, or not of its kind; the message says what is expected."""


class MissingError(LookupError):
    """What the address names is not there; the message says so in both languages."""


@dataclass(frozen=True)
class Parameter:
    """A parameter: ``place`` is query or path; ``several`` says that it may be given repeatedly."""

    name: str
    words: Words
    schema: Schema = field(default_factory=lambda: TEXT)
    required: bool = False
    several: bool = False
    place: str = "query"


@dataclass(frozen=True)
class Given:
    """A request's parameters, read; ``more`` are those that an open operation takes besides."""

    values: Mapping[str, Any]
    more: Mapping[str, str]

    def __getitem__(self, name: str) -> Any:
        """Give a parameter's value; None, or an empty tuple, where it was not given."""
        return self.values[name]


@dataclass(frozen=True)
class Operation:
    """An operation: its name and address below the API's, its words, what it takes and answers.

    ``answer`` gives what is written as JSON. ``runs`` says that it takes what a check run takes:
    a day, a year, settings. ``open_to`` has the words of the parameters that only the thing named
    knows, such as a question's own. ``example`` is an address that answers, below the API's, ""
    where none always does. What is not a GET writes and takes a token; ``body`` says what it takes
    of which media type, and it answers with ``status``.
    """

    name: str
    path: str
    words: Words
    answer: Callable[[Holdings, Given], Any]
    schema: Schema
    example: str
    parameters: tuple[Parameter, ...] = ()
    runs: bool = False
    open_to: Words | None = None
    method: str = "GET"
    status: int = 200
    body: Mapping[str, Schema] = field(default_factory=dict)

    def takes(self, settings: Mapping[str, Setting]) -> tuple[Parameter, ...]:
        """Give all parameters that it takes."""
        return self.parameters + (run_parameters(settings) if self.runs else ())


def run_parameters(settings: Mapping[str, Setting]) -> tuple[Parameter, ...]:
    """Give the parameters of a check run: its day, its year, and each setting."""
    return (
        Parameter("as_of", Words("截至哪一天", "as of which day"), DATE),
        Parameter("year", Words("哪一年", "which year"), YEAR),
        *(
            Parameter(
                SETTING_PREFIX + key,
                Words(f"设置：{one.label_zh}", f"setting: {one.label_en}"),
                {"type": "string", "enum": list(one.choices)} if one.choices else TEXT,
            )
            for key, one in sorted(settings.items())
        ),
    )


def read(
    parameters: Sequence[Parameter],
    in_path: Mapping[str, str],
    in_query: MultiDict[str, str],
    *,
    is_open: bool,
) -> Given:
    """Read a request's parameters. Raises ParameterError."""
    known = {one.name for one in parameters}
    others = {name: value for name, value in in_query.items() if name not in known}
    if others and not is_open:
        names = "、".join(one.name for one in parameters) or "—"
        raise ParameterError(
            f"没有参数 {next(iter(others))}，有：{names} / "
            f"there is no parameter {next(iter(others))}; there are {names.replace('、', ', ')}"
        )
    return Given({one.name: _value(one, in_path, in_query) for one in parameters}, others)


def _value(parameter: Parameter, in_path: Mapping[str, str], in_query: MultiDict[str, str]) -> Any:
    if parameter.place == "path":
        return in_path[parameter.name]
    # A field that a form leaves empty is none that was given.
    given = [value for value in in_query.getlist(parameter.name) if value.strip()]
    if parameter.required and not given:
        raise ParameterError(
            f"缺少参数 {parameter.name} / the parameter {parameter.name} is missing"
        )
    if len(given) > 1 and not parameter.several:
        raise ParameterError(
            f"参数 {parameter.name} 只能有一个 / there may be one {parameter.name}"
        )
    values = tuple(_read(parameter, value) for value in given)
    return values if parameter.several else next(iter(values), None)


def _read(parameter: Parameter, value: str) -> Any:
    schema = parameter.schema
    if "enum" in schema and value not in schema["enum"]:
        raise _unfit(parameter, value, " | ".join(schema["enum"]))
    if schema["type"] == "boolean":
        if value not in _FLAGS:
            raise _unfit(parameter, value, "true | false")
        return _FLAGS[value]
    if schema["type"] == "integer":
        low, high = schema["minimum"], schema["maximum"]
        # Of thousands of digits Python makes no number.
        is_number = value.isascii() and value.isdigit() and len(value) < 10
        if not (is_number and low <= int(value) <= high):
            raise _unfit(parameter, value, f"{low}–{high}")
        return int(value)
    if schema.get("format") == "date":
        return _day(parameter, value)
    return value


def _day(parameter: Parameter, value: str) -> dt.date:
    try:
        return days.day(value)
    except ValueError:
        raise _unfit(parameter, value, "YYYY-MM-DD") from None


def _unfit(parameter: Parameter, value: str, takes: str) -> ParameterError:
    return ParameterError(
        f"参数 {parameter.name} 不接受「{value}」，应为 {takes} / "
        f"the parameter {parameter.name} does not take {value!r}; it takes {takes}"
    )
