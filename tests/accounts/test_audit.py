"""The audit log: what is entered stays, and what was tampered with shows."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from dutygraph.accounts import audit as audit_module
from dutygraph.accounts.audit import Audit

ACTS = ("login", "import", "check", "export", "setting")


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    made = Audit(tmp_path)
    for act in ACTS:
        made.note("guanli", act, f"关于 {act}", origin="192.0.2.7")
    return made


def _tampered(tmp_path: Path, *statements: str) -> None:
    """Do to the file what somebody would who can write it."""
    with closing(sqlite3.connect(tmp_path / "audit.sqlite", isolation_level=None)) as base:
        base.execute("DROP TRIGGER no_change")
        base.execute("DROP TRIGGER no_removal")
        for statement in statements:
            base.execute(statement)


def test_entries_come_back_as_they_were_made_the_newest_first(audit: Audit) -> None:
    assert [one.entry.act for one in audit.entries(3)] == ["setting", "export", "check"]
    (last,) = audit.entries(1, before=2)
    assert (last.number, last.entry.who, last.entry.about) == (1, "guanli", "关于 login")
    assert last.entry.origin == "192.0.2.7"
    assert audit.verify().faults == ()
    assert audit.verify().number == len(ACTS)


def test_a_log_that_has_no_entry_is_in_order_and_leaves_no_file(tmp_path: Path) -> None:
    nothing = Audit(tmp_path)
    assert nothing.entries(5) == []
    assert nothing.verify().anchor == "0:" + "0" * 64
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("statement", ["UPDATE entry SET told = ''", "DELETE FROM entry"])
def test_the_file_itself_refuses_changes(audit: Audit, tmp_path: Path, statement: str) -> None:
    with (
        closing(sqlite3.connect(tmp_path / "audit.sqlite")) as base,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        base.execute(statement)
    assert audit.verify().faults == ()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE entry SET told = replace(told, 'guanli', 'other') WHERE number = 3", "entry 3 "),
        ("DELETE FROM entry WHERE number = 2", "entries 2 to 2 are missing"),
        ("DELETE FROM entry WHERE number IN (1, 2)", "entries 1 to 2 are missing"),
        ("DELETE FROM entry WHERE number > 3", "entries 4 to 5 are missing at the end"),
        ("DELETE FROM entry", "entries 1 to 5 are missing at the end"),
        ("UPDATE entry SET number = 12 - number WHERE number IN (4, 5)", "does not fit"),
        ("INSERT INTO entry (told, hash) VALUES ('{}', 'x')", "entry 6 does not fit"),
    ],
)
def test_what_was_changed_taken_away_or_put_in_shows(
    audit: Audit, tmp_path: Path, statement: str, said: str
) -> None:
    _tampered(tmp_path, statement)
    faults = audit.verify().faults
    assert any(said in fault for fault in faults), faults


def _rewritten(tmp_path: Path) -> None:
    """Change an entry and write every seal after it anew."""
    _tampered(tmp_path, "UPDATE entry SET told = replace(told, 'login', 'logon') WHERE number = 1")
    with closing(sqlite3.connect(tmp_path / "audit.sqlite", isolation_level=None)) as base:
        before = "0" * 64
        for number, told in base.execute("SELECT number, told FROM entry ORDER BY number"):
            before = hashlib.sha256(f"{before}\n{told}".encode()).hexdigest()
            base.execute("UPDATE entry SET hash = ? WHERE number = ?", (before, number))


def _cut_off(tmp_path: Path) -> None:
    """Cut the end off, and lower the count that SQLite keeps."""
    _tampered(tmp_path, "DELETE FROM entry WHERE number > 3", "UPDATE sqlite_sequence SET seq = 3")


@pytest.mark.parametrize("tamper", [_rewritten, _cut_off])
def test_a_chain_that_was_written_anew_shows_by_an_anchor_from_before(
    audit: Audit, tmp_path: Path, tamper: Callable[[Path], None]
) -> None:
    anchor = audit.verify().anchor
    audit.note("guanli", "logout")
    assert audit.verify(anchor).faults == ()
    tamper(tmp_path)
    assert audit.verify().faults == ()
    (fault,) = audit.verify(anchor).faults
    assert "the anchor does not fit: entry 5" in fault


@pytest.mark.parametrize("anchor", ["", "5", "x:" + "0" * 64, "5:abc"])
def test_an_anchor_that_is_none_is_refused(audit: Audit, anchor: str) -> None:
    with pytest.raises(ValueError, match="anchor"):
        audit.verify(anchor)


def test_many_that_write_at_once_make_one_chain(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: Audit(tmp_path).note("who", str(number)), range(60)))
    verdict = Audit(tmp_path).verify()
    assert (verdict.faults, verdict.number) == ((), 60)


def test_a_second_look_is_at_what_is_new_and_finds_what_was_done_to_that(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    sealed = audit_module._sealed

    def counting(before: str, told: str) -> str:
        looked.append(told)
        return sealed(before, told)

    monkeypatch.setattr(audit_module, "_sealed", counting)
    assert audit.verify_new() == audit.verify()
    looked.clear()
    assert audit.verify_new().number == len(ACTS)
    assert looked == []
    Audit(tmp_path).note("guanli", "logout")
    looked.clear()
    assert audit.verify_new().anchor == Audit(tmp_path).verify().anchor
    assert len(looked) == 1 + len(ACTS) + 1
    _tampered(tmp_path, "UPDATE entry SET told = replace(told, 'guanli', 'x') WHERE number = 2")
    # What was found in order before is looked at by ``verify`` alone, and by who has seen nothing.
    assert audit.verify_new().faults == ()
    assert audit.verify().faults == Audit(tmp_path).verify_new().faults != ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET hash = 'x' WHERE number = 5",
        "DELETE FROM entry WHERE number = 5",
        "DELETE FROM entry",
        "INSERT INTO entry (told, hash) VALUES ('{}', 'x')",
    ],
)
def test_a_second_look_sees_what_was_done_to_the_end(
    audit: Audit, tmp_path: Path, statement: str
) -> None:
    assert audit.verify_new().faults == ()
    _tampered(tmp_path, statement)
    assert audit.verify_new().faults != ()
    assert audit.verify_new().faults != (), "it stays so"


def test_another_file_in_the_place_of_the_log_is_looked_at_from_its_beginning(
    audit: Audit, tmp_path: Path
) -> None:
    assert audit.verify_new().number == len(ACTS)
    (tmp_path / "other").mkdir()
    for act in (*ACTS, *ACTS):
        Audit(tmp_path / "other").note("guanli", act)
    (tmp_path / "other" / "audit.sqlite").replace(tmp_path / "audit.sqlite")
    assert audit.verify_new() == audit.verify() == Audit(tmp_path).verify()
    assert audit.verify_new().number == 2 * len(ACTS)


def test_a_log_that_another_process_adds_to_meanwhile_raises_no_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "_AT_ONCE", 7)
    code = (
        "import sys, time; from pathlib import Path; from dutygraph.accounts.audit import Audit\n"
        "audit = Audit(Path(sys.argv[1]))\n"
        "while True: audit.note('who', 'act'); time.sleep(0.005)\n"
    )
    path = os.pathsep.join(filter(None, sys.path))
    adding = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], env={**os.environ, "PYTHONPATH": path}
    )
    audit, seen = Audit(tmp_path), [0]
    try:
        while seen[-1] < 100:
            assert adding.poll() is None
            anchor = audit.verify().anchor
            verdict = audit.verify(anchor)
            assert (verdict.faults, audit.verify_new().faults) == ((), ())
            seen.append(verdict.number)
    finally:
        adding.kill()
        adding.wait()
    assert len(set(seen)) > 3, "it was added to between the looks"


def test_entries_that_were_given_up_raise_no_alarm(audit: Audit, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "audit.sqlite", isolation_level=None)) as base:
        base.row_factory = sqlite3.Row
        base.execute("BEGIN IMMEDIATE")
        audit_module.add(base, "who", "given up", "", outcome="done", origin="")
        base.execute("ROLLBACK")
    dying = (
        "import os, sqlite3, sys; from dutygraph.accounts import audit\n"
        "base = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "base.row_factory = sqlite3.Row\n"
        "base.execute('PRAGMA cache_size = 1')\n"
        "base.execute('BEGIN IMMEDIATE')\n"
        "for number in range(200):\n"
        "    audit.add(base, 'who', 'dies', 'x' * 500, outcome='done', origin='')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    path = os.pathsep.join(filter(None, sys.path))
    died = subprocess.run(
        [sys.executable, "-c", dying, str(tmp_path / "audit.sqlite")],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    assert died.returncode == -9
    assert (audit.verify().faults, audit.verify().number) == ((), len(ACTS))
    audit.note("guanli", "logout")
    assert (audit.verify().faults, audit.verify_new().faults) == ((), ())
    assert audit.verify().number == len(ACTS) + 1


def test_an_anchor_of_any_entry_fits_while_the_log_goes_on(audit: Audit) -> None:
    anchors = [f"{one.number}:{one.hash}" for one in audit.entries(len(ACTS))]
    audit.note("guanli", "logout")
    for anchor in (*anchors, f"0:{'0' * 64}"):
        assert audit.verify(anchor).faults == (), anchor
