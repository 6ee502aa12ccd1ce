"""Requests of the API as schemathesis makes them from the site's own OpenAPI document."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.faults.inputs import EVERYTHING, HANGS, MEANT, rng_of
from webapp import create_app

BATCH = 100
"""Requests that are made together, from one seed."""

ADDRESS = "http://localhost/api/v1"


class Calls:
    """Requests by number, made in batches from seeds of their own."""

    def __init__(self, document: dict[str, Any], seed: int) -> None:
        schema = schemathesis.openapi.from_dict(document)
        operations = [found.ok() for found in schema.get_all_operations()]
        self._seed = seed
        self._batch, self._cases = -1, list[Any]()
        self._strategy = st.one_of(
            one.as_strategy(generation_mode=mode) for one in operations for mode in GenerationMode
        )

    def __getitem__(self, number: int) -> Any:
        """Give a request; a batch that came out short begins anew for the last of its numbers."""
        if number // BATCH != self._batch:
            self._batch, self._cases = number // BATCH, self._made(number // BATCH)
        return self._cases[number % BATCH % len(self._cases)]

    def _made(self, batch: int) -> list[Any]:
        cases: list[Any] = []

        @hypothesis.seed(f"{self._seed} {batch}")
        @hypothesis.settings(
            max_examples=BATCH,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(self._strategy)
        def collect(case: Any) -> None:
            cases.append(case)

        collect()
        return cases


def prepared(
    case: Any, base: str, rng: random.Random, tokens: dict[str, str]
) -> requests.PreparedRequest | None:
    """Make a request of somebody, or of nobody, out of a case; None where it cannot be sent."""
    kwargs = case.as_transport_kwargs(base_url=base)
    who = rng.choice([*tokens, None, None, None])
    token = {} if who is None else {"Authorization": f"Bearer {tokens[who]}"}
    kwargs["headers"] = {**kwargs.get("headers", {}), **token}
    try:
        return requests.Request(**kwargs).prepare()
    except (requests.RequestException, UnicodeError, ValueError):
        return None


class Calling:
    """Calls the site as its server does, over a copy of the store: WSGI without a socket."""

    def __init__(self, seed: int, store: Path, tokens: dict[str, str]) -> None:
        self._seed, self._tokens = seed, tokens
        # Beside the store, which goes when all has ended: what reads the copy may end after this.
        place = Path(mkdtemp(dir=store.parent)) / "store"
        shutil.copytree(store, place)
        rates = dict.fromkeys(("QUERY_RATE", "PROGRAM_RATE", "PAGE_RATE", "FORM_RATE"), EVERYTHING)
        self._client = create_app({"STORE": str(place), **rates}).test_client()
        self._calls = Calls(self._client.get("/api/v1/openapi.json").get_json(), seed)

    def __call__(self, number: int) -> str:
        """Send a request; give its status. Raises AssertionError for one that must not be."""
        rng = rng_of(self._seed, "api", number)
        request = prepared(self._calls[number], ADDRESS, rng, self._tokens)
        if request is None:
            return "cannot be sent"
        try:
            answer = self._client.open(
                request.path_url,
                method=request.method,
                headers=list(request.headers.items()),
                data=request.body,
            )
        except UnicodeError:
            return "cannot be sent"
        told = f"{request.method} {request.url} {dict(request.headers)} {request.body!r}"
        assert answer.status_code < 500 or answer.status_code in MEANT, (
            f"{answer.status_code} {answer.text[:500]}: {told[:4000]}"
        )
        job = answer.get_json(silent=True) if answer.status_code == 202 else None
        # What is said to be made meanwhile is no job.
        if not job or "state" not in job:
            return str(answer.status_code)
        return f"202 {self._ended(job, request.headers['Authorization'])}"

    def _ended(self, job: dict[str, Any], token: str) -> str:
        """Wait until a job has ended; give its state. Raises AssertionError where it died."""
        until = time.monotonic() + HANGS
        address = f"/api/v1/jobs/{job['id']}"
        while job["state"] == "running":
            assert time.monotonic() < until, f"a job does not end: {job}"
            time.sleep(0.1)
            found = self._client.get(address, headers={"Authorization": token})
            assert found.status_code == 200, f"{found.status_code} {found.text} of {address}"
            job = found.get_json()
        assert job["state"] != "failed" or job["reason"], f"a job died: {job}"
        return str(job["state"])
