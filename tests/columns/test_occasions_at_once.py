"""What occasions look at is not what other occasions bring, so that they can be taken at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from dutygraph.columns.algebra import Change, Constant, Triple, Variable
from dutygraph.columns.reading import read_update
from dutygraph.compliance.checking import Checker
from dutygraph.property_paths import Predicate
from dutygraph.regulations.prepared import open_regulations
from dutygraph.terms import DG, PREFIXES

TRUTHS = {Constant(f'"{truth}"^^<{PREFIXES["xsd"]}boolean>') for truth in ("true", "false")}
YEAR, KIND = f"{DG}year", f"{DG}recordKind"


def _changes() -> list[Change]:
    checker = Checker(open_regulations(), "hebei")
    known = checker._basis(dt.date(2014, 12, 31), 2014)
    return [change for _, bringing in known.occasions for change in read_update(bringing)[0]]


def _triples(part: object) -> Iterator[Triple]:
    if isinstance(part, Triple):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _triples(one)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _triples(getattr(part, field.name))


def _properties(path: object) -> Iterator[str]:
    if isinstance(path, Predicate):
        yield path.iri
    elif isinstance(path, tuple):
        for one in path:
            yield from _properties(one)
    elif is_dataclass(path):
        for field in fields(path):
            yield from _properties(getattr(path, field.name))


def test_occasions_look_at_nothing_that_occasions_bring_but_at_the_years_of_records() -> None:
    changes = _changes()
    assert len(changes) > 50
    brought = {name for one in changes for t in one.template for name in _properties(t.path)}
    assert KIND not in brought
    for change in changes:
        looked_at = list(_triples(change.where))
        records = {t.subject for t in looked_at if t.path == Predicate(KIND)}
        for triple in looked_at:
            if isinstance(triple.path, Variable):
                # Duties, records, dates, years and phases are brought, no truth value.
                assert triple.object in TRUTHS, triple
                continue
            shared = brought.intersection(_properties(triple.path))
            assert shared <= {YEAR}, triple
            assert not shared or triple.subject in records, triple
