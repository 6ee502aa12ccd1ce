"""Clients that are slow on purpose hold no thread: others are answered meanwhile."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.request import urlopen

import pytest

from tests.faults.served import serving

LINE = b"POST /login HTTP/1.1\r\nHost: x\r\n"
FORM = LINE + b"Content-Type: application/x-www-form-urlencoded\r\n"
SLOW = {
    "nothing": b"",
    "half a head": b"GET /regulation HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "a short body that does not come": FORM + b"Content-Length: 5000\r\n\r\nname=",
    "a long body that does not come": FORM + b"Content-Length: 200000\r\n\r\nname=",
    "a body in parts that do not come": FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nname=",
    "no end of a connection that was ended": LINE + b"Connection: close\r\n\r\n",
    "another request by half": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a site with two threads."""
    place = tmp_path_factory.mktemp("site")
    with (
        (place / "log").open("w", encoding="utf-8") as log,
        serving(place, stderr=log, threads="2", form_rate="6000") as (_, address),
    ):
        yield address


def _connected(address: str) -> socket.socket:
    port = int(address.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=60)


@pytest.mark.parametrize("sent", SLOW.values(), ids=list(SLOW))
def test_who_sends_nothing_more_keeps_nobody_waiting(address: str, sent: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(_connected(address)).sendall(sent)
        time.sleep(0.5)
        begun = time.monotonic()
        with urlopen(f"{address}/healthz", timeout=60) as answer:
            assert answer.status == 200
        # Who waited for one of them to be given up would wait for five seconds at least.
        assert time.monotonic() - begun < 4


def test_who_does_not_end_his_request_is_parted_from(address: str) -> None:
    begun = time.monotonic()
    with _connected(address) as slow:
        slow.sendall(SLOW["half a head"])
        assert slow.recv(100) == b""
        assert time.monotonic() - begun > 8
    with _connected(address) as slow:
        slow.sendall(SLOW["a long body that does not come"])
        assert slow.recv(12) == b"HTTP/1.1 400"


def test_where_many_ask_nothing_the_oldest_gives_way(address: str) -> None:
    with ExitStack() as stack:
        some = [stack.enter_context(_connected(address)) for _ in range(520)]
        for one in some:
            with suppress(ConnectionError):
                one.sendall(SLOW["half a head"])
        with urlopen(f"{address}/healthz", timeout=60) as answer:
            assert answer.status == 200
        with suppress(ConnectionError):
            assert some[0].recv(1) == b""


def test_a_head_without_end_is_refused(address: str) -> None:
    with _connected(address) as endless:
        endless.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000)
        assert endless.recv(100).startswith(b"HTTP/1.1 431 ")


def _answers(client: socket.socket, number: int) -> bytes:
    came = b""
    while came.count(b"\r\n\r\n") < number:
        came += client.recv(65536)
    return came


def test_requests_come_in_pieces_one_after_the_other_and_in_parts(address: str) -> None:
    with _connected(address) as client:
        for piece in (b"GET /hea", b"lthz HTTP/1.1\r\nHost: x\r", b"\n\r\n"):
            client.sendall(piece)
            time.sleep(0.1)
        assert _answers(client, 1).startswith(b"HTTP/1.1 200 ")
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        assert _answers(client, 3).count(b"HTTP/1.1 200 ") == 3
    with _connected(address) as client:
        asked = b"Host: x\r\nContent-Type: application/sparql-query\r\n"
        parts = b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n"
        client.sendall(b"POST /sparql HTTP/1.1\r\n" + asked + parts)
        assert _answers(client, 1).startswith(b"HTTP/1.1 200 ")


def test_who_waits_to_be_told_to_go_on_is_told(address: str) -> None:
    with _connected(address) as client:
        head = b"Content-Type: application/sparql-query\r\nContent-Length: 6\r\n"
        expects = b"POST /sparql HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
        client.sendall(expects + head + b"\r\n")
        assert _answers(client, 1) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"ASK {}")
        assert _answers(client, 1).startswith(b"HTTP/1.1 200 ")
