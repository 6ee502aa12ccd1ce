"""A run to be kept; as a script, a process that stops while it keeps one, to be killed there."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
import time
from pathlib import Path

from dutygraph.compliance import results
from dutygraph.compliance.checking import Report
from dutygraph.compliance.results import Results
from dutygraph.compliance.subjects import Subject
from dutygraph.compliance.verdicts import Counts

KEY, STAMP, GRAPHS = "key", "stamp", ("urn:g1",)


def report_of(size: int, verdict: str, only: int | None = None) -> Report:
    """Give a report in which all units have the same verdict; of one of them alone if told so."""
    numbers = range(size) if only is None else [only]
    subjects = {
        f"u{number}": Subject(f"urn:u{number}", f"u{number}", "示例", ()) for number in numbers
    }
    verdicts = dict.fromkeys(subjects, verdict)
    counts = Counts.of("art11", verdicts.values())
    day = dt.date(2014, 6, 30)
    return Report(day, 2013, {}, [counts], [], {"art11": verdicts}, subjects)


def _stop(place: str) -> None:
    sys.stdout.write(f"{place}\n")
    sys.stdout.flush()
    time.sleep(600)


def main(file: str, place: str) -> None:
    """Keep a run, and stop at a place: before its rows are written, after, or after all."""
    insert = results._insert

    def stopping(base: sqlite3.Connection, run: int, report: Report) -> None:
        if place == "begun":
            _stop(place)
        insert(base, run, report)
        if place == "written":
            _stop(place)

    results._insert = stopping
    Results(Path(file)).keep(KEY, STAMP, GRAPHS, report_of(20_000, "breached"))
    _stop(place)


if __name__ == "__main__":
    main(*sys.argv[1:])
