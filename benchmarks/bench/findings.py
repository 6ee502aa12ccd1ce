"""What a peer found, as a multiset of results, and how two such multisets differ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.bench.rules import owners


class Finding(NamedTuple):
    """A validation result; terms as N-Triples writes them, paths as SPARQL does.

    What a peer does not tell of its results is None.
    """

    shape: str
    focus: str
    path: str | None = None
    value: str | None = None
    component: str | None = None
    severity: str | None = None


ALL: Final = Finding._fields
"""What a peer tells that reports as the standard has it."""
LEAST: Final = ("shape", "focus")
"""What every peer has to tell."""


@dataclass(frozen=True)
class Difference:
    """How much a rule's findings miss of the reference's, and how many there should not be."""

    missing: int
    extra: int


def write(findings: Iterable[Finding], file: Path) -> int:
    """Write findings as JSON lines; gives how many there were."""
    count = 0
    with file.open("w", encoding="utf-8") as stream:
        for finding in findings:
            stream.write(json.dumps(finding, ensure_ascii=False) + "\n")
            count += 1
    return count


def read(file: Path) -> Counter[Finding]:
    """Read findings that ``write`` wrote."""
    with file.open(encoding="utf-8") as stream:
        return Counter(Finding(*json.loads(line)) for line in stream)


def narrowed(findings: Mapping[Finding, int], fields: Sequence[str]) -> Counter[tuple[object, ...]]:
    """Give the multiset of what some fields say."""
    counted: Counter[tuple[object, ...]] = Counter()
    for finding, number in findings.items():
        counted[tuple(getattr(finding, field) for field in fields)] += number
    return counted


def differences(
    found: Mapping[Finding, int],
    expected: Mapping[Finding, int],
    fields: Sequence[str],
    rules: Iterable[str],
) -> dict[str, Difference]:
    """Compare multisets of what ``fields`` say, which include LEAST, rule by rule.

    Gives the rules that differ, of those asked for. A finding of a shape that is in no rule counts
    as extra under the shape's own name.
    """
    if not set(LEAST) <= set(fields):
        raise ValueError(f"findings are compared by {LEAST} at least, not by {fields}")
    ours, theirs = narrowed(expected, fields), narrowed(found, fields)
    place = list(fields).index("shape")
    missing: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    for counter, more, less in ((missing, ours, theirs), (extra, theirs, ours)):
        for key, number in (more - less).items():
            shape = str(key[place])
            counter[owners().get(shape, shape)] += number
    wanted = set(rules)
    known = set(owners().values())
    return {
        name: Difference(missing[name], extra[name])
        for name in sorted(missing | extra)
        if name in wanted or name not in known
    }
