"""What is drawn by lot: each thing from its own seed, so that one change moves nothing else."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

Row: TypeAlias = dict[str, Any]
Item = TypeVar("Item")


class Lots:
    """Draws by lot under one seed; the same seed and key draw the same, whatever was drawn else."""

    def __init__(self, seed: int | str) -> None:
        self._seed = seed

    def of(self, key: str) -> random.Random:
        """Give the generator that belongs to a key."""
        return random.Random(f"{self._seed}/{key}")  # noqa: S311 - drawn to be repeated

    def happens(self, key: str, share: float) -> bool:
        """Tell whether what happens to a share of things happens to the one with the key."""
        return share > 0 and self.of(key).random() < share

    def choice(self, key: str, items: Sequence[Item]) -> Item:
        """Draw one of some items; raises IndexError when there are none."""
        return self.of(key).choice(items)

    def shuffled(self, key: str, items: Sequence[Item]) -> list[Item]:
        """Give the items in an order drawn by lot."""
        return self.of(key).sample(items, len(items))

    def workday(self, key: str, first: str, last: str) -> str | None:
        """Draw a day from Monday to Friday between two ISO days, None when there is none."""
        days = _workdays(first, last)
        return self.of(key).choice(days) if days else None


@lru_cache(maxsize=4096)
def _workdays(first: str, last: str) -> list[str]:
    day, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    span = range(max((end - day).days + 1, 0))
    return [
        each.isoformat()
        for each in (day + dt.timedelta(days=number) for number in span)
        if each.weekday() < 5
    ]


def later(day: str, days: int) -> str:
    """Give the day that comes so many days after another, both in ISO 8601."""
    return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()


def known(row: Row) -> Row:
    """Leave out what is not recorded: the import model has no value for it."""
    return {key: value for key, value in row.items() if value is not None}
