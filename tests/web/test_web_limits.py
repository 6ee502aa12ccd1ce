"""Who asks how often: accounts, networks, proxies; and how many queries at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from webapp.access import access, client
from webapp.rooms import room
from webapp.shares import Shares, TooManyError


def _network(site: Flask, address: str, forwarded: str = "") -> str:
    head = {"X-Forwarded-For": forwarded} if forwarded else {}
    with site.test_request_context(environ_base={"REMOTE_ADDR": address}, headers=head):
        return access().neighbourhood


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_addresses_of_ipv6_count_by_the_64(
    demo_store: Path, make_site: Callable[..., Flask], address: str, network: str
) -> None:
    site = make_site(demo_store)
    assert _network(site, address) == network
    assert _network(site, "127.0.0.1", address) == network


@pytest.mark.parametrize(
    ("hops", "forwarded", "network"),
    [
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "192.0.2.66, 198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "198.51.100.1", "198.51.100.1"),
        (3, "192.0.2.66, 198.51.100.1, 203.0.113.9, 203.0.113.10", "198.51.100.1"),
    ],
)
def test_as_much_is_believed_of_who_forwards_as_there_are_proxies(
    demo_store: Path, make_site: Callable[..., Flask], hops: int, forwarded: str, network: str
) -> None:
    site = make_site(demo_store, HOPS=hops)
    assert _network(site, "127.0.0.1", forwarded) == network
    assert _network(site, "192.0.2.200", forwarded) == "192.0.2.200", "that is no proxy of ours"


def test_pages_and_queries_are_counted_each_for_itself_and_by_network(
    demo_store: Path, make_site: Callable[..., Flask]
) -> None:
    site = make_site(demo_store, PERSONAL=False, PAGE_RATE=3, QUERY_RATE=2)
    browser = site.test_client()

    def asked(path: str, address: str) -> int:
        return browser.get(path, environ_base={"REMOTE_ADDR": address}).status_code

    paths = ("/regulation", "/roles", "/duties", "/readings")
    assert [asked(path, "2001:db8::1") for path in paths] == [200, 200, 200, 429]
    assert asked("/regulation", "2001:db8::2") == 429
    assert asked("/regulation", "2001:db8:0:1::2") == 200
    assert asked("/healthz", "2001:db8::1") == 200
    queries = [asked("/sparql?query=ASK%20%7B%7D", "192.0.2.1") for _ in range(3)]
    assert queries == [200, 200, 429]
    assert asked("/sparql", "192.0.2.1") == 200, "the page alone asks nothing"


def test_one_may_have_so_many_running_at_once_and_others_as_many() -> None:
    shares = Shares(2)
    with shares.one("a"), shares.one("a"):
        with pytest.raises(TooManyError, match="2 may run"), shares.one("a"):
            pass
        with shares.one("b"), shares.one(None), shares.one(None), shares.one(None):
            pass
    with shares.one("a"):
        pass


def test_who_has_as_many_queries_running_as_he_may_is_told_when_to_come_again(
    demo_store: Path, make_site: Callable[..., Flask]
) -> None:
    site = make_site(demo_store, PERSONAL=False, QUERIES_AT_ONCE=1)
    with site.test_request_context():
        shares = room().endpoint._shares
    browser, asked = site.test_client(), {"query": "ASK {}"}
    with shares.one("127.0.0.1"):
        answer = browser.post("/sparql", data=asked)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        page = browser.get("/sparql", query_string=asked, headers={"Accept": "text/html"})
        assert page.status_code == 429
        assert "同时只能运行 1 个" in page.text
        other = {"REMOTE_ADDR": "192.0.2.9"}
        assert browser.post("/sparql", data=asked, environ_base=other).status_code == 200
    assert browser.post("/sparql", data=asked).status_code == 200


def test_the_owner_of_a_personal_site_is_not_counted(
    demo_store: Path, make_site: Callable[..., Flask]
) -> None:
    site = make_site(demo_store, PAGE_RATE=1, QUERIES_AT_ONCE=1)
    with site.test_request_context():
        assert client() is None
    browser = site.test_client()
    assert [browser.get("/regulation").status_code for _ in range(3)] == [200] * 3
