"""Checks inside an endpoint: the records stay where they are, only findings come back.

Engines differ where SPARQL leaves it open, and some have faults. So an endpoint is first asked for
what the checks rest on (the probe), then put to the trial: the demo is checked there and here, and
whoever does not say the same in every word is not trusted with a check.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.compliance.ways import checks_fingerprint
from dutygraph.records.demo import demo
from dutygraph.records.history import record_graphs
from dutygraph.regulations.caching import cached, forget
from dutygraph.regulations.prepared import open_regulations
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from dutygraph.store.probe import Capability, probe
from dutygraph.store.remote import RemoteStore
from dutygraph.store.scratch import scratch

_TRIED = (Question(dt.date(2014, 12, 10), 2014), Question(dt.date(2014, 4, 15), 2013))
"""What the trial asks: both years of the demo."""


class UnfitError(StoreError):
    """An endpoint checks otherwise than it should; the message says where that was seen."""


def check_inside(
    checker: Checker, store: RemoteStore, graphs: Iterable[str], question: Question
) -> Report:
    """Check graphs of records where they are; see ``Checker.check``.

    Raises UnfitError for an endpoint that does not stand the trial, StoreError for one that cannot
    answer or may not be written to, and what ``Checker.check`` raises.
    """
    refuse_unfit_inside(store, checker.regulation)
    with scratch(store) as graph:
        graph.take(graphs)
        return checker.check_there(graph, question)


def refuse_unfit_inside(
    store: RemoteStore, regulation: str, probed: Iterable[Capability] | None = None
) -> None:
    """Refuse an endpoint that checks otherwise than it should.

    What came of the trial is kept in the user's cache folder as long as server, code and checks are
    the same; where it was ``probed`` just now, it is tried anew. Raises UnfitError, and StoreError
    for one that does not answer at all.
    """
    server = hashlib.sha256(f"{store.endpoint.query} {regulation}".encode()).hexdigest()[:16]
    stamp = hashlib.sha256(f"{store.server} {checks_fingerprint()}".encode()).hexdigest()[:16]
    name = f"trial-{server}.txt"
    if probed is not None:
        forget(name)
    why = cached(name, stamp, lambda: _tried(store, regulation, probed).encode()).decode()
    if why:
        raise UnfitError(
            f"不在这个 SPARQL 服务器里检查 / no check runs inside this SPARQL server: {why}"
        )


def _tried(store: RemoteStore, regulation: str, probed: Iterable[Capability] | None) -> str:
    """Give what an endpoint is found to lack, "" where it is fit.

    Raises StoreError for one that does not answer at all.
    """
    try:
        found = probe(store) if probed is None else probed
        lacking = [one for one in found if (one.needed or one.for_checks) and not one.met]
        if lacking:
            return "; ".join(f"{one.title_zh} {one.title_en}" for one in lacking)
        differing = _differing(store, regulation)
    except StoreError as error:
        # Whoever answers this could not answer that; else nothing is known.
        next(store.select("SELECT (1 AS ?one) WHERE {}", ()))
        return str(error)
    return differing and f"演示数据的结果与本机不同 the demo comes out otherwise: {differing}"


def _differing(store: RemoteStore, regulation: str) -> str:
    """Give the provisions whose checks say otherwise of the demo there than here, with commas."""
    checker = Checker(open_regulations(), regulation)
    held = EmbeddedStore.open(demo(), read_only=True)
    records = [held.graph(name) for name in record_graphs(held)]
    for question in _TRIED:
        here = _told(checker.check(records, question))
        with scratch(store) as graph:
            for ntriples in records:
                graph.load(ntriples)
            there = _told(checker.check_there(graph, question))
        differing = [provision for provision in here if here[provision] != there[provision]]
        if differing:
            return ", ".join(differing)
    return ""


def _told(report: Report) -> dict[str, object]:
    """Give what is told of each check: whom it looked at with what outcome, and its findings."""
    return {
        counts.provision: (
            counts,
            dict(report.verdicts[counts.provision]),
            [one.to_json() for one in report.findings if one.provision == counts.provision],
        )
        for counts in report.checks
    }
