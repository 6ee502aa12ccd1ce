"""What changes the imports of a store: a commit brings one in, an undo takes one out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import quote
from uuid import uuid4

from dutygraph.records.chains import Step, cycles, onward
from dutygraph.records.csvw import load_model
from dutygraph.records.faults import Fault, ImportRefused
from dutygraph.records.history import (
    AGENT,
    DERIVED,
    ENDED,
    EVENT_TYPE,
    EXTENT,
    GENERATED,
    GENERATED_AT,
    IDENTIFIER,
    INVALIDATED,
    JOURNAL,
    LABEL,
    SUBJECT,
    History,
    HistoryError,
    Import,
    Reading,
)
from dutygraph.records.importing import Batch
from dutygraph.records.known import (
    Hanging,
    hanging,
    leading,
    leading_out,
    origins,
    referring,
    rows_of,
)
from dutygraph.records.model import ENTITIES
from dutygraph.records.triples import DEFAULT_BASE, RDF_TYPE, check_base, literal
from dutygraph.store.digests import Digest
from dutygraph.store.journal import Content, Entry, MovedError
from dutygraph.terms import PREFIXES

_PROV: Final = PREFIXES["prov"]
_STARTED: Final = _PROV + "startedAtTime"
_REVISION: Final = _PROV + "wasRevisionOf"
_SHOWN: Final = 20


class Recording(Reading, Protocol):
    """As much of a graph store as commit and undo need."""

    def record(
        self, journal: str, follows: str, entry: Entry, content: Content | None = None
    ) -> None:
        """Write an entry and what it brings in; see ``dutygraph.store.graphs.GraphStore``."""

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Put the triples in the place of the named graph's content, all or nothing."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a commit did: the named graph, how many rows each list had, and the warnings.

    ``replaced`` is the graph whose place it took. Where the same content is in force already,
    ``graph`` is that one's and ``changed`` is false.
    """

    graph: str
    counts: dict[str, int]
    warnings: tuple[Fault, ...]
    replaced: str | None = None
    changed: bool = True


def commit(
    batch: Batch,
    store: Recording,
    base: str = DEFAULT_BASE,
    label: str | None = None,
    *,
    recorded_at: datetime,
    by: str | None = None,
) -> Receipt:
    """Put a batch into a store as one new named graph together with its entry in the journal.

    PROV-O: the entry is a prov:Activity that generated the graph, and invalidated the one whose
    next version it is; the graph is derived from one entity for each file, and its digest stands
    beside it. Content that is in force already changes nothing. Without a label the import is
    called after its files. Raises ImportRefused when the batch has an error, MovedError when the
    journal has moved since the batch was checked, ValueError for a moment without a time zone or
    an unusable base, and what the store raises; in each case nothing is in.
    """
    if batch.errors:
        raise ImportRefused(batch.faults)
    history = History.of(store)
    same = history.of_content(batch.graph(base))
    counts = batch.counts()
    if same is not None:
        return Receipt(same.graph, counts, batch.warnings, changed=False)
    if history.position != batch.position:
        raise MovedError
    graph, old, moment = history.free_graph(batch.graph(base)), batch.replaces, _moment(recorded_at)
    announcement = _entry("start", [(_STARTED, moment), (SUBJECT, f"<{graph}>")])
    entry = _entry(
        "import",
        [(ENDED, moment), (GENERATED, f"<{graph}>"), *([(INVALIDATED, f"<{old}>")] if old else [])],
        by,
        base,
        _described(batch, graph, label, moment),
    )
    digest = Digest()
    pieces = digest.passing(batch.pieces(base))
    content = Content(graph, pieces, announcement, lambda: digest.told(graph))
    store.record(JOURNAL, history.position, entry, content)
    return Receipt(graph, counts, batch.warnings, old)


def undo(
    name: str,
    store: Recording,
    base: str = DEFAULT_BASE,
    *,
    recorded_at: datetime,
    by: str | None = None,
) -> Import:
    """Take an import out of force and put the one that it had replaced back; give it.

    What was left of an import that was broken off is thrown away; otherwise nothing is deleted.
    Raises HistoryError when there is no such import, when it is not in force, or when something
    would refer to nothing or stand there twice; ValueError for a moment without a time zone,
    MovedError when another comes first, and what the store raises; in each case all is as it was.
    """
    history = History.of(store)
    found = history.find(name)
    if found.state not in ("active", "unfinished"):
        raise _not_in_force(history, found)
    old = found.replaces if found.state == "active" else None
    if found.state == "active":
        _refuse_what_breaks(store, history, found, base)
    ended = [(ENDED, _moment(recorded_at)), (INVALIDATED, f"<{found.graph}>")]
    entry = _entry("undo", [*ended, *([(GENERATED, f"<{old}>")] if old else [])], by, base)
    store.record(JOURNAL, history.position, entry)
    if found.state == "unfinished":
        store.replace_graph(found.graph, b"")
    return found


# The journal's entries --------------------------------------------------------------------------


def _entry(
    kind: str,
    told: Sequence[tuple[str, str]],
    by: str | None = None,
    base: str = DEFAULT_BASE,
    more: str = "",
) -> Entry:
    """Make an entry; ``told`` gives predicate → term as N-Triples, ``more`` is N-Triples."""
    # A name of its own, so that whoever comes second can tell that it was not he who wrote.
    iri = f"{JOURNAL}/{uuid4().hex}"
    lines = _lines(iri, [(RDF_TYPE, f"<{_PROV}Activity>"), (EVENT_TYPE, literal(kind)), *told])
    if by:
        agent = f"{check_base(base)}agent/{quote(by, safe='')}"
        lines += _lines(iri, [(AGENT, f"<{agent}>")])
        lines += _lines(agent, [(RDF_TYPE, f"<{_PROV}Agent>"), (LABEL, literal(by))])
    return Entry(iri, (lines + more).encode())


def _described(batch: Batch, graph: str, label: str | None, moment: str) -> str:
    """Describe an import's graph and the files that it was made from."""
    name = label or "、".join(source.name for source in batch.sources)
    files = {source.name: source.sha256 for source in batch.sources}
    return _import(graph, name, moment, len(batch.rows), files, batch.replaces)


def _import(
    graph: str, name: str, moment: str, rows: int, files: Mapping[str, str], replaces: str | None
) -> str:
    told = [
        (RDF_TYPE, f"<{_PROV}Entity>"),
        (LABEL, literal(name)),
        (GENERATED_AT, moment),
        (EXTENT, literal(str(rows), PREFIXES["xsd"] + "integer")),
    ]
    if replaces is not None:
        told.append((_REVISION, f"<{replaces}>"))
    lines = ""
    for number, (file_name, sha256) in enumerate(files.items(), start=1):
        # The same content may come under two names, so a file belongs to its import.
        file = f"{graph}#file-{number}"
        told.append((DERIVED, f"<{file}>"))
        identifier = literal(f"sha256:{sha256}")
        lines += _lines(
            file,
            [
                (RDF_TYPE, f"<{_PROV}Entity>"),
                (LABEL, literal(file_name)),
                (IDENTIFIER, identifier),
            ],
        )
    return _lines(graph, told) + lines


def journal_of(imports: Iterable[Import], base: str = DEFAULT_BASE) -> bytes:
    """Give a journal, as N-Triples, in which some imports came one after the other."""
    lines, before = b"", JOURNAL
    for one in imports:
        moment = literal(one.recorded_at, PREFIXES["xsd"] + "dateTime")
        described = _import(one.graph, one.label, moment, one.rows or 0, one.files, None)
        told = [(ENDED, moment), (GENERATED, f"<{one.graph}>")]
        entry = _entry("import", told, one.by, base, described)
        lines += entry.after(before)
        before = entry.iri
    return lines


def _lines(subject: str, told: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<{subject}> <{predicate}> {term} .\n" for predicate, term in told)


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("recorded_at needs a time zone")
    return literal(at.isoformat(), PREFIXES["xsd"] + "dateTime")


# What an undo may not break ---------------------------------------------------------------------


def _not_in_force(history: History, found: Import) -> HistoryError:
    if found.state == "undone":
        return HistoryError(f"{found.id} 已经撤销过 / {found.id} was undone before")
    newer = next((one.id for one in history.imports if one.replaces == found.graph), "")
    return HistoryError(
        f"{found.id} 已被新版 {newer} 取代；请先撤销新版 / "
        f"{found.id} was replaced by {newer}; undo that one first"
    )


def _refuse_what_breaks(store: Recording, history: History, found: Import, base: str) -> None:
    going = rows_of(store, found.graph)
    coming = rows_of(store, found.replaces) if found.replaces else set()
    others = [graph for graph in history.active if graph != found.graph]
    left = referring(store, sorted(going - coming), others)
    reasons = [_reference(one) for one in left]
    if found.replaces:
        reasons += [_reference(one) for one in leading_out(store, found.replaces, others, base)]
        returning = origins(store, sorted(coming - going), others)
        reasons += [_twice(hanging(iri, origin.place)) for iri, origin in returning]
        reasons += _cycles(store, found.replaces, coming, others)
    if reasons:
        raise HistoryError(_refusal(found, reasons))


def _cycles(store: Recording, graph: str, rows: set[str], others: Sequence[str]) -> Iterator[str]:
    """Tell the cycles of superiors that rows of a graph would close with those of others."""
    columns = [
        column.property_iri
        for table in load_model()
        for column in table.acyclic_columns
        if column.property_iri is not None
    ]

    def steps(iris: Collection[str], graphs: Sequence[str]) -> dict[str, list[Step]]:
        found: dict[str, list[Step]] = defaultdict(list)
        for iri, by, to in leading(store, sorted(iris), columns, graphs):
            found[iri].append((by, to))
        return found

    own = steps(rows, [graph])
    for cycle in cycles(own | onward(own, lambda iris: steps(iris, others))):
        first = cycle[-1][1]
        for _, origin in origins(store, [first], [graph]):
            chain = " → ".join(
                hanging(iri, origin.place).identifier for _, iri in [cycle[-1], *cycle]
            )
            yield (
                f"{origin.place}：上级关系会成环：{chain} / "
                f"the superiors would form a cycle: {chain}"
            )


def _reference(one: Hanging) -> str:
    entity = ENTITIES[one.entity]
    return (
        f"{one.place}：仍引用{entity.zh}「{one.identifier}」 / "
        f"still refers to the {entity.en} “{one.identifier}”"
    )


def _twice(one: Hanging) -> str:
    entity = ENTITIES[one.entity]
    return (
        f"{one.place}：{entity.zh}「{one.identifier}」会有两份 / "
        f"the {entity.en} “{one.identifier}” would stand there twice"
    )


def _refusal(found: Import, reasons: list[str]) -> str:
    shown = reasons[:_SHOWN]
    if len(reasons) > _SHOWN:
        more = len(reasons) - _SHOWN
        shown.append(f"… 另有 {more} 处 / {more} more")
    head = (
        f"不能撤销 {found.id}，什么也没有改变；请先改正或撤销这些记录 / "
        f"{found.id} cannot be undone, nothing has changed; correct or undo these first:"
    )
    return "\n".join([head, *shown])
