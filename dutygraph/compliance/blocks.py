"""A check in parts: blocks of units that lie together, each with the records that bear on them.

A block is checked on the slice of the records around its units and people (``slicing``), in which
their superiors and whoever assesses them come with as much as is looked at. So no block needs
another one, all can be checked at the same time, by processes of this machine or of others, and
together they give what one check of everything gives.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
from typing import TypeAlias

from dutygraph.compliance.checking import Checker, Question, Report, wanted
from dutygraph.compliance.findings import order
from dutygraph.compliance.slicing import Slicer
from dutygraph.compliance.verdicts import Counts
from dutygraph.compliance.ways import routes
from dutygraph.regulations.prepared import open_store
from dutygraph.store.graphs import GraphStore, StoreError, text
from dutygraph.terms import sparql_prologue

SIZE = 2500
"""How many units a block has: enough that what each costs besides does not count, few enough that
a process needs no more than some 750 MB for it."""

_UNITS = (
    sparql_prologue()
    + """
SELECT ?unit ?region WHERE { ?unit a dg:Unit . OPTIONAL { ?unit dg:region ?region } }"""
)
_PEOPLE = (
    sparql_prologue()
    + """
SELECT ?person ?unit WHERE {
  ?person a dg:Person . OPTIONAL { ?person org:hasMembership/org:organization ?unit }
}"""
)

Block: TypeAlias = tuple[str, ...]
"""The IRIs of units and people that are checked together."""
Map: TypeAlias = Callable[[Callable[[Block], Report], Sequence[Block]], Iterable[Report]]
"""Runs a function over blocks, in whatever order and wherever; gives the reports."""


@dataclass(frozen=True)
class Job:
    """A check that any process can do its part of: where the records are, and what is asked.

    ``graphs`` are those of the records in the store at ``location``, a directory or an endpoint
    that every process reaches under this name; ``question`` names no unit and no region.
    """

    location: str
    graphs: tuple[str, ...]
    regulation: str
    assignments: tuple[str, ...]
    question: Question

    def check(self, block: Block) -> Report:
        """Check one block."""
        store, checker = _opened(self)
        slicer = Slicer(store, self.graphs, routes(self.regulation))
        nodes = slicer.around(f"<{iri}>" for iri in block)
        return checker.check([slicer.triples(nodes)], self.question, frozenset(block))


@lru_cache(maxsize=4)
def _opened(job: Job) -> tuple[GraphStore, Checker]:
    """Open the store of a job, once in each process.

    Raises StoreError where this process does not find the records that the job is about.
    """
    store = open_store(job.location)
    if not set(job.graphs) <= set(store.graph_names()):
        raise StoreError(
            f"{platform.node()} 上的 {job.location} 没有要检查的记录；"
            "各台机器须以同一名称访问数据 / "
            f"{job.location} on {platform.node()} does not hold the records to check; "
            "every machine must reach the store under the same name"
        )
    return store, Checker(store, job.regulation, job.assignments)


def blocks(store: GraphStore, graphs: Sequence[str], among: Collection[str] | None) -> list[Block]:
    """Put units and people, or those among some, into blocks of neighbours by region code.

    Whoever has a post stands with the first unit where he has one.
    """
    regions = {row["unit"].value: text(row, "region") or "" for row in store.select(_UNITS, graphs)}
    at: dict[str, str] = {}
    for row in store.select(_PEOPLE, graphs):
        person, unit = row["person"].value, text(row, "unit") or ""
        at[person] = min(at.get(person, unit), unit)
    staff: dict[str, list[str]] = {}
    for person, unit in at.items():
        staff.setdefault(unit, []).append(person)
    neighbours = sorted({*regions, *staff}, key=lambda unit: (regions.get(unit, ""), unit))
    found = []
    for start in range(0, len(neighbours), SIZE):
        units = neighbours[start : start + SIZE]
        block = [iri for unit in units for iri in (unit, *sorted(staff.get(unit, ()))) if iri]
        kept = [iri for iri in block if among is None or iri in among]
        if kept:
            found.append(tuple(kept))
    return found


def check_blocks(job: Job, store: GraphStore, run: Map) -> Report:
    """Check everything, or what a question is about, in blocks.

    Raises UnknownUnitError as ``Checker.check`` does, WaysError as ``ways`` does, and what the
    processes raise.
    """
    # Worked out here, where that is needed, and not by every process at the same time.
    routes(job.regulation)
    among = wanted(store, job.question, job.graphs)
    part = replace(job, question=replace(job.question, unit=None, region=None))
    parts = list(run(part.check, blocks(store, job.graphs, among) or [()]))
    return joined(parts)


def joined(parts: Sequence[Report]) -> Report:
    """Put the reports of a check's parts together, whatever their order. There is at least one."""
    subjects = {id_: subject for part in parts for id_, subject in part.subjects.items()}
    by_iri = sorted(subjects.values(), key=lambda subject: subject.iri)
    verdicts = {}
    for counts in parts[0].checks:
        found: dict[str, str] = {}
        for part in parts:
            found |= part.verdicts[counts.provision]
        verdicts[counts.provision] = {one.id: found[one.id] for one in by_iri if one.id in found}
    places = {provision: place for place, provision in enumerate(verdicts)}
    return replace(
        parts[0],
        checks=[Counts.of(provision, found.values()) for provision, found in verdicts.items()],
        findings=sorted(
            (finding for part in parts for finding in part.findings),
            key=lambda finding: (places[finding.provision], *order(finding)),
        ),
        verdicts=verdicts,
        subjects=subjects,
    )


@contextmanager
def processes(number: int | None = None) -> Iterator[Map]:
    """Give a map that runs blocks in processes of this machine, as many as cores unless said."""
    context = get_context("spawn")
    with ProcessPoolExecutor(number or os.cpu_count(), mp_context=context) as pool:
        yield pool.map
