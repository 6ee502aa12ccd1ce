"""The process of a job: it checks files, commits what was confirmed, or undoes an import.

It has the memory of one job and no thread of the site in it, so that what goes wrong with a file
costs that job alone; workbooks are read in yet another process, as on the command line.
"""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dutygraph.accounts.audit import Audit
from dutygraph.bounds import bound
from dutygraph.files import whole_file
from dutygraph.records.changes import differing
from dutygraph.records.committing import commit, undo
from dutygraph.records.csvw import load_model
from dutygraph.records.excerpts import excerpt
from dutygraph.records.faults import Fault, Wording, error_count
from dutygraph.records.history import History, HistoryError, import_id, live_graphs
from dutygraph.records.importing import Batch, read_sources
from dutygraph.records.intake import known_to, open_in_force, records_base
from dutygraph.records.job import Job, Progress, State
from dutygraph.records.jobs import Jobs
from dutygraph.records.locks import Held
from dutygraph.records.template import write_marked
from dutygraph.records.trespasses import hidden, refuse_undo, trespasses
from dutygraph.regulations.prepared import open_for_writing
from dutygraph.store.endpoint import beside
from dutygraph.store.graphs import GraphStore, StoreError

_NICE: Final = 10
MEMORY: Final = "DUTYGRAPH_JOB_MEMORY"
SECONDS: Final = "DUTYGRAPH_JOB_SECONDS"
"""The variables that say how many bytes of memory and seconds of processor time a job may have."""

_PAUSE: Final = 0.3
"""How long, in seconds, a job goes on before it says again how far it is."""

_WAITING: Final = Wording("等待前一项工作完成", "waiting for an earlier job")
_OPENING: Final = Wording("打开数据", "opening the store")
_MARKING: Final = Wording("写出标出错误的工作簿", "writing the workbook with the faults marked")
_WRITING: Final = Wording("写入", "writing")
_UNDOING: Final = Wording("撤销", "undoing")


class StoppedError(Exception):
    """The process of a job was told to stop."""


def start(jobs: Jobs, job: Job, held: Held, location: str) -> None:
    """Start the process of a job, and hand it the job's lock."""
    # The same modules are found by the process, and nothing else of this one runs in it.
    path = os.pathsep.join(filter(None, sys.path))
    command = f"from {__name__} import main; main()"
    try:
        process = subprocess.Popen(  # noqa: S603 - the command is our own
            [sys.executable, "-c", command, str(jobs.folder), job.id, location],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            pass_fds=[held.lock],
            # Who stops the site with Ctrl+C does not stop an import in the middle.
            start_new_session=True,
        )
    finally:
        held.release()
    # Somebody has to wait for it, or it stays on the system's list when it has ended.
    threading.Thread(target=_outlive, args=(jobs, job.id, process), daemon=True).start()


def _outlive(jobs: Jobs, identifier: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process of a job has ended, and say why where a signal ended it."""
    code = process.wait()
    if code < 0:
        jobs.explain(identifier, likely_cause(-code))


def likely_cause(number: int) -> str:
    """Give what most likely has been when a signal has ended the process of a job."""
    name = next((one.name for one in signal.Signals if one == number), str(number))
    match name:
        case "SIGABRT" | "SIGBUS" | "SIGILL" | "SIGSEGV" | "SIGTRAP":
            # Where C++ or Rust gets no memory there is no exception that could be caught.
            return (
                f"这项工作的进程崩溃了（{name}），多半是要用的内存超过了上限（{MEMORY}）；"
                f"请把文件分成几份 / the process of this job crashed ({name}), most likely as it "
                f"wanted more memory than it may have ({MEMORY}); split the files"
            )
        case "SIGKILL":
            return (
                "这项工作的进程被系统终止（SIGKILL），多半是机器内存不足，或者处理器时间超过了上限"
                f"（{SECONDS}）；请稍后再试，或者把文件分成几份 / the process of this job was "
                "killed (SIGKILL), most likely as the machine ran out of memory or the job of its "
                f"processor time ({SECONDS}); try again later, or split the files"
            )
        case _:
            return (
                f"这项工作的进程被信号 {name} 终止；请重新检查 / "
                f"the process of this job was ended by the signal {name}; check again"
            )


def main() -> None:
    """Do the job that the command line names: folder of the jobs, id, location of the store."""
    folder, identifier, location = sys.argv[1:]
    signal.signal(signal.SIGTERM, _stop)
    # Where processors are short, those who read pages go before.
    os.nice(_NICE)
    _bound()
    jobs = Jobs(Path(folder))
    work(jobs, jobs[identifier], location)


def _bound() -> None:
    """Bound what a job may use: whatever is in its files costs no more than that."""
    memory, seconds = _limit(MEMORY, 8 << 30), _limit(SECONDS, 3600)
    bound(resource.RLIMIT_AS, memory)
    bound(resource.RLIMIT_CORE, 0)
    signal.signal(signal.SIGXCPU, _give_up)
    # Who cannot be told to stop is killed some seconds later.
    bound(resource.RLIMIT_CPU, seconds, seconds + 10)


def _limit(name: str, usual: int) -> int:
    return int(os.environ.get(name) or usual)


def _give_up(*_: object) -> None:
    raise StoppedError(
        f"这项工作用的处理器时间超过了上限（{SECONDS}）；请把文件分成几份 / "
        f"this job took more processor time than it may ({SECONDS}); split the files"
    )


def _stop(*_: object) -> None:
    """Break a job off that a supervisor stops: what it writes is in whole or not at all."""
    raise StoppedError(
        "服务器停止，这项工作没有做完；请重新检查 / "
        "the server was stopped before this job was done; check again"
    )


def work(jobs: Jobs, job: Job, location: str) -> None:
    """Do the stage that a job is in, when its turn has come."""
    told = Telling(jobs, job.id)
    told(_WAITING, 0, None)
    # The store is closed before the job ends and the next one begins: both find it free. What goes
    # wrong is noted before that, and also while the job waits.
    with _noted(jobs, job), jobs.turn(), _noted(jobs, job):
        told(_OPENING, 0, None)
        ending = _STAGES[job.stage](jobs, job, location, told)
        jobs.finish(job.id, ending.state, ending.told, ending.faults)


@contextmanager
def _noted(jobs: Jobs, job: Job) -> Iterator[None]:
    """Note what goes wrong with a job."""
    try:
        yield
    except (HistoryError, StoppedError, StoreError, ValueError) as error:
        jobs.finish(job.id, "failed", dict(job.told) | {"reason": str(error)})
    except MemoryError:
        reason = (
            f"这项工作要用的内存超过了上限（{MEMORY}）；请把文件分成几份 / "
            f"this job wants more memory than it may have ({MEMORY}); split the files"
        )
        jobs.finish(job.id, "failed", dict(job.told) | {"reason": reason})
    # Whatever else goes wrong is for the server's log; who waits is told that it did.
    except BaseException:
        traceback.print_exc()
        jobs.finish(job.id, "failed", dict(job.told) | {"died": True})


@dataclass(frozen=True)
class Ending:
    """How a stage ended; None for the faults leaves those that were found before."""

    state: State
    told: Mapping[str, Any]
    faults: Sequence[Fault] | None = None


class Telling:
    """Notes how far a job is, not oftener than need be."""

    def __init__(self, jobs: Jobs, identifier: str) -> None:
        self._jobs, self._identifier = jobs, identifier
        self._what: Wording | None = None
        self._last = 0.0

    def __call__(self, what: Wording, done: int, total: int | None) -> None:
        """Take note of what is being done, how much of it is, and of how much."""
        now = time.monotonic()
        if what != self._what or now - self._last > _PAUSE:
            self._what, self._last = what, now
            self._jobs.tell(self._identifier, Progress(what, done, total))


@dataclass(frozen=True)
class _Read:
    """What the files of a job hold, as who asked may see it, and as it goes into the store."""

    seen: Batch
    whole: Batch
    store: GraphStore


def _read_within(
    jobs: Jobs, job: Job, store: GraphStore, location: str, told: Telling, *, keep: bool
) -> _Read:
    """Read the files of a job against a store, as far as the remit of who asked goes.

    What is said of the files is said from the excerpt for his remit. Only what is in order there is
    held to the whole store; what is wrong with it then is told without saying what others have.
    """
    if job.asked.remit.everything:
        batch = _read(jobs, job, store, told, keep=keep)
        return _Read(batch, batch, store)
    place = excerpt(location, store, job.asked.remit)
    own = open_in_force(str(place))
    seen = _read(jobs, job, own, told, keep=keep)
    if seen.errors:
        return _Read(seen, seen, own)
    faults = list(trespasses(seen, place, own, records_base()))
    whole = seen
    if not faults:
        whole = _read(jobs, job, store, told, keep=False)
        faults = list(hidden(whole, seen))
    # A batch keeps its faults in the order of its files.
    return _Read(replace(seen, faults=(*faults, *seen.faults)), whole, own)


def _check(jobs: Jobs, job: Job, location: str, told: Telling) -> Ending:
    found = _read_within(jobs, job, open_in_force(location), location, told, keep=True)
    batch, store = found.seen, found.store
    if batch.faults:
        told(_MARKING, 0, None)
        with whole_file(jobs.marked(job.id)) as stream:
            write_marked(stream, load_model(), batch)
    return _found_out(batch, _outcome(batch, store))


def _read(jobs: Jobs, job: Job, store: GraphStore, told: Telling, *, keep: bool) -> Batch:
    known = known_to(store, records_base(), job.asked.replaced)
    sources = list(jobs.sources(job))
    return read_sources(sources, model=load_model(), known=known, keep=keep, progress=told)


def _found_out(batch: Batch, outcome: Mapping[str, Any], *, moved: bool = False) -> Ending:
    state: State = "refused" if batch.errors else "ready"
    return Ending(state, {**outcome, "moved": moved}, batch.faults)


def _outcome(batch: Batch, store: GraphStore) -> dict[str, Any]:
    """Give what a check found out: content, counts, what is replaced, how that one changes.

    ``same`` is the import in force that has this very content already.
    """
    base = records_base()
    same = History.of(store).of_content(batch.graph(base))
    changes: dict[str, int] = {}
    if batch.replaces is not None and same is None and not batch.errors:
        old = store.graph(batch.replaces)
        changes = Counter(one.change for one in differing(old, batch.ntriples(base)))
    return {
        "digest": batch.digest,
        "graph": batch.graph(base),
        "replaces": None if batch.replaces is None else import_id(batch.replaces),
        "same": None if same is None else same.id,
        "counts": batch.counts(),
        "changes": changes,
        "errors": error_count(batch.errors),
        "warnings": sum(one.count for one in batch.warnings),
        "listed": {"error": len(batch.errors), "warning": len(batch.warnings)},
        "seal": _seal(batch),
    }


def _seal(batch: Batch) -> str:
    """Give the fingerprint of what is confirmed: content, what it replaces, every fault."""
    seen = hashlib.sha256(f"{batch.digest} {batch.replaces}".encode())
    for one in batch.faults:
        seen.update(str(one).encode())
    return seen.hexdigest()


def _commit(jobs: Jobs, job: Job, location: str, told: Telling) -> Ending:
    # Opened for writing first: nobody else writes while this compares and commits.
    store = open_for_writing(location)
    in_force = store.showing(live_graphs(store))
    found = _read_within(jobs, job, in_force, location, told, keep=False)
    outcome = _outcome(found.seen, found.store)
    # What was not checked before is confirmed beforehand: it goes in if nothing is wrong with it.
    if found.seen.errors or job.seal not in ("", outcome["seal"]):
        return _found_out(found.seen, outcome, moved=bool(job.seal))
    told(_WRITING, 0, None)
    receipt = commit(
        found.whole, store, records_base(), recorded_at=datetime.now(UTC), by=job.asked.by
    )
    _note(job, location, "import", import_id(receipt.graph))
    done = {"import": import_id(receipt.graph), "changed": receipt.changed}
    return Ending("done", {**outcome, **done})


def _undo(_: Jobs, job: Job, location: str, told: Telling) -> Ending:
    store = open_for_writing(location)
    told(_UNDOING, 0, None)
    name = job.asked.undone or ""
    if not job.asked.remit.everything:
        in_force = store.showing(live_graphs(store))
        refuse_undo(store, name, excerpt(location, in_force, job.asked.remit))
    undone = undo(name, store, records_base(), recorded_at=datetime.now(UTC), by=job.asked.by)
    _note(job, location, "undo", undone.id)
    back = None if undone.replaces is None else import_id(undone.replaces)
    return Ending("done", {"import": undone.id, "back": back})


def _note(job: Job, location: str, act: str, about: str) -> None:
    """Enter into the audit log what a job has done to the store."""
    who = job.asked.account or job.asked.by or ""
    files = "、".join(one.name for one in job.asked.uploads)
    Audit(beside(location)).note(who, act, f"{about} {files}".strip())


_STAGES: Final = {"check": _check, "commit": _commit, "undo": _undo}
