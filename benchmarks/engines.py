"""The set engine beside pyshacl: the same shapes over the same working graph, in one run.

    .venv/bin/python benchmarks/engines.py [COPIES ...]

Each row checks the demo prefecture copied that many times (65 units a copy) for 2014. Findings are
compared for equality, not only counted. pyshacl is left out above ``PYSHACL_COPIES`` copies, where
it takes minutes. Ratios count; the times are those of the machine that runs this.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from dutygraph import artefacts
from dutygraph.compliance.checking import Checker, Question
from dutygraph.compliance.reference import Outcome, reference_results
from dutygraph.compliance.setquery import SetEngine
from dutygraph.compliance.shapes import shape_files, shapes
from dutygraph.records.csvw import load_model
from dutygraph.records.formats import Source
from dutygraph.records.importing import read_sources
from dutygraph.regulations.prepared import open_regulations
from dutygraph.store.embedded import EmbeddedStore

PYSHACL_COPIES = 2
Answer = TypeVar("Answer")


def copied(given: dict[str, Any], copies: int) -> bytes:
    """Give the demo document ``copies`` times over, every id its own."""
    ids = {row["id"] for rows in given.values() for row in rows}

    def renamed(value: Any, copy: int) -> Any:
        if isinstance(value, dict):
            return {key: renamed(item, copy) for key, item in value.items()}
        if isinstance(value, list):
            return [renamed(item, copy) for item in value]
        return f"{value}.{copy}" if isinstance(value, str) and value in ids else value

    document = {
        name: [renamed(row, copy) for copy in range(copies) for row in rows]
        for name, rows in given.items()
    }
    return json.dumps(document, ensure_ascii=False).encode()


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """Give the seconds that some work takes, and its answer."""
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def set_results(graph: EmbeddedStore) -> Counter[Outcome]:
    """Run all shapes as set queries."""
    return Counter(
        (result.shape.iri, result.focus, result.value)
        for found in SetEngine(graph).run(shapes("hebei"))
        for result in found
    )


def main() -> None:
    """Print the table."""
    demo = artefacts.room("data") / "demo" / "records.json"
    given = json.loads(Path(demo).read_text(encoding="utf-8"))
    checker = Checker(open_regulations(), "hebei")
    question = Question(dt.date(2014, 12, 10), 2014)
    print(f"pyoxigraph {version('pyoxigraph')}, pyshacl {version('pyshacl')}")  # noqa: T201
    print("units  triples  graph s  set queries s  pyshacl s  ratio  results  equal")  # noqa: T201
    for copies in [int(each) for each in sys.argv[1:]] or [1, 2, 4, 20, 100]:
        source = Source("demo.json", copied(given, copies))
        records = read_sources([source], model=load_model()).ntriples()
        building, graph = timed(lambda records=records: checker.working_graph([records], question))  # type: ignore[misc]
        quick, found = timed(lambda graph=graph: set_results(graph))  # type: ignore[misc]
        row = f"{65 * copies:5}  {records.count(b' .'):7}  {building:7.2f}  {quick:13.3f}"
        if copies <= PYSHACL_COPIES:
            slow, reference = timed(
                lambda graph=graph: reference_results(graph, shape_files("hebei"))  # type: ignore[misc]
            )
            equal = "yes" if found == reference else "NO"
            print(f"{row}  {slow:9.1f}  {slow / quick:5.0f}  {found.total():7}  {equal}")  # noqa: T201
        else:
            print(f"{row}  {'-':>9}  {'-':>5}  {found.total():7}  -")  # noqa: T201


if __name__ == "__main__":
    main()
