"""How an endpoint is reached: by its location and the environment; nothing secret is shown."""

from __future__ import annotations

import pytest

from dutygraph.store.endpoint import AUTHENTICATION, GRAPHS, TIMEOUT, UPDATE, Endpoint
from dutygraph.store.graphs import StoreError


def test_all_addresses_but_the_first_come_from_the_environment() -> None:
    given = {UPDATE: "https://h/u", GRAPHS: "https://h/g", TIMEOUT: "5"}
    assert Endpoint.of("https://h/q", given) == Endpoint(
        "https://h/q", "https://h/u", "https://h/g", None, 5.0
    )


@pytest.mark.parametrize(
    ("query", "update"),
    [("http://h/query", "http://h/update"), ("http://h/sparql", "http://h/sparql")],
)
def test_without_an_address_for_updates_one_is_known_from_that_for_queries(
    query: str, update: str
) -> None:
    assert Endpoint.of(query, {}).update == update


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ("basic Aladdin:open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("bearer mF_9.B5f-4.1JqM", "Bearer mF_9.B5f-4.1JqM"),
        ("digest Mufasa:Circle of Life", None),
    ],
)
def test_who_asks_is_written_as_the_scheme_has_it(given: str, header: str | None) -> None:
    login = Endpoint.of("http://h/", {AUTHENTICATION: given}).login
    assert login is not None
    assert login.header == header


def test_a_name_in_the_address_is_taken_out_of_it() -> None:
    endpoint = Endpoint.of("http://me%40home:p%3Aw@h:1/query", {})
    assert (endpoint.query, endpoint.update) == ("http://h:1/query", "http://h:1/update")
    assert endpoint.login is not None
    assert (endpoint.login.name, endpoint.login.secret) == ("me@home", "p:w")
    assert "p:w" not in repr(endpoint)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(StoreError, match="cannot be used"):
        Endpoint.of("http://[me@h/", {})


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        (AUTHENTICATION, "letmein", "bearer TOKEN"),
        (AUTHENTICATION, "bearer", "bearer TOKEN"),
        (UPDATE, "ftp://h/u", "http or https"),
        (GRAPHS, "http://me:secret@h/g", AUTHENTICATION),
        (TIMEOUT, "soon", "number of seconds"),
        (TIMEOUT, "0", "number of seconds"),
        (TIMEOUT, "nan", "number of seconds"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_and_no_secret_repeated(
    setting: str, value: str, said: str
) -> None:
    with pytest.raises(StoreError, match=said) as refused:
        Endpoint.of("http://h/", {setting: value})
    assert "secret" not in str(refused.value)
    assert "letmein" not in str(refused.value)
