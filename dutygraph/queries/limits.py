"""Servers that cannot answer some of the questions, and who answers in their place.

``queries/limits.csv`` has a line for each: the server as it names itself (RFC 9110, Server header)
or the beginning of that name, the question, and the reason. The questions are about the
regulation, which every dutygraph has at hand, so such a one is answered from there.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from dutygraph import artefacts
from dutygraph.regulations.prepared import open_regulations
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
    """Give the store that answers a question: the one given, unless its server cannot."""
    if isinstance(store, RemoteStore) and question in limits(store.server):
        return open_regulations()
    return store
