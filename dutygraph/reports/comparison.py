"""A run beside an earlier one: which findings are new, still open, changed, cured.

Findings are the same when provision, code, subject and year are, whatever their status. One that
is gone is cured only if the check looked at its subject this time; else it was not looked at.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dutygraph.compliance.checking import Report
from dutygraph.compliance.findings import STATUSES, Finding

CHANGES = ("new", "changed", "still_open", "cured", "not_looked_at")
"""What can become of a finding between two runs, in the order in which it is told."""

_TEXTS = ("provision", "code", "status", "subject", "subject_name", "message_zh", "message_en")


class ComparisonError(ValueError):
    """An earlier run cannot be read or cannot be compared; the message says why."""


@dataclass(frozen=True)
class Entry:
    """A finding as far as a comparison needs it; ``before`` is its status in the earlier run."""

    provision: str
    code: str
    status: str
    subject: str
    subject_name: str
    year: int
    message_zh: str
    message_en: str
    before: str | None = None

    @property
    def match(self) -> tuple[str, str, str, int]:
        """What makes findings of two runs the same."""
        return (self.provision, self.code, self.subject, self.year)

    def to_json(self) -> dict[str, Any]:
        """Give the stable JSON, ``before`` only where the status is another."""
        told = dict(vars(self))
        if self.before is None:
            del told["before"]
        return told


@dataclass(frozen=True)
class Earlier:
    """An earlier run, out of the JSON of `dutygraph check`."""

    as_of: dt.date
    year: int
    settings: dict[str, str | None]
    asked: dict[str, Any]
    entries: list[Entry]

    @classmethod
    def of(cls, report: Report, asked: Mapping[str, Any]) -> Earlier:
        """Give a run at hand as one to compare with; ``asked`` is its scope as JSON has it."""
        entries = [_of_finding(finding) for finding in report.findings]
        return cls(report.as_of, report.year, report.settings, dict(asked), entries)


@dataclass(frozen=True)
class Comparison:
    """What became of the findings since an earlier run.

    ``settings`` are those that differ, with the value then and now: a finding that came or went
    with them did so for another reading, not for what anybody did.
    """

    as_of: dt.date
    year: int
    settings: dict[str, tuple[str | None, str | None]]
    entries: dict[str, list[Entry]] = field(default_factory=dict)

    def __getitem__(self, change: str) -> list[Entry]:
        """Give the findings of one change: ``new``, ``changed``, ``still_open``, ``cured`` …"""
        return self.entries.get(change, [])

    def narrowed(self, statuses: Collection[str]) -> Comparison:
        """Keep those that have, or had, one of some statuses."""
        kept = {
            change: [one for one in entries if {one.status, one.before} & set(statuses)]
            for change, entries in self.entries.items()
        }
        return replace(self, entries=kept)

    def changes(self) -> dict[tuple[str, str, str, int, str], str]:
        """Give what became of each finding of the later run, by its match and its status."""
        return {
            (*entry.match, entry.status): change
            for change in ("new", "changed", "still_open")
            for entry in self[change]
        }

    def to_json(self) -> dict[str, Any]:
        """Give {as_of, year, settings, counts, new, changed, still_open, cured, not_looked_at}."""
        return {
            "as_of": self.as_of.isoformat(),
            "year": self.year,
            "settings": {name: list(values) for name, values in self.settings.items()},
            "counts": {change: len(self[change]) for change in CHANGES},
            **{change: [entry.to_json() for entry in self[change]] for change in CHANGES},
        }


def compared(report: Report, asked: Mapping[str, Any], earlier: Earlier) -> Comparison:
    """Compare a run with an earlier one; ``asked`` is the scope of this one as JSON has it.

    Raises ComparisonError for an earlier run that looked at a later day, or asked for less.
    """
    _refuse_what_cannot_be_compared(report.as_of, asked, earlier)
    then: dict[tuple[str, str, str, int], list[Entry]] = defaultdict(list)
    now: dict[tuple[str, str, str, int], list[Entry]] = defaultdict(list)
    for entry in earlier.entries:
        then[entry.match].append(entry)
    for finding in report.findings:
        entry = _of_finding(finding)
        now[entry.match].append(entry)
    found: dict[str, list[Entry]] = {change: [] for change in CHANGES}
    for match in sorted(then.keys() | now.keys()):
        for change, entry in _became(then.get(match, []), now.get(match, [])):
            if change == "cured" and not _looked_at(entry, report, earlier):
                change = "not_looked_at"
            found[change].append(entry)
    differing = {
        name: (earlier.settings.get(name), value)
        for name, value in report.settings.items()
        if earlier.settings.get(name) != value
    }
    return Comparison(earlier.as_of, earlier.year, differing, found)


def _of_finding(finding: Finding) -> Entry:
    return Entry(**{name: getattr(finding, name) for name in (*_TEXTS, "year")})


def _became(then: list[Entry], now: list[Entry]) -> Iterable[tuple[str, Entry]]:
    """Tell what became of the findings of one match; they differ in status only."""
    before = {entry.status: entry for entry in then}
    after = {entry.status: entry for entry in now}
    for status in before.keys() & after.keys():
        yield "still_open", after[status]
    gone = [before[status] for status in STATUSES if status in before.keys() - after.keys()]
    come = [after[status] for status in STATUSES if status in after.keys() - before.keys()]
    for old, new in zip(gone, come, strict=False):
        yield "changed", replace(new, before=old.status)
    yield from (("cured", entry) for entry in gone[len(come) :])
    yield from (("new", entry) for entry in come[len(gone) :])


def _looked_at(entry: Entry, report: Report, earlier: Earlier) -> bool:
    """Tell whether a check looked at this subject for this year this time too."""
    if entry.year == earlier.year != report.year:
        return False
    return entry.subject in report.verdicts.get(entry.provision, {})


def _refuse_what_cannot_be_compared(
    as_of: dt.date, asked: Mapping[str, Any], earlier: Earlier
) -> None:
    if earlier.as_of > as_of:
        raise ComparisonError(
            f"要比较的一次截至 {earlier.as_of}，晚于这一次的 {as_of}；请比较更早的一次 / "
            f"the run to compare with is as of {earlier.as_of}, later than {as_of}; "
            "compare with an earlier one"
        )
    for name, given in earlier.asked.items():
        if given and not _covers(given, asked.get(name)):
            raise ComparisonError(
                f"要比较的一次只查了 {name}={given}，比这一次少；请用同样的范围 / "
                f"the run to compare with asked for {name}={given} only, which is less than this "
                "one; ask for the same"
            )


def _covers(given: object, asked: object) -> bool:
    """Tell whether what was asked for earlier holds all that is asked for now."""
    if isinstance(given, list) and isinstance(asked, list):
        return bool(asked) and all(one in given for one in asked)
    return given == asked


def read_earlier(file: Path) -> Earlier:
    """Read the JSON of an earlier run; raises ComparisonError for what is none."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ComparisonError(f"{file}：{error} / {file} cannot be read: {error}") from error
    return earlier_run(str(file), content)


def earlier_run(name: str, content: bytes) -> Earlier:
    """Give the earlier run that the content of a file is; raises ComparisonError for what is none.

    ``name`` is what messages call the file.
    """
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ComparisonError(
            f"{name}：不是可读的 JSON（{error}） / {name}: no JSON that can be read ({error})"
        ) from error
    try:
        return _earlier(told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ComparisonError(
            f"{name}：不是 dutygraph check --format json 的结果（{error!r}） / "
            f"{name}: not what dutygraph check --format json printed ({error!r})"
        ) from error


def _earlier(told: Mapping[str, Any]) -> Earlier:
    return Earlier(
        as_of=dt.date.fromisoformat(told["as_of"]),
        year=_whole(told["year"]),
        settings={
            name: None if value is None else str(value) for name, value in told["settings"].items()
        },
        asked=dict(told.get("asked") or {}),
        entries=[_entry(number, one) for number, one in enumerate(told["findings"], start=1)],
    )


def _entry(number: int, told: Mapping[str, Any]) -> Entry:
    for name in _TEXTS:
        if not isinstance(told[name], str):
            raise TypeError(f"findings[{number}].{name}: {told[name]!r}")
    if told["status"] not in STATUSES:
        raise ValueError(f"findings[{number}].status: {told['status']!r}")
    return Entry(**{name: told[name] for name in _TEXTS}, year=_whole(told["year"]))


def _whole(given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise TypeError(f"year: {given!r}")
    return given
