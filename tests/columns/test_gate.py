"""What needs all the memory runs alone, and is not given up for having run beside others."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Barrier, Lock
from time import sleep

import duckdb
import pytest

from dutygraph.columns.algebra import RefusedError
from dutygraph.columns.frame import Frame
from dutygraph.columns.gate import Gate

_THREADS = 8


def test_many_go_through_side_by_side() -> None:
    gate, met = Gate(), Barrier(_THREADS, timeout=10)

    def go(_: int) -> int:
        with gate.beside_others():
            return met.wait()

    with ThreadPoolExecutor(_THREADS) as pool:
        assert sorted(pool.map(go, range(_THREADS))) == list(range(_THREADS))


def test_who_goes_alone_meets_nobody_and_all_come_through() -> None:
    gate, within, guard = Gate(), [0], Lock()

    def go(how: Callable[[], AbstractContextManager[None]]) -> int:
        with how():
            with guard:
                within[0] += 1
                seen = within[0]
            sleep(0.0002)
            with guard:
                seen = max(seen, within[0])
                within[0] -= 1
        return seen

    with ThreadPoolExecutor(_THREADS) as pool:
        ways = [gate.alone if n % 3 == 0 else gate.beside_others for n in range(600)]
        seen = list(pool.map(go, ways))
    assert all(most == 1 for n, most in enumerate(seen) if n % 3 == 0)


@pytest.mark.parametrize(("short", "refused"), [(1, False), (2, True)])
def test_a_statement_without_memory_enough_is_run_again_alone(
    monkeypatch: pytest.MonkeyPatch, short: int, refused: bool
) -> None:
    frame, memory = Frame(), "SELECT current_setting('memory_limit')"
    had = frame.run(memory)
    execute, tried = Frame._executed, []

    def scarce(frame: Frame, sql: str, given: list[object]) -> list[tuple[object, ...]]:
        if sql.startswith("SET"):
            return execute(frame, sql, given)
        tried.append(sql)
        if len(tried) <= short:
            raise duckdb.OutOfMemoryException
        return execute(frame, sql, given)

    monkeypatch.setattr(Frame, "_executed", scarce)
    if refused:
        with pytest.raises(RefusedError):
            frame.run("SELECT 1")
    else:
        assert frame.run("SELECT 1") == [(1,)]
    assert len(tried) == 2
    assert frame.run(memory) == had


def test_what_fails_otherwise_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = Frame()
    tried = []
    execute = Frame._executed

    def counted(frame: Frame, sql: str, given: list[object]) -> list[tuple[object, ...]]:
        tried.append(sql)
        return execute(frame, sql, given)

    monkeypatch.setattr(Frame, "_executed", counted)
    with pytest.raises(RefusedError):
        frame.run("SELECT nothing_of_that_name")
    assert len(tried) == 1
