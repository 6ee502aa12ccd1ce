"""Kills at random moments: a store that is imported into, undone, checked, saved, backed up.

Run from the repository: ``python -m tests.faults.kills [--rounds 500] [--seed 1]``. Each round
forks a process, has it do one thing to the same store, and kills it (SIGKILL) at a moment drawn
from about as long as the thing takes. Then another process opens the store, looks through it
(``store verify``) and tells what it holds. Nothing may be half done, and nothing that was said to
be done may be missing; what was under way may be done or not, and is done again where it was not.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.deeds import DEEDS
from tests.faults.scenes import Scene, command, forked
from tests.faults.sights import filled, looked_at

BEGIN_WITH = 0.7
"""Within how many seconds the first processes are killed, whatever they do."""
NEXT = {"killed before": 1.1, "killed when done": 1.0, "ended": 0.85}
"""By how much longer or shorter the time is for the next process that does the same thing."""


def play(scene: Scene, name: str, seconds: float) -> str:
    """Do one thing, killed within some seconds; give whether it was done, or killed before that."""
    deed = DEEDS[name](scene)
    told = forked(deed.work, scene.rng.uniform(0, seconds))
    said = deed.done in told.words
    assert said or told.killed, told.words
    now = looked_at(scene.store)
    possible = [filled(slots) for slots in deed.outcomes]
    assert now["slots"] in (possible[-1:] if said else possible), (now["slots"], possible)
    scene.known = now["slots"]
    deed.after(told)
    if not told.killed:
        return "ended"
    return "killed when done" if said else "killed before"


@contextlib.contextmanager
def scenery(seed: int) -> Iterator[Scene]:
    """Give a store to play with."""
    with TemporaryDirectory(prefix="dutygraph-kills-") as folder:
        # Not a secret: the moments have to be the same in every run.
        yield Scene(Path(folder), random.Random(seed))  # noqa: S311


def main(rounds: int, seed: int) -> int:
    """Play rounds, print what came of them, and give how many went wrong."""
    outcomes: Counter[tuple[str, str]] = Counter()
    wrong, begun = 0, time.monotonic()
    takes = dict.fromkeys(DEEDS, BEGIN_WITH)
    with scenery(seed) as scene:
        file, _ = scene.document("a")
        forked(lambda: command("import", file, "--store", scene.store))
        scene.known = looked_at(scene.store)["slots"]
        for number in range(rounds):
            name = list(DEEDS)[number % len(DEEDS)]
            try:
                outcome = play(scene, name, takes[name])
                outcomes[name, outcome] += 1
                takes[name] *= NEXT[outcome]
            except Exception:
                wrong += 1
                sys.stdout.write(f"round {number}, {name}:\n{traceback.format_exc()}\n")
                scene.known = looked_at(scene.store)["slots"]
    kinds = ("killed before", "killed when done", "ended")
    for name in DEEDS:
        told = ", ".join(f"{outcomes[name, kind]} {kind}" for kind in kinds)
        sys.stdout.write(f"{name} ({takes[name]:.2f} s): {told}\n")
    spent = time.monotonic() - begun
    sys.stdout.write(f"{rounds} rounds from seed {seed}, {spent:.0f} s: {wrong} wrong\n")
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(int(main(given.rounds, given.seed) > 0))
