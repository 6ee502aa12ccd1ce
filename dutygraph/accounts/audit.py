"""The audit log: who did what, when, from where; entries are only added, and each seals the last.

An entry's hash is the SHA-256 of the hash before it and of its own words, so whoever changes, takes
away or puts in an entry has to write all hashes after it anew. Who can write the file can do just
that, and can cut off its end: what shows it then is an anchor, the number and hash of an entry as
they were written down elsewhere (``verify``).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS entry (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  told TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS no_change BEFORE UPDATE ON entry
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS no_removal BEFORE DELETE ON entry
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
"""
_BEGINNING: Final = "0" * 64
_LONGEST: Final = 500
_AT_ONCE: Final = 10_000


@dataclass(frozen=True)
class Entry:
    """An entry: when (ISO 8601, UTC), who, what, about what, how it ended, from which address."""

    at: str
    who: str
    act: str
    about: str
    outcome: str
    origin: str


@dataclass(frozen=True)
class Kept:
    """An entry as it stands in the log, with its number, from 1 on, and its hash."""

    number: int
    entry: Entry
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What looking at the chain gave: what is wrong, in both languages, and its last entry.

    ``number`` and ``hash`` are those of the last entry, 0 and zeros where there is none: the anchor
    to be written down elsewhere.
    """

    faults: tuple[str, ...]
    number: int
    hash: str

    @property
    def anchor(self) -> str:
        """Give the anchor of the log as it is: number and hash, with a colon between."""
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True)
class _Reached:
    """How far a log was found in order: which file it was, and the last entry looked at."""

    file: tuple[int, int]
    number: int
    hash: str


class Audit:
    """The audit log in a folder; it is made with its first entry."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "audit.sqlite"
        self._reached: _Reached | None = None

    def note(
        self, who: str, act: str, about: str = "", *, outcome: str = "done", origin: str = ""
    ) -> None:
        """Add an entry. Raises OSError or sqlite3.Error where it cannot be kept."""
        self._make()
        with self._base() as base:
            base.execute("BEGIN IMMEDIATE")
            add(base, who, act, about, outcome=outcome, origin=origin)
            base.execute("COMMIT")

    def attach(self, base: sqlite3.Connection) -> None:
        """Attach the log to a database that is in no transaction.

        Entries ``add``-ed there are kept together with what they tell of, or neither is (SQLite,
        Atomic Commit, 5). Raises OSError or sqlite3.Error where it cannot be opened.
        """
        self._make()
        with self._base():
            base.execute("ATTACH ? AS audit", (str(self._file),))

    def _make(self) -> None:
        if not self._file.exists():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)

    def entries(self, number: int, before: int | None = None) -> list[Kept]:
        """Give so many entries, the newest first; only those before a number where one is given."""
        if not self._file.exists():
            return []
        with self._base() as base:
            rows = base.execute(
                "SELECT * FROM entry WHERE ? IS NULL OR number < ? ORDER BY number DESC LIMIT ?",
                (before, before, number),
            ).fetchall()
        return [Kept(row["number"], _read(row["told"]), row["hash"]) for row in rows]

    def verify(self, anchor: str | None = None) -> Verdict:
        """Look at every entry; with an anchor, look whether the entry of its number is still that.

        Finds entries that were changed, taken away, put in, or cut off the end unless whoever did
        it also wrote all later hashes, and the file's count, anew: that shows only by an anchor
        from before. Raises ValueError for an anchor that is none.
        """
        wanted = None if anchor is None else _anchor(anchor)
        verdict, met = self._followed(0, _BEGINNING, wanted)
        if wanted is None or met:
            return verdict
        strange = (
            f"与锚点不符：第 {wanted[0]} 条不在或已不同 / "
            f"the anchor does not fit: entry {wanted[0]} is gone or another"
        )
        return replace(verdict, faults=(*verdict.faults, strange))

    def verify_new(self) -> Verdict:
        """Look at the entries that came since this was last found in order, the last of them again.

        What is done to older ones afterwards shows by ``verify``.
        """
        reached = self._reached
        if reached is None or reached.file != self._identity() or not self._has(reached):
            reached = _Reached(self._identity(), 0, _BEGINNING)
        verdict, _ = self._followed(reached.number, reached.hash, None)
        if not verdict.faults:
            self._reached = replace(reached, number=verdict.number, hash=verdict.hash)
        return verdict

    def _followed(
        self, number: int, before: str, wanted: tuple[int, str] | None
    ) -> tuple[Verdict, bool]:
        """Follow the chain from after an entry; tell whether the one that is wanted was met."""
        faults: list[str] = []
        # Counted first: what is noted meanwhile is not missing.
        counted, met = self._counted(), wanted == (number, before)
        for row in self._rows(number):
            if row["number"] != number + 1:
                faults.append(
                    f"缺少第 {number + 1} 至 {row['number'] - 1} 条 / "
                    f"entries {number + 1} to {row['number'] - 1} are missing"
                )
            number = row["number"]
            if row["hash"] != _sealed(before, row["told"]):
                faults.append(f"第 {number} 条与封印不符 / entry {number} does not fit its seal")
            before = row["hash"]
            met = met or (number, before) == wanted
        if counted > number:
            faults.append(
                f"末尾缺少第 {number + 1} 至 {counted} 条 / "
                f"entries {number + 1} to {counted} are missing at the end"
            )
        return Verdict(tuple(faults), number, before), met

    def _rows(self, number: int) -> Iterator[sqlite3.Row]:
        """Give the entries after one, some at a time: who wants to add one need not wait long."""
        rows: list[sqlite3.Row] | None = None
        while self._file.exists() and rows != []:
            with self._base() as base:
                rows = base.execute(
                    "SELECT * FROM entry WHERE number > ? ORDER BY number LIMIT ?",
                    (number, _AT_ONCE),
                ).fetchall()
            yield from rows
            number = rows[-1]["number"] if rows else number

    def _identity(self) -> tuple[int, int]:
        """Tell the file from any that takes its place."""
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_dev, found.st_ino

    def _has(self, reached: _Reached) -> bool:
        if reached.number == 0:
            return True
        found = self.entries(1, before=reached.number + 1)
        return bool(found) and (found[0].number, found[0].hash) == (reached.number, reached.hash)

    def _counted(self) -> int:
        """Give the highest number that SQLite has ever given to an entry."""
        if not self._file.exists():
            return 0
        with self._base() as base:
            row = base.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entry'").fetchone()
        return 0 if row is None else int(row["seq"])

    @contextmanager
    def _base(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as base:
            base.row_factory = sqlite3.Row
            base.executescript(_SCHEMA)
            yield base


def add(
    base: sqlite3.Connection, who: str, act: str, about: str, *, outcome: str, origin: str
) -> None:
    """Add an entry in a transaction that nobody else writes beside (BEGIN IMMEDIATE)."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    entry = Entry(moment, who[:_LONGEST], act, about[:_LONGEST], outcome, origin[:_LONGEST])
    told = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True)
    last = base.execute("SELECT hash FROM entry ORDER BY number DESC LIMIT 1").fetchone()
    base.execute(
        "INSERT INTO entry (told, hash) VALUES (?, ?)",
        (told, _sealed(last["hash"] if last else _BEGINNING, told)),
    )


def _sealed(before: str, told: str) -> str:
    return hashlib.sha256(f"{before}\n{told}".encode()).hexdigest()


def _read(told: str) -> Entry:
    """Read an entry; of one that was tampered with at least its words are shown."""
    try:
        return Entry(**json.loads(told))
    except (ValueError, TypeError):
        return Entry("", "", "?", told, "", "")


def _anchor(given: str) -> tuple[int, str]:
    number, _, seal = given.strip().partition(":")
    if not number.isdigit() or len(seal) != len(_BEGINNING):
        raise ValueError(
            f"锚点应形如 12:哈希值，不是「{given}」 / an anchor looks like 12:HASH, not {given!r}"
        )
    return int(number), seal.lower()
