"""Earlier runs that readers hand in to compare with: the latest of them, kept beside the store.

They are kept as files, so that every process that serves the site has them, and named after their
content: whoever can name one has, or had, its content.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Final

from dutygraph.files import whole_file
from dutygraph.reports.comparison import Earlier, earlier_run
from webapp.kept import Kept

LARGEST: Final = 64 * 1024 * 1024
"""How many bytes an earlier run may have: a province's findings are some 50 million."""

_FILES: Final = 8
_READ: Final = 2
_NAME: Final = re.compile(r"[0-9a-f]{64}")


class EarlierRuns:
    """Earlier runs by the SHA-256 of their JSON."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = Kept(self._read_file, _READ)

    def __getitem__(self, name: str) -> Earlier:
        """Give an earlier run; raises KeyError when it is not, or no longer, there."""
        if not _NAME.fullmatch(name):
            raise KeyError(name)
        return self._read[name]

    def add(self, file: str, content: bytes) -> str:
        """Keep the JSON of an earlier run and give its name; the oldest of many give way.

        ``file`` is what messages call it. Raises ComparisonError for what is no earlier run, and
        OSError when it cannot be kept.
        """
        earlier_run(file, content)
        name = sha256(content).hexdigest()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with whole_file(self._file(name)) as stream:
            stream.write(content)
        kept = sorted(self._folder.glob("*.json"), key=lambda one: one.stat().st_mtime_ns)
        for old in kept[:-_FILES]:
            old.unlink(missing_ok=True)
        return name

    def _read_file(self, name: str) -> Earlier:
        try:
            content = self._file(name).read_bytes()
        except OSError as error:
            raise KeyError(name) from error
        return earlier_run(name, content)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"
