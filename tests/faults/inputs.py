"""The inputs of a fuzz by seed, kind and number."""

from __future__ import annotations

import random

from dutygraph.records.formats import Source
from tests.faults.hostile_files import FORMS, hostile_files
from tests.faults.hostile_queries import hostile_query

KINDS = {"sparql": 40, "rdf": 19, "json": 19, "csv": 19, "xlsx": 1, "api": 2}
"""The kinds of inputs, and how many of a hundred are of each.

To read a workbook starts a process, an answer of the API comes through all of the site and may need
a check: each takes ten times and more as long as one of the others.
"""

OVER_HTTP = {"sparql": 200, "api": 20, **dict.fromkeys(FORMS, 2000)}
"""The how-manieth input of a kind goes over HTTP: to check a file there starts a process."""

SEES_ALL = 100
"""The how-manieth query sees all graphs: with few triples, one is answered or fails at once."""

HANGS = 120.0
"""The seconds after which an input counts as one without end."""

MEANT = (503, 504)
"""The answers of 500 and more that a site may give."""

EVERYTHING = "1000000"
"""A limit that lets everything come."""

ROWS = ("json", "xml", "csv", "tsv")
TRIPLES = ("ttl", "jsonld", "nt", "rdf")


def rng_of(seed: int, kind: str, number: int) -> random.Random:
    """Give what an input is made from."""
    return random.Random(f"{seed} {kind} {number}")  # noqa: S311 - repeatable, not secret


def made(seed: int, kind: str, number: int, canary: str) -> str | list[Source]:
    """Make a query or the files of an upload; what reaches out names the server at ``canary``."""
    rng = rng_of(seed, kind, number)
    return hostile_query(rng, canary) if kind == "sparql" else hostile_files(kind, rng, canary)
