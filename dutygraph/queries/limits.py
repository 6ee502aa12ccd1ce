"""Who answers the catalogue's questions, and servers that cannot answer some of them.

The questions are about the regulation, which every dutygraph has at hand and in memory: it answers,
however many records lie beside it in a store. A server is asked itself, in its copy of the same
graphs. ``queries/limits.csv`` has a line for each question that one cannot answer: the server as it
names itself (RFC 9110, Server header) or the beginning of that name, the question, and the reason.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from dutygraph import artefacts
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.store.graphs import GraphStore
from dutygraph.store.remote import RemoteStore


@dataclass(frozen=True)
class Limit:
    """Why a server cannot answer a question."""

    reason_zh: str
    reason_en: str


def limits(server: str) -> Mapping[str, Limit]:
    """Give the questions that a server cannot answer, each with the reason."""
    file = artefacts.room("queries") / "limits.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            row["question"]: Limit(row["reason_zh"], row["reason_en"])
            for row in csv.DictReader(lines)
            if server.startswith(row["server"])
        }


def answering(store: GraphStore, question: str) -> GraphStore:
    """Give who answers a question that is asked of a store, by the regulation alone."""
    if isinstance(store, RemoteStore) and question not in limits(store.server):
        return store.showing(prepared_graphs())
    return open_regulations()
