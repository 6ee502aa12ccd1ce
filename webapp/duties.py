"""Duties as their page shows them: the facets with their counts, the rows, the files to keep."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from dutygraph.explain.facets import ANY, BODY, CARRIED, FACETS, INHERITED, NONE, OWN, Selection
from dutygraph.regulations import citation
from dutygraph.regulations.linked import FORMATS
from dutygraph.regulations.norms import Norm
from dutygraph.regulations.provisions import Provision
from dutygraph.spreadsheets import XLSX, flat, workbook
from dutygraph.terms import DG, regulation_iri
from webapp import files
from webapp.cards import Card
from webapp.holdings import Holdings
from webapp.language import Words, gettext

_TERMS: Final = ("role", "body", "kind", "addressee", "evidence")
_SHEET: Final = "duties"

FORMS: Final = {"csv": "CSV", "json": "JSON", "xlsx": "Excel", "ttl": "Turtle", "txt": None}
"""File extension → what it is called, where that is the same in every language."""


@dataclass(frozen=True)
class Option:
    """A value of a facet, and how many norms it leaves."""

    value: str
    words: Words | str
    number: int


@dataclass(frozen=True)
class Facet:
    """A facet with its options; ``without`` is the selection when nothing is chosen in it."""

    name: str
    chosen: Option | None
    options: tuple[Option, ...]
    without: dict[str, str]


@dataclass(frozen=True)
class Row:
    """A norm of the list: its card, the provisions through which it came, its readings' keys."""

    card: Card
    via: tuple[Provision, ...]
    readings: tuple[str, ...]


def facets(held: Holdings, selection: Selection) -> list[Facet]:
    """Give the facets of a selection; a chosen value is among the options even if it leaves none.

    Articles stand in the order of the text, all else with the most norms first, what lacks the
    thing last.
    """
    counts = held.law.facets.counts(selection)
    return [_facet(held, name, counts[name], selection) for name in FACETS]


def _facet(held: Holdings, name: str, counted: Counter[str], selection: Selection) -> Facet:
    chosen = selection.given.get(name, "")
    values = {*counted, chosen} - {""}
    options = [Option(one, words(held, name, one), counted[one]) for one in values]
    options.sort(
        key=lambda one: (
            one.value == NONE,
            held.law.order.get(one.value, 0) if name == "article" else -one.number,
            one.value != ANY,
            str(one.words),
        )
    )
    return Facet(
        name=name,
        chosen=next((one for one in options if one.value == chosen), None),
        options=tuple(options),
        without=replace(selection, **{name: ""}).given,
    )


def words(held: Holdings, name: str, value: str) -> Words | str:
    """Give what a value of a facet is called."""
    if value in (OWN, INHERITED, ANY, NONE):
        return _special(name, value)
    if name in _TERMS:
        return held.law.vocabulary.concept(DG + value).label
    if name == "article":
        provision = held.law.commentary.by_key[value]
        return Words(provision.label_zh, provision.label_en)
    return held.law.notations.get(value, Words(value))


def _special(name: str, value: str) -> str:
    return {
        (CARRIED, OWN): gettext("自身承担"),
        (CARRIED, INHERITED): gettext("依条文承接"),
        ("discretion", ANY): gettext("有裁量词"),
        ("discretion", NONE): gettext("没有裁量词"),
        ("addressee", NONE): gettext("没有对象"),
        ("deadline", NONE): gettext("没有期限"),
        ("evidence", NONE): gettext("没有记录可证明"),
    }[name, value]


def rows(held: Holdings, norms: Iterable[Norm]) -> Iterator[Row]:
    """Lay norms out as rows."""
    by_key = held.law.commentary.by_key
    for norm in norms:
        yield Row(
            card=held.law.commentary.cards[norm.id],
            via=tuple(by_key[key] for key in norm.via if key in by_key),
            readings=tuple(norm.reading),
        )


def explained_by(selection: Selection) -> dict[str, str] | None:
    """Give the parameters that ask why the selection's party carries a norm; None without one."""
    if not any(selection.party):
        return None
    if not selection.role:
        return {"bearer": selection.body}
    return {"bearer": selection.role} | ({BODY: selection.body} if selection.body else {})


def as_file(held: Holdings, norms: list[Norm], form: str) -> tuple[bytes, str]:
    """Give norms as a file, and its media type.

    JSON is that of `dutygraph norms --format json`, CSV and workbook have its columns; Turtle has
    the triples of norms, deadlines and the places of their words. KeyError for another form.
    """
    made: dict[str, tuple[Callable[[], bytes], str]] = {
        "csv": (lambda: _csv(*_table(norms)), files.CSV),
        "json": (lambda: files.as_json([norm.to_json() for norm in norms]), files.JSON),
        "xlsx": (lambda: workbook(_SHEET, *_table(norms)), XLSX),
        "ttl": (
            lambda: held.law.linked.norms([norm.iri for norm in norms], "ttl"),
            FORMATS["ttl"][1],
        ),
        "txt": (lambda: _citations(held, norms).encode(), "text/plain; charset=utf-8"),
    }
    make, media_type = made[form]
    return make(), media_type


def _citations(held: Holdings, norms: list[Norm]) -> str:
    """Give the words of norms as citations, one a line, then the entry for a reference list."""
    title, by_key = held.law.title.zh, held.law.commentary.by_key
    lines = []
    for norm in norms:
        way = "、".join(by_key[key].label_zh for key in norm.via[:-1])
        through = f"（经{way}）" if way else ""
        place = by_key[norm.provision].label_zh
        lines.append(f"{citation.plain(title, place, norm.quote)}{through} {norm.iri}")
    iri = regulation_iri(held.law.regulation)
    lines += ["", citation.gbt7714(title, iri, dt.datetime.now(dt.UTC).date()), ""]
    return "\n".join(lines)


def _table(norms: list[Norm]) -> tuple[list[str], list[list[str]]]:
    found: list[dict[str, Any]] = [norm.to_json() for norm in norms]
    head = list(Norm.__dataclass_fields__)
    return head, [[flat(one[name]) for name in head] for one in found]


def _csv(head: list[str], table: list[list[str]]) -> bytes:
    return files.table([head, *table])
