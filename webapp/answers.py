"""Answers to the catalogue's questions: rows as a page shows them, and as files to keep."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any

from flask import url_for

from dutygraph.queries import catalogue
from dutygraph.queries.catalogue import Chart, Pivot
from dutygraph.queries.matrices import Matrix, matrix
from dutygraph.terms import regulation_iri
from webapp import files
from webapp.concepts import safe_address
from webapp.holdings import Holdings
from webapp.language import Words
from webapp.wording import month_day, norm_address, provision_address

_DAY = re.compile(r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
"""A day of any year: ``03-31``."""
_LISTED = re.compile(r"; |, ")
_AS_WRITTEN = ("quote", "words")
"""Columns with words of the text, which stand as they are and are no notation."""


@dataclass(frozen=True)
class Cell:
    """A value in an answer: its words and where they lead; ``parts`` when it lists several keys."""

    words: Words
    address: str | None = None
    parts: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: what it is called, what it counts, its length in parts of a hundred."""

    name: Cell
    number: int
    length: float


_NOTHING = Cell(Words(""))


@dataclass(frozen=True)
class Answer:
    """An answer as a table: the variables of the query, and the rows."""

    columns: list[str]
    rows: list[list[Cell | None]]


def headings() -> dict[str, Words]:
    """Give what the variables and parameters of the questions are called."""
    return {name: Words(zh, en) for name, (zh, en) in catalogue.headings().items()}


def answer(holdings: Holdings, sparql: str) -> Answer:
    """Ask the store the SELECT of a question and lay out the answer (SPARQL 1.1 Results JSON).

    Keys of norms, provisions and readings lead to where these are shown.
    """
    found = json.loads(holdings.law.results[sparql, "json"])
    columns: list[str] = found["head"]["vars"]
    return Answer(
        columns,
        [
            [_cell(name, binding[name], holdings) if name in binding else None for name in columns]
            for binding in found["results"]["bindings"]
        ],
    )


def _cell(name: str, term: dict[str, Any], holdings: Holdings) -> Cell:
    value = str(term["value"])
    if name in _AS_WRITTEN:
        return Cell(Words(value))
    if term["type"] == "uri":
        own = value.startswith(regulation_iri(holdings.law.regulation))
        return Cell(Words(value), None if own else safe_address(value))
    parts = [keyed(part, holdings) for part in _LISTED.split(value)]
    known = tuple(part for part in parts if part is not None)
    if len(known) == len(parts):
        return known[0] if len(known) == 1 else Cell(Words(value), parts=known)
    if _DAY.fullmatch(value):
        return Cell(Words(month_day(value, "zh"), month_day(value, "en")))
    return Cell(holdings.law.notations.get(value, Words(value.replace("; ", "、"), value)))


def keyed(value: str, holdings: Holdings) -> Cell | None:
    """Give what a key stands for: a norm, a provision or a reading; None where it is no key."""
    if value in holdings.law.commentary.cards:
        return Cell(Words(value), norm_address(value))
    if provision := holdings.law.commentary.by_key.get(value):
        label = Words(provision.label_zh, provision.label_en)
        return Cell(label, provision_address(value))
    if holdings.law.readings.get(value):
        return Cell(Words(value), url_for("readings.index", _anchor=value))
    return None


def laid_out(found: Answer, pivot: Pivot) -> Matrix[Cell]:
    """Lay an answer out as the matrix that its question asks for."""
    row, column, value = (found.columns.index(name) for name in vars(pivot).values())
    return matrix(
        (cells[row] or _NOTHING, cells[column] or _NOTHING, cells[value]) for cells in found.rows
    )


def charted(found: Answer, chart: Chart) -> list[Bar]:
    """Give the bars that an answer's question asks for, in the order of its rows."""
    label, value = found.columns.index(chart.label), found.columns.index(chart.value)
    rows = found.rows[:-1] if chart.total else found.rows
    bars = [
        (name, int(number.words.zh))
        for name, number in ((cells[label], cells[value]) for cells in rows)
        if name is not None and number is not None
    ]
    longest = max((number for _, number in bars), default=0) or 1
    return [Bar(name, number, 100 * number / longest) for name, number in bars]


def as_csv(holdings: Holdings, sparql: str, pivot: Pivot | None) -> bytes:
    """Give an answer as CSV, its values as the query gives them; a matrix where there is a pivot.

    The first line has the variables of the query; that of a matrix has the row's variable and the
    columns' values.
    """
    given = csv.reader(io.StringIO(holdings.law.results[sparql, "csv"].decode(), newline=""))
    columns, *rows = given
    if pivot is None:
        return files.table([columns, *rows])
    plain = Answer(columns, [[Cell(Words(cell)) if cell else None for cell in row] for row in rows])
    found = laid_out(plain, pivot)
    return files.table(
        [
            [pivot.row, *(head.words.zh for head in found.heads)],
            *(
                [line.words.zh, *("; ".join(one.words.zh for one in cell) for cell in cells)]
                for line, cells in found.rows
            ),
        ]
    )
