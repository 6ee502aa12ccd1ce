"""How connections are served: a thread is for a request that has arrived, not for one on its way.

gunicorn's threaded worker reads each request in the thread that answers it, and waits for whoever
sends it a byte at a time; sixteen such clients hold a site. Here the loop of the process gathers
requests as they come, and hands each to a thread when it is there: to those that answer pages, to
those of SPARQL queries, which wait for their workers, or to those that read long bodies. Who is too
slow in asking, in sending what he announced or in taking the answer is parted from.
"""

from __future__ import annotations

import errno
import math
import re
import socket
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

_ASKING: Final = 10.0
"""The seconds that a request may take to arrive, up to the end of its head or of a short body."""

_SHORT: Final = 64 * 1024
"""Bytes of a head, and of a body that is gathered before a thread looks at it."""

_SLOWEST: Final = 16 * 1024
"""Bytes of a long body in a second; who sends less, after the seconds of asking, is cut off."""

_TAKING: Final = 60.0
"""The seconds that an answer may take to be taken."""

_PARTING: Final = 2.0
"""The seconds in which a client may end a connection that we have ended (RFC 9112, 9.6)."""

_READ_ON: Final = 4 * 1024 * 1024
"""Bytes that are read and dropped of who sends on meanwhile; to read all costs both of us more."""

_MOST_ASKING: Final = 500
"""Connections without a whole request; where there are more the oldest gives way."""

_BODIES: Final = 32
_QUERIES: Final = 16
"""Threads that mostly wait: for long bodies, and for the workers of SPARQL queries."""

_ENDS: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r", re.IGNORECASE)
_IN_PARTS: Final = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Connection: close\r\nContent-Length: 0" + _ENDS
)
_FULL: Final = (errno.EMFILE, errno.ENFILE)
_PASSING: Final = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)


class _Arriving:
    """What the parser reads a request from: what has come already, then the socket, not for ever.

    It has as much of a socket as gunicorn's ``Parser`` uses.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.held = bytearray()
        self._sock = sock
        self._patience: float | None = None
        self._begun, self._received = time.monotonic(), 0

    def begin(self) -> None:
        """Wait for another request from now on."""
        self._begun, self._received = time.monotonic(), 0

    def gettimeout(self) -> float | None:
        """Give the seconds that one reading may take."""
        return self._patience

    def settimeout(self, seconds: float | None) -> None:
        """Set the seconds that one reading may take."""
        self._patience = seconds

    def recv(self, size: int) -> bytes:
        """Read some bytes. Raises ConnectionResetError where they come too slowly."""
        if self.held:
            chunk = bytes(self.held[:size])
            del self.held[:size]
            return chunk
        due = self._begun + _ASKING + self._received / _SLOWEST
        left = min(due - time.monotonic(), math.inf if self._patience is None else self._patience)
        try:
            self._sock.settimeout(max(left, 0.001))
            chunk = self._sock.recv(size)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "sent too slowly") from error
        finally:
            self._sock.settimeout(_TAKING)
        self._received += len(chunk)
        return chunk

    @property
    def head(self) -> bytes | None:
        """What has come up to the end of the head, None before all of that has."""
        end = self.held.find(_ENDS)
        return None if end < 0 else bytes(self.held[: end + len(_ENDS)])


def _announced(head: bytes) -> float:
    """Give the bytes of body that a head announces, infinity where it does not say how many.

    Who counts is the parser, later; this only tells which thread is to wait.
    """
    if _IN_PARTS.search(head):
        return math.inf
    length = _LENGTH.search(head)
    return int(length[1]) if length else 0


def _is_query(head: bytes) -> bool:
    """Tell whether a request may be for the SPARQL endpoint, however its target is written."""
    return b"sparql" in unquote_to_bytes(head.partition(b"\r\n")[0]).lower()


class _Connection(TConn):  # type: ignore[misc]
    """A connection, and what of its next request has arrived."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.source = _Arriving(self.sock)
        self.parser = http.get_parser(self.cfg, self.source, self.client)
        # Nothing is waited for in a thread before it is handed one.
        self.data_ready = True
        self.dropped = 0


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, with threads for requests that are there."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._parting: deque[_Connection] = deque()

    def init_process(self) -> None:
        """Begin to serve."""
        self._bodies = ThreadPoolExecutor(_BODIES, "bodies")
        self._queries = ThreadPoolExecutor(_QUERIES, "queries")
        super().init_process()

    def run(self) -> None:
        """Serve until the process is told to stop."""
        super().run()
        for pool in (self._bodies, self._queries):
            pool.shutdown(wait=False)

    # Coming -------------------------------------------------------------------------------------

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, and wait for its request."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in _FULL:
                self._drop_oldest()
            elif error.errno not in _PASSING:
                raise
            return
        self.nr_conns += 1
        self._await(_Connection(self.cfg, sock, client, listener.getsockname()))

    def _await(self, conn: _Connection) -> None:
        """Wait for a request of which perhaps something has come already."""
        conn.source.begin()
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + _ASKING
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._on_arriving, conn))
        if len(self.pending_conns) > _MOST_ASKING:
            self._drop_oldest()
        if conn.source.held:
            self._hand_over(conn)

    def _on_arriving(self, conn: _Connection, _: object) -> None:
        if conn.sock.fileno() < 0:
            # It gave way to one that came in the same turn of the loop.
            return
        try:
            came = conn.sock.recv(_SHORT)
        except BlockingIOError:
            return
        except OSError:
            came = b""
        conn.source.held += came
        if came:
            self._hand_over(conn)
        else:
            self._drop(conn)

    def _hand_over(self, conn: _Connection) -> None:
        """Give a request to a thread if as much of it is there as a thread should find."""
        head = conn.source.head
        if head is None:
            if len(conn.source.held) > _SHORT:
                with suppress(OSError):
                    conn.sock.send(_TOO_LARGE)
                self._drop(conn)
            return
        body = _announced(head)
        if len(conn.source.held) - len(head) < body <= _SHORT:
            return
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        pool = self._queries if _is_query(head) else self.tpool
        done = (self._bodies if body > _SHORT else pool).submit(self.handle, conn)
        done.add_done_callback(
            lambda found: self.method_queue.defer(self.finish_request, conn, found)
        )

    def murder_keepalived(self, force: bool = False) -> None:
        """End connections on which nothing has come for long, not those on which it has just."""
        if force or (self.keepalived_conns and self._is_over(self.keepalived_conns[0])):
            self.wait_for_and_dispatch_events(0)
            super().murder_keepalived(force)

    @staticmethod
    def _is_over(conn: _Connection) -> bool:
        return bool(conn.timeout <= time.monotonic())

    # Going --------------------------------------------------------------------------------------

    def handle_request(self, req: Any, conn: _Connection) -> bool:
        """Answer a request in a thread, to a client that takes the answer."""
        conn.sock.settimeout(_TAKING)
        try:
            return bool(super().handle_request(req, conn))
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "taken too slowly") from error

    def finish_request(self, conn: _Connection, done: Future[bool]) -> None:
        """Wait for the next request of a connection, or part from it."""
        if done.cancelled() or done.exception() or not done.result():
            self._part(conn)
            return
        conn.source.held[:0] = conn.parser.unreader.take_buffered()
        if conn.source.held:
            self._await(conn)
        else:
            super().finish_request(conn, done)

    def on_client_socket_readable(self, conn: _Connection, sock: socket.socket) -> None:
        """Wait for the whole of a request that begins on a connection that was kept."""
        self.poller.unregister(sock)
        self.keepalived_conns.remove(conn)
        self._await(conn)

    def _part(self, conn: _Connection) -> None:
        """End a connection on our side; the client has a moment to end it on his.

        gunicorn waits for him in the loop that everybody's requests come through.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            self._close(conn)
            return
        conn.timeout = time.monotonic() + _PARTING
        self._parting.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._on_parting, conn))

    def _on_parting(self, conn: _Connection, _: object) -> None:
        with suppress(OSError):
            came = conn.sock.recv(_READ_ON - conn.dropped)
            conn.dropped += len(came)
            if came and conn.dropped < _READ_ON:
                return
        self.poller.unregister(conn.sock)
        self._parting.remove(conn)
        self._close(conn)

    def _drop_oldest(self) -> None:
        if self.pending_conns:
            self._drop(self.pending_conns[0])

    def _drop(self, conn: _Connection) -> None:
        """End a connection that is waited for."""
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        self._close(conn)

    def _close(self, conn: _Connection) -> None:
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """End the connections whose time is over."""
        super().murder_pending()
        while self._parting and self._is_over(self._parting[0]):
            conn = self._parting.popleft()
            self.poller.unregister(conn.sock)
            self._close(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """End what is waited for soon, too, when the site is stopped."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)
