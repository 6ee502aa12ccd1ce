"""Remits: whose records somebody is there for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Remit:
    """Whose records somebody sees: everybody's, those of some units with all under them, a region.

    ``units`` are ids of units, ``region`` an administrative code or the beginning of one. With
    none of the three it is nobody's.
    """

    units: tuple[str, ...] = ()
    region: str = ""
    everything: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it is nobody's records."""
        return not (self.units or self.region or self.everything)

    @property
    def key(self) -> str:
        """What tells it from every other remit: 16 hexadecimal digits."""
        told = json.dumps([sorted(self.units), self.region, self.everything])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def __str__(self) -> str:
        if self.everything:
            return "*"
        return self.region or "、".join(self.units)


EVERYTHING = Remit(everything=True)
NOTHING = Remit()
