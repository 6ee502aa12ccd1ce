"""The site that is measured, as its clients know it, and what they have seen of it."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

_NOTING = threading.Lock()


@dataclass
class Seen:
    """What clients have seen: the seconds of each request by what it was, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)

    def note(self, what: str, seconds: float, status: str, *, good: bool) -> None:
        """Note a request."""
        with _NOTING:
            self.seconds.setdefault(what, []).append(seconds)
            if not good:
                self.wrong[f"{what}: {status}"] += 1

    def add(self, other: Seen) -> None:
        """Note what others have seen."""
        for what, seconds in other.seconds.items():
            self.seconds.setdefault(what, []).extend(seconds)
        self.wrong += other.wrong

    @property
    def all(self) -> list[float]:
        """The seconds of all requests."""
        return [one for some in self.seconds.values() for one in some]


@dataclass(frozen=True)
class Site:
    """Where the site is, and how its accounts make themselves known."""

    address: str
    cookies: dict[str, str]
    tokens: dict[str, str]
    importers: frozenset[str]

    @property
    def port(self) -> int:
        """The port at this machine."""
        return int(self.address.rpartition(":")[2])
