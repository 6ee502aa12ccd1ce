"""Imports a file, or undoes an import, in a process of its own that a test can kill.

Arguments: the store's directory, how many bytes one step of the store takes, then ``import`` and a
file or ``undo`` and an id. Says ``ready`` right before it writes, ``done`` right after.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from dutygraph.records.committing import commit, undo
from dutygraph.records.csvw import load_model
from dutygraph.records.history import History
from dutygraph.records.importing import read_files
from dutygraph.records.known import StoredIds
from dutygraph.store import embedded


def say(word: str) -> None:
    """Tell the test where this process is."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


directory, step, what, name = sys.argv[1:]
embedded._STEP = int(step)
store = embedded.EmbeddedStore.open(Path(directory))
now = dt.datetime.now(dt.UTC)
if what == "import":
    known = StoredIds(store, History.of(store))
    batch = read_files([Path(name)], model=load_model(), known=known)
    assert not batch.errors, batch.errors
    say("ready")
    commit(batch, store, recorded_at=now)
else:
    say("ready")
    undo(name, store, recorded_at=now)
say("done")
