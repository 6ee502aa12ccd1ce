"""How long each export takes for a province's findings, and how much memory it needs.

    .venv/bin/python benchmarks/reports.py [FINDINGS]

Times are of the processor, so that others on the machine do not count. The demo's
findings are repeated until there are 30,000 (or as many as asked for), each under a
subject of its own, and handed out in every format, each in a process of its own.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import resource
import sys
import tempfile
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

from dutygraph import artefacts
from dutygraph.compliance.checking import Checker, Counts, Question
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.records.triples import DEFAULT_BASE
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import exports, write_file
from dutygraph.reports.wording import Wording


def province(size: int) -> Edition:
    """Make an edition of so many findings out of the demo's."""
    store = open_regulations()
    batch = read_files([artefacts.room("data") / "demo" / "records.json"], model=load_model())
    question = Question(dt.date(2014, 12, 10), 2014)
    report = Checker(store, "hebei").check([batch.ntriples(DEFAULT_BASE)], question)
    copies = -(-size // len(report.findings))
    report.findings = list(
        islice(
            (
                replace(one, subject=f"{one.subject}-{number}")
                for number in range(copies)
                for one in report.findings
            ),
            size,
        )
    )
    report.verdicts = {
        check: {f"{who}-{number}": of for number in range(copies) for who, of in verdicts.items()}
        for check, verdicts in report.verdicts.items()
    }
    report.subjects = {
        f"{who}-{number}": replace(subject, id=f"{who}-{number}")
        for number in range(copies)
        for who, subject in report.subjects.items()
    }
    report.checks = [Counts.of(key, of.values()) for key, of in report.verdicts.items()]
    return Edition.of(report, Wording(store, prepared_graphs(), "hebei"))


def _measured(name: str, edition: Edition, folder: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    file = Path(folder) / f"report{exports()[name].suffix}"
    started = time.process_time()
    write_file(exports()[name], edition, file)
    took = time.process_time() - started
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    size = file.stat().st_size / 1e6
    sys.stdout.write(
        f"{name:8} {took:6.2f} s of processor  {more:7.1f} MB more  {size:7.1f} MB written\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Measure every export."""
    edition = province(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
    sys.stdout.write(f"{len(edition.findings)} findings, {edition.looked_at} looked at\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        for name in exports():
            # A fork has the edition already: what it needs more is the export's own.
            process = multiprocessing.get_context("fork").Process(
                target=_measured, args=(name, edition, folder)
            )
            process.start()
            process.join()


if __name__ == "__main__":
    main()
