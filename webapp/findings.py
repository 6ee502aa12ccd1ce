"""Findings as pages show them: whose, on which words, on what evidence, and what would cure it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from dutygraph.compliance.findings import Finding
from dutygraph.records.csvw import load_model
from dutygraph.reports.edition import Edition, Scope, narrowed
from dutygraph.terms import DG
from webapp.cards import Card
from webapp.concepts import Concept
from webapp.holdings import Holdings
from webapp.language import Words
from webapp.readings import Reading
from webapp.runs import Outcome, Run
from webapp.units import Unit


@dataclass(frozen=True)
class Quote:
    """Words of the text that a finding rests on, with the norms that quote them."""

    words: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Field:
    """A key of the record that would cure a finding, with its value."""

    label: Words
    values: tuple[Words, ...]


@dataclass(frozen=True)
class Shown:
    """A finding with what its card needs; ``units`` are those it concerns.

    ``consequences`` are the situations that it may be: label, key and words of each.
    """

    finding: Finding
    status: Concept
    code: Concept
    label: Words
    message: Words
    units: tuple[Unit, ...]
    is_person: bool
    quotes: tuple[Quote, ...]
    remedies: tuple[tuple[Field, ...], ...]
    readings: tuple[Reading, ...]
    consequences: tuple[tuple[Words, str, str], ...]


def given(**parameters: str) -> dict[str, str]:
    """Give the query parameters that have a value."""
    return {name: value for name, value in parameters.items() if value}


@dataclass(frozen=True)
class Filter:
    """Which findings to show: of one status, provision or unit, or with some words in them."""

    status: str = ""
    provision: str = ""
    unit: str = ""
    words: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The query parameters that ask for these findings."""
        return given(status=self.status, provision=self.provision, unit=self.unit, q=self.words)

    def narrows(self, findings: Iterable[Finding], holdings: Holdings) -> list[Finding]:
        """Give those of the findings that fit."""
        return [finding for finding in findings if self._fits(finding, holdings)]

    def _fits(self, finding: Finding, holdings: Holdings) -> bool:
        return (
            (not self.status or finding.status == self.status)
            and (not self.provision or finding.provision == self.provision)
            and (not self.unit or self.unit in {one.id for one in units_of(finding, holdings)})
            and (not self.words or self._mentions(finding, holdings))
        )

    def _mentions(self, finding: Finding, holdings: Holdings) -> bool:
        said = [
            finding.subject,
            finding.subject_name,
            finding.message_zh,
            finding.message_en,
            finding.code,
            *(unit.name for unit in units_of(finding, holdings)),
            *(str(proof["record"]) for proof in finding.evidence),
        ]
        return self.words.casefold() in "\n".join(said).casefold()


def units_of(finding: Finding, holdings: Holdings) -> tuple[Unit, ...]:
    """Give the units that a finding concerns: its subject, or those where the person has a post."""
    return holdings.registry.concerned(finding.subject)


def of_unit(unit: Unit, outcome: Outcome, holdings: Holdings) -> list[Finding]:
    """Give the findings of a run that concern a unit: its own first, then those of its people."""
    people = {post.person for post in unit.posts}
    return [
        *outcome.by_subject.get(unit.id, []),
        *(
            finding
            for person in sorted(people - set(holdings.registry.units))
            for finding in outcome.by_subject.get(person, [])
        ),
    ]


def shown(finding: Finding, holdings: Holdings) -> Shown:
    """Lay a finding out for its card."""
    return Shown(
        finding=finding,
        status=holdings.law.statuses[finding.status],
        code=holdings.law.vocabulary.concept(DG + finding.code),
        label=_label(finding.provision, holdings),
        message=Words(finding.message_zh, _sentence(finding.message_en)),
        units=units_of(finding, holdings),
        is_person=finding.subject not in holdings.registry.units,
        quotes=tuple(_quotes(finding, holdings)),
        remedies=tuple(tuple(_fields(remedy, holdings)) for remedy in finding.remedy),
        readings=tuple(
            reading
            for one in finding.readings
            if (reading := holdings.law.readings.get(one["reading"])) is not None
        ),
        consequences=tuple(
            (_label(one["provision"], holdings), one["provision"], one["quote"])
            for one in finding.consequences
        ),
    )


def _label(key: str, holdings: Holdings) -> Words:
    provision = holdings.law.commentary.by_key.get(key)
    return Words(key) if provision is None else Words(provision.label_zh, provision.label_en)


def edition_of(holdings: Holdings, run: Run, wanted: Filter) -> Edition:
    """Give what there is to keep of a run: its findings that fit, counts of whom they are about."""
    outcome = holdings.outcomes[run]
    return Edition(
        report=narrowed(outcome.report, wanted.unit or None, wanted.provision or None),
        wording=holdings.law.wording,
        findings=wanted.narrows(outcome.findings, holdings),
        scope=Scope(
            unit=wanted.unit or None,
            provision=wanted.provision or None,
            statuses=(wanted.status,) if wanted.status else (),
            words=wanted.words or None,
        ),
    )


def _sentence(message: str) -> str:
    """Begin each line of an English message with a capital."""
    return "\n".join(line[:1].upper() + line[1:] for line in message.splitlines())


def _quotes(finding: Finding, holdings: Holdings) -> Iterator[Quote]:
    found: dict[str, list[Card]] = {}
    for norm in finding.norms:
        card = holdings.law.commentary.cards.get(norm)
        if card is not None:
            found.setdefault(card.norm.quote, []).append(card)
    for words in found:
        # Words that stand inside longer ones are shown with these.
        if not any(words in other for other in found if other != words):
            within = [card for other, some in found.items() if other in words for card in some]
            yield Quote(words, tuple(within))


@cache
def _titles() -> dict[str, dict[str, Words]]:
    """Give what the import tables call their columns, by record type and column."""
    return {
        table.row_type or table.name: {
            name: Words(column.titles.zh, column.titles.en)
            for name, column in table.columns.items()
        }
        for table in load_model()
    }


def _fields(remedy: dict[str, object], holdings: Holdings) -> Iterator[Field]:
    titles = _titles().get(str(remedy.get("type")), {})
    for key, value in remedy.items():
        if key != "type":
            values = value if isinstance(value, list) else [value]
            yield Field(titles.get(key, Words(key)), tuple(_said(one, holdings) for one in values))


def _said(value: object, holdings: Holdings) -> Words:
    if isinstance(value, bool):
        return Words("是", "yes") if value else Words("否", "no")
    words = str(value)
    if words in holdings.registry.units:
        return Words(holdings.registry.units[words].name)
    return Words(words, holdings.law.vocabulary.in_english(words))
