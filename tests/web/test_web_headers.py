"""What every answer tells the browser: nothing from elsewhere, nothing inline, no frame."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

ADDRESSES = [
    "/",
    "/regulation/art9",
    "/findings",
    "/units",
    "/units?view=map",
    "/import",
    "/reports",
    "/settings",
    "/nothing",
    "/ontology",
    "/readings",
    "/coverage",
    "/explain",
    "/api/docs",
]


@pytest.mark.parametrize("address", [*ADDRESSES, "/static/site.css"])
def test_an_answer_carries_the_security_headers(demo: FlaskClient, address: str) -> None:
    with demo.get(address) as answer:
        policy = dict(
            rule.strip().split(" ", 1)
            for rule in answer.headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_no_inline_script_or_style_and_loads_nothing_from_elsewhere(
    demo: FlaskClient, address: str
) -> None:
    text = demo.get(address).text
    assert "<script" not in text
    assert "<style" not in text
    assert not re.search(r'\sstyle="', text)
    assert not re.search(r'\son\w+="', text)
    loaded = re.findall(r'<(?:link|img|iframe|source)[^>]+(?:href|src)="([^"]+)"', text)
    assert loaded
    assert all(one.startswith(("/static/", "/downloads/", "/hebei/", "?")) for one in loaded)


def test_a_style_sheet_has_an_address_of_its_content_and_may_be_kept(demo: FlaskClient) -> None:
    found = re.search(r'href="(/static/site\.css\?v=[0-9a-f]{12})"', demo.get("/").text)
    assert found
    with demo.get(found[1]) as answer:
        assert answer.status_code == 200
        assert answer.cache_control.max_age == 365 * 24 * 60 * 60
        assert not re.search(r"url\(['\"]?(https?:)?//", answer.get_data(as_text=True))


def test_pico_stands_beside_its_licence(demo: FlaskClient) -> None:
    with demo.get("/static/vendor/pico/LICENSE") as answer:
        assert "MIT License" in answer.get_data(as_text=True)
    with demo.get("/static/vendor/pico/pico.min.css") as answer:
        assert "Pico CSS ✨ v2.1.1" in answer.get_data(as_text=True)
