"""Imported words stay words: a name that is markup, an id that is an address."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote, unquote, urlsplit

import pytest
from flask.testing import FlaskClient

UNITS = ['u"><script>alert(1)</script>', "../../u2?lang=en#x", "javascript:alert(3)"]


def pages(client: FlaskClient) -> dict[str, str]:
    addresses = ["/", "/findings", "/units", *(f"/units/{quote(one, safe='')}" for one in UNITS)]
    addresses += [f"/calendar?unit={quote(one, safe='')}" for one in UNITS]
    answers = {address: client.get(address) for address in addresses}
    assert {address: one.status_code for address, one in answers.items()} == dict.fromkeys(
        addresses, 200
    )
    return {address: one.text for address, one in answers.items()}


def test_markup_in_names_ids_and_posts_is_shown_and_not_run(hostile: FlaskClient) -> None:
    found = pages(hostile)
    for text in found.values():
        assert "<script" not in text
        assert "<img" not in text
        assert not re.search(r'<[^>]+\sonmouseover="', text)
    assert "&lt;script&gt;alert(&#39;甲&#39;)&lt;/script&gt;" in found["/units"]
    assert "&lt;img src=x" in "".join(found.values())


def test_no_link_runs_what_an_import_says(hostile: FlaskClient) -> None:
    for text in pages(hostile).values():
        for address in re.findall(r'(?:href|action)="([^"]*)"', text):
            parts = urlsplit(unescape(address))
            assert parts.scheme == ""
            assert parts.netloc == ""


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_found_under_whatever_id_it_has(hostile: FlaskClient, unit: str) -> None:
    listed = hostile.get("/units").text
    links = {unescape(link) for link in re.findall(r'href="(/units/[^"]+)"', listed)}
    (link,) = [link for link in links if unquote(link) == f"/units/{unit}"]
    assert "/" not in link.removeprefix("/units/")
    answer = hostile.get(link)
    assert answer.status_code == 200
    assert unit in unescape(answer.text)


def test_words_that_are_searched_for_come_back_as_words(hostile: FlaskClient) -> None:
    for address in ("/findings", "/units"):
        text = hostile.get(address, query_string={"q": '"><script>alert(1)</script>'}).text
        assert "<script" not in text
        assert 'value="&#34;&gt;&lt;script&gt;' in text
