"""Who has used much of the processor lately gives way, a short while, and to others alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from webapp import turns
from webapp.turns import LATELY, MUCH, FullError, Turns


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _used(much: Turns, who: str, seconds: float) -> None:
    much.end(who, seconds, gives_way=much.begin(who))


def test_what_was_used_counts_less_the_longer_ago_it_was() -> None:
    clock = _Clock()
    some = Turns(1, clock)
    _used(some, "busy", 3 * MUCH)
    assert some.lately("busy") == pytest.approx(3 * MUCH)
    assert some.lately("quiet") == 0
    clock.now += LATELY
    assert MUCH < some.lately("busy") < 3 * MUCH / 2
    clock.now += LATELY
    assert some.lately("busy") < MUCH


def test_who_has_used_much_waits_for_those_under_way_and_nobody_waits_for_him() -> None:
    some = Turns(2)
    _used(some, "busy", 10 * MUCH)
    assert some.begin("quiet") is False
    order: list[str] = []

    def busy() -> None:
        gives_way = some.begin("busy")
        order.append("busy")
        some.end("busy", 0, gives_way=gives_way)

    waiting = threading.Thread(target=busy)
    waiting.start()
    while not some.waiting:
        threading.Event().wait(0.001)
    assert some.begin("another") is False
    order.append("another")
    some.end("another", 0, gives_way=False)
    order.append("quiet")
    some.end("quiet", 0, gives_way=False)
    waiting.join(timeout=10)
    assert order == ["another", "quiet", "busy"]


def test_those_who_give_way_run_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 10.0)
    some = Turns(8)
    at_once, most = 0, 0
    lock = threading.Lock()

    def busy(who: str) -> None:
        nonlocal at_once, most
        gives_way = some.begin(who)
        assert gives_way
        with lock:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.01)
        with lock:
            at_once -= 1
        some.end(who, 0, gives_way=gives_way)

    for number in range(6):
        _used(some, f"busy {number}", 10 * MUCH)
    threads = [threading.Thread(target=busy, args=(f"busy {one}",)) for one in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)
    assert most == 1


def test_nobody_gives_way_for_longer_than_his_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    some = Turns(1)
    _used(some, "busy", 10 * MUCH)
    assert some.begin("quiet") is False, "and he takes as long as he likes"
    assert some.begin("busy") is True


def test_who_would_be_one_too_many_to_wait_is_told_so() -> None:
    some = Turns(0)
    _used(some, "quiet", 0)
    some.end("busy", 10 * MUCH, gives_way=some.begin("busy"))
    with pytest.raises(FullError):
        some.begin("busy")
    assert some.begin("quiet") is False


def test_of_many_who_have_used_little_not_all_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "_MOST_KNOWN", 10)
    some = Turns(1)
    _used(some, "busy", 10 * MUCH)
    for number in range(30):
        _used(some, f"quiet {number}", 0.001)
    assert len(some) <= 11
    assert some.lately("busy") > MUCH


def test_a_page_is_refused_with_a_time_when_too_many_wait(
    demo_store: Path, make_site: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "MUCH", -1.0)
    site = make_site(demo_store, PERSONAL=False, THREADS=1)
    started, go_on = threading.Event(), threading.Event()

    @site.route("/slow")
    def slow() -> str:
        started.set()
        go_on.wait(20)
        return "done"

    first = threading.Thread(target=lambda: site.test_client().get("/slow"))
    second = threading.Thread(target=lambda: site.test_client().get("/roles"))
    monkeypatch.setattr(turns, "PATIENCE", 20.0)
    first.start()
    assert started.wait(20)
    second.start()
    while not site.extensions["dutygraph-turns"].waiting:
        threading.Event().wait(0.01)
    client = site.test_client()
    refused = client.get("/roles")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert client.get("/healthz").status_code == 200, "who watches the site is not refused"
    assert client.get("/sparql").status_code == 200, "queries have limits of their own"
    go_on.set()
    first.join(timeout=30)
    second.join(timeout=30)
    assert client.get("/roles").status_code == 200
