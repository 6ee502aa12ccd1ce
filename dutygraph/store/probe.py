"""What a store can do, asked of it: the queries in ``queries/probe/`` with their expected answers.

Engines differ where SPARQL leaves it open, and some have faults. Each query there asks for one
thing, over the triples of ``data.nt``; ``needed`` says whether queries of ours depend on it: none,
some, or those of checks alone, which then run elsewhere.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from dutygraph import artefacts
from dutygraph.store.graphs import GraphStore, StoreError
from dutygraph.store.journal import Entry, MovedError
from dutygraph.terms import REGULATIONS

_HEADER: Final = re.compile(r"# (\w+): (.+)")
_PLACE: Final = REGULATIONS + "probe/"


@dataclass(frozen=True)
class Capability:
    """One thing that a store can or cannot do; ``said`` is what came in the place of the answer.

    Without what is ``needed`` a store is of no use, without what is ``for_checks`` none run inside.
    """

    name: str
    title_zh: str
    title_en: str
    needed: bool
    met: bool
    said: str = ""
    for_checks: bool = False


def probe(store: GraphStore) -> Iterator[Capability]:
    """Ask a store what it can do; what is written into it for that is taken out again.

    Raises StoreError when nothing can be written or asked at all.
    """
    graph = _PLACE + uuid4().hex
    store.replace_graph(graph, (_folder() / "data.nt").read_bytes())
    try:
        yield _journal(store, graph + "/journal")
        for file in sorted(_folder().glob("*.rq")):
            yield _asked(store, graph, file)
    finally:
        for name in (graph, graph + "/journal"):
            with suppress(StoreError):
                store.replace_graph(name, b"")


def refuse_unfit(store: GraphStore) -> None:
    """Refuse a store that lacks what is needed. Raises StoreError that says what it lacks."""
    lacking = [one for one in probe(store) if one.needed and not one.met]
    if lacking:
        lines = [f"  {one.title_zh} / {one.title_en}: {one.said}" for one in lacking]
        raise StoreError(
            "这个 SPARQL 服务器缺少必需的能力，不能用作数据的存放处 / this SPARQL server lacks "
            "what dutygraph needs and cannot be its store:\n" + "\n".join(lines)
        )


def _folder() -> Path:
    return artefacts.room("queries") / "probe"


def _journal(store: GraphStore, journal: str) -> Capability:
    """Try whether of two entries that follow the same one the second is refused."""
    title = "两人同时写入时只有一人成功", "of two who write at once, one is refused"
    said = "both got in"
    store.record(journal, journal, Entry(f"{journal}/1", b""))
    try:
        store.record(journal, journal, Entry(f"{journal}/2", b""))
    except MovedError:
        said = ""
    return Capability("journal", *title, needed=True, met=not said, said=said)


def _asked(store: GraphStore, graph: str, file: Path) -> Capability:
    query = file.read_text(encoding="utf-8")
    heads = (found for line in query.splitlines() if (found := _HEADER.match(line)))
    head = {found[1]: found[2] for found in heads}
    body = "\n".join(line for line in query.splitlines() if not line.startswith("#"))
    expected = (file.parent / "expected" / f"{file.stem}.csv").read_text(encoding="utf-8")
    try:
        answer = store.serialize(body, "csv", [graph]).decode()
        met, said = _rows(answer) == _rows(expected), " | ".join(answer.split())
    except StoreError as error:
        met, said = False, " ".join(str(error).split())
    return Capability(
        file.stem,
        head["title_zh"],
        head["title_en"],
        needed=head["needed"] == "yes",
        met=met,
        said="" if met else said[:160],
        for_checks=head["needed"] == "checks",
    )


def _rows(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table, newline="")))
