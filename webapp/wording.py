"""How dates, deadlines and marks are worded on pages: filters and globals of the templates."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final
from urllib.parse import urlsplit

from babel.dates import format_date
from flask import Flask, request, url_for
from markupsafe import Markup, escape

from dutygraph.regulations.provisions import Provision
from dutygraph.terms import REGULATIONS
from webapp.cards import anchor, article_key
from webapp.language import Words, language

_DAY_OF_MONTH: Final = {"zh": "M月d日", "en": "d MMMM"}
_MONTH: Final = {"zh": "y年M月", "en": "MMMM y"}
_LEAP_YEAR: Final = 2012
_BOTH: Final = " / "
"""Between the Chinese and the English of a message of the core."""


_CHINESE: Final = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+(?:[“”‘’—…·]*[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+)*"
)
"""A run of Chinese characters, with the marks between them that both languages use."""

STATUS_MARKS: Final = {"violation": "■", "review": "?", "advisory": "○", "due_soon": "◔"}
"""The mark beside each status, so that none is known by its colour alone."""


def month_day(written: str, tag: str | None = None) -> str:
    """Write a day of the year (``03-31``) as a language does: 3月31日, 31 March.

    That is the request's unless one is named.
    """
    month, _, day = written.partition("-")
    tag = tag or language()
    return format_date(dt.date(_LEAP_YEAR, int(month), int(day)), _DAY_OF_MONTH[tag], locale=tag)


def month(given: dt.date) -> str:
    """Write the month of a date as the request's language does: 2014年3月, March 2014."""
    tag = language()
    return format_date(given, _MONTH[tag], locale=tag)


def day(given: dt.date) -> Markup:
    """Write a date (ISO 8601) so that no line ends within it."""
    return Markup('<time datetime="{0}">{0}</time>').format(given.isoformat())


def provision_label(provision: Provision) -> Words:
    """Give a provision's label: 第九条第（三）项, Article 9, item (3)."""
    return Words(provision.label_zh, provision.label_en)


def provision_address(key: str) -> str:
    """Give the address of a provision on its article's page, or of a heading in the whole text."""
    if not key.startswith("art"):
        return url_for("regulation.whole", _anchor=key)
    article = article_key(key)
    place = None if article == key else key
    return url_for("regulation.article", key=article, _anchor=place)


def own_path(iri: str) -> str:
    """Give the path on the site of an IRI that the project, or an import, has minted."""
    path = (
        f"/{iri.removeprefix(REGULATIONS)}" if iri.startswith(REGULATIONS) else urlsplit(iri).path
    )
    return request.script_root + path


def data_address(iri: str, form: str) -> str:
    """Give the address of what the graph says of a thing in a form of RDF: ``/hebei/art9.ttl``."""
    return f"{own_path(iri)}.{form}"


def term_address(name: str) -> str:
    """Give the address of a term of the ontology from its local name."""
    return url_for("ontology.term", name=name)


def norm_address(norm: str) -> str:
    """Give the address of a norm's card from the norm's id."""
    return url_for("regulation.article", key=article_key(norm), _anchor=anchor(norm))


def tagged(words: Words) -> Markup | str:
    """Give words, what is Chinese in them marked as such on a page of another language."""
    if words.tag == language():
        return with_chinese(str(words))
    return chinese(str(words))


def chinese(words: str) -> Markup:
    """Give words of the text or of the data, marked as Chinese on a page of another language.

    Words without a Chinese character, as a number or a name in Latin letters, stay as they are.
    """
    if language() == "zh" or not _CHINESE.search(words):
        return escape(words)
    return Markup('<span lang="zh">{}</span>').format(words)


def with_chinese(words: str) -> Markup:
    """Give words of a page of another language, each run of Chinese in them marked as such."""
    if language() == "zh":
        return escape(words)
    runs = _CHINESE.split(words)
    marked = [chinese(run) for run in _CHINESE.findall(words)]
    return Markup("").join(part for pair in zip(runs, [*marked, ""], strict=True) for part in pair)


def half(message: str) -> Markup:
    """Give the half of a message of the core (``中文 / English``) in the request's language.

    Words that were asked for stand in both halves, so a stroke in them does not matter.
    """
    parts = message.split(_BOTH)
    middle = len(parts) // 2 or 1
    own = parts[:middle] if language() == "zh" else parts[middle:] or parts
    return with_chinese(_BOTH.join(own))


def install(app: Flask) -> None:
    """Give an app's templates these words."""
    app.jinja_env.filters.update(
        chinese=chinese,
        day=day,
        half=half,
        month=month,
        month_day=month_day,
        provision_label=provision_label,
        tagged=tagged,
        with_chinese=with_chinese,
    )
    app.jinja_env.globals.update(
        data_address=data_address,
        norm_address=norm_address,
        provision_address=provision_address,
        term_address=term_address,
        status_marks=STATUS_MARKS,
    )
