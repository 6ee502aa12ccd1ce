"""Answers to the catalogue's questions: rows as a page shows them, and as files to keep."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from dutygraph.queries import catalogue
from dutygraph.terms import regulation_iri
from webapp.commentary import Card
from webapp.concepts import safe_address
from webapp.holdings import Holdings
from webapp.language import Words

_BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AS_WRITTEN = ("quote", "words")
"""Columns with words of the text, which stand as they are and are no notation."""


@dataclass(frozen=True)
class Cell:
    """A value in an answer: its words, and the provision, norm or address that it leads to."""

    words: Words
    provision: str | None = None
    norm: Card | None = None
    address: str | None = None


@dataclass(frozen=True)
class Answer:
    """An answer as a table: the variables of the query, and the rows."""

    columns: list[str]
    rows: list[list[Cell | None]]


def headings() -> dict[str, Words]:
    """Give what the variables and parameters of the questions are called."""
    return {name: Words(zh, en) for name, (zh, en) in catalogue.headings().items()}


def answer(holdings: Holdings, sparql: str) -> Answer:
    """Ask the store a SELECT and lay the answer out (SPARQL 1.1 Query Results JSON)."""
    found = json.loads(holdings.results[sparql, "json"])
    columns: list[str] = found["head"]["vars"]
    return Answer(
        columns, [_row(binding, columns, holdings) for binding in found["results"]["bindings"]]
    )


def _row(
    binding: dict[str, dict[str, Any]], columns: list[str], holdings: Holdings
) -> list[Cell | None]:
    card = None
    if "norm" in binding:
        card = holdings.commentary.cards.get(binding["norm"]["value"])
    return [
        _cell(name, binding[name], card, holdings) if name in binding else None for name in columns
    ]


def _cell(name: str, term: dict[str, Any], card: Card | None, holdings: Holdings) -> Cell:
    value = str(term["value"])
    if name == "norm" and card is not None:
        return Cell(Words(value), norm=card)
    provision = holdings.commentary.by_key.get(value)
    if provision is not None:
        return Cell(Words(provision.label_zh, provision.label_en), provision=value)
    if term["type"] == "uri":
        own = value.startswith(regulation_iri(holdings.regulation))
        return Cell(Words(value), address=None if own else safe_address(value))
    return Cell(
        Words(value) if name in _AS_WRITTEN else holdings.notations.get(value, Words(value))
    )


def safe_cell(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula: it gets an apostrophe before it."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def as_csv(holdings: Holdings, sparql: str) -> bytes:
    """Give an answer as CSV (RFC 4180) that a spreadsheet opens as what it is.

    A byte order mark says that it is UTF-8; see ``safe_cell`` for what would be formulas.
    """
    rows = csv.reader(io.StringIO(holdings.results[sparql, "csv"].decode(), newline=""))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe_cell(cell) for cell in row] for row in rows)
    return (_BYTE_ORDER_MARK + out.getvalue()).encode()
