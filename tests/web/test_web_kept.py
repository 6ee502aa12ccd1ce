"""What is kept: the latest, made once."""

from __future__ import annotations

import threading
import time

from webapp.kept import Kept


def test_a_thing_is_made_once_and_the_one_not_asked_for_longest_goes() -> None:
    made: list[str] = []

    def make(key: str) -> str:
        made.append(key)
        return key.upper()

    kept = Kept(make, 2)
    assert [kept["a"], kept["b"], kept["a"], kept["c"], kept["a"], kept["b"]] == list("ABACAB")
    assert made == ["a", "b", "c", "b"]


def test_a_thing_asked_for_by_many_at_once_is_made_once() -> None:
    made: list[int] = []

    def make(key: int) -> int:
        time.sleep(0.01)
        made.append(key)
        return key

    kept = Kept(make, 4)
    threads = [threading.Thread(target=lambda: kept[7]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [7]


def test_what_could_not_be_made_is_tried_again() -> None:
    calls: list[int] = []

    def make(key: int) -> int:
        calls.append(key)
        if len(calls) == 1:
            raise OSError
        return key

    kept = Kept(make, 4)
    outcomes = []
    for _ in range(2):
        try:
            outcomes.append(kept[1])
        except OSError:
            outcomes.append(0)
    assert outcomes == [0, 1]
