"""The manifest of a backup: what it was made of, when, and the digest of every file in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from dutygraph.store.damage import DamagedError
from dutygraph.store.graphs import StoreError
from dutygraph.upkeep.folders import digest_of

NAME: Final = "backup.json"


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    ``made_at`` is a moment (ISO 8601, UTC), ``position`` the last entry of the journal of imports,
    ``imports`` how many it tells of, ``files`` gives path → SHA-256 (hexadecimal) of each file.
    """

    made_at: str
    program: str
    position: str
    imports: int
    files: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Write it into a backup's folder, which it makes one."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"
        (folder / NAME).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read that of a backup. Raises StoreError for a folder that is none."""
        file = folder / NAME
        try:
            read = cls(**json.loads(file.read_text(encoding="utf-8")))
            for name in read.files:
                if Path(name).is_absolute() or ".." in Path(name).parts:
                    raise ValueError(f"{name!r} is no file of a backup")
            return read
        except OSError as error:
            raise StoreError(
                f"{folder} 不是 dutygraph store backup 做的备份：{NAME} {error.strerror} / "
                f"{folder} is no backup made by dutygraph store backup: {NAME} {error.strerror}"
            ) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise DamagedError(file, "不是备份的清单", f"it is no manifest ({error})") from error

    def damage(self, folder: Path) -> Iterator[DamagedError]:
        """Hold the files of a backup to their digests; give what is not as it was written."""
        for name, digest in sorted(self.files.items()):
            file = folder / name
            try:
                if digest_of(file) != digest:
                    yield DamagedError(
                        file, "内容与备份时不同", "its content is not what was backed up"
                    )
            except OSError as error:
                yield DamagedError(file, f"{error.strerror}", f"{error.strerror}")
