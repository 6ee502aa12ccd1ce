"""The door for import formats: what a reader gets, what it hands over, and who is registered.

A format is one module of this package whose name ends in ``_form`` and which holds a ``FORMAT``.
JSON comes through the same door as any other.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from pathlib import PurePath
from typing import NamedTuple, TypeAlias

from dutygraph import records
from dutygraph.records.fault_log import FaultLog
from dutygraph.records.faults import Place
from dutygraph.records.model import Model, Table


@dataclass(frozen=True)
class Source:
    """A file as it came: the name that messages and the graph give it, and its bytes."""

    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """Give the SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class Unplaced(NamedTuple):
    """A cell under a header that is no column's, or under none: header, letters of the column."""

    title: str
    letters: str
    value: object


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as a reader found it, its cells unread.

    ``list_key`` is that of its table or tables (units, persons, records; for nested rows the key
    they stand under). Cells are text, truth values, dates, numbers of at most 18 digits,
    ``Unreadable``, None, or lists of these; anything else is a fault of the cell. What a sheet has
    beside its columns is ``unplaced``: it is not imported.
    """

    list_key: str
    place: Place
    cells: Mapping[str, object]
    parts: dict[str, list[RawRow]] = field(default_factory=dict)
    unplaced: tuple[Unplaced, ...] = ()


@dataclass(frozen=True, slots=True)
class Nested:
    """A row of a nested table that stands by itself and names the row it belongs to by its id."""

    table: Table
    parent: object
    row: RawRow


@dataclass(slots=True)
class Reading:
    """What a reader found in a file: rows in file order, and the faults of the text itself.

    ``nested`` are the rows that have still to find the row that they belong to.
    """

    rows: list[RawRow] = field(default_factory=list)
    faults: FaultLog = field(default_factory=FaultLog)
    nested: list[Nested] = field(default_factory=list)
    _sequence: int = 0

    def next_sequence(self) -> int:
        """Count the rows of the file in the order of reading."""
        self._sequence += 1
        return self._sequence


Reader: TypeAlias = Callable[[Source, Model], Reading]
"""Reads a file's rows. It raises nothing for bad content: whatever is wrong is a fault."""


@dataclass(frozen=True, slots=True)
class Format:
    """An import format: its name, the file suffixes it goes by (``.json``), and its reader."""

    name: str
    suffixes: tuple[str, ...]
    read: Reader


class Formats:
    """The formats at hand."""

    def __init__(self, formats: Iterable[Format]) -> None:
        self._by_suffix: dict[str, Format] = {}
        for entry in formats:
            self.register(entry)

    def register(self, entry: Format) -> None:
        """Add a format. Raises ValueError when another has one of its suffixes."""
        for suffix in entry.suffixes:
            other = self._by_suffix.setdefault(suffix, entry)
            if other is not entry:
                raise ValueError(f"{suffix} belongs to the format {other.name} already")

    def for_name(self, name: str) -> Format | None:
        """Give the format of a file name, None when no format has its suffix."""
        return self._by_suffix.get(PurePath(name).suffix.lower())

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Give the known suffixes, sorted."""
        return tuple(sorted(self._by_suffix))


@cache
def installed_formats() -> Formats:
    """Give the formats whose modules stand in this package."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(records.__path__)
        if module.name.endswith("_form")
    )
    return Formats(import_module(f"{records.__name__}.{name}").FORMAT for name in names)
