"""Hostile clients: each does one thing that hurts, as quickly as it can."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
import zipfile
from collections.abc import Callable
from functools import cache
from multiprocessing.connection import Connection
from urllib.parse import quote

import requests

from benchmarks.load.site import Seen, Site

EXPLODING = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i) }"
DEEP = f"SELECT * {{ {'OPTIONAL {' * 95} ?s (dg:a|!dg:b)* ?o {'}' * 95} }}"

Attack = Callable[[requests.Session, Site], object]


def _asking(query: str) -> Attack:
    return lambda session, site: session.post(
        f"{site.address}/sparql", data={"query": query}, timeout=60
    )


def _asking_as_reader(session: requests.Session, site: Site) -> object:
    token = {"Authorization": f"Bearer {site.tokens['hostile-reader']}"}
    return session.get(
        f"{site.address}/sparql", params={"query": EXPLODING}, headers=token, timeout=60
    )


def _dripping(head: bytes) -> Attack:
    """Hold thirty connections on which hardly anything comes."""

    def attack(_: requests.Session, site: Site) -> None:
        some = [socket.create_connection(("127.0.0.1", site.port), 10) for _ in range(30)]
        try:
            for each in some:
                each.sendall(head)
            for _ in range(8):
                time.sleep(1)
                for each in some:
                    each.sendall(b"x")
        finally:
            for each in some:
                each.close()

    return attack


def _huge(session: requests.Session, site: Site) -> object:
    return session.post(f"{site.address}/login", data=_large(), timeout=60)


@cache
def _large() -> bytes:
    return b"name=" + b"x" * (64 << 20)


@cache
def _exploding() -> bytes:
    """Give an archive of 300 MB in 300 kB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("units.csv", b"\0" * (300 << 20))
    return packed.getvalue()


def _bomb(session: requests.Session, site: Site) -> object:
    token = {"Authorization": f"Bearer {site.tokens['hostile-officer']}"}
    files = {"files": ("units.zip", _exploding())}
    return session.post(f"{site.address}/api/v1/imports", files=files, headers=token, timeout=60)


def _guess(session: requests.Session, site: Site) -> object:
    page = session.get(f"{site.address}/login", timeout=60).text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    form = {"token": token, "name": "administrator", "password": f"{time.time()}-guess"}
    return session.post(f"{site.address}/login", data=form, timeout=60)


def _hammer(path: str) -> Attack:
    return lambda session, site: session.get(f"{site.address}{path}", timeout=60)


_HEAD = b"GET /regulation HTTP/1.1\r\nHost: x\r\nX-Slow: "
_BODY = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HOSTILE: tuple[tuple[str, Attack], ...] = (
    *(("exploding queries", _asking(EXPLODING)),) * 3,
    ("exploding queries of an account", _asking_as_reader),
    *(("deep queries", _asking(DEEP)),) * 2,
    ("slow heads", _dripping(_HEAD)),
    ("slow bodies", _dripping(_BODY + b"Content-Length: 9000\r\n\r\n")),
    ("slow long bodies", _dripping(_BODY + b"Content-Length: 90000\r\n\r\n")),
    *(("huge bodies", _huge),) * 2,
    ("archives that explode", _bomb),
    *(("log-ins that guess", _guess),) * 2,
    ("hammering a page", _hammer("/findings")),
    ("hammering the search", _hammer(f"/search?q={quote('党')}")),
)


def hostile(site: Site, number: int, until: float, seen: Seen) -> None:
    """Be one hostile client until a moment."""
    what, attack = HOSTILE[number % len(HOSTILE)]
    with requests.Session() as session:
        session.trust_env = False
        session.headers["X-Forwarded-For"] = f"192.0.2.{number + 1}"
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                answer = attack(session, site)
                status = str(getattr(answer, "status_code", "held"))
            except (requests.RequestException, OSError):
                status = "cut off"
            seen.note(what, time.monotonic() - began, status, good=False)


def all_of_them(site: Site, number: int, seconds: float, told: Connection) -> None:
    """Be so many hostile clients for some seconds, in a process of their own; tell what they saw.

    What they send is made before they begin, and they leave the processors to the site where both
    want them: their own work, which elsewhere other machines do, is not the site's.
    """
    os.nice(10)
    _large(), _exploding()
    told.send(None)
    seen, until = Seen(), time.monotonic() + seconds
    clients = [
        threading.Thread(target=hostile, args=(site, one, until, seen)) for one in range(number)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    told.send(seen)
