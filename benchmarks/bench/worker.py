"""The worker: one repetition of one cell, in a process of its own.

python -m benchmarks.bench.worker probe PEER
python -m benchmarks.bench.worker rules PEER UNITS FINDINGS RULE...
python -m benchmarks.bench.worker own TASK UNITS
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.bench.findings import write
from benchmarks.bench.own import TASKS
from benchmarks.bench.peers import PEERS, REFERENCE
from benchmarks.bench.probing import probe
from benchmarks.bench.provinces import parts
from benchmarks.bench.watch import Watch


def main(kind: str, name: str, *given: str) -> None:
    """Do what is asked; figures and facts go to standard output, what goes wrong is raised."""
    watch = Watch()
    match kind:
        case "probe":
            probe(PEERS[name], REFERENCE, watch)
        case "rules":
            units, findings, *names = given
            found = PEERS[name].run(parts(int(units)), names, watch)
            watch.tell_facts({"findings": write(found, Path(findings))})
        case "own":
            watch.tell_facts(TASKS[name].does(int(given[0]), watch))
        case _:
            raise ValueError(kind)


if __name__ == "__main__":
    main(*sys.argv[1:])
