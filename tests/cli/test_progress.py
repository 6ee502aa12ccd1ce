"""What takes longer than a second is told on stderr, to a terminal with how far it is."""

from __future__ import annotations

import io
import time

import pytest

from dutygraph.cli.output import progress


class Terminal(io.StringIO):
    """A stream that calls itself a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


def test_a_pipe_gets_one_line_after_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("读取… / reading…") as tell:
        tell(("检查", "checking"), 1, 2)
        time.sleep(1.3)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "检查… / checking…\n")


def test_what_is_done_within_a_second_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("读取… / reading…"):
        pass
    assert capsys.readouterr().err == ""


def test_a_terminal_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress("读取… / reading…") as tell:
        time.sleep(1.3)
        tell(("检查", "checking"), 250, 1000)
        time.sleep(0.3)
    assert "checking" in terminal.getvalue()
    assert "250/1000" in terminal.getvalue()
