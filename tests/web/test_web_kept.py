"""What is kept: the latest, made once."""

from __future__ import annotations

import threading
import time

import pytest

from webapp.kept import Awaited, Kept, StillMakingError


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


def test_who_asks_for_another_thing_does_not_wait_for_the_one_being_made() -> None:
    begun, done = threading.Event(), threading.Event()

    def make(key: str) -> str:
        if key == "slow":
            begun.set()
            assert done.wait(60)
        return key

    kept, slow = Kept(make, 1), list[str]()
    maker = threading.Thread(target=lambda: slow.append(kept["slow"]))
    maker.start()
    assert begun.wait(60)
    assert [kept["quick"], kept["other"]] == ["quick", "other"]
    # It is kept no more, and yet whoever asked for it gets it.
    done.set()
    maker.join()
    assert slow == ["slow"]


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


def test_a_thing_that_takes_long_is_awaited_for_a_while_and_made_once() -> None:
    go, made = threading.Event(), []

    def make(key: str) -> str:
        made.append(key)
        assert go.wait(20)
        return key.upper()

    kept = Awaited(make, 2, 0.01)
    for _ in range(3):
        with pytest.raises(StillMakingError):
            kept["a"]
    assert kept.at_hand("a") is None
    go.set()
    for _ in range(200):
        try:
            assert kept["a"] == "A"
            break
        except StillMakingError:
            time.sleep(0.02)
    assert kept.at_hand("a") == "A"
    assert made.count("a") == 1


def test_what_takes_long_and_fails_says_why_and_is_tried_again() -> None:
    outcomes: list[type[Exception] | None] = [OSError, TimeoutError, None]

    def make(_: str) -> str:
        error = outcomes.pop(0)
        if error is not None:
            raise error
        return "made"

    kept = Awaited(make, 2, None)
    with pytest.raises(OSError):
        kept["a"]
    with pytest.raises(TimeoutError):
        kept["a"]
    assert kept["a"] == "made"


def test_a_few_are_made_at_a_time_and_what_nobody_asks_for_any_more_is_not_made() -> None:
    go, made, at_once = threading.Event(), list[int](), list[int]()

    def make(key: int) -> int:
        at_once.append(key)
        assert go.wait(20)
        made.append(key)
        return key

    kept = Awaited(make, 3, 0)
    for key in range(20):
        assert kept.at_hand(key) is None
    assert len(at_once) <= 2
    go.set()
    for _ in range(400):
        if all(kept.at_hand(key) == key for key in (17, 18, 19)):
            break
        time.sleep(0.02)
    assert set(made) >= {17, 18, 19}
    assert len(made) <= 5
