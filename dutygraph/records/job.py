"""A job: what it is to do, which stage it is in, how far it is, what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias

from dutygraph.accounts.remits import EVERYTHING, Remit
from dutygraph.records.faults import Wording

Stage: TypeAlias = Literal["check", "commit", "undo"]
State: TypeAlias = Literal["running", "refused", "ready", "done", "failed", "discarded"]


@dataclass(frozen=True)
class Upload:
    """A file that was handed in: the name it came with, its size in bytes, its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Asked:
    """What a job is to do: import files, in the place of an import or not, or undo an import.

    ``by`` is what the history calls who asked, ``account`` his account, ``remit`` whose records he
    may bring in; who has none is the owner of the store.
    """

    uploads: tuple[Upload, ...] = ()
    replaced: str | None = None
    undone: str | None = None
    by: str | None = None
    account: str | None = None
    remit: Remit = EVERYTHING


@dataclass(frozen=True)
class Progress:
    """What is being done, how much of it is, and of how much where that is known."""

    what: Wording
    done: int
    total: int | None


@dataclass(frozen=True)
class Job:
    """A job as it stands; ``told`` is what its last stage found out.

    Stages and states: a ``check`` is running, then ``refused`` (the files have errors) or
    ``ready`` (to be confirmed); a confirmed one is a ``commit``, an ``undo`` stands by itself, and
    both end ``done``. Each may end ``failed``, and what waits may be ``discarded``.
    """

    id: str
    stage: Stage
    state: State
    asked: Asked
    begun_at: str
    ended_at: str | None
    progress: Progress | None
    told: Mapping[str, Any]

    @property
    def seal(self) -> str:
        """Give the fingerprint of what the check found; who confirms confirms exactly that."""
        return str(self.told.get("seal", ""))


def written(asked: Asked) -> str:
    """Write what a job is to do as JSON."""
    return json.dumps(asdict(asked), ensure_ascii=False)


def read_asked(told: Mapping[str, Any]) -> Asked:
    """Read what a job is to do; jobs of earlier versions have no remit."""
    asked = Asked(**told)
    given = told.get("remit")
    remit = EVERYTHING if given is None else Remit(**given | {"units": tuple(given["units"])})
    uploads = tuple(Upload(**one) for one in told["uploads"])
    return replace(asked, uploads=uploads, remit=remit)


def read_progress(told: str | None) -> Progress | None:
    """Read how far a job is: words in both languages, how much is done, of how much."""
    if told is None:
        return None
    zh, en, done, total = json.loads(told)
    return Progress(Wording(zh, en), done, total)
