"""A file that is written stands there whole, or what was there before still does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dutygraph.files import whole_file


def test_what_is_written_appears_when_all_of_it_is_there(tmp_path: Path) -> None:
    file = tmp_path / "检查.csv"
    file.write_bytes(b"before")
    with whole_file(file) as stream:
        stream.write(b"after")
        assert file.read_bytes() == b"before"
    assert file.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_what_breaks_off_leaves_the_former_file_and_nothing_else(
    tmp_path: Path, kind: type[BaseException]
) -> None:
    file = tmp_path / "检查.csv"
    file.write_bytes(b"before")

    def write() -> None:
        with whole_file(file) as stream:
            stream.write(b"half")
            raise kind

    with pytest.raises(kind):
        write()
    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_place_that_is_not_there_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "none" / "a.csv"):
        pytest.fail("nothing can be written there")


def test_what_a_killed_process_left_is_swept_up_a_day_later(tmp_path: Path) -> None:
    old, new, other = (tmp_path / f".{32 * digit}.part" for digit in ("0", "1", "x"))
    for left in (old, new, other):
        left.touch()
    for left in (old, other):
        os.utime(left, (0, 0))
    with whole_file(tmp_path / "a.csv"):
        pass
    assert sorted(tmp_path.iterdir()) == sorted([new, other, tmp_path / "a.csv"])
