"""Small imports for tests of the history: their rows, and how they are read and put in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from dutygraph.records.committing import Receipt, commit
from dutygraph.records.csvw import load_model
from dutygraph.records.formats import Source
from dutygraph.records.history import History, live_graphs
from dutygraph.records.importing import Batch, read_sources
from dutygraph.records.known import StoredIds
from dutygraph.store.embedded import EmbeddedStore

BASE = "https://dutygraph.example/id/"
MOMENT = datetime(2014, 12, 10, 9, 30, tzinfo=UTC)
UNIT = {"id": "u1", "name": "示例县委", "kind": "地方党委", "level": "县级"}
CITY = {"id": "u2", "name": "示例市委", "kind": "地方党委", "level": "设区市级"}
MEETING = {"id": "r1", "type": "meeting", "kind": "动员部署", "date": "2014-03-20", "unit": "u1"}
HEAD = {
    "id": "p1",
    "name": "甲",
    "party_member": True,
    "leading_cadre": True,
    "roles": [{"unit": "u1", "post": "书记", "from": "2013-01-01", "principal_head": True}],
}


def source(name: str = "a.json", **lists: list[Any]) -> Source:
    return Source(name, json.dumps(lists, ensure_ascii=False).encode())


def read(store: EmbeddedStore, *sources: Source, replacing: str | None = None) -> Batch:
    history = History.of(store)
    named = None if replacing is None else history.find(replacing)
    known = StoredIds(store, history, BASE, named)
    return read_sources(sources, model=load_model(), known=known)


def put(store: EmbeddedStore, *sources: Source, replacing: str | None = None) -> Receipt:
    batch = read(store, *sources, replacing=replacing)
    return commit(batch, store, BASE, recorded_at=MOMENT)


def states(store: EmbeddedStore) -> list[str]:
    return [one.state for one in History.of(store).imports]


def names(store: EmbeddedStore) -> set[str]:
    """Give the names of the units that queries see."""
    seen = store.showing(live_graphs(store))
    rows = seen.select("SELECT ?name WHERE { ?u a dg:Unit ; rdfs:label ?name ; dg:sourceRow ?n }")
    return {row["name"].value for row in rows}
