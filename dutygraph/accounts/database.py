"""The database of accounts, beside the store: who there is, and by what each is known again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dutygraph.accounts.audit import Audit, add

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS account (
  name TEXT PRIMARY KEY,
  folded TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('reader', 'officer', 'supervisor', 'administrator')),
  units TEXT NOT NULL DEFAULT '[]',
  region TEXT NOT NULL DEFAULT '',
  password TEXT,
  made_at TEXT NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS session (
  hash TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  begun_at REAL NOT NULL,
  seen_at REAL NOT NULL,
  origin TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS token (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  label TEXT NOT NULL,
  scopes TEXT NOT NULL,
  made_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS failure (
  name TEXT NOT NULL,
  origin TEXT NOT NULL,
  at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS failure_at ON failure (at);
"""

_VERSION: Final = 1
"""What a file says (``PRAGMA user_version``) in which all of the schema is."""


@dataclass(frozen=True)
class Author:
    """Who changes accounts, as the audit log calls him, and the address that he asks from."""

    who: str
    origin: str = ""


class Database:
    """The SQLite file of accounts in a folder; it is made when something is written."""

    def __init__(self, folder: Path, author: Author | None = None) -> None:
        """Take the folder, and who writes: what he does is entered into the audit log there."""
        self.file = folder / "users.sqlite"
        self._author = author
        self._audit = Audit(folder)

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return self.file.is_file()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the database to read; where there is none yet, an empty one in memory."""
        with closing(_connected(str(self.file) if self.exists else ":memory:")) as base:
            yield base

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the database to write to in one transaction, alone. Raises OSError, sqlite3.Error.

        Nobody but the owner of the file may read it.
        """
        if not self.exists:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.touch(mode=0o600)
        with closing(_connected(str(self.file))) as base:
            if self._author is not None:
                self._audit.attach(base)
            base.execute("BEGIN IMMEDIATE")
            try:
                yield base
                base.execute(f"PRAGMA user_version = {_VERSION}")
            except BaseException:
                base.execute("ROLLBACK")
                raise
            base.execute("COMMIT")

    def note(self, base: sqlite3.Connection, act: str, about: str) -> None:
        """Enter what is being written into the audit log: both are kept, or neither is."""
        if self._author is not None:
            origin = self._author.origin
            add(base, self._author.who, act, about, outcome="done", origin=origin)


def _connected(file: str) -> sqlite3.Connection:
    base = sqlite3.connect(file, timeout=10, isolation_level=None)
    base.row_factory = sqlite3.Row
    base.execute("PRAGMA foreign_keys = ON")
    # Every page asks who asks it, and each statement lets go of the interpreter's lock.
    if base.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        base.executescript(_SCHEMA)
    return base


def now() -> str:
    """Give this moment as ISO 8601, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
