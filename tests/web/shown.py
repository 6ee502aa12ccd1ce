"""What a page shows: its text as sent, and its words without the tags."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def shown_token(client: FlaskClient, address: str) -> str:
    """Give the token of a form that a page shows to a browser, nothing where it shows none."""
    found = re.search(r'name="token" value="([^"]+)"', client.get(address).text)
    return found[1] if found else ""
