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
