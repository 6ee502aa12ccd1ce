"""Import: files become a batch, read, checked and ready to be committed as one named graph."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Final, TypeAlias

from dutygraph.records.cells import Row, RowReader
from dutygraph.records.faults import Fault, ImportRefused, Place, Wording, fault
from dutygraph.records.formats import Formats, Nested, RawRow, Reading, Source, installed_formats
from dutygraph.records.known import KnownIds, NothingKnown
from dutygraph.records.model import Model
from dutygraph.records.tabular import attach
from dutygraph.records.triples import DEFAULT_BASE, TripleWriter, import_graph
from dutygraph.records.validation import Index, Validation

MAX_BYTES: Final = 512 * 1024 * 1024
"""How large a file may be unless the caller says otherwise: some two million records as JSON."""

_NAME_LENGTH: Final = 16
_ROWS_AT_ONCE: Final = 256
_TELL_EVERY: Final = 2000

Progress: TypeAlias = Callable[[Wording, int, int | None], None]
"""Is told what is being done, how many rows of it are done, and of how many where that is known."""

_READING: Final = Wording("读取文件", "reading files")
_CHECKING: Final = Wording("检查每一行", "checking each row")
_COMPARING: Final = Wording("核对各行之间的关系", "checking rows against one another")


@dataclass(frozen=True)
class Batch:
    """What was read from some files, with every fault found, in the order of the files.

    ``replaces`` is the graph of the import whose place the batch takes, ``position`` the entry of
    the journal of imports after which it was checked. ``raws`` are the rows as they were before
    their cells were read, and ``homeless`` those nested rows that belong to none of them, where
    these were kept.
    """

    sources: tuple[Source, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    index: Index
    replaces: str | None
    position: str
    raws: tuple[RawRow, ...] = ()
    homeless: tuple[Nested, ...] = ()

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
        return b"".join(self.pieces(base))

    def pieces(self, base: str = DEFAULT_BASE) -> Iterator[bytes]:
        """Give the rows as N-Triples, some at a time. Raises ImportRefused like ``ntriples``."""
        lines = self._lines_of_rows(base)
        while some := list(islice(lines, _ROWS_AT_ONCE)):
            yield "".join(chain.from_iterable(some)).encode()

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
    keep: bool = False,
    progress: Progress | None = None,
) -> Batch:
    """Read files as one batch: the ids of one may be referred to in another.

    A folder stands for the files in it that have a known format. ``known`` tells what was imported
    before, ``keep`` that the rows as they were are wanted, ``progress`` is told how far it is. Bad
    files, rows and cells raise nothing: whatever is wrong is a fault of the batch.
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
    batch = read_sources(
        sources,
        model=model,
        known=known,
        formats=formats,
        max_bytes=max_bytes,
        keep=keep,
        progress=progress,
    )
    return replace(batch, faults=_in_file_order(names, (*faults, *batch.faults)))


def read_sources(
    sources: Sequence[Source],
    *,
    model: Model,
    known: KnownIds | None = None,
    formats: Formats | None = None,
    max_bytes: int = MAX_BYTES,
    keep: bool = False,
    progress: Progress | None = None,
) -> Batch:
    """Read sources that are in memory already, such as uploads, as ``read_files`` does.

    Raises ValueError when two sources have the same name: a place in one of them would not be
    known from a place in the other.
    """
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise ValueError(f"sources need names of their own: {names}")
    formats = formats or installed_formats()
    tell = progress or _tell_nobody
    reader = RowReader(model)
    raws: list[RawRow] = []
    readings: dict[str, Reading] = {}
    for source in sources:
        tell(_READING, len(raws), None)
        if len(source.content) > max_bytes:
            reader.faults.append(_too_large(source.name, len(source.content), max_bytes))
            continue
        entry = formats.for_name(source.name)
        if entry is None:
            reader.faults.append(_unknown_format(source.name, formats))
            continue
        readings[source.sha256] = reading = entry.read(source, model)
        reader.faults.absorb(reading.faults)
        raws += reading.rows
    # As with rows, naming files in another order does not change the order of what hangs on them.
    nested = [one for _, reading in sorted(readings.items()) for one in reading.nested]
    homeless: list[Nested] = []
    for one, found in attach(raws, nested, model):
        homeless.append(one)
        reader.faults.append(found)
    rows: list[Row] = []
    for number, raw in enumerate(raws):
        if number % _TELL_EVERY == 0:
            tell(_CHECKING, number, len(raws))
        rows.append(reader.read(raw))
    tell(_COMPARING, len(rows), len(rows))
    known = known or NothingKnown()
    validation = Validation(rows, known, names, _digest(sources)[:_NAME_LENGTH])
    reader.faults.absorb(validation.run())
    return Batch(
        sources=tuple(sources),
        rows=tuple(rows),
        faults=_in_file_order(names, reader.faults),
        index=validation.index,
        replaces=validation.replaces,
        position=known.position,
        raws=tuple(raws) if keep else (),
        homeless=tuple(homeless) if keep else (),
    )


def _tell_nobody(what: Wording, done: int, total: int | None) -> None:
    """Take note of progress that nobody wants to know of."""


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
