"""Requests that are hindered: what is sent again, how long is waited, what the errors say."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.request import Request

import pytest

from dutygraph.store import transport
from dutygraph.store.endpoint import AUTHENTICATION, Endpoint
from dutygraph.store.graphs import StoreError
from dutygraph.store.remote import RemoteStore
from dutygraph.store.transport import Transport

EMPTY = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'
Reply = tuple[int, dict[str, str], bytes]
DONE: Reply = (204, {}, b"")


@dataclass
class Scripted:
    """A server that answers by a script, the last line again and again."""

    address: str = ""
    replies: list[Reply] = field(default_factory=list)
    seen: list[tuple[str, str | None, bytes]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Scripted]:
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.seen.append((self.command, self.headers.get("Authorization"), body))
            status, headers, content = script.replies.pop(0)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        script.address = f"http://127.0.0.1:{listening.server_port}/sparql"
        yield script
        listening.shutdown()
        thread.join()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the pauses that were made, without making them."""
    pauses: list[float] = []
    monkeypatch.setattr(transport.time, "sleep", pauses.append)
    return pauses


def _store(server: Scripted, **settings: str) -> RemoteStore:
    return RemoteStore(Endpoint.of(server.address, settings))


def _select(store: RemoteStore) -> list[object]:
    return list(store.select("SELECT ?s WHERE { ?s ?p ?o }", ()))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_is_hindered_is_sent_again_with_longer_pauses(
    status: int, server: Scripted, waited: list[float]
) -> None:
    server.replies = [(status, {}, b"busy"), (status, {}, b"busy"), (200, {}, EMPTY)]
    assert _select(_store(server)) == []
    assert waited == [0.5, 1.0]
    assert len({body for _, _, body in server.seen}) == 1, "the same request each time"


def test_a_server_that_says_when_to_come_back_is_heard_within_bounds(
    server: Scripted, waited: list[float]
) -> None:
    server.replies = [
        (503, {"Retry-After": "3"}, b""),
        (503, {"Retry-After": "86400"}, b""),
        (200, {}, EMPTY),
    ]
    _select(_store(server))
    assert waited == [3.0, 30.0]


def test_after_the_last_attempt_the_server_s_words_are_told(
    server: Scripted, waited: list[float]
) -> None:
    server.replies = [(503, {}, b"down for maintenance")] * 6
    with pytest.raises(StoreError, match=r"503.*down for maintenance"):
        _select(_store(server))
    assert len(waited) == 5


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "as it should: no such prefix"),
        (401, AUTHENTICATION),
        (403, "rights"),
        (404, "no such"),
    ],
)
def test_what_is_wrong_is_not_sent_again(
    status: int, said: str, server: Scripted, waited: list[float]
) -> None:
    server.replies = [(status, {}, b"no such prefix")]
    with pytest.raises(StoreError, match=said):
        _select(_store(server))
    assert waited == []


def test_a_body_that_is_shorter_than_announced_is_asked_for_again(
    server: Scripted, waited: list[float]
) -> None:
    server.replies = [(200, {"Content-Length": "9999"}, EMPTY), (200, {}, EMPTY)]
    store = _store(server)
    assert _select(store) == []
    assert waited == [0.5]


def test_a_body_that_breaks_off_is_no_short_answer(server: Scripted) -> None:
    server.replies = [(200, {}, EMPTY[:-9])]
    with pytest.raises(StoreError, match="ran out of time"):
        _select(_store(server))


def test_an_answer_that_takes_too_long_is_not_waited_for_and_not_asked_for_again() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/sparql"
        store = RemoteStore(Endpoint(address, address, timeout=0.2))
        with pytest.raises(StoreError, match="DUTYGRAPH_STORE_TIMEOUT"):
            _select(store)


@pytest.mark.parametrize(
    ("given", "sent"),
    [("bearer abc", "Bearer abc"), ("basic me:pw", "Basic bWU6cHc=")],
)
def test_who_asks_is_said_with_every_request(given: str, sent: str, server: Scripted) -> None:
    server.replies = [(200, {}, EMPTY)]
    _select(_store(server, **{AUTHENTICATION: given}))
    assert [authorization for _, authorization, _ in server.seen] == [sent]


def test_a_digest_answers_what_the_server_asks(server: Scripted) -> None:
    asks = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth", algorithm="MD5"'}
    server.replies = [(401, asks, b""), (200, {}, EMPTY)]
    _select(_store(server, **{AUTHENTICATION: "digest me:pw"}))
    first, second = (authorization for _, authorization, _ in server.seen)
    assert first is None
    assert second is not None
    assert second.startswith('Digest username="me", realm="r", nonce="n"')
    assert "pw" not in second


def test_a_way_to_log_in_that_is_not_ours_is_told(server: Scripted) -> None:
    server.replies = [(401, {"WWW-Authenticate": "Negotiate"}, b"")]
    with pytest.raises(StoreError, match="cannot be reached"):
        _select(_store(server, **{AUTHENTICATION: "digest me:pw"}))


def test_who_asks_is_not_told_to_where_a_server_redirects(
    server: Scripted, waited: list[float]
) -> None:
    server.replies = [(302, {"Location": server.address + "/elsewhere"}, b""), (200, {}, EMPTY)]
    Transport(Endpoint.of(server.address, {AUTHENTICATION: "bearer abc"})).send(
        Request(server.address)
    )
    assert [authorization for _, authorization, _ in server.seen] == ["Bearer abc", None]
    assert waited == []


@pytest.mark.parametrize("broken", [1, 2, 4])
def test_a_load_goes_on_with_the_part_that_was_hindered(
    broken: int, server: Scripted, waited: list[float]
) -> None:
    store = _store(server, DUTYGRAPH_STORE_GRAPHS=server.address)
    server.replies = [DONE] * broken + [(503, {}, b"")] + [DONE] * (5 - broken)
    for number in range(5):
        store.fill("urn:g", f"<urn:{number}> <urn:p> <urn:o> .\n".encode())
    bodies = [body for _, _, body in server.seen]
    assert len(bodies) == 6
    assert bodies[broken - 1] != bodies[broken] == bodies[broken + 1]
    assert waited == [0.5]
