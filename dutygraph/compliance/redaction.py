"""Reports and calendars as somebody with a remit may see them.

What is found of a unit can depend on records of others: of its superior, of whoever assesses it. So
everything is checked together, once for all readers, and each is shown what was found of his own
units and people: the same as in the whole. What it rests on that is somebody else's is left out;
units outside are called by their names if the records in the remit name them or they stand above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote

from pyoxigraph import NamedNode

from dutygraph.compliance.calendar import Calendar, Named
from dutygraph.compliance.calendar import Entry as Duty
from dutygraph.compliance.checking import Report
from dutygraph.compliance.findings import Finding, Ground
from dutygraph.compliance.subjects import Subject
from dutygraph.compliance.verdicts import Counts
from dutygraph.records.ownership import entity
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import sparql_prologue

SOMEBODY: Final = Named(None, "（范围以外）", "(outside the remit)")
"""What stands in the place of a name that is not shown."""

_ROWS: Final = sparql_prologue() + "SELECT DISTINCT ?row WHERE { ?row dg:sourceRow ?number }"
_OWN: Final = (
    sparql_prologue()
    + "SELECT DISTINCT ?row WHERE { ?row a ?class . VALUES ?class { dg:Unit dg:Person } }"
)


@dataclass(frozen=True)
class Sight:
    """What an excerpt shows: the IRIs of all its rows, and those of its own units and people."""

    rows: Set[str]
    own: Set[str]

    @classmethod
    def of(cls, store: GraphStore, graphs: Sequence[str]) -> Sight:
        """Read it from an excerpt and the names of its graphs with records."""
        if not graphs:
            return cls(frozenset(), frozenset())

        def rows(query: str) -> frozenset[str]:
            return frozenset(row["row"].value for row in store.select(query, graphs))

        return cls(rows(_ROWS), rows(_OWN))

    def ids(self, of: str, *, own: bool = False) -> set[str]:
        """Give the ids of the rows of an entity (unit, person, record)."""
        some = self.own if own else self.rows
        return {unquote(iri.rpartition("/")[2]) for iri in some if entity(iri) == of}


class Redaction:
    """Shows reports and calendars of the whole as far as a sight goes."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._units = sight.ids("unit", own=True)
        self._named_units = sight.ids("unit")
        self._records = sight.ids("record")

    def report(self, whole: Report) -> Report:
        """Give what a report says of one's own units and people, its counts those of them alone."""
        subjects = {
            key: self._subject(one)
            for key, one in whole.subjects.items()
            if one.iri in self._sight.own
        }
        verdicts = {
            provision: {key: verdict for key, verdict in found.items() if key in subjects}
            for provision, found in whole.verdicts.items()
        }
        return replace(
            whole,
            checks=[Counts.of(key, found.values()) for key, found in verdicts.items()],
            findings=[self._finding(one) for one in whole.findings if self._is_own(one)],
            verdicts=verdicts,
            subjects=subjects,
        )

    def calendar(self, whole: Calendar) -> Calendar:
        """Give what is due from one's own units and people in the calendar of one of them."""
        return replace(whole, dated=self._duties(whole.dated), undated=self._duties(whole.undated))

    # A report -----------------------------------------------------------------------------------

    def _is_own(self, finding: Finding) -> bool:
        # By IRI: the id of somebody's person may be that of another one's unit.
        return all(ground.focus in self._sight.own for ground in finding.grounds)

    def _subject(self, subject: Subject) -> Subject:
        return replace(subject, units=tuple(u for u in subject.units if u.id in self._units))

    def _finding(self, finding: Finding) -> Finding:
        hidden = {iri: one for iri, one in finding.named.items() if iri not in self._sight.rows}
        units = [one for one in finding.subject_units if one["id"] in self._units]
        shown = replace(
            finding,
            evidence=[one for one in finding.evidence if one["record"] in self._records],
            subject_units=units,
            subject_level=next((one["level"] for one in units if one["level"]), None),
            subject_region=next((one["region"] for one in units if one["region"]), None),
            follow_up=self._followed(finding.follow_up),
            named={iri: one for iri, one in finding.named.items() if iri not in hidden},
        )
        if not hidden:
            return shown
        ids = {identifier for identifier, _ in hidden.values()}
        return replace(
            shown,
            message_zh=self._said(finding, finding.message_zh, SOMEBODY.zh),
            message_en=self._said(finding, finding.message_en, SOMEBODY.en or ""),
            remedy=[_without(one, ids) for one in finding.remedy],
            grounds=[self._ground(finding, one) for one in finding.grounds],
        )

    def _ground(self, finding: Finding, ground: Ground) -> Ground:
        value = ground.value
        is_hidden = isinstance(value, NamedNode) and value.value in finding.named
        is_hidden = is_hidden and value.value not in self._sight.rows
        return ground._replace(
            value=NamedNode(ground.focus) if is_hidden else value,
            message_zh=self._said(finding, ground.message_zh, SOMEBODY.zh),
            message_en=self._said(finding, ground.message_en, SOMEBODY.en or ""),
        )

    def _said(self, finding: Finding, message: str, instead: str) -> str:
        """Put other words in the place of names that are not shown."""
        shown = {finding.subject_name} | {
            name for iri, (_, name) in finding.named.items() if iri in self._sight.rows
        }
        names = shown | {name for _, name in finding.named.values()}
        # The longest first: a name that is shown may hold one that is not.
        pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        return re.sub(pattern, lambda met: met[0] if met[0] in shown else instead, message)

    def _followed(self, followed: Mapping[str, Any]) -> dict[str, Any]:
        """Give how far it was followed; steps of others are told, but not their records."""
        history = [
            step
            | {
                "record": step["record"] if step["record"] in self._records else "",
                "unit": step["unit"] if step["unit"] in self._named_units else None,
            }
            for step in followed.get("history", ())
        ]
        return dict(followed) | ({"history": history} if "history" in followed else {})

    # A calendar ---------------------------------------------------------------------------------

    def _duties(self, duties: Iterable[Duty]) -> tuple[Duty, ...]:
        return tuple(self._duty(one) for one in duties if self._is_ones_own(one.bearer))

    def _is_ones_own(self, bearer: Named | None) -> bool:
        return bearer is None or bearer.iri in self._sight.own

    def _duty(self, duty: Duty) -> Duty:
        case = duty.case if duty.case and duty.case["record"] in self._records else None
        return replace(
            duty,
            to=tuple(self._name(one) for one in duty.to),
            evidence=tuple(one for one in duty.evidence if one["record"] in self._records),
            case=case,
            about=None if duty.about is None else self._name(duty.about),
        )

    def _name(self, named: Named) -> Named:
        """Give who is named; kinds, which have no id, are nobody's secret."""
        return named if named.id is None or named.iri in self._sight.rows else SOMEBODY


def _without(remedy: Mapping[str, Any], ids: Set[str]) -> dict[str, Any]:
    """Leave out of a record to complete what would be the id of something that is not shown."""
    return {
        key: value
        for key, value in remedy.items()
        if not any(one in ids for one in (value if isinstance(value, list) else [value]))
    }
