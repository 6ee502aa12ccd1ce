"""How long the server takes for every page: the first visit after the start, and later ones.

    .venv/bin/python -m benchmarks.pages                   # the demo
    .venv/bin/python -m benchmarks.pages --units 15000     # a made-up province, kept in .bench/
    .venv/bin/python -m benchmarks.pages --store DIRECTORY --as-of 2014-04-15

Every route of the site that gives a page is asked for, in this process, which has begun as one that
serves does: what that reads at its start is read. Beside the time stands the processor's, of this
process alone: where a machine does other work, that is what counts. Queries of SPARQL run in
processes of their own. Exit code 1 tells of a page that took the processor longer than ``--limit``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import product
from pathlib import Path
from string import Formatter
from typing import Final
from urllib.parse import quote, unquote

from flask import Flask

from benchmarks.bench import provinces
from benchmarks.bench.places import WORK
from dutygraph import artefacts
from dutygraph.records.committing import commit
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from webapp import create_app
from webapp.holdings import holdings
from webapp.start import warm

LATER: Final = 5
"""How often a page is asked for after the first time."""

ADDRESSES: Final = {
    "home.home": ["/"],
    "regulation.whole": ["/regulation"],
    "regulation.article": ["/regulation/art1", "/regulation/art9"],
    "search.index": ["/search", "/search?q=报告", "/search?q=党", "/search?q={name}"],
    "duties.index": [
        "/duties",
        "/duties?role=PrincipalHead&body=Government",
        "/duties?deadline=none",
    ],
    "compare.index": ["/compare", "/compare?a=PrincipalHead&b=OtherMember"],
    "roles.index": ["/roles"],
    "roles.role": ["/roles/PrincipalHead", "/roles/PrincipalHead?body=LocalPartyCommittee"],
    "findings.index": [
        "/findings",
        "/findings?status=violation",
        "/findings?provision=art11",
        "/findings?unit={unit}",
        "/findings?q={name}",
    ],
    "comparison.index": ["/findings/comparison"],
    "units.index": [
        "/units",
        "/units?under={largest}",
        "/units?view=list",
        "/units?q={name}",
        "/units?view=map",
    ],
    "units.unit": ["/units/{each}"],
    "calendar.index": ["/calendar", "/calendar?unit={unit}", "/calendar?unit={largest}"],
    "imports.index": ["/import"],
    "imports.one": ["/import/history/{import}"],
    "imports.confirm_undo": ["/import/history/{import}/undo"],
    "reports.index": ["/reports", "/reports?by=unit", "/reports?by=region"],
    "settings.index": ["/settings"],
    "questions.index": ["/questions"],
    "questions.question": ["/questions/{question}"],
    "sparql.index": ["/sparql", "/sparql?question=deadlines"],
    "api.docs": ["/api/docs"],
    "readings.index": ["/readings"],
    "coverage.index": ["/coverage"],
    "explain.index": [
        "/explain",
        "/explain?norm=art20%23n1",
        "/explain?norm=art6.item2%23n1&bearer=PrincipalHead&body=Government",
    ],
    "ontology.index": ["/ontology"],
    "ontology.term": ["/ontology/bearer", "/ontology/LevelScheme"],
    "identifiers.about": ["/about?iri={unit_iri}"],
    "training.index": ["/training"],
    "training.cards": ["/training/cards", "/training/cards?role=PrincipalHead"],
    "quiz.index": ["/quiz?seed=3", "/quiz?seed=3&mark=1&q1=A&q2=B"],
    "matrix.index": ["/matrix"],
    "flow.index": ["/flow", "/flow?bearer=LeadingGroup&procedure=InspectionProcedure"],
    "graph.index": ["/graph", "/graph?article=art20"],
}
"""What is asked for by the endpoint that answers; names in braces are filled in from the data."""


def demo(directory: Path) -> dt.date:
    """Import the demo's records into a new store; gives the day to look at."""
    _imported([artefacts.room("data") / "demo" / "records.json"], directory)
    return dt.date(2014, 12, 10)


def province(units: int) -> tuple[Path, dt.date]:
    """Give the store of a province of so many units, made where there is none yet."""
    directory = WORK / "pages" / str(units)
    if not directory.is_dir():
        _imported(provinces.parts(units), directory)
    return directory, provinces.AS_OF


def _imported(files: list[Path], directory: Path) -> None:
    store = EmbeddedStore.open(directory)
    refresh(store)
    batch = read_files(files, model=load_model())
    commit(batch, store, recorded_at=dt.datetime(2015, 1, 1, tzinfo=dt.UTC))


def addresses(app: Flask) -> Iterator[str]:
    """Give every address to ask for, names filled in: a unit of each kind at each level, too."""
    with app.test_request_context("/"):
        held = holdings()
        units = list(held.registry.units.values())
        unit = min(units, key=lambda one: (-one.depth, one.id))
        names = {
            "unit": unit.id,
            "unit_iri": unit.iri,
            "name": unit.name,
            "largest": max(units, key=lambda one: len(one.below)).id,
            "import": held.imports[-1].id,
        }
        firsts = {(one.kind, one.level): one.id for one in reversed(units)}
        several = {"question": list(held.law.questions), "each": list(firsts.values())}
    single = {name: [value] for name, value in names.items()}
    for patterns in ADDRESSES.values():
        for pattern in patterns:
            names_in = [name for _, name, *_ in Formatter().parse(pattern) if name]
            for values in product(*((several | single)[name] for name in names_in)):
                quoted = (quote(value, safe="") for value in values)
                yield pattern.format(**dict(zip(names_in, quoted, strict=True)))


def walk(app: Flask, limit: float) -> bool:
    """Print the table; tells whether every page kept within the limit."""
    out = sys.stdout.write
    client, within = app.test_client(), True

    def ask(address: str) -> int:
        answer = client.get(address)
        if answer.status_code != HTTPStatus.OK:
            raise SystemExit(f"{address} answers {answer.status_code}")
        return len(answer.data)

    out("| page | KB | first, ms | its CPU | median, ms | its CPU |\n|---|--:|--:|--:|--:|--:|\n")
    for address in addresses(app):
        size, *first = _timed(ask, address)
        later = [_timed(ask, address)[1:] for _ in range(LATER)]
        usual = [statistics.median(some) for some in zip(*later, strict=True)]
        fits = max(first[1], usual[1]) <= limit
        within = within and fits
        figures = " | ".join(f"{one:.0f}" for one in (size / 1024, *first, *usual))
        out(f"| {'' if fits else '**'}{unquote(address)}{'' if fits else '**'} | {figures} |\n")
    return within


def _timed(ask: Callable[[str], int], address: str) -> tuple[int, float, float]:
    """Give what an address weighs, its milliseconds, and those of the processor."""
    begun, worked = time.perf_counter(), time.process_time()
    size = ask(address)
    return size, (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000


@contextmanager
def _store(given: argparse.Namespace) -> Iterator[tuple[Path, dt.date]]:
    if given.store:
        yield given.store, given.as_of
    elif given.units:
        yield province(given.units)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder), demo(Path(folder))


def main() -> None:
    """Print the table of the store that the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, help="the units of a made-up province")
    parser.add_argument("--store", type=Path, help="the directory of a store that is there")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, help="the day to look at")
    parser.add_argument("--limit", type=float, default=100.0, help="milliseconds [100]")
    given = parser.parse_args()
    with _store(given) as (directory, day):
        app = create_app(
            {
                "STORE": str(directory),
                "AS_OF": day,
                "PERSONAL": True,
                "WRITABLE": True,
                "PATIENCE": None,
            }
        )
        endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
        if missing := ADDRESSES.keys() - endpoints:
            raise SystemExit(f"no such endpoints: {', '.join(sorted(missing))}")
        begun = time.perf_counter()
        warm(app)
        sys.stdout.write(f"what a start reads: {time.perf_counter() - begun:.1f} s\n\n")
        within = walk(app, given.limit)
        unasked = ", ".join(sorted(endpoints - ADDRESSES.keys()))
        sys.stdout.write(f"\nNo pages, or for accounts and jobs alone: {unasked}\n")
    sys.exit(0 if within else 1)


if __name__ == "__main__":
    main()
