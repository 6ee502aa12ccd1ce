"""What comes of hostile inputs: counted, and kept where it should not have come."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

TELLING = 60.0


@dataclass
class Tally:
    """What came of the inputs of one kind that went one way."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, 0)
    wrong: list[int] = field(default_factory=list)


class Findings:
    """Counts what comes of inputs, and keeps those that went wrong in a folder."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.tallies: dict[tuple[str, str], Tally] = {}
        self._told = time.monotonic()
        self._seed, self._folder = seed, folder
        self._lock = threading.Lock()

    def note(
        self, kind: str, way: str, number: int, outcome: str, seconds: float, why: str = ""
    ) -> None:
        """Note what came of an input; ``why`` says what is wrong with that, if anything is."""
        with self._lock:
            tally = self.tallies.setdefault((kind, way), Tally())
            tally.inputs += 1
            tally.outcomes[outcome] += 1
            tally.slowest = max(tally.slowest, (seconds, number))
            if why:
                tally.wrong.append(number)
                self._keep(kind, way, number, why)
            if time.monotonic() - self._told > TELLING:
                self._told = time.monotonic()
                so_far = {" ".join(name): one.inputs for name, one in self.tallies.items()}
                wrong = sum(len(one.wrong) for one in self.tallies.values())
                sys.stderr.write(f"{sum(so_far.values())} inputs, {wrong} wrong: {so_far}\n")

    def _keep(self, kind: str, way: str, number: int, why: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{kind}-{self._seed}-{number}.txt"
        again = f"python -m tests.faults.fuzz --seed {self._seed} --kind {kind} --only {number}"
        file.write_text(f"{again}\n{way}\n{why}\n", encoding="utf-8", errors="backslashreplace")
        sys.stdout.write(f"{kind} {number} {way}: {why.strip().splitlines()[-1][:300]}\n")


class Canary:
    """A server that nothing may connect to."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                connection.settimeout(1)
                with suppress(OSError):
                    self.hits.append(connection.recv(200).decode("latin-1"))
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
