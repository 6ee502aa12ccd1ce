"""Restoring: a backup takes the place of a store, whole or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.sessions import Sessions
from dutygraph.records.history import History
from dutygraph.records.locks import hold
from dutygraph.store.damage import DamagedError
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.format import refuse_newer
from dutygraph.store.graphs import StoreError
from dutygraph.upkeep.folders import copy, unfinished
from dutygraph.upkeep.manifest import Manifest


@dataclass(frozen=True)
class Restored:
    """What was restored, and where the store lies now that was there before, if there was one."""

    manifest: Manifest
    aside: Path | None


def restore(backup: Path, store: Path, *, overwrite: bool = False) -> Restored:
    """Put a backup in the place of a store's directory.

    It is copied beside its place, held to its digests, opened, and moved over in one step. What was
    there is moved aside, and only if ``overwrite`` says so. Raises StoreError for a backup that is
    none or is damaged, for a place that is taken or in use, and where the disk refuses; then the
    place is as it was.
    """
    refuse_newer(backup)
    manifest = Manifest.read(backup)
    store = store.absolute()
    taken = store.exists() and not (store.is_dir() and not any(store.iterdir()))
    if taken and not overwrite:
        raise StoreError(
            f"{store} 已有数据，什么也没有改变；要以备份取代它，请加 --overwrite / "
            f"{store} holds something, nothing has changed; add --overwrite to replace it"
        )
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        with _unused(store), unfinished(store.parent) as making:
            _fill(backup, manifest, making.folder)
            if not taken:
                making.take_place(store)
                return Restored(manifest, None)
            aside = _aside(store)
            making.exchange(store, aside)
            return Restored(manifest, aside)
    except OSError as error:
        raise StoreError(
            f"没有恢复，{store} 保持原样：{error}；请检查磁盘空间和权限，并且 {store} 不是挂载点 / "
            f"nothing was restored, {store} is as it was: {error}; look at the free space and the "
            "permissions, and that it is no mount point itself"
        ) from error


def _fill(backup: Path, manifest: Manifest, folder: Path) -> None:
    for name, digest in manifest.files.items():
        if copy(backup / name, folder / name) != digest:
            raise DamagedError(
                backup / name, "内容与备份时不同", "its content is not what was backed up"
            )
    if Accounts(folder).exist:
        # Who had logged in when the backup was made may have been shut out since.
        Sessions(folder).end_everybody_s()
    position = History.of(EmbeddedStore.open(folder, read_only=True)).position
    if position != manifest.position:
        raise DamagedError(
            backup / "graph",
            f"导入的历史止于 {position}，应止于 {manifest.position}",
            f"its history of imports ends at {position}, not at {manifest.position}",
        )


@contextmanager
def _unused(store: Path) -> Iterator[None]:
    """Keep writers and jobs out of a store. Raises StoreError where there are any."""
    with ExitStack() as held:
        try:
            if (lock := store / "graph" / "LOCK").is_file():
                stream = held.enter_context(lock.open("r+b"))
                # The lock that RocksDB takes, fcntl(2), not flock(2).
                fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (store / "jobs").is_dir():
                held.callback(hold(store / "jobs" / "turn").release)
        except BlockingIOError as error:
            raise StoreError(
                f"有命令或者网站的工作正在写入 {store}，请等它结束再恢复 / a command or a job of "
                f"the site is writing to {store}; wait until it has ended, then restore"
            ) from error
        yield


def _aside(store: Path) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    names = [f"{store.name}.replaced-{moment}", f"{store.name}.replaced-{moment}-{os.getpid()}"]
    return next(path for name in names if not (path := store.with_name(name)).exists())
