"""Import: files become a batch, a batch without errors becomes one named graph, all or nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Final, Protocol

from dutygraph.records.cells import Row, RowReader
from dutygraph.records.faults import Fault, ImportRefused, Place, Wording, fault
from dutygraph.records.formats import Formats, Source, installed_formats
from dutygraph.records.known import KnownIds, NothingKnown
from dutygraph.records.model import Model
from dutygraph.records.triples import DEFAULT_BASE, RDF_TYPE, TripleWriter, import_graph, literal
from dutygraph.records.validation import Index, Validation
from dutygraph.terms import PREFIXES

MAX_BYTES: Final = 512 * 1024 * 1024
"""How large a file may be unless the caller says otherwise: some two million records as JSON."""

_NAME_LENGTH: Final = 16


@dataclass(frozen=True)
class Batch:
    """What was read from some files, with every fault found, in the order of the files."""

    sources: tuple[Source, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    index: Index

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Give the faults that refuse the batch."""
        return tuple(found for found in self.faults if found.is_error)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Give the faults that do not."""
        return tuple(found for found in self.faults if not found.is_error)

    @cached_property
    def digest(self) -> str:
        """Give the SHA-256 of the content, whatever the order of the files and their names."""
        return _digest(self.sources)

    def counts(self) -> dict[str, int]:
        """Give how many rows each list has: units, persons, records."""
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[row.table.list_key] = counts.get(row.table.list_key, 0) + 1
        return counts

    def graph(self, base: str = DEFAULT_BASE) -> str:
        """Give the IRI of the batch's named graph: the same content, the same graph."""
        return import_graph(base, self.digest[:_NAME_LENGTH])

    def ntriples(self, base: str = DEFAULT_BASE) -> bytes:
        """Give the rows as N-Triples. Raises ImportRefused, with every fault, for an error."""
        return b"".join("".join(lines).encode() for lines in self._lines_of_rows(base))

    def quads(self, graph: str, base: str = DEFAULT_BASE) -> bytes:
        """Give the rows as N-Quads in a named graph. Raises ImportRefused like ``ntriples``."""
        end = f" <{graph}> .\n"
        return b"".join(
            "".join(line.removesuffix(" .\n") + end for line in lines).encode()
            for lines in self._lines_of_rows(base)
        )

    def _lines_of_rows(self, base: str) -> Iterator[list[str]]:
        if self.errors:
            raise ImportRefused(self.faults)
        writer = TripleWriter(base, self.index)
        # Files in the order of their content: naming them in another order changes nothing.
        digests = {source.name: source.sha256 for source in self.sources}
        rows = sorted(self.rows, key=lambda row: digests[row.place.file])
        return (writer.lines(row) for row in rows)


def read_files(
    paths: Sequence[Path],
    *,
    model: Model,
    known: KnownIds | None = None,
    formats: Formats | None = None,
    max_bytes: int = MAX_BYTES,
) -> Batch:
    """Read files as one batch: the ids of one may be referred to in another.

    A folder stands for the files in it that have a known format. ``known`` tells what was imported
    before. Bad files, rows and cells raise nothing: whatever is wrong is a fault of the batch.
    """
    formats = formats or installed_formats()
    # A file that is named twice is one file.
    files = list(dict.fromkeys(file for path in paths for file in _files(path, formats)))
    names = _names(files)
    sources: list[Source] = []
    faults: list[Fault] = []
    for file, name in zip(files, names, strict=True):
        found = _load(file, name, max_bytes)
        if isinstance(found, Source):
            sources.append(found)
        else:
            faults.append(found)
    batch = read_sources(sources, model=model, known=known, formats=formats, max_bytes=max_bytes)
    return replace(batch, faults=_in_file_order(names, (*faults, *batch.faults)))


def read_sources(
    sources: Sequence[Source],
    *,
    model: Model,
    known: KnownIds | None = None,
    formats: Formats | None = None,
    max_bytes: int = MAX_BYTES,
) -> Batch:
    """Read sources that are in memory already, such as uploads, as ``read_files`` does.

    Raises ValueError when two sources have the same name: a place in one of them would not be
    known from a place in the other.
    """
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise ValueError(f"sources need names of their own: {names}")
    formats = formats or installed_formats()
    reader = RowReader(model)
    rows: list[Row] = []
    for source in sources:
        if len(source.content) > max_bytes:
            reader.faults.append(_too_large(source.name, len(source.content), max_bytes))
            continue
        entry = formats.for_name(source.name)
        if entry is None:
            reader.faults.append(_unknown_format(source.name, formats))
            continue
        reading = entry.read(source, model)
        reader.faults.extend(reading.faults)
        rows.extend(reader.read(raw) for raw in reading.rows)
    validation = Validation(rows, known or NothingKnown(), _digest(sources)[:_NAME_LENGTH])
    faults = (*reader.faults, *validation.run())
    return Batch(tuple(sources), tuple(rows), _in_file_order(names, faults), validation.index)


def commit(
    batch: Batch,
    store: Replacing,
    base: str = DEFAULT_BASE,
    label: str | None = None,
    *,
    recorded_at: datetime,
) -> Receipt:
    """Put a batch into a store as one named graph, in one call, together with its provenance.

    PROV-O: the graph is a prov:Entity, generated at ``recorded_at`` and derived from one entity
    for each file, which is identified by its SHA-256. The same content makes the same graph again.
    Without a label the graph is called after its files.
    Raises ImportRefused when the batch has an error, ValueError for a moment without a time zone
    or an unusable base, and what the store raises; in each case nothing is in.
    """
    if recorded_at.tzinfo is None:
        raise ValueError("recorded_at needs a time zone")
    rows = batch.ntriples(base)
    graph = batch.graph(base)
    name = label or "、".join(source.name for source in batch.sources)
    store.replace_graph(graph, rows + _provenance(batch, base, graph, name, recorded_at))
    return Receipt(graph, batch.counts(), batch.warnings)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a commit did: the named graph, how many rows each list had, and the warnings."""

    graph: str
    counts: dict[str, int]
    warnings: tuple[Fault, ...]


class Replacing(Protocol):
    """As much of a graph store as an import needs."""

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Put the triples in the place of the named graph's content, all or nothing."""


def _provenance(batch: Batch, base: str, graph: str, label: str, recorded_at: datetime) -> bytes:
    prov, xsd = PREFIXES["prov"], PREFIXES["xsd"]
    label_of = f"<{PREFIXES['rdfs']}label>"
    moment = literal(recorded_at.isoformat(), xsd + "dateTime")
    lines = [
        f"<{graph}> <{RDF_TYPE}> <{prov}Entity> .\n",
        f"<{graph}> {label_of} {literal(label)} .\n",
        f"<{graph}> <{prov}generatedAtTime> {moment} .\n",
    ]
    for source in sorted(batch.sources, key=attrgetter("sha256")):
        file = f"<{base}file/{source.sha256}>"
        lines += [
            f"<{graph}> <{prov}wasDerivedFrom> {file} .\n",
            f"{file} <{RDF_TYPE}> <{prov}Entity> .\n",
            f"{file} {label_of} {literal(source.name)} .\n",
            f"{file} <{PREFIXES['dcterms']}identifier> {literal(f'sha256:{source.sha256}')} .\n",
        ]
    return "".join(lines).encode()


def _digest(sources: Iterable[Source]) -> str:
    digests = sorted(source.sha256 for source in sources)
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _files(path: Path, formats: Formats) -> list[Path]:
    """Give the files that a path stands for: itself, or those of a folder, sorted by name."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if formats.for_name(file.name) is not None)
    # An empty folder goes on as itself, so that its fault names it.
    return found or [path]


def _names(files: Sequence[Path]) -> list[str]:
    """Name files by their last step; by their whole path where that would not tell them apart."""
    short = Counter(file.name for file in files)
    return [file.name if short[file.name] == 1 else file.as_posix() for file in files]


def _load(file: Path, name: str, max_bytes: int) -> Source | Fault:
    try:
        size = file.stat().st_size
        if size > max_bytes:
            return _too_large(name, size, max_bytes)
        return Source(name, file.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return fault("unreadable-file", Place(name), reason=reason)


def _too_large(name: str, size: int, limit: int) -> Fault:
    return fault("file-too-large", Place(name), seen=size, expected=Wording(str(limit), str(limit)))


def _unknown_format(name: str, formats: Formats) -> Fault:
    suffixes = formats.suffixes
    return fault(
        "unknown-format",
        Place(name),
        seen=Path(name).suffix or name,
        expected=Wording("、".join(suffixes), ", ".join(suffixes)),
    )


def _in_file_order(names: Sequence[str], faults: Iterable[Fault]) -> tuple[Fault, ...]:
    order = {name: position for position, name in enumerate(names)}
    return tuple(sorted(faults, key=lambda found: (order[found.place.file], found.place.sequence)))
