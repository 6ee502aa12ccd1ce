"""Processes that are killed, and the store that they do something to."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dutygraph.cli.main import dutygraph
from dutygraph.records.jobs import Jobs

Slots = dict[str, int]
"""The version that is in force of each file, 0 where none is."""

ROWS = 150


@dataclass(frozen=True)
class Told:
    """What a process wrote before it ended, or was killed."""

    words: str
    killed: bool


def forked(work: Callable[[], None], after: float | None = None) -> Told:
    """Do something in a process of its own, which is killed after some seconds; None: it ends."""
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        code = 70
        try:
            sys.stdout = sys.stderr = io.TextIOWrapper(
                io.FileIO(1, "w", closefd=False), "utf-8", write_through=True
            )
            work()
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 70
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    if after is not None:
        time.sleep(after)
        os.kill(process, signal.SIGKILL)
    with os.fdopen(reader, "rb") as stream:
        words = stream.read().decode("utf-8", "replace")
    _, status = os.waitpid(process, 0)
    killed = os.WIFSIGNALED(status)
    assert killed or os.WEXITSTATUS(status) in (0, 1), words
    return Told(words, killed)


def command(*arguments: str | Path) -> None:
    """Run a command of ours."""
    dutygraph([str(each) for each in arguments])


@dataclass
class Scene:
    """A store, what is known to be in it, and what has happened so far."""

    folder: Path
    rng: random.Random
    known: Slots = field(default_factory=dict)
    backups: list[tuple[Path, Slots]] = field(default_factory=list)
    saved: str = ""
    made: int = 0

    @property
    def store(self) -> Path:
        """Where the store is."""
        return self.folder / "store"

    @property
    def jobs(self) -> Jobs:
        """The jobs of its site."""
        return Jobs(self.store / "jobs")

    def document(self, slot: str) -> tuple[Path, int]:
        """Write the next version of a file; give it with its number."""
        self.made += 1
        units = [
            {"id": f"{slot}-{n}", "name": f"第{self.made}版", "kind": "地方党委", "level": "县级"}
            for n in range(ROWS)
        ]
        file = self.folder / f"{slot}.json"
        file.write_text(json.dumps({"units": units}, ensure_ascii=False), encoding="utf-8")
        return file, self.made
