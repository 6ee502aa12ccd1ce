"""Somebody who hands files in at the pages of a site, and the processes that look at them."""

from __future__ import annotations

import io
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from shown import plain, shown_token
from werkzeug.test import TestResponse

from dutygraph.records.history import History
from dutygraph.records.intake import open_in_force

HERE = "/import"


@dataclass
class Staff:
    """Somebody at the pages of a site that may be written to."""

    client: FlaskClient
    store: Path

    def token(self) -> str:
        """Give the token of a form shown to this browser."""
        token = shown_token(self.client, HERE)
        assert token
        return token

    def post(self, address: str, **data: Any) -> TestResponse:
        """Submit a form."""
        answer = self.client.post(
            address, data={"token": self.token(), **data}, content_type="multipart/form-data"
        )
        # A large form stands in a file, which the client leaves open.
        answer.request.environ["wsgi.input"].close()
        return answer

    def hand_in(self, *files: tuple[bytes, str], **data: str) -> str:
        """Hand files in and give the address of the job when it has ended."""
        answer = self.post(
            HERE, files=[(io.BytesIO(content), name) for content, name in files], **data
        )
        assert answer.status_code == 303, answer.text
        return self.ended(answer.headers["Location"])

    def ended(self, job: str) -> str:
        """Wait for a job to end and give its address."""
        for _ in range(600):
            told = self.client.get(f"{job}/progress.json").json
            assert told is not None
            if told["state"] != "running":
                return job
            time.sleep(0.05)
        raise AssertionError(f"{job} does not end")

    def seal(self, job: str) -> str:
        """Give the seal of what the page of a job shows."""
        found = re.search(r'name="seal" value="([^"]*)"', self.client.get(job).text)
        assert found
        return found[1]

    def confirm(self, job: str) -> TestResponse:
        """Confirm what the page of a job shows, and wait for it to be written."""
        answer = self.post(f"{job}/commit", seal=self.seal(job))
        self.ended(job)
        return answer

    def words(self, address: str) -> str:
        """Give the words of a page."""
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return plain(answer.text.partition("<main")[2].partition("</main>")[0])

    def history(self) -> History:
        """Give the imports as the store has them."""
        return History.of(open_in_force(str(self.store)))
