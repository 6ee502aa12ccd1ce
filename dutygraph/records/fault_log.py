"""The faults of a batch as they are found: all counted, the first of each kind kept.

A file of a hundred thousand bad rows says the same of each of them. Who has to correct it is helped
by the first thousand and by the number of the others, and a server is not brought down by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from dutygraph.records.fault_texts import TEXTS
from dutygraph.records.faults import Fault, Place, fault

KEPT_OF_A_KIND: Final = 1_000
"""How many faults of one code in one column of one sheet are kept."""

KEPT: Final = 20_000
"""How many faults are kept at all."""

_KINDS: Final = 500


@dataclass(slots=True)
class _Kind:
    """What was found of one code in one column of one sheet."""

    found: int = 0
    kept: int = 0
    next_place: Place | None = None


_Key = tuple[str, str | None, str, str | None]


class FaultLog:
    """Collects faults; what is over the bounds is counted and told by one fault for its kind."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._kept: list[Fault] = []
        self._kinds: dict[_Key, _Kind] = {}
        for found in faults:
            self.append(found)

    def append(self, found: Fault) -> None:
        """Keep a fault that is made already, unless it is over the bounds."""
        if self._has_room(found.code, found.place, found.column):
            self._kept.append(found)

    def note(self, code: str, place: Place, column: str | None = None, **details: Any) -> None:
        """Make a fault, as ``faults.fault`` does, and keep it; one over the bounds is not made."""
        if self._has_room(code, place, column):
            self._kept.append(fault(code, place, column, **details))

    def _has_room(self, code: str, place: Place, column: str | None) -> bool:
        """Count a fault; tell whether it is to be kept."""
        kind = self._kind(code, place, column)
        kind.found += 1
        if kind.kept < KEPT_OF_A_KIND and len(self._kept) < KEPT:
            kind.kept += 1
            return True
        if kind.next_place is None:
            kind.next_place = place
        return False

    def absorb(self, other: FaultLog) -> None:
        """Take in what another log has found."""
        for key, theirs in other._kinds.items():
            ours = self._kinds.setdefault(key, _Kind())
            ours.found += theirs.found
            ours.kept += theirs.kept
            ours.next_place = ours.next_place or theirs.next_place
        self._kept += other._kept

    def _kind(self, code: str, place: Place, column: str | None) -> _Kind:
        key: _Key = (place.file, place.sheet, code, column)
        if key not in self._kinds and len(self._kinds) >= _KINDS:
            # Keys of a document can be as many as its rows; they share one entry then.
            key = (place.file, None, code, None)
        return self._kinds.setdefault(key, _Kind())

    def __iter__(self) -> Iterator[Fault]:
        """Give the faults kept; for each kind of which there were more, one with their number."""
        yield from self._kept
        for (file, sheet, code, column), kind in self._kinds.items():
            if kind.found > kind.kept:
                first = kind.next_place or Place(file, sheet)
                place = Place(file, sheet, sequence=first.sequence, headings=first.headings)
                severity = TEXTS[code].severity
                yield fault(
                    f"more-{severity}s", place, column, count=kind.found - kind.kept, same=code
                )

    def __len__(self) -> int:
        """Give how many faults are kept."""
        return len(self._kept)

    @property
    def has_errors(self) -> bool:
        """Tell whether one of the faults refuses the batch."""
        return any(found.is_error for found in self)
