"""Results of check runs, kept in SQLite: a row for each subject and each finding.

So a run can be read again without checking, and after a change of the records only the rows of
those whom it touches are written anew. What cannot be kept, on a full disk or in a folder that may
only be read, is not: that costs time, never the answer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from dutygraph.compliance.checking import Question, Report
from dutygraph.compliance.findings import Finding, Ground, order
from dutygraph.compliance.subjects import Place, Subject
from dutygraph.compliance.verdicts import read, written
from dutygraph.store.graphs import Term

_VERSION = 3
_LATEST = 8
"""How many runs are kept: a day and a year under some settings each."""
_SCHEMA = f"""
PRAGMA journal_mode = WAL;
CREATE TABLE run (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, graphs TEXT NOT NULL,
  checks TEXT NOT NULL, size INTEGER NOT NULL
);
CREATE TABLE subject (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, iri TEXT NOT NULL, told TEXT NOT NULL,
  verdicts BLOB NOT NULL, PRIMARY KEY (run, iri)
) WITHOUT ROWID;
CREATE TABLE finding (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, iri TEXT NOT NULL, told TEXT NOT NULL
);
CREATE INDEX finding_of ON finding (run, iri);
PRAGMA user_version = {_VERSION};
"""


@dataclass(frozen=True)
class Kept:
    """What is known of a kept run.

    Its number and key, the graphs that it looked at, the provisions that it checked, in order, and
    how many units and people it looked at.
    """

    number: int
    key: str
    graphs: tuple[str, ...]
    checks: tuple[str, ...]
    size: int


class Results:
    """The kept results of one store."""

    def __init__(self, file: Path) -> None:
        """Take the database's file; it is made when something is kept."""
        self._file = file

    def find(self, key: str) -> Kept | None:
        """Give what is kept under a key, None where nothing is."""
        try:
            with self._reading() as base:
                row = base.execute(
                    "SELECT id, graphs, checks, size FROM run WHERE key = ?", (key,)
                ).fetchone()
        except LookupError:
            return None
        if row is None:
            return None
        return Kept(row[0], key, tuple(json.loads(row[1])), tuple(json.loads(row[2])), row[3])

    def keep(self, key: str, stamp: str, graphs: Sequence[str], report: Report) -> None:
        """Keep a run, in the place of one under the same key.

        Those with other stamps go, and of those with this one all but the latest few.
        """

        def work(base: sqlite3.Connection) -> bool:
            base.execute("DELETE FROM run WHERE key = ? OR stamp <> ?", (key, stamp))
            told = json.dumps(graphs), json.dumps([counts.provision for counts in report.checks])
            cursor = base.execute(
                "INSERT INTO run (key, stamp, graphs, checks, size) VALUES (?, ?, ?, ?, ?)",
                (key, stamp, *told, len(report.subjects)),
            )
            assert cursor.lastrowid is not None  # noqa: S101 - a row was inserted
            _insert(base, cursor.lastrowid, report)
            base.execute(
                "DELETE FROM run WHERE id NOT IN (SELECT id FROM run ORDER BY id DESC LIMIT ?)",
                (_LATEST,),
            )
            return True

        self._write(work)

    def amend(
        self, kept: Kept, graphs: Sequence[str], touched: Collection[str], part: Report
    ) -> bool:
        """Put the report on those whom a change touched in the place of what was found of them.

        Nothing is changed where another process has amended the run meanwhile, or where nothing can
        be written; tell whether not.
        """

        def work(base: sqlite3.Connection) -> bool:
            done = base.execute(
                "UPDATE run SET graphs = ? WHERE id = ? AND graphs = ?",
                (json.dumps(graphs), kept.number, json.dumps(kept.graphs)),
            )
            if done.rowcount != 1:
                return False
            for table in ("finding", "subject"):
                base.executemany(
                    f"DELETE FROM {table} WHERE run = ? AND iri = ?",  # noqa: S608 - our own names
                    ((kept.number, iri) for iri in touched),
                )
            _insert(base, kept.number, part)
            return True

        return self._write(work)

    def report(self, kept: Kept, question: Question, settings: dict[str, str | None]) -> Report:
        """Read a kept run as it was reported. Raises LookupError when it is gone meanwhile."""
        with self._reading() as base:
            run = (kept.number,)
            there = base.execute("SELECT graphs FROM run WHERE id = ?", run).fetchone()
            if there is None or tuple(json.loads(there[0])) != kept.graphs:
                raise LookupError(kept.key)
            rows = base.execute(
                "SELECT iri, told, verdicts FROM subject WHERE run = ? ORDER BY iri", run
            ).fetchall()
            told = base.execute("SELECT told FROM finding WHERE run = ?", run)
            findings = [_finding(json.loads(text)) for (text,) in told]
        subjects = [_subject(iri, json.loads(told)) for iri, told, _ in rows]
        ids = [one.id for one in subjects]
        codes = read(ids, [row[2] for row in rows], len(kept.checks))
        verdicts = dict(zip(kept.checks, codes, strict=True))
        places = {provision: place for place, provision in enumerate(kept.checks)}
        return Report(
            question.as_of,
            question.year,
            settings,
            [of_check.counts(provision) for provision, of_check in verdicts.items()],
            sorted(findings, key=lambda one: (places[one.provision], *order(one))),
            verdicts,
            {one.id: one for one in subjects},
        )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Give the database to read. Raises LookupError where there is none that can be read."""
        base = self._open() if self._file.exists() else None
        if base is None:
            raise LookupError(self._file)
        with closing(base):
            try:
                base.execute("BEGIN")
                yield base
            except sqlite3.OperationalError as error:
                raise LookupError(self._file) from error
            except sqlite3.DatabaseError as error:
                self._forget()
                raise LookupError(self._file) from error

    def _write(self, work: Callable[[sqlite3.Connection], bool]) -> bool:
        """Do some work in one transaction; tell whether it was done, as the work itself tells."""
        base = self._open()
        if base is None:
            return False
        with closing(base):
            try:
                base.execute("BEGIN IMMEDIATE")
                done = work(base)
                base.execute("COMMIT")
            except sqlite3.OperationalError:
                if base.in_transaction:
                    base.execute("ROLLBACK")
                return False
        return done

    def _forget(self) -> None:
        for file in self._file.parent.glob(f"{self._file.name}*"):
            file.unlink()

    def _open(self) -> sqlite3.Connection | None:
        """Open the database; one of another version, or a damaged one, is made anew."""
        try:
            base = _connect(self._file)
            if base is None:
                self._forget()
                base = _connect(self._file)
        except (sqlite3.OperationalError, OSError):
            return None
        return base


def _connect(file: Path) -> sqlite3.Connection | None:
    """Open a database, its tables made where it is new; None for one that is not ours."""
    base = sqlite3.connect(file, isolation_level=None, timeout=30)
    try:
        (version,) = base.execute("PRAGMA user_version").fetchone()
        if version == 0:
            base.executescript(_SCHEMA)
        base.execute("PRAGMA foreign_keys = ON")
        # What a power cut takes is checked again; the file stays whole (sqlite.org/wal.html).
        base.execute("PRAGMA synchronous = NORMAL")
        if version in (0, _VERSION):
            return base
    except sqlite3.OperationalError:
        base.close()
        raise
    except sqlite3.DatabaseError:
        pass
    base.close()
    return None


def _insert(base: sqlite3.Connection, run: int, report: Report) -> None:
    iris = {id_: subject.iri for id_, subject in report.subjects.items()}
    subjects = report.subjects.values()
    codes = written([one.id for one in subjects], list(report.verdicts.values()))
    base.executemany(
        "INSERT INTO subject VALUES (?, ?, ?, ?)",
        (
            (run, one.iri, _told(one), of_subject)
            for one, of_subject in zip(subjects, codes, strict=True)
        ),
    )
    base.executemany(
        "INSERT INTO finding VALUES (?, ?, ?)",
        ((run, iris[one.subject], _written(one)) for one in report.findings),
    )


def _told(subject: Subject) -> str:
    units = [list(vars(unit).values()) for unit in subject.units]
    return json.dumps([subject.id, subject.name, units], ensure_ascii=False)


def _subject(iri: str, told: Sequence[Any]) -> Subject:
    id_, name, units = told
    return Subject(iri, id_, name, tuple(Place(*unit) for unit in units))


def _written(finding: Finding) -> str:
    grounds = [one._asdict() | {"value": _term(one.value)} for one in finding.grounds]
    return json.dumps(vars(finding) | {"grounds": grounds}, ensure_ascii=False)


def _finding(told: Mapping[str, Any]) -> Finding:
    grounds = [
        Ground(**{**one, "value": _read(one["value"]), "norms": tuple(one["norms"])})
        for one in told["grounds"]
    ]
    named = {iri: (one, name) for iri, (one, name) in told["named"].items()}
    return Finding(**{**told, "grounds": grounds, "named": named})


def _term(term: Term) -> list[str | None]:
    if isinstance(term, Literal):
        return ["literal", term.value, term.language, term.datatype.value]
    return ["iri" if isinstance(term, NamedNode) else "blank", term.value]


def _read(told: Sequence[str | None]) -> Term:
    kind, value, *more = told
    assert value is not None  # noqa: S101 - only a language may be None
    if kind == "literal":
        language, datatype = more
        if language is not None:
            return Literal(value, language=language)
        return Literal(value, datatype=NamedNode(datatype or ""))
    return NamedNode(value) if kind == "iri" else BlankNode(value)
