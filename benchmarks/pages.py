"""How long the server takes for each page: the first request beside those that follow.

    .venv/bin/python benchmarks/pages.py

The demo is imported into a folder of its own and its site asked in this process. The first request
reads and reasons, the best of five later ones answers from what was kept; their ratio is what
keeping is worth. Ratios count; the times are this machine's.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

from dutygraph import artefacts
from dutygraph.records.committing import commit
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from webapp import create_app

ADDRESSES = [
    "/",
    "/regulation",
    "/regulation/art9",
    "/duties",
    "/duties?role=PrincipalHead&body=Government",
    "/compare?a=PrincipalHead&b=OtherMember",
    "/search?q=报告",
    "/search?q=党",
    "/roles",
    "/roles/PrincipalHead",
    "/explain?norm=art6.item2%23n1&bearer=PrincipalHead&body=Government",
    "/questions",
    "/questions/sanctions-for",
    "/questions/matrix-bearer-article",
    "/sparql",
    "/sparql?question=deadlines",
    "/api/docs",
    "/api/v1/norms",
    "/coverage",
    "/ontology",
    "/ontology/PrincipalHead",
    "/readings",
    "/training",
    "/training/cards",
    "/quiz",
    "/matrix",
    "/flow",
    "/graph",
    "/findings",
    "/units",
    "/units?view=list",
    "/units?view=map",
    "/units/qh-xianwei",
    "/import",
    "/reports",
    "/settings",
    "/settings?preview=1&set.reference_units=violation",
]


def imported(directory: Path) -> None:
    """Import the demo's records into a new store."""
    store = EmbeddedStore.open(directory)
    refresh(store)
    batch = read_files([artefacts.room("data") / "demo" / "records.json"], model=load_model())
    commit(batch, store, recorded_at=dt.datetime(2015, 1, 1, tzinfo=dt.UTC))


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        imported(Path(folder))
        client = create_app({"STORE": folder, "AS_OF": "2014-12-10"}).test_client()
        sys.stdout.write("| page | KB | first ms | later ms | ratio |\n|---|--:|--:|--:|--:|\n")
        for address in ADDRESSES:
            times = []
            for _ in range(6):
                begun = time.perf_counter()
                answer = client.get(address)
                times.append((time.perf_counter() - begun) * 1000)
                if answer.status_code != 200:
                    raise SystemExit(f"{address} answers {answer.status_code}")
            first, later = times[0], min(times[1:])
            size = len(answer.data) / 1024
            sys.stdout.write(
                f"| {address} | {size:.0f} | {first:.0f} | {later:.1f} | {first / later:.0f} |\n"
            )


if __name__ == "__main__":
    main()
