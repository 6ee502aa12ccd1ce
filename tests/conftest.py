"""What holds for all tests: hypothesis writes nothing into the tree and repeats itself in CI."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from rdflib.plugins.sparql import processor
from rdflib.plugins.sparql.sparql import Query

from dutygraph.accounts import passwords

settings.register_profile("dutygraph", database=None, deadline=None, derandomize="CI" in os.environ)
settings.load_profile("dutygraph")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--edits", type=int, default=120, help="how many random edits of records")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "edit" in metafunc.fixturenames:
        metafunc.parametrize("edit", range(metafunc.config.getoption("--edits")))


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with little work: what is tested is not how much work it is."""
    quick = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)


@pytest.fixture(scope="module")
def each_query_is_parsed_once() -> Iterator[None]:
    """Keep what rdflib made of a query: pyshacl hands it the same text for every focus node."""
    parse, translate = processor.parseQuery, processor.translateQuery

    @functools.cache
    def once(query: str, base: str | None, prefixes: tuple[tuple[str, str], ...]) -> Query:
        return translate(parse(query), base, dict(prefixes))

    def prepare(query: str, base: str | None, prefixes: Mapping[str, str]) -> Query:
        return once(query, base, tuple(sorted(prefixes.items())))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processor, "parseQuery", lambda query: query)
        patch.setattr(processor, "translateQuery", prepare)
        yield
