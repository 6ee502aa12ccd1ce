"""What came of each check for each that it looked at: a byte for each, as there are millions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

VERDICTS = ("met", "not_due", "unknown", "breached")
"""The least first: of what several results say of somebody, the last counts."""
_CODES = {verdict: code for code, verdict in enumerate(VERDICTS, 1)}


@dataclass
class Counts:
    """How many subjects one check looked at, and what came of each; the four add up to it."""

    provision: str
    looked_at: int = 0
    met: int = 0
    breached: int = 0
    not_due: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, provision: str, verdicts: Iterable[str]) -> Counts:
        """Count verdicts."""
        found = Counter(verdicts)
        return cls(provision, found.total(), **found)


class Verdicts(Mapping[str, str]):
    """The verdicts of one check by the subjects' ids, which all checks of a run have in common."""

    def __init__(self, places: Mapping[str, int], codes: bytes | bytearray) -> None:
        """Take the place of each id, from 0 on in this order, and a code for each: 0 for none."""
        self._places = places
        self._codes = codes

    def __getitem__(self, subject: str) -> str:
        """Give the verdict on a subject. Raises KeyError for one that was not looked at."""
        code = self._codes[self._places[subject]]
        if not code:
            raise KeyError(subject)
        return VERDICTS[code - 1]

    def get(self, subject: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """Give the verdict on a subject, or else the default."""
        place = self._places.get(subject)
        code = 0 if place is None else self._codes[place]
        return VERDICTS[code - 1] if code else default

    def __iter__(self) -> Iterator[str]:
        """Give the ids of those that were looked at."""
        return compress(self._places, self._codes)

    def __len__(self) -> int:
        """Count those that were looked at."""
        return len(self._codes) - self._codes.count(0)

    def counts(self, provision: str) -> Counts:
        """Count the verdicts of a provision's check."""
        return Counts(
            provision, len(self), **{one: self._codes.count(_CODES[one]) for one in VERDICTS}
        )


class Board:
    """Where the verdicts on some subjects are put, check by check."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        """Take the ids of all subjects by their IRIs, in the order of the IRIs."""
        self._places = {subject: place for place, subject in enumerate(dict.fromkeys(ids.values()))}
        self._by_iri = {iri: self._places[subject] for iri, subject in ids.items()}

    def put(self, looked_at: Iterable[str], told: Iterable[tuple[str, str]]) -> Verdicts:
        """Give the verdicts on those looked at: ``met`` but for those of whom worse is told.

        Both name subjects by IRI; whoever has more than one verdict has the worst.
        """
        codes = bytearray(len(self._places))
        for iri in looked_at:
            codes[self._by_iri[iri]] = 1
        for iri, verdict in told:
            place = self._by_iri[iri]
            codes[place] = max(codes[place], _CODES[verdict])
        return Verdicts(self._places, codes)


def written(ids: Sequence[str], verdicts: Sequence[Mapping[str, str]]) -> Iterator[bytes]:
    """Write the verdicts of some checks as codes: for each subject a byte for each check."""
    width = len(verdicts)
    table = bytearray(width * len(ids))
    for place, of_check in enumerate(verdicts):
        table[place::width] = bytes(_CODES.get(of_check.get(one, ""), 0) for one in ids)
    return (bytes(table[start : start + width]) for start in range(0, len(table), width))


def read(ids: Sequence[str], rows: Sequence[bytes], width: int) -> list[Verdicts]:
    """Read the verdicts of so many checks from what was written, subject by subject."""
    table = b"".join(rows)
    places = {subject: place for place, subject in enumerate(ids)}
    return [Verdicts(places, table[place::width]) for place in range(width)]
