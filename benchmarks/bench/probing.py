"""The probe: every rule by itself, by a peer, over a few units whose records are damaged.

It tells which rules a peer can run and which it answers as it must, so that one it cannot run does
not keep it from the others.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from benchmarks.bench.findings import Finding, differences
from benchmarks.bench.peers.peer import Peer
from benchmarks.bench.provinces import parts
from benchmarks.bench.rules import rules
from benchmarks.bench.watch import Watch
from dutygraph.files import whole_file

UNITS: Final = 100
_DROPPED: Final = 7
_CHANGED: Final = 3
_CHANGES: Final = (
    (b' "99', b' "19'),
    (b' "2013-03-', b' "2013-05-'),
    (b' "2013-02-', b' "2013-04-'),
)


def damaged(file: Path) -> Path:
    """Give a copy of N-Triples in which lines are missing, codes and dates are wrong, beside it.

    Every rule finds something in it.
    """
    copy = file.with_name(f"{file.stem}-damaged.nt")
    lines = file.read_bytes().splitlines(keepends=True)
    with whole_file(copy) as target:
        for number, line in enumerate(lines):
            if number % _CHANGED == 0:
                for given, wrong in _CHANGES:
                    line = line.replace(given, wrong)
            if number % _DROPPED:
                target.write(line)
    return copy


def probe(peer: Peer, reference: Peer, watch: Watch) -> dict[str, str]:
    """Give for each rule ``as it must``, how many findings are missing and extra, or the error."""
    data = [damaged(part) for part in parts(UNITS)]
    told: dict[str, str] = {}
    for name in rules():
        expected = Counter(reference.run(data, [name], Watch(silent=True)))
        told[name] = f"{CANNOT}: the process ends, or does not end in time"
        watch.tell_facts(told)
        told[name] = _told(peer, data, name, expected)
    watch.tell_facts(told)
    return told


CANNOT: Final = "cannot"
FINE: Final = "as it must"


def _told(peer: Peer, data: list[Path], name: str, expected: Counter[Finding]) -> str:
    try:
        found = Counter(peer.run(data, [name], Watch(silent=True)))
    except BaseException as error:
        words = " ".join(str(error).split())[-200:]
        return f"{CANNOT}: {type(error).__name__}: {words}"
    differs = differences(found, expected, peer.fields, [name])
    if not differs:
        return FINE
    missing = sum(one.missing for one in differs.values())
    extra = sum(one.extra for one in differs.values())
    return f"of {expected.total()} findings {missing} missing, {extra} too many"
