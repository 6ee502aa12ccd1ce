"""The two languages of the site: which one a request gets, its catalogue, and the way to switch.

The Chinese sentences of the templates are the message ids; the English ones stand in
``translations/en/LC_MESSAGES/messages.po``, which is read as it is: no compiled file is kept.
"""

from __future__ import annotations

from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, request
from flask_babel import Babel, Domain
from flask_babel import get_locale as _babel_locale
from flask_babel import gettext as _babel_gettext
from flask_babel import ngettext as _babel_ngettext

LANGUAGES: Final = {"zh": "中文", "en": "English"}
"""The languages by their tag, each by its own name; the first is the one that holds by default."""

PARAMETER: Final = "lang"
"""The query parameter, and the cookie, that name the language chosen."""

_YEAR: Final = 365 * 24 * 60 * 60


def catalogue_file() -> Path:
    """Give the English catalogue (a GNU gettext PO file)."""
    return Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def read_catalogue(file: Path) -> Translations:
    """Read a PO file into translations, by way of the MO form that gettext itself reads."""
    compiled = BytesIO()
    with file.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale="en"))
    compiled.seek(0)
    return Translations(compiled)


class _Catalogues(Domain):  # type: ignore[misc]
    """The site's message domain: English from the PO file, Chinese as written."""

    def __init__(self) -> None:
        super().__init__()
        self._by_language: dict[str, NullTranslations] = {
            "zh": NullTranslations(),
            "en": read_catalogue(catalogue_file()),
        }

    def get_translations(self) -> NullTranslations:
        """Give the translations of the request's language."""
        return self._by_language[language()]


class _Languages(Babel):  # type: ignore[misc]
    """Flask-Babel with the site's domain in the place of its folders of compiled files."""

    @cached_property
    def domain_instance(self) -> Domain:
        """Give the site's domain, one for each app."""
        return _Catalogues()


def gettext(message: str, **values: object) -> str:
    """Give a message in the request's language, ``%(name)s`` filled in."""
    translated: str = _babel_gettext(message, **values)
    return translated


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """Give a message that depends on a number in the request's language."""
    translated: str = _babel_ngettext(one, many, number, **values)
    return translated


def language() -> str:
    """Give the tag of the language that the request gets."""
    # A page asks thousands of times.
    if (found := g.get("language")) is None:
        found = g.language = str(_babel_locale().language)
    return str(found)


def in_language(zh: str, en: str | None) -> str:
    """Give the English words to who reads English, if there are any, else the Chinese."""
    return en if en and language() == "en" else zh


class Words(NamedTuple):
    """The same words in Chinese and in English; None where there are none in English."""

    zh: str
    en: str | None = None

    def __str__(self) -> str:
        """Give the words in the request's language."""
        return in_language(self.zh, self.en)

    @property
    def tag(self) -> str:
        """The tag of the language that ``str`` gives the words in."""
        return "en" if self.en and language() == "en" else "zh"


def _selected() -> str:
    for wanted in (request.args.get(PARAMETER), request.cookies.get(PARAMETER)):
        if wanted in LANGUAGES:
            return wanted
    return next(iter(LANGUAGES))


def switch_address(tag: str) -> str:
    """Give the address of this very page, with its query, in another language.

    It is a reference of a query alone (RFC 3986, 4.2), so that whatever path was asked for stays.
    """
    query = request.args.to_dict(flat=False) | {PARAMETER: [tag]}
    return "?" + urlencode(query, doseq=True)


def _remember(response: Response) -> Response:
    """Keep a choice of language in a cookie, and tell caches that pages depend on it.

    What says of itself in which languages it is, as RDF does, depends on no choice.
    """
    if request.endpoint == "static" or response.content_language:
        return response
    chosen = request.args.get(PARAMETER)
    if chosen in LANGUAGES:
        response.set_cookie(
            PARAMETER,
            chosen,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    response.vary.add("Cookie")
    response.content_language.add(language())
    return response


def install(app: Flask) -> None:
    """Give an app its languages: selector, catalogues, cookie, and what templates need."""
    _Languages(app, default_locale="zh", locale_selector=_selected)
    app.after_request(_remember)
    app.jinja_env.globals.update(
        in_language=in_language,
        language=language,
        languages=LANGUAGES,
        switch_address=switch_address,
    )
