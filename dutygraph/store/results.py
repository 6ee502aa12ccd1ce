"""Answers as servers send them: SPARQL 1.1 Query Results JSON, read, mended, written anew.

Every SELECT and ASK is asked for as JSON, whatever form is wanted in the end: a body that was cut
off in the middle is no JSON, while half a CSV file looks like a short answer.
"""

from __future__ import annotations

import json
from typing import Any, Final

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    parse_query_results,
)

from dutygraph.store.graphs import Row, StoreError, Term
from dutygraph.terms import PREFIXES

Binding = dict[str, dict[str, str]]
Results = dict[str, Any]

_BOOLEAN: Final = PREFIXES["xsd"] + "boolean"
_BOOLEANS: Final = {"1": "true", "0": "false"}
"""Booleans in their canonical form (XML Schema 1.1, 3.3.2.2); Virtuoso gives the other."""

_STRING: Final = PREFIXES["xsd"] + "string"
"""The datatype of literals that name none (RDF 1.1, 3.3)."""

_ASKED: Final = "__ASK_RETVAL"
"""The variable in which Virtuoso answers an ASK, as if it were a SELECT."""


def read(body: bytes, address: str) -> Results:
    """Read an answer. Raises StoreError when it is no JSON, as when the server broke it off."""
    try:
        answer = json.loads(body)
        return {"head": {}, "boolean": answer["boolean"]} if "boolean" in answer else _rows(answer)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{address}：回答中断或者不是 SPARQL 结果，多半是服务器超过了时限；请缩小查询"
            "或者放宽服务器的时限 / the answer breaks off or is no SPARQL result, most likely "
            "because the server ran out of time; ask for less or give the server more time"
        ) from error


def _rows(answer: Results) -> Results:
    names, rows = answer["head"]["vars"], answer["results"]["bindings"]
    if names == [_ASKED]:
        return {"head": {}, "boolean": bool(rows) and rows[0][_ASKED]["value"] == "1"}
    for row in rows:
        for value in row.values():
            # The name that literals with a datatype had before SPARQL 1.1.
            if value["type"] == "typed-literal":
                value["type"] = "literal"
            if value.get("datatype") == _BOOLEAN:
                value["value"] = _BOOLEANS.get(value["value"], value["value"])
    return {"head": {"vars": names}, "results": {"bindings": rows}}


def written(results: Results, form: QueryResultsFormat) -> bytes:
    """Write an answer in a W3C form."""
    body = json.dumps(results, ensure_ascii=False).encode()
    read_again = parse_query_results(body, format=QueryResultsFormat.JSON)
    return read_again.serialize(format=form) or b""


def term(value: dict[str, str]) -> Term:
    """Give a term from its form in the answer."""
    match value["type"]:
        case "uri":
            return NamedNode(value["value"])
        case "bnode":
            return BlankNode(value["value"].replace("nodeID://", ""))
        case _:
            if "xml:lang" in value:
                return Literal(value["value"], language=value["xml:lang"])
            datatype = value.get("datatype")
            return Literal(value["value"], datatype=NamedNode(datatype) if datatype else None)


def binding(row: Row) -> Binding:
    """Give a row as it stands in an answer. Raises StoreError for a triple in it (RDF 1.2)."""
    return {name: _told(value) for name, value in row.items()}


def _told(value: Term) -> dict[str, str]:
    match value:
        case NamedNode():
            return {"type": "uri", "value": value.value}
        case BlankNode():
            return {"type": "bnode", "value": value.value}
        case Literal():
            told = {"type": "literal", "value": value.value}
            if value.language:
                told["xml:lang"] = value.language
            elif value.datatype.value != _STRING:
                told["datatype"] = value.datatype.value
            return told
        case _:
            raise StoreError(
                "答案中有的值是三元组（RDF 1.2），SPARQL 1.1 的答案容不下；请分别取其各项 / "
                "a value of the answer is a triple (RDF 1.2), which answers of SPARQL 1.1 cannot "
                "hold; ask for its subject, predicate and object"
            )
