"""Writes to two databases and to the graph of a store, in turn, and numbers what it did."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from dutygraph.store.embedded import EmbeddedStore
from tests.records.imported import UNIT, put, source

folder = Path(sys.argv[1])
bases = [
    sqlite3.connect(folder / f"{name}.sqlite", isolation_level=None, timeout=60)
    for name in ("one", "two")
]
for base in bases:
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("CREATE TABLE done (number INTEGER)")
store = EmbeddedStore.open(folder)
for number in range(100_000):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()
    for base in bases:
        base.execute("INSERT INTO done VALUES (?)", (number,))
    put(store, source(f"w{number}.json", units=[UNIT | {"id": f"w{number}"}]))
