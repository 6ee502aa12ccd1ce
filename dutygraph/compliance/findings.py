"""Findings: what a check says of one unit for one year, with its words, records and remedy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from dutygraph.store.graphs import Term

STATUSES = ("violation", "review", "advisory", "due_soon")
Key: TypeAlias = tuple[str, str, str, str, int]
"""What makes two findings one: provision, code, status, subject and year."""


class Ground(NamedTuple):
    """One validation result behind a finding, as a W3C validation report tells it (SHACL, 3.6).

    Shape, constraint, focus node and norms are IRIs; ``value`` is an RDF term.
    """

    shape: str
    constraint: str
    focus: str
    value: Term
    norms: tuple[str, ...]
    due: str | None
    message_zh: str
    message_en: str


@dataclass
class Finding:
    """One finding; the JSON has these keys in this order.

    ``due`` is the last day, ``days_late`` how many days after it the act was done or, where it was
    not, the check looks. ``evidence`` are the records looked at, with file, sheet and row;
    ``remedy`` the records that would cure it, filled in as far as the data go. ``quotes`` are the
    words it rests on, ``readings`` the readings of the text that it depends on, and
    ``consequences`` the situations of article 29 that a breach of these norms may be. ``subject_``
    level, region and units say where the subject stands; a person stands where he has a post.
    ``grounds``, the validation results behind it, and ``named``, the units, persons and records
    that these name (IRI → id and name), are not part of the JSON.
    """

    provision: str
    code: str
    status: str
    subject: str
    subject_name: str
    year: int
    norms: list[str]
    due: str | None
    message_zh: str
    message_en: str
    evidence: list[dict[str, Any]] = field(default_factory=list)
    remedy: list[dict[str, Any]] = field(default_factory=list)
    days_late: int | None = None
    quotes: list[dict[str, str]] = field(default_factory=list)
    readings: list[dict[str, Any]] = field(default_factory=list)
    consequences: list[dict[str, str]] = field(default_factory=list)
    follow_up: dict[str, Any] = field(default_factory=dict)
    subject_level: str | None = None
    subject_region: str | None = None
    subject_units: list[dict[str, str | None]] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list, repr=False)
    named: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> Key:
        """What no other finding has."""
        return (self.provision, self.code, self.status, self.subject, self.year)

    @property
    def match(self) -> tuple[str, str, str, int]:
        """What makes findings of two runs the same, whatever their status: the key without it."""
        return (self.provision, self.code, self.subject, self.year)

    def to_json(self) -> dict[str, Any]:
        """Give the stable JSON of one finding."""
        told = dict(vars(self))
        del told["grounds"], told["named"]
        return told


def order(finding: Finding) -> tuple[str, str, int, str, int]:
    """Give what findings are sorted by."""
    status = STATUSES.index(finding.status)
    return finding.provision, finding.subject, status, finding.code, finding.year
