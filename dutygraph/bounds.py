"""What a process may use, as the kernel holds it to that."""

from __future__ import annotations

import resource


def bound(kind: int, most: int, last: int | None = None) -> None:
    """Bound what this process may use of a kind (``resource.RLIMIT_AS`` …), for good.

    ``last`` is where it is killed, if that is later. A stricter bound of whoever started it stays:
    nobody may raise that.
    """
    _, hard = resource.getrlimit(kind)
    ends = most if last is None else last
    if hard != resource.RLIM_INFINITY:
        ends = min(ends, hard)
    resource.setrlimit(kind, (min(most, ends), ends))
