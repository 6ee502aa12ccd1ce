"""Blocks of a check on the workers of a Dask scheduler: one machine or many.

Dask (``dask.distributed``) gives each block to a worker and, when a worker is lost, its blocks to
another. Every machine has dutygraph installed and reaches the store under the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dutygraph.compliance.blocks import Block, Map
from dutygraph.compliance.checking import Report

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE = 10
"""Seconds to wait for a scheduler to answer."""


class ClusterError(RuntimeError):
    """A check cannot run on a cluster; the message says what to do."""


@contextmanager
def cluster(address: str) -> Iterator[Map]:
    """Give a map that runs blocks on the workers of a scheduler (``tcp://host:8786``).

    Raises ClusterError where Dask is not installed, nothing answers at the address, or the
    scheduler has no workers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            "没有安装 Dask；请运行 pip install 'dutygraph[cluster]' / "
            "Dask is not installed; run: pip install 'dutygraph[cluster]'"
        ) from error
    try:
        client = Client(address, timeout=_PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"连不上调度器 {address}：{error}；应形如 tcp://主机:8786，先运行 dask scheduler / "
            f"no scheduler answers at {address}: {error}; "
            "expected tcp://host:8786, start one with: dask scheduler"
        ) from error
    with client:
        if not client.scheduler_info()["workers"]:
            raise ClusterError(
                f"调度器 {address} 没有工作进程；请运行 dask worker {address} / "
                f"the scheduler at {address} has no workers; start some with: dask worker {address}"
            )
        yield lambda check, blocks: _run(client, check, blocks)


def _run(
    client: Client, check: Callable[[Block], Report], blocks: Sequence[Block]
) -> Iterator[Report]:
    from distributed import KilledWorker, as_completed

    futures = client.map(check, blocks, pure=False)
    try:
        for future in as_completed(futures):  # type: ignore[no-untyped-call]
            yield future.result()
            future.release()
    except KilledWorker as error:
        raise ClusterError(
            f"同一块数据使几个工作进程相继退出：{error}；请看它们的日志，多半是内存不够 / "
            f"one block brought several workers down: {error}; look at their logs, "
            "most likely they ran out of memory"
        ) from error
