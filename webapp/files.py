"""Files to keep: tables that a spreadsheet opens as what they are, and how a file is sent."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from flask import Response

from dutygraph.spreadsheets import safe_cell

CSV, JSON = "text/csv; charset=utf-8", "application/json"

_BYTE_ORDER_MARK = "\ufeff"


def table(rows: Iterable[Sequence[object]]) -> bytes:
    """Give rows as CSV (RFC 4180); a byte order mark says that it is UTF-8, None is empty."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [safe_cell("" if cell is None else str(cell)) for cell in row] for row in rows
    )
    return (_BYTE_ORDER_MARK + out.getvalue()).encode()


def as_json(value: object) -> bytes:
    """Give a value as the JSON that the commands print: UTF-8, indented, ending in a line break."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def sent(content: bytes, media_type: str, name: str) -> Response:
    """Send a file that a browser keeps under a name."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
