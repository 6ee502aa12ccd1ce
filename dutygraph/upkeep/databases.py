"""The SQLite files of a store's directory: held still, copied as they are, looked through."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from dutygraph.store.damage import DamagedError
from dutygraph.store.graphs import StoreError

SUFFIX: Final = ".sqlite"
BESIDE: Final = tuple(f"{SUFFIX}-{kind}" for kind in ("wal", "shm", "journal"))
"""How files end that belong to a database and mean nothing without it."""

_PATIENCE: Final = 60.0
"""How long, in seconds, to wait for who writes to a database."""


@contextmanager
def held_still(files: Sequence[Path]) -> Iterator[Mapping[Path, sqlite3.Connection]]:
    """Hold databases still; give what each is read through, as it is at this one moment.

    While all of them are held nobody can write to any, and what is done meanwhile is done at one
    moment of all. What they give can be read afterwards, too, until the connections are closed.
    Raises DamagedError for a file that is no database, StoreError for one that is in use too long.
    """
    with ExitStack() as held:
        writers = {}
        for file in files:
            with _told(file):
                writers[file] = held.enter_context(closing(_connection(file)))
                _hold(writers[file])
        yield writers


def pinned(file: Path) -> sqlite3.Connection:
    """Open a database to read it as it is now, whatever is written to it later."""
    with _told(file):
        reader = _connection(file)
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        return reader


def write_copy(reader: sqlite3.Connection, target: Path) -> None:
    """Write a database as it is read through a connection into a new file, onto the disk."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=0o600)
    with _told(target), closing(sqlite3.connect(target, isolation_level=None)) as copied:
        reader.backup(copied)
        # A copy is one file: what was written ahead in the original is in it.
        copied.execute("PRAGMA journal_mode = DELETE")
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refuse_damaged(file: Path) -> None:
    """Raise DamagedError for a file that is no database; one that cannot be opened now may be."""
    try:
        with closing(_connection(file)) as base:
            base.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        return
    except sqlite3.DatabaseError as error:
        raise _spoilt(file, error) from error


def flaw(file: Path) -> str | None:
    """Read through all of a database; give what SQLite finds wrong with it, None if nothing."""
    try:
        with closing(_connection(file)) as base:
            (said,) = base.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                return str(said)
            hanging = base.execute("PRAGMA foreign_key_check").fetchone()
            return None if hanging is None else f"{hanging[0]}: row {hanging[1]} hangs in the air"
    except sqlite3.Error as error:
        return str(error)


def _hold(writer: sqlite3.Connection) -> None:
    try:
        # Of two ways to begin, this one lets others read and nobody write.
        writer.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        # What may only be read nobody writes to.
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
            raise


def _connection(file: Path) -> sqlite3.Connection:
    mode = "mode=rw"
    if not os.access(file.parent, os.W_OK) and not file.with_name(f"{file.name}-wal").exists():
        # Else SQLite wants to make files beside one that is written ahead of.
        mode = "mode=ro&immutable=1"
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?{mode}", uri=True, isolation_level=None, timeout=_PATIENCE
    )


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{file}：{error}；请检查权限和磁盘空间，或者过一会儿再试 / "
            f"{file}: {error}; look at permissions and free space, or try again later"
        ) from error
    except sqlite3.DatabaseError as error:
        raise _spoilt(file, error) from error


def _spoilt(file: Path, error: sqlite3.DatabaseError) -> DamagedError:
    return DamagedError(file, f"内容无法读取（{error}）", f"it cannot be read ({error})")
