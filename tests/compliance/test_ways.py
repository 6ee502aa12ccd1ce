"""The ways of the checks of the Hebei measures: all lead from whom they are about, and are kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dutygraph import artefacts
from dutygraph.compliance import ways as ways_of_checks
from dutygraph.compliance.automata import HERE
from dutygraph.compliance.derivations import UnboundedError
from dutygraph.compliance.graph_patterns import RDF_TYPE, UnreadableError
from dutygraph.compliance.patterns import PatternError
from dutygraph.compliance.slicing import Move
from dutygraph.compliance.ways import WaysError, checks_fingerprint, ways
from dutygraph.terms import DG, PREFIXES


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """Give a cache of its own, and the regulations whose ways are made."""
    found: list[str] = []

    def make(regulation: str, *_: object) -> bytes:
        found.append(regulation)
        return json.dumps([{HERE: 1}, {}]).encode()

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(ways_of_checks, "_made", make)
    _forget()
    yield found
    _forget()


def _forget() -> None:
    ways.cache_clear()
    checks_fingerprint.cache_clear()


def test_all_checks_are_bounded() -> None:
    assert len(ways("hebei")) > 1


def test_every_step_leads_somewhere_and_every_label_is_of_the_records() -> None:
    found = ways("hebei")
    for moves in found:
        for label, to in moves.items():
            assert 0 <= to < len(found)
            if label.startswith(HERE):
                assert label == HERE, "variables of rules are not left over"
                continue
            move = Move.of(label)
            assert move.predicate.startswith((DG, PREFIXES["org"], RDF_TYPE))
            assert move.value is None or not move.inverse


def test_the_ways_lead_to_superiors_records_assessors_and_holders_of_posts() -> None:
    labels = {label for moves in ways("hebei") for label in moves}
    assert {
        f"{DG}parentParty",
        f"{DG}parentDisc",
        f"^{DG}unit",
        f"^{DG}assessed",
        f"^{PREFIXES['org']}organization",
        f"^{PREFIXES['org']}hasMembership",
    } <= labels


def test_ways_are_made_once(made: list[str]) -> None:
    first = ways("hebei")
    _forget()
    assert ways("hebei") == first
    assert made == ["hebei"]


def test_ways_are_made_anew_when_a_shape_changes(
    made: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copied = tmp_path / "shapes"
    shutil.copytree(artefacts.room("shapes"), copied)
    room = artefacts.room
    monkeypatch.setattr(artefacts, "room", lambda name: copied if name == "shapes" else room(name))
    for text in ("", "# later\n", ""):
        with (copied / "hebei" / "art20.ttl").open("a", encoding="utf-8") as stream:
            stream.write(text)
        _forget()
        ways("hebei")
    assert made == ["hebei", "hebei"]


@pytest.mark.parametrize(
    "error", [UnboundedError("?x"), UnreadableError("MINUS"), PatternError("(")]
)
def test_a_check_of_which_no_ways_can_be_told_says_so(
    error: ValueError, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def never(*_: object) -> None:
        raise error

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(ways_of_checks, "_followed", never)
    _forget()
    with pytest.raises(WaysError, match="only be run over all records at once"):
        ways("hebei")
    assert not list(tmp_path.rglob("ways-*")), "nothing wrong is kept"
