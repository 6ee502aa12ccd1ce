"""What supervisors ask, and what is logged: alive, ready, measured, and nobody's secrets."""

from __future__ import annotations

import json
import logging
import re
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.remits import NOTHING
from dutygraph.store.graphs import StoreError
from webapp.logs import HEADER, LOGGER, JsonFormatter
from webapp.readiness import readiness

MADE = re.compile(r"[0-9a-f]{32}")


def _measured(client: FlaskClient, begins: str) -> float:
    text = client.get("/metrics").get_data(as_text=True)
    found = [line for line in text.splitlines() if line.startswith(begins)]
    return sum(float(line.rpartition(" ")[2]) for line in found)


def test_the_process_is_alive_and_the_site_is_ready(demo: FlaskClient, empty: FlaskClient) -> None:
    for client in (demo, empty):
        for path, words in (("/healthz", "alive"), ("/readyz", "ready")):
            answer = client.get(path)
            assert answer.status_code == 200
            assert words in answer.get_data(as_text=True)
            assert answer.headers["Cache-Control"] == "no-store"


def test_a_damaged_store_is_alive_and_not_ready(
    demo_store: Path, tmp_path: Path, make_site: Callable[..., Flask]
) -> None:
    store = Path(shutil.copytree(demo_store, tmp_path / "store"))
    client = make_site(store).test_client()
    assert client.get("/readyz").status_code == 200
    (manifest,) = (store / "graph").glob("MANIFEST-*")
    manifest.write_bytes(b"garbage")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "cannot be opened" in answer.text
    assert client.get("/healthz").status_code == 200
    page = client.get("/findings")
    assert page.status_code == 503
    assert "数据已损坏" in page.text
    assert manifest.name in page.text, "the owner of a personal site is told which file it is"
    assert manifest.name in client.get("/api/v1/findings").text
    accounts = Accounts(store)
    for name, role in (("guanli", "administrator"), ("duzhe", "reader")):
        accounts.add(name, role, NOTHING, None)
    others = make_site(store, SSO_HEADER="X-Remote-User", PROXIES="127.0.0.1").test_client()
    for name in ("guanli", "duzhe", ""):
        for address in ("/findings", "/api/v1/findings", "/sparql?query=ASK%20{}", "/readyz"):
            told = others.get(address, headers={"X-Remote-User": name}).text
            # Who sees the demo alone opens another store.
            may = name == "guanli" and address != "/readyz"
            assert (manifest.name in told, str(tmp_path) in told) == (may, may), (name, address)


def test_a_store_that_is_being_opened_is_not_ready_yet(
    demo_store: Path, make_site: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(demo_store)
    with site.test_request_context():
        ready = readiness()
    monkeypatch.setattr(ready._opened, "_seconds", 0.1)
    monkeypatch.setattr(ready._source, "open", lambda: time.sleep(0.5))
    answer = site.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "being opened" in answer.get_data(as_text=True)
    time.sleep(0.6)
    assert site.test_client().get("/readyz").status_code == 200


def test_requests_are_counted_by_rule_method_and_status(demo: FlaskClient) -> None:
    known = 'dutygraph_requests_total{method="GET",route="/healthz",status="200"}'
    took = 'dutygraph_request_seconds_count{method="GET",route="/healthz"}'
    unknown = 'dutygraph_requests_total{method="other",route='
    before = [_measured(demo, one) for one in (known, took, unknown)]
    demo.get("/healthz?x=1")
    demo.open("/no/such/address", method="BREW")
    assert [_measured(demo, one) for one in (known, took, unknown)] == [one + 1 for one in before]
    assert _measured(demo, "dutygraph_requests_under_way") == 1, "the one that asks"
    assert "no/such" not in demo.get("/metrics").get_data(as_text=True)


def test_the_size_of_the_store_is_measured_by_part(demo: FlaskClient, demo_store: Path) -> None:
    size = sum(file.stat().st_size for file in (demo_store / "graph").iterdir())
    assert _measured(demo, 'dutygraph_store_bytes{part="graph"}') == size
    assert _measured(demo, "dutygraph_checks_running") == 0


@pytest.mark.parametrize(
    ("who", "from_here", "from_elsewhere", "through_a_proxy"),
    [("local", 200, 404, 404), ("all", 200, 200, 200), ("off", 404, 404, 404)],
)
def test_what_is_measured_is_for_whom_the_operator_says(
    who: str,
    from_here: int,
    from_elsewhere: int,
    through_a_proxy: int,
    demo_store: Path,
    make_site: Callable[..., Flask],
) -> None:
    client = make_site(demo_store, METRICS=who).test_client()
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics").status_code == from_here
    assert client.get("/metrics", environ_overrides=elsewhere).status_code == from_elsewhere
    for name in ("X-Forwarded-For", "Forwarded", "Via"):
        assert client.get("/metrics", headers={name: "x"}).status_code == through_a_proxy


@pytest.mark.parametrize("given", ["abcdefgh", "7f3a.proxy_1-2", "x" * 64])
def test_a_well_formed_id_of_a_request_is_kept(given: str, demo: FlaskClient) -> None:
    assert demo.get("/healthz", headers={HEADER: given}).headers[HEADER] == given


@pytest.mark.parametrize("given", ["", "short", "a b c d e f", 'x"}{"x":"y', "x" * 65, "-abcdefgh"])
def test_any_other_request_gets_an_id_of_its_own(given: str, demo: FlaskClient) -> None:
    headers = {HEADER: given} if given else {}
    made = demo.get("/no/such/address", headers=headers).headers[HEADER]
    assert MADE.fullmatch(made)
    assert made != demo.get("/healthz", headers=headers).headers[HEADER]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, object]]]:
    """Give what gives the lines of the log, as they are written within a request."""
    formatter = JsonFormatter()
    written: list[str] = []

    class Writing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(formatter.format(record))

    caplog.set_level(logging.INFO, LOGGER)
    caplog.set_level(logging.INFO)
    logging.getLogger().addHandler(handler := Writing())
    yield lambda: [json.loads(line) for line in written]
    logging.getLogger().removeHandler(handler)


def test_a_request_is_one_line_with_nothing_secret_in_it(
    demo: FlaskClient, lines: Callable[[], list[dict[str, object]]]
) -> None:
    secrets = {"Cookie": "visitor=s3cret1", "Authorization": "Bearer s3cret2", HEADER: "id-of-mine"}
    demo.post("/import?token=s3cret3", headers=secrets, data={"token": "s3cret4"})
    (line,) = lines()
    assert not re.search("s3cret", json.dumps(line))
    assert {name: line[name] for name in ("method", "path", "status", "request_id", "level")} == {
        "method": "POST",
        "path": "/import",
        "status": 403,
        "request_id": "id-of-mine",
        "level": "info",
    }
    assert isinstance(line["seconds"], float)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(line["time"]))


def test_what_goes_wrong_is_logged_under_the_id_of_its_request(
    demo_store: Path,
    make_site: Callable[..., Flask],
    lines: Callable[[], list[dict[str, object]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> None:
        raise RuntimeError("broken\nin two")

    site = make_site(demo_store, TESTING=False)
    monkeypatch.setattr(sys.modules["webapp.pages.operation"], "readiness", broken)
    answer = site.test_client().get("/readyz", headers={HEADER: "id-of-mine"})
    assert answer.status_code == 500
    error, request = lines()
    assert "RuntimeError: broken" in str(error["exception"])
    assert error["request_id"] == request["request_id"] == "id-of-mine"
    assert request["status"] == 500


def test_a_source_that_cannot_be_asked_is_not_ready(
    demo_site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise StoreError("不在 / it is gone")

    with demo_site.test_request_context():
        monkeypatch.setattr(readiness()._source, "state", gone)
    answer = demo_site.test_client().get("/readyz")
    assert (answer.status_code, "cannot be opened" in answer.text) == (503, True)
    assert "it is gone" not in answer.text
