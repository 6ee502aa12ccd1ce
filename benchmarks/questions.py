"""The competency questions in the embedded store beside rdflib: same graph, same SPARQL, one run.

    .venv/bin/python benchmarks/questions.py [--peer] [QUESTION ...]

Prints how long preparing (reading, anchoring, owlrl) and loading take, then for every question
named, or for all, the best of five times in the embedded store; with ``--peer`` also rdflib's time
and whether it gives the same rows, without the final ORDER BY, which it cannot follow where a value
is unbound. It takes minutes for some. Ratios count; the times are this machine's.
"""

from __future__ import annotations

import csv
import io
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import TypeVar

import rdflib

from dutygraph.queries.catalogue import filled, question, questions
from dutygraph.queries.values import Values
from dutygraph.regulations.prepared import open_regulations, prepare, prepared

Answer = TypeVar("Answer")
_ROUNDS = 5


def timed(job: Callable[[], Answer]) -> tuple[float, Answer]:
    """Give a job's seconds and its answer."""
    start = time.perf_counter()
    answer = job()
    return time.perf_counter() - start, answer


def rows(answer: bytes) -> list[list[str]]:
    """Give the rows of a CSV answer in an order of their own, without the head."""
    return sorted(list(csv.reader(io.StringIO(answer.decode())))[1:])


def peer() -> rdflib.Graph:
    """Give the prepared graphs, united, as an rdflib graph."""
    quads = rdflib.Dataset(default_union=True)
    quads.parse(data=prepared().decode(), format="nquads")
    graph = rdflib.Graph()
    for subject, predicate, value, _ in quads.quads():
        graph.add((subject, predicate, value))
    return graph


def asked_of(graph: rdflib.Graph, sparql: str) -> list[list[str]] | None:
    """Give rdflib's rows; None where it fails to order by what is unbound (its TypeError)."""
    try:
        return rows(graph.query(sparql).serialize(format="csv") or b"")
    except TypeError:
        return None


def main() -> None:
    """Print the tables."""
    out = sys.stdout.write
    preparing, _ = timed(prepare)
    loading, store = timed(open_regulations)
    out(f"prepare (owlrl {version('owlrl')}): {preparing:.2f} s; load: {loading:.3f} s\n\n")
    named = [one for one in sys.argv[1:] if one != "--peer"]
    beside = peer() if "--peer" in sys.argv else None
    out(f"| question | rows | embedded ms |{' rdflib ms | ratio | same |' if beside else ''}\n")
    out("|---|--:|--:|" + ("--:|--:|---|\n" if beside else "\n"))
    slowest = 0.0
    for name in named or questions():
        asked = question(name)
        sparql = filled(Values(store), asked, {})
        best, answer = min(
            (timed(lambda: store.serialize(sparql, "csv")) for _ in range(_ROUNDS)),  # noqa: B023
            key=lambda pair: pair[0],
        )
        slowest = max(slowest, best)
        line = f"| {name} | {len(rows(answer))} | {best * 1000:.1f} |"
        if beside is not None:
            head, brace, tail = sparql.rpartition("}")
            unordered = head + brace + tail.partition("ORDER BY")[0]
            theirs, result = timed(lambda: asked_of(beside, unordered))  # noqa: B023
            same = "cannot" if result is None else "yes" if rows(answer) == result else "NO"
            line += f" {theirs * 1000:.0f} | {theirs / best:.0f} | {same} |"
        out(line + "\n")
    out(f"\nslowest: {slowest * 1000:.1f} ms\n")


if __name__ == "__main__":
    main()
