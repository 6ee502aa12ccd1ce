"""Two languages: the switch keeps the page, nothing is left untranslated, nothing is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

import webapp
from webapp.language import catalogue_file

PACKAGE = Path(webapp.__file__).parent
_PLACE = re.compile(r"%\(\w+\)s")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@cache
def used_messages() -> dict[str, bool]:
    """Give the message ids of modules and templates, and whether each depends on a number."""
    found: dict[str, bool] = {}
    extracted = extract_from_dir(
        str(PACKAGE),
        [("**.py", "python"), ("**.html", "jinja2")],
        options_map={"**.html": {"newstyle_gettext": "true", "encoding": "utf-8"}},
        keywords={"_": None, "gettext": None, "ngettext": (1, 2)},
    )
    for _, _, message, _, _ in extracted:
        if isinstance(message, str):
            found.setdefault(message, False)
        else:
            found[message[0]] = True
    return found


def translated_messages() -> dict[str, Message]:
    """Give the entries of the English catalogue by message id."""
    with catalogue_file().open("rb") as stream:
        catalogue = read_po(stream, locale="en", abort_invalid=True)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message
        for message in catalogue
        if message.id
    }


def test_every_message_of_the_site_has_an_english_translation_and_none_is_left_over() -> None:
    used = used_messages()
    assert len(used) > 100
    assert set(translated_messages()) == set(used)


def forms(message: Message) -> Iterator[str]:
    yield from [message.string] if isinstance(message.string, str) else message.string or ()


@pytest.mark.parametrize("message", translated_messages().values(), ids=lambda one: str(one.id))
def test_a_translation_is_complete(message: Message) -> None:
    chinese = message.id if isinstance(message.id, str) else message.id[0]
    assert isinstance(message.id, str) != used_messages()[chinese]
    assert not message.fuzzy
    for english in forms(message):
        assert english.strip()
        assert not _CHINESE.search(english)
        assert set(_PLACE.findall(english)) == set(_PLACE.findall(chinese))


def test_chinese_is_the_language_unless_another_is_chosen(demo: FlaskClient) -> None:
    answer = demo.get("/", headers={"Accept-Language": "en"})
    assert '<html lang="zh">' in answer.text
    assert answer.headers["Content-Language"] == "zh"
    assert "Cookie" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


def test_a_choice_of_language_is_kept_in_a_cookie(demo: FlaskClient) -> None:
    answer = demo.get("/regulation/art9?lang=en")
    assert '<html lang="en">' in answer.text
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("lang=en;")
    assert "SameSite=Lax" in cookie
    assert "HttpOnly" in cookie
    assert '<html lang="en">' in demo.get("/roles").text


@pytest.mark.parametrize("wanted", ["fr", "../etc", ""])
def test_a_language_that_there_is_not_changes_nothing(demo: FlaskClient, wanted: str) -> None:
    answer = demo.get("/", query_string={"lang": wanted})
    assert '<html lang="zh">' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_switch_keeps_the_page_and_its_query(demo: FlaskClient) -> None:
    text = demo.get("/findings?year=2013&status=review").text
    assert 'href="?year=2013&amp;status=review&amp;lang=en" lang="en"' in text
    other = demo.get("/findings?year=2013&status=review&lang=en")
    assert other.status_code == 200
    assert "Checks of 2013" in other.text


@pytest.mark.parametrize(
    "query", ["_external=1&_scheme=javascript", "_anchor=x", "endpoint=static", "filename=x"]
)
def test_the_switch_is_a_query_and_nothing_else(demo: FlaskClient, query: str) -> None:
    for address in ("/", "//elsewhere.example/x", "/nothing"):
        text = demo.get(f"{address}?{query}").text
        switches = re.findall(r'<a href="([^"]*)" lang="(?:zh|en)"', text)
        assert all(switch.startswith("?") for switch in switches)


def test_the_regulation_s_words_are_marked_as_chinese_on_an_english_page(
    demo: FlaskClient,
) -> None:
    demo.set_cookie("lang", "en")
    text = demo.get("/regulation/art9").text
    assert text.count('<p class="law" lang="zh">') >= 5
    assert "convene meetings of the leading body" in text


def test_an_english_page_has_no_chinese_that_is_not_marked_as_such(demo: FlaskClient) -> None:
    demo.set_cookie("lang", "en")
    for address in (
        *("/", "/regulation/art20", "/regulation/art32", "/roles", "/readings", "/coverage"),
        *("/questions", "/questions/deadlines", "/ontology", "/explain"),
        *("/sparql", "/sparql?query=ASK%7B%7D", "/api/docs"),
        *("/training", "/training/cards", "/quiz?seed=3&mark=1&q1=A", "/matrix", "/flow", "/graph"),
        "/explain?norm=art6.para1%23n1&bearer=PrincipalHead&body=DepartmentPartyGroup",
        "/explain?norm=art99%23n1&bearer=PrincipalHead",
    ):
        text = demo.get(address).text.partition("<main")[2].partition("</main>")[0]
        unmarked = re.sub(r'<(\w+)[^>]*lang="zh".*?</\1>', "", text, flags=re.DOTALL)
        words = [
            line.strip()
            for line in re.sub(r"<[^>]+>", "\n", unmarked).splitlines()
            if _CHINESE.search(line)
        ]
        assert not words, (address, words)
