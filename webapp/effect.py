"""What other settings would change: the same records, the same day, checked by both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dutygraph.compliance.verdicts import Counts
from dutygraph.reports.comparison import Comparison, Earlier, Entry, compared
from dutygraph.reports.edition import Scope
from webapp.holdings import Holdings
from webapp.language import Words
from webapp.runs import Outcome, Run

KINDS: Final = {
    "new": Words("会出现", "would appear"),
    "gone": Words("会消失", "would disappear"),
    "changed": Words("状态会改变", "would change status"),
}
"""What can become of a finding under other settings."""

_BECAME: Final = {"new": "new", "cured": "gone", "not_looked_at": "gone", "changed": "changed"}
"""Nothing is cured by a setting: what is not found by another reading is gone."""


@dataclass(frozen=True)
class Difference:
    """A check whose counts differ: as they are, and as they would be."""

    provision: str
    now: Counts
    then: Counts


@dataclass(frozen=True)
class Effect:
    """What settings would change: the checks that count otherwise, the findings by kind."""

    run: Run
    differences: tuple[Difference, ...]
    entries: dict[str, list[Entry]]
    still: int

    @property
    def total(self) -> int:
        """How many findings would be others."""
        return sum(map(len, self.entries.values()))


def effect(held: Holdings, now: Run, then: Run) -> Effect:
    """Compare the outcome of a run with that of the same one under other settings."""
    before, after = held.outcomes[now], held.outcomes[then]
    asked = Scope().to_json()
    found = compared(after.report, asked, Earlier.of(before.report, asked))
    return Effect(
        then, tuple(_differences(before, after)), _entries(found, held), len(found["still_open"])
    )


def _differences(before: Outcome, after: Outcome) -> Iterator[Difference]:
    now = {counts.provision: counts for counts in before.checks}
    for counts in after.checks:
        if counts != now[counts.provision]:
            yield Difference(counts.provision, now[counts.provision], counts)


def _entries(found: Comparison, held: Holdings) -> dict[str, list[Entry]]:
    entries: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
    for change, kind in _BECAME.items():
        entries[kind] += found[change]
    for some in entries.values():
        some.sort(key=lambda one: held.law.order.get(one.provision, len(held.law.order)))
    return entries
