"""JSON Schemas (2020-12) made from the types of what is written as JSON."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

Schema: TypeAlias = dict[str, Any]

_PLAIN: Final[dict[object, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    dt.date: {"type": "string", "format": "date"},
    Any: {},
    object: {},
}


def of_type(kind: object) -> Schema:
    """Give the schema of a type: plain, optional, list, mapping. Raises TypeError for others."""
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [of_type(part) for part in parts]}
    if origin in (list, tuple, Sequence):
        return listed(of_type(parts[0]))
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": of_type(parts[1])}
    raise TypeError(f"no schema for {kind}")


def of_fields(kind: type, *, without: Sequence[str] = (), **given: Schema) -> Schema:
    """Give the schema of a dataclass that is written with its fields as keys.

    ``given`` has the schemas of further keys, and of fields whose type says too little.
    """
    hints = get_type_hints(kind)
    own = {
        one.name: given.get(one.name) or of_type(hints[one.name])
        for one in fields(kind)
        if one.name not in without
    }
    return of_keys(**own | given)


def of_keys(**keys: Schema) -> Schema:
    """Give the schema of an object that has exactly these keys."""
    return {
        "type": "object",
        "properties": keys,
        "required": list(keys),
        "additionalProperties": False,
    }


def listed(item: Schema) -> Schema:
    """Give the schema of a list of such items."""
    return {"type": "array", "items": item}


def optional(schema: Schema) -> Schema:
    """Give the schema of such a value or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(*values: str) -> Schema:
    """Give the schema of one of some strings."""
    return {"type": "string", "enum": list(values)}


def named(name: str) -> Schema:
    """Give a reference to a schema among the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}
