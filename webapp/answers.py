"""Answers to the catalogue's questions: rows as a page shows them, and as files to keep."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from dutygraph.terms import regulation_iri
from webapp.commentary import Card
from webapp.concepts import safe_address
from webapp.holdings import Holdings
from webapp.language import Words, gettext

_BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LIST_MARK = "、"


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


def headings() -> dict[str, str]:
    """Give what the variables and parameters of the questions are called."""
    return {
        "action": gettext("做什么"),
        "addressee": gettext("对象"),
        "article": gettext("条款"),
        "bearer": gettext("义务人"),
        "bearers": gettext("义务人"),
        "body": gettext("领导班子"),
        "default": gettext("默认读法"),
        "frequency": gettext("频次"),
        "from": gettext("自"),
        "norm": gettext("规范"),
        "provision": gettext("条款"),
        "question": gettext("问题"),
        "quote": gettext("原文"),
        "reading": gettext("读法"),
        "record": gettext("记录"),
        "setting": gettext("设置"),
        "to": gettext("至"),
        "type": gettext("期限种类"),
        "via": gettext("经由"),
        "words": gettext("期限用词"),
    }


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
    if name == "action" and card is not None:
        return Cell(card.action)
    provision = holdings.commentary.by_key.get(value)
    if provision is not None:
        return Cell(Words(provision.label_zh, provision.label_en), provision=value)
    if term["type"] == "uri":
        own = value.startswith(regulation_iri(holdings.regulation))
        return Cell(Words(value), address=None if own else safe_address(value))
    return Cell(_translated(name, value, holdings))


def _translated(name: str, value: str, holdings: Holdings) -> Words:
    """Give a Chinese value in both languages where the graph has it in both."""
    if name in ("question", "default"):
        return _reading_words(value, holdings)
    if name in ("quote", "words"):
        return Words(value)
    english = [holdings.vocabulary.in_english(part) for part in value.split(_LIST_MARK)]
    if all(english):
        return Words(value, ", ".join(part for part in english if part))
    return holdings.notations.get(value, Words(value))


def _reading_words(value: str, holdings: Holdings) -> Words:
    for reading in holdings.readings.all:
        if reading.question.zh == value:
            return reading.question
        for code, option in reading.options.items():
            if value == f"{code} {option.zh}":
                return Words(value, f"{code} {option.en}" if option.en else None)
    return Words(value)


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
