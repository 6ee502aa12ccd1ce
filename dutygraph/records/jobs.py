"""Jobs: long work on the imports of a store, kept in SQLite so that every process sees it.

A job runs in a process of its own, which holds the lock on the job's folder as long as it lives.
Whoever finds a job running whose lock is free knows that its process died, and marks it failed;
no clock and no process number is needed for that.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dutygraph.files import whole_file
from dutygraph.records.faults import Fault
from dutygraph.records.formats import Source
from dutygraph.records.job import (
    Asked,
    Job,
    Progress,
    Stage,
    State,
    read_asked,
    read_progress,
    written,
)
from dutygraph.records.locks import Held, hold, turn

_KEPT_FILES: Final = 8
"""How many checked uploads wait to be confirmed; the oldest of more are discarded."""

_MOMENT: Final = 0.05

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS job (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  stage TEXT NOT NULL CHECK (stage IN ('check', 'commit', 'undo')),
  state TEXT NOT NULL CHECK (
    state IN ('running', 'refused', 'ready', 'done', 'failed', 'discarded')),
  asked TEXT NOT NULL,
  begun_at TEXT NOT NULL,
  ended_at TEXT,
  progress TEXT,
  told TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE IF NOT EXISTS fault (
  job TEXT NOT NULL REFERENCES job (id),
  number INTEGER NOT NULL,
  severity TEXT NOT NULL,
  told TEXT NOT NULL,
  PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
"""


class JobError(Exception):
    """A job cannot be begun as it stands; the message says why."""


class Jobs:
    """The jobs of a store: a database and a folder for each job's files, made when needed."""

    def __init__(self, folder: Path, turns: Path | None = None) -> None:
        """Take the folder; ``turns`` is the lock of all jobs of the store, whoever's they are."""
        self.folder = folder
        self.turns = turns or folder / "turn"

    # Making and asking --------------------------------------------------------------------------

    def add(self, stage: Stage, asked: Asked, contents: Iterable[bytes] = ()) -> tuple[Job, Held]:
        """Keep a new job, running, with the files that it is about; give it and its lock.

        Raises OSError or sqlite3.Error where it cannot be kept; then nothing is.
        """
        identifier = secrets.token_hex(16)
        place = self.folder / identifier
        place.mkdir(parents=True, mode=0o700)
        try:
            # Locked before there is anything in it: what is not, and no job's, nobody wants.
            held = hold(self._lock(identifier))
            try:
                for number, content in enumerate(contents):
                    with whole_file(self._file(identifier, number)) as stream:
                        stream.write(content)
                with self._writing() as database:
                    database.execute(
                        "INSERT INTO job (id, stage, state, asked, begun_at) "
                        "VALUES (?, ?, 'running', ?, ?)",
                        (identifier, stage, written(asked), _now()),
                    )
            except BaseException:
                held.release()
                raise
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        self._discard_old()
        return self[identifier], held

    def begin(self, identifier: str, stage: Stage, among: Sequence[State], seen: str) -> Held:
        """Let a waiting job go on with a stage; give its lock.

        ``among`` are the states that it may be in, ``seen`` the seal of what was confirmed. Raises
        KeyError when there is no such job, JobError when it is in another state by now.
        """
        held = self._claim(identifier, among, seen)
        try:
            self._write(identifier, "stage = ?, state = 'running', progress = NULL", stage)
        except BaseException:
            held.release()
            raise
        return held

    def __getitem__(self, identifier: str) -> Job:
        """Give a job; one whose process has died is failed. Raises KeyError when there is none."""
        job = self._read(identifier)
        if job.state == "running" and self._has_died(identifier):
            # Its last words may have come between the two looks.
            job = self._read(identifier)
            if job.state == "running":
                self.finish(identifier, "failed", dict(job.told) | {"died": True})
                job = self._read(identifier)
        return job

    def recent(self, number: int) -> list[Job]:
        """Give the latest jobs, the newest first."""
        if not self._database.is_file():
            return []
        with self._reading() as database:
            rows = database.execute("SELECT id FROM job ORDER BY number DESC LIMIT ?", (number,))
            identifiers = [row["id"] for row in rows]
        return [self[identifier] for identifier in identifiers]

    def running(self) -> list[Job]:
        """Give the jobs that run; one whose process has died is none of them, and is failed."""
        if not self._database.is_file():
            return []
        with self._reading() as database:
            rows = database.execute("SELECT id FROM job WHERE state = 'running'").fetchall()
        return [job for job in (self[row["id"]] for row in rows) if job.state == "running"]

    def sweep(self) -> None:
        """Mark as failed what was running when its process died, and throw away what is no job's.

        A process that died while files were handed in left them with no job that they belong to.
        Where the disk takes nothing, whoever looks next finds the same.
        """
        with suppress(OSError, sqlite3.OperationalError):
            if self._database.is_file():
                self.running()
                for place in self.folder.glob("*/lock"):
                    self._throw_away_unknown(place.parent.name)

    def sources(self, job: Job) -> Iterator[Source]:
        """Give the files of a job as they came. Raises OSError when they are gone."""
        for number, upload in enumerate(job.asked.uploads):
            yield Source(upload.name, self._file(job.id, number).read_bytes())

    def marked(self, identifier: str) -> Path:
        """Give where the workbook with the faults marked is, or is to be."""
        return self.folder / identifier / "marked.xlsx"

    # Running and ending -------------------------------------------------------------------------

    def tell(self, identifier: str, progress: Progress) -> None:
        """Note how far a job is."""
        told = [*progress.what, progress.done, progress.total]
        self._write(identifier, "progress = ?", _json(told))

    def finish(
        self,
        identifier: str,
        state: State,
        told: Mapping[str, Any],
        faults: Iterable[Fault] | None = None,
    ) -> None:
        """Note how a stage ended; ``faults`` take the place of those that were found before.

        The files of an import are thrown away once they are in, or are no longer wanted.
        """
        with self._writing() as database:
            if faults is not None:
                database.execute("DELETE FROM fault WHERE job = ?", (identifier,))
                database.executemany(
                    "INSERT INTO fault (job, number, severity, told) VALUES (?, ?, ?, ?)",
                    (
                        (identifier, number, one.severity, _json(_told(one)))
                        for number, one in enumerate(faults, start=1)
                    ),
                )
            database.execute(
                "UPDATE job SET state = ?, told = ?, ended_at = ?, progress = NULL WHERE id = ?",
                (state, _json(told), _now(), identifier),
            )
        if state in ("done", "discarded"):
            self._throw_away(identifier)

    def explain(self, identifier: str, reason: str) -> None:
        """Say why the process of a job died, where only that it did is known and none is at it."""
        with suppress(KeyError, JobError):
            held = self._claim(identifier, ("failed",))
            try:
                told = dict(self._read(identifier).told)
                if told.pop("died", False):
                    self.finish(identifier, "failed", told | {"reason": reason})
            finally:
                held.release()

    def discard(self, identifier: str) -> None:
        """Throw the files of a waiting job away. Raises KeyError, or JobError when it runs."""
        held = self._claim(identifier, ("refused", "ready", "failed"))
        try:
            self.finish(identifier, "discarded", self._read(identifier).told, ())
        finally:
            held.release()

    def faults(
        self, identifier: str, severity: str | None, first: int, number: int
    ) -> list[Mapping[str, Any]]:
        """Give some of the faults of a job, from the one numbered ``first`` (0 is the first) on.

        Each is the JSON of a fault, with ``heading``, the words of its column's header.
        """
        with self._reading() as database:
            rows = database.execute(
                "SELECT told FROM fault WHERE job = ? AND (? IS NULL OR severity = ?) "
                "ORDER BY number LIMIT ? OFFSET ?",
                (identifier, severity, severity, number, first),
            )
            return [json.loads(row["told"]) for row in rows]

    def turn(self) -> AbstractContextManager[None]:
        """Wait for one's turn: of all the jobs of a store one works at a time."""
        self.turns.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return turn(self.turns)

    # Within -------------------------------------------------------------------------------------

    @property
    def _database(self) -> Path:
        return self.folder / "jobs.sqlite"

    def _file(self, identifier: str, number: int) -> Path:
        return self.folder / identifier / f"file-{number}"

    def _lock(self, identifier: str) -> Path:
        return self.folder / identifier / "lock"

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(self._database, timeout=10)) as database:
            database.row_factory = sqlite3.Row
            database.executescript(_SCHEMA)
            yield database

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as database, database:
            yield database

    def _write(self, identifier: str, assignment: str, value: str) -> None:
        with self._writing() as database:
            # What is assigned is named by this module alone.
            database.execute(f"UPDATE job SET {assignment} WHERE id = ?", (value, identifier))  # noqa: S608

    def _read(self, identifier: str) -> Job:
        row = None
        if self._database.is_file():
            with self._reading() as database:
                row = database.execute("SELECT * FROM job WHERE id = ?", (identifier,)).fetchone()
        if row is None:
            raise KeyError(identifier)
        return Job(
            id=row["id"],
            stage=row["stage"],
            state=row["state"],
            asked=read_asked(json.loads(row["asked"])),
            begun_at=row["begun_at"],
            ended_at=row["ended_at"],
            progress=read_progress(row["progress"]),
            told=json.loads(row["told"]),
        )

    def _claim(self, identifier: str, among: Sequence[State], seen: str | None = None) -> Held:
        """Take the lock of a waiting job; a process that has said its last word is waited for."""
        while True:
            _expect(self[identifier], among, seen)
            try:
                held = hold(self._lock(identifier))
            except BlockingIOError:
                time.sleep(_MOMENT)
                continue
            try:
                # Whoever changes the state has the lock first: of two the second comes too late.
                _expect(self._read(identifier), among, seen)
            except BaseException:
                held.release()
                raise
            return held

    def _has_died(self, identifier: str) -> bool:
        try:
            hold(self._lock(identifier)).release()
        except BlockingIOError:
            return False
        return True

    def _throw_away(self, identifier: str) -> None:
        for file in (self.folder / identifier).glob("*"):
            # The lock stays: it says that nobody works on the job.
            if file.name != "lock":
                file.unlink(missing_ok=True)

    def _throw_away_unknown(self, identifier: str) -> None:
        with suppress(BlockingIOError):
            held = hold(self._lock(identifier))
            try:
                # Whoever adds a job has the lock until it is one.
                self._read(identifier)
            except KeyError:
                shutil.rmtree(self.folder / identifier, ignore_errors=True)
            finally:
                held.release()

    def _discard_old(self) -> None:
        with self._reading() as database:
            rows = database.execute(
                "SELECT id FROM job WHERE state IN ('refused', 'ready', 'failed') "
                "ORDER BY number DESC LIMIT -1 OFFSET ?",
                (_KEPT_FILES,),
            ).fetchall()
        for row in rows:
            with suppress(JobError):
                self.discard(row["id"])


def all_jobs(folder: Path) -> Iterator[Jobs]:
    """Give all jobs beside a store, in its folder: those of the whole, and those of each remit."""
    for place in (folder, *sorted(folder.glob("rooms/*"))):
        yield Jobs(place / "jobs", folder / "jobs" / "turn")


def _expect(job: Job, among: Sequence[State], seen: str | None) -> None:
    """Raise JobError for a job in another state, or with another seal than was ``seen``."""
    if job.state not in among or seen not in (None, job.seal):
        raise JobError(
            "这项工作已不是页面上看到的样子，请重新载入再决定 / "
            "this job has moved on since the page was loaded; reload it and decide again"
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _told(one: Fault) -> dict[str, Any]:
    heading = one.place.heading(one.column or "")
    return one.to_json() | {"heading": None if heading is None else heading.text}
