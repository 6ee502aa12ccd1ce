"""Breaches: for every check and code one way, or several, to go wrong, and the plan of a share.

A breach starts from a record of a complete year and changes that record, or leaves it out. Which
records it befalls is drawn record by record; no record is befallen twice, and no duty of a subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from dutygraph.fiction.accountability_breaches import ACCOUNTABILITY
from dutygraph.fiction.changes import Change, Matters, Site
from dutygraph.fiction.duty_breaches import DUTIES
from dutygraph.fiction.evidence import year_of
from dutygraph.fiction.findings import PROVISIONS
from dutygraph.fiction.register import Register


@dataclass(frozen=True)
class Breach:
    """A way in which a check is breached: what is done to which kind of record."""

    provision: str
    code: str
    kind: str
    change: Change

    @property
    def name(self) -> str:
        """What the breach is asked for by: ``art11.LATE``."""
        return f"{self.provision}.{self.code}"


@dataclass(frozen=True)
class Planted:
    """A breach as planted: which, of whom, from which record on."""

    provision: str
    code: str
    subject: str
    record: str


BREACHES: Final[tuple[Breach, ...]] = tuple(Breach(*row) for row in (*DUTIES, *ACCOUNTABILITY))
"""Every breach, in the order in which they are planted."""


class UnknownBreachError(ValueError):
    """A breach is asked for that no check has, or a share that is none."""


@dataclass
class Plan:
    """How large a share of records each breach befalls; a planter of provinces.

    ``planted`` tells what was planted in the places made last.
    """

    shares: Mapping[str, float]
    planted: dict[str, list[Planted]] = field(default_factory=dict)

    @classmethod
    def of(cls, assignments: Iterable[str] = (), everywhere: float = 0.0) -> Plan:
        """Make a plan of ``CHECK.CODE=SHARE`` assignments and of a share for all the others.

        A check alone (``art11=0.1``) stands for all its codes. Raises UnknownBreachError for a
        name that no breach has and for a share that is no number from 0 to 1.
        """
        shares = {breach.name: _share("--breaches", str(everywhere)) for breach in BREACHES}
        for assignment in assignments:
            name, _, value = assignment.partition("=")
            wanted = [each for each in shares if name in (each, each.rpartition(".")[0])]
            if not wanted:
                raise UnknownBreachError(
                    f"没有「{name}」这种违反，应为 条款.代码，例如 art11.LATE / "
                    f"no breach {name!r}; it is a check and a code, such as art11.LATE: "
                    + "、".join(sorted(shares))
                )
            shares |= dict.fromkeys(wanted, _share(name, value))
        return cls({name: share for name, share in shares.items() if share})

    def __call__(self, here: Register) -> None:
        """Plant what the plan has for a place, in its register."""
        self.planted[here.staff.place.key] = list(_planted(here, self.shares))


def _share(name: str, value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UnknownBreachError(
            f"{name} 的份额应为 0 到 1 的数，不是「{value}」 / "
            f"the share of {name} is a number from 0 to 1, not {value!r}"
        )
    return share


def _planted(here: Register, shares: Mapping[str, float]) -> Iterator[Planted]:
    befallen: set[str] = set()
    duties: set[tuple[str, str, int]] = set()
    matters = Matters(here)
    for breach in BREACHES:
        share = shares.get(breach.name, 0.0)
        for row in matters.by_kind.get(breach.kind, ()) if share else ():
            if not here.lots.happens(f"{breach.name}/{breach.kind}/{row['id']}", share):
                continue
            site = Site(matters, row)
            touched = {each["id"] for each in (row, *site.together())}
            subject = None if touched & befallen else breach.change.subject(site)
            # What a unit owed at any time it owes no more once it is dissolved.
            if subject is None or "dissolved" in here.staff.units.get(subject, {}):
                continue
            duty = (breach.provision, subject, year_of(row))
            if duty in duties:
                continue
            breach.change.make(site)
            duties.add(duty)
            befallen |= touched
            yield Planted(breach.provision, breach.code, subject, row["id"])
    matters.settle()


def names() -> list[str]:
    """Give the names of all breaches, in the order of articles."""
    order = {key: number for number, key in enumerate(PROVISIONS)}
    found = {breach.name for breach in BREACHES}
    return sorted(found, key=lambda name: (order[name.rpartition(".")[0]], name))
