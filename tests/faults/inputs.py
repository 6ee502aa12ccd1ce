"""The inputs of a fuzz by seed, kind and number."""

from __future__ import annotations

import random

from dutygraph.records.formats import Source
from tests.faults.hostile_files import FORMS, hostile_files
from tests.faults.hostile_queries import hostile_query

KINDS = {"sparql": 60, "rdf": 12, "json": 12, "csv": 10, "xlsx": 2, "api": 4}
"""The kinds of inputs, and how many of a hundred are of each."""

OVER_HTTP = {"sparql": 10, "api": 1, **dict.fromkeys(FORMS, 400)}
"""The how-manieth input of a kind goes over HTTP: to check a file there starts a process."""

HANGS = 120.0
"""The seconds after which an input counts as one without end."""

ROWS = ("json", "xml", "csv", "tsv")
TRIPLES = ("ttl", "jsonld", "nt", "rdf")


def rng_of(seed: int, kind: str, number: int) -> random.Random:
    """Give what an input is made from."""
    return random.Random(f"{seed} {kind} {number}")  # noqa: S311 - repeatable, not secret


def made(seed: int, kind: str, number: int, canary: str) -> str | list[Source]:
    """Make a query or the files of an upload; what reaches out names the server at ``canary``."""
    rng = rng_of(seed, kind, number)
    return hostile_query(rng, canary) if kind == "sparql" else hostile_files(kind, rng, canary)
