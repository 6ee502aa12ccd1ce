"""Changes of records by which breaches come about.

A change says whose breach it will be, None where the record does not lend itself to it, and makes
it. Most leave a record out, or set or forget one of its values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from dutygraph.fiction.drawing import Row
from dutygraph.fiction.register import Register

_REFERRING: Final = ("ref", "reply_to")


class Matters:
    """The records of a complete register by id, by kind and by what they refer to.

    Records that a change takes out are kept in mind and leave the register at the end.
    """

    def __init__(self, here: Register) -> None:
        self.here = here
        self.by_id = {row["id"]: row for row in here.records}
        self.by_kind: dict[str, list[Row]] = defaultdict(list)
        self.by_ref: dict[str, list[Row]] = defaultdict(list)
        self._gone: set[str] = set()
        for row in here.records:
            self.by_kind[row["kind"]].append(row)
            for key in _REFERRING:
                if key in row:
                    self.by_ref[row[key]].append(row)

    def there(self, kind: str) -> list[Row]:
        """Give the records of a kind that have not been taken out."""
        return [row for row in self.by_kind.get(kind, ()) if row["id"] not in self._gone]

    def take_out(self, rows: Iterable[Row]) -> None:
        """Take records out; what refers to one no longer does."""
        for row in rows:
            self._gone.add(row["id"])
            for other in self.by_ref[row["id"]]:
                for key in _REFERRING:
                    if other.get(key) == row["id"]:
                        del other[key]

    def settle(self) -> None:
        """Leave out of the register what was taken out."""
        self.here.records[:] = [row for row in self.here.records if row["id"] not in self._gone]


@dataclass(frozen=True)
class Site:
    """A record that a breach is to befall, among the records of its place."""

    matters: Matters
    row: Row

    @property
    def here(self) -> Register:
        """The register of the place."""
        return self.matters.here

    def of_kind(self, kind: str) -> list[Row]:
        """Give the records of a kind in the place."""
        return self.matters.there(kind)

    def about(self) -> list[Row]:
        """Give the records that refer to this one."""
        return self.matters.by_ref.get(self.row["id"], [])

    def reference(self) -> Row:
        """Give the record that this one refers to: an empty one when there is none."""
        return self.matters.by_id.get(self.row.get("ref", ""), {})

    def together(self) -> list[Row]:
        """Give the records of the same matter: what this one refers to, and what refers to it."""
        before = self.reference()
        return [*([before] if before else []), *self.about()]


Whose: TypeAlias = Callable[[Site], str | None]
Value: TypeAlias = Callable[[Site], Any]
FORGET: Final = None
"""As a value: not recorded."""


@dataclass(frozen=True)
class Change:
    """A change of a record: whose breach it is, and how it is made."""

    subject: Whose
    make: Callable[[Site], object]


def key(name: str) -> Whose:
    """Whoever stands under a key of the record."""
    return lambda site: site.row.get(name)


UNIT: Final = key("unit")
"""Whose record it is."""


def leaving_out(whose: Whose = UNIT) -> Change:
    """Leave the record out."""
    return Change(whose, lambda site: site.matters.take_out([site.row]))


def leaving_all_out(whose: Whose) -> Change:
    """Leave the record out, and what refers to it."""
    return Change(whose, lambda site: site.matters.take_out([site.row, *site.about()]))


def setting(whose: Whose = UNIT, **values: Any) -> Change:
    """Set values: a function gives the value from the site, None forgets it."""

    def make(site: Site) -> None:
        for key, value in values.items():
            given = value(site) if callable(value) else value
            if given is None:
                site.row.pop(key, None)
            else:
                site.row[key] = given

    return Change(whose, make)


def when(whose: Whose, holds: Callable[[Site], object]) -> Whose:
    """Whose it is, if something holds; nobody's if not."""
    return lambda site: whose(site) if holds(site) else None


def moved(to: str, years: int = 0) -> Value:
    """Give the day ``MM-DD`` of the record's year, or of so many years after it."""
    return lambda site: f"{int(site.row['date'][:4]) + years}-{to}"


# Addressees ------------------------------------------------------------------------------------


def with_both(whose: Whose) -> Whose:
    """Whose it is, if it went to two."""
    return when(whose, lambda site: len(site.row.get("to", ())) == 2)


def only_the_first(site: Site) -> list[str]:
    """Give the first addressee alone."""
    return list(site.row["to"][:1])


def astray(site: Site) -> list[str]:
    """Give the government of the place for the first addressee, and the others as they were."""
    return [site.here.staff.place.organ("zhengfu"), *site.row["to"][1:]]


def own_government(site: Site) -> list[str]:
    """Give the government of the place as the addressee."""
    return [site.here.staff.place.organ("zhengfu")]
