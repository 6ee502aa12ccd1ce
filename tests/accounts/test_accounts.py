"""Accounts: who is let in, who is not, and what becomes of sessions and tokens."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from dutygraph.accounts import accounts as accounts_module
from dutygraph.accounts import passwords
from dutygraph.accounts import sessions as sessions_module
from dutygraph.accounts.accounts import AccountError, Accounts, Role, ThrottledError
from dutygraph.accounts.audit import Audit
from dutygraph.accounts.database import Author
from dutygraph.accounts.passwords import PasswordError
from dutygraph.accounts.remits import EVERYTHING, NOTHING, Remit
from dutygraph.accounts.sessions import Sessions
from dutygraph.accounts.tokens import Tokens

PASSWORD = "红杉树下有七只灰猫在打盹"  # noqa: S105 - a test's
OTHER = "another-long-pass-phrase"
HERE = "192.0.2.7"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    made = Accounts(tmp_path)
    made.add("guanli", "administrator", NOTHING, PASSWORD)
    made.add("Jingban", "officer", Remit(("u1",)), PASSWORD)
    return made


def begun(accounts: Accounts, folder: Path) -> str:
    """Begin a session of the officer's."""
    secret = Sessions(folder).begin(accounts["jingban"], HERE)
    assert secret is not None
    return secret


def test_there_are_no_accounts_where_none_was_made_and_asking_leaves_no_file(
    tmp_path: Path,
) -> None:
    nobody = Accounts(tmp_path)
    assert not nobody.exist
    assert nobody.all() == []
    assert nobody.find("guanli") is None
    assert Tokens(tmp_path).find("dg_x") is None
    assert Sessions(tmp_path).account("x") is None
    assert list(tmp_path.iterdir()) == []


def test_an_account_is_known_by_its_name_and_password_and_by_nothing_else(
    accounts: Accounts,
) -> None:
    found = accounts.authenticated("jingban", PASSWORD, HERE)
    assert found is not None
    assert (found.name, found.role, found.remit) == ("Jingban", "officer", Remit(("u1",)))
    # The same characters in full width are the same password and the same name.
    assert accounts.authenticated("ＪＩＮＧＢＡＮ", PASSWORD, HERE) == found
    assert accounts.authenticated("jingban", OTHER, HERE) is None
    assert accounts.authenticated("nobody", PASSWORD, HERE) is None
    accounts.disable("jingban")
    assert accounts.authenticated("jingban", PASSWORD, HERE) is None


def test_only_a_hash_of_a_password_a_session_and_a_token_is_in_the_file(
    accounts: Accounts, tmp_path: Path
) -> None:
    session = begun(accounts, tmp_path)
    _, secret = Tokens(tmp_path).add("Jingban", "", ["read"])
    content = accounts.database.file.read_bytes()
    assert b"$argon2id$" in content
    for one in (PASSWORD, session, secret):
        assert one.encode() not in content
    assert accounts.database.file.stat().st_mode & 0o077 == 0


def test_an_account_that_does_not_exist_takes_as_long_to_refuse_as_one_that_does(
    accounts: Accounts,
) -> None:
    def best(name: str) -> float:
        times = []
        for number in range(4):
            begun = time.perf_counter()
            assert accounts.authenticated(name, OTHER, f"198.51.100.{number}") is None
            times.append(time.perf_counter() - begun)
        return min(times)

    best("warm-up")
    assert best("nobody") > best("guanli") / 3


@pytest.mark.parametrize("name", ["", "a b", "x" * 61, "a\nb", "GUANLI"])
def test_a_name_that_is_none_or_is_taken_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError):
        accounts.add(name, "reader", NOTHING, PASSWORD)


@pytest.mark.parametrize("password", ["short", "x" * 129, "aaaaaaaaaaaaaaaa", "xx-jingban-xx-yy"])
def test_a_password_that_is_easy_to_guess_is_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(PasswordError):
        accounts.set_password("jingban", password)


@pytest.mark.parametrize(
    ("role", "remit"),
    [
        ("officer", NOTHING),
        ("officer", Remit(region="99")),
        ("officer", EVERYTHING),
        ("supervisor", NOTHING),
        ("supervisor", Remit(("u1",))),
        ("supervisor", Remit(region="九九")),
        ("reader", Remit(("u1",))),
        ("administrator", Remit(region="99")),
    ],
)
def test_a_remit_that_does_not_go_with_the_role_is_refused(
    accounts: Accounts, role: Role, remit: Remit
) -> None:
    with pytest.raises(AccountError):
        accounts.assign("jingban", role, remit)


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    with pytest.raises(AccountError):
        accounts.disable("guanli")
    with pytest.raises(AccountError):
        accounts.assign("guanli", "reader", NOTHING)
    assert accounts["guanli"].role == "administrator"
    accounts.add("another", "administrator", NOTHING, PASSWORD)
    assert accounts.disable("guanli").disabled


def test_too_many_failures_are_throttled_and_keep_nobody_else_out(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        assert accounts.authenticated("jingban", OTHER, HERE) is None
    with pytest.raises(ThrottledError):
        accounts.authenticated("jingban", PASSWORD, HERE)
    assert accounts.authenticated("guanli", PASSWORD, HERE) is not None
    assert accounts.authenticated("jingban", PASSWORD, "192.0.2.8") is not None
    for _ in range(5):
        assert accounts.authenticated("jingban", OTHER, HERE) is None
    monkeypatch.setattr(accounts_module, "_WHILE", -1)
    assert accounts.authenticated("jingban", PASSWORD, HERE) is not None


def test_a_session_ends_when_one_stays_away_and_in_any_case_after_a_day_of_work(
    accounts: Accounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions, start = Sessions(tmp_path), time.time()
    secret = begun(accounts, tmp_path)
    assert sessions.account(secret) == "Jingban"
    assert sessions.number("Jingban") == 1
    moment = start
    for _ in range(26):
        moment += sessions_module.IDLE - 120
        monkeypatch.setattr(time, "time", lambda now=moment: now)
        alive = sessions.account(secret)
        assert (alive is not None) == (moment - start < sessions_module.ABSOLUTE)
    secret = begun(accounts, tmp_path)
    monkeypatch.setattr(time, "time", lambda: moment + sessions_module.IDLE + 1)
    assert sessions.account(secret) is None
    assert accounts["jingban"].name == "Jingban"


def test_another_role_or_password_and_turning_off_end_every_session(
    accounts: Accounts, tmp_path: Path
) -> None:
    sessions = Sessions(tmp_path)
    for change in (
        lambda: accounts.assign("jingban", "supervisor", Remit(region="99")),
        lambda: accounts.set_password("jingban", OTHER),
        lambda: accounts.disable("jingban"),
    ):
        secret = begun(accounts, tmp_path)
        assert sessions.account(secret) == "Jingban"
        change()
        assert sessions.account(secret) is None


def test_a_log_in_that_overlaps_a_change_of_the_account_gets_no_session(
    accounts: Accounts, tmp_path: Path
) -> None:
    sessions = Sessions(tmp_path)
    for change in (
        lambda: accounts.set_password("jingban", OTHER),
        lambda: accounts.assign("jingban", "supervisor", Remit(region="99")),
        lambda: accounts.disable("jingban"),
        lambda: accounts.disable("jingban", disabled=False),
    ):
        seen = accounts["jingban"]
        change()
        assert sessions.begin(seen, HERE) is None
        assert sessions.number("Jingban") == 0
    assert sessions.begin(accounts["jingban"], HERE) is not None


def test_a_password_that_was_kept_with_weaker_parameters_is_kept_anew_at_a_log_in(
    accounts: Accounts,
) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=512, parallelism=1)
    # One that the rules of today would not take: it stays good all the same.
    for name, password in (("anna", PASSWORD), ("bert", "aaaaaaaa")):
        accounts.add(name, "reader", NOTHING, PASSWORD)
        _keep(accounts, name, weaker.hash(password))
        old = _kept(accounts, name)
        assert accounts.authenticated(name, "no such password", HERE) is None
        assert _kept(accounts, name) == old, "who cannot log in changes nothing"
        found = accounts.authenticated(name, password, HERE)
        assert found is not None
        new = _kept(accounts, name)
        assert new != old
        assert not passwords.is_outdated(new)
        # The log-in belongs to the account as it now is, and the next one leaves it alone.
        assert Sessions(accounts.database.file.parent).begin(found, HERE)
        assert accounts.authenticated(name, password, HERE) is not None
        assert _kept(accounts, name) == new


def test_a_password_that_is_reset_while_it_is_kept_anew_stays_as_it_was_set(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.add("anna", "reader", NOTHING, PASSWORD)
    _keep(
        accounts, "anna", PasswordHasher(time_cost=1, memory_cost=512, parallelism=1).hash(PASSWORD)
    )
    fits = accounts_module.fits

    def fits_and_is_reset(password: str, kept: str | None) -> bool:
        right = fits(password, kept)
        accounts.set_password("anna", OTHER)
        return right

    monkeypatch.setattr(accounts_module, "fits", fits_and_is_reset)
    accounts.authenticated("anna", PASSWORD, HERE)
    monkeypatch.undo()
    assert accounts.authenticated("anna", PASSWORD, HERE) is None
    assert accounts.authenticated("anna", OTHER, HERE) is not None


def _kept(accounts: Accounts, name: str) -> str:
    with accounts.database.reading() as base:
        row = base.execute("SELECT password FROM account WHERE name = ?", (name,)).fetchone()
    return str(row["password"])


def _keep(accounts: Accounts, name: str, kept: str) -> None:
    with accounts.database.writing() as base:
        base.execute("UPDATE account SET password = ? WHERE name = ?", (kept, name))


def test_who_changes_his_password_while_it_is_reset_does_not_undo_that(accounts: Accounts) -> None:
    seen = accounts.authenticated("jingban", PASSWORD, HERE)
    assert seen is not None
    accounts.set_password("jingban", OTHER)
    with pytest.raises(AccountError, match="changed just now"):
        accounts.set_password("jingban", "a-third-long-pass-phrase", seen)
    assert accounts.authenticated("jingban", OTHER, HERE) is not None


def test_what_cannot_be_noted_is_not_done(accounts: Accounts, tmp_path: Path) -> None:
    author = Author("guanli")
    Accounts(tmp_path, author).disable("jingban")
    assert [one.entry.act for one in Audit(tmp_path).entries(9)] == ["account.disable"]
    with closing(sqlite3.connect(tmp_path / "audit.sqlite")) as base:
        base.execute(
            "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
    for change in (
        lambda: Accounts(tmp_path, author).disable("jingban", disabled=False),
        lambda: Accounts(tmp_path, author).add("new", "reader", NOTHING, None),
        lambda: Tokens(tmp_path, author).add("guanli", "", ["read"]),
        lambda: Sessions(tmp_path, author).begin(accounts["guanli"], HERE),
    ):
        with pytest.raises(sqlite3.IntegrityError):
            change()
    assert accounts["jingban"].disabled
    assert accounts.find("new") is None
    assert Tokens(tmp_path).of("guanli") == []
    assert Sessions(tmp_path).number("guanli") == 0


def test_a_token_is_good_until_it_is_revoked_expires_or_its_account_is_off(
    accounts: Accounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = Tokens(tmp_path)
    token, secret = tokens.add("Jingban", "每周导入", ["read", "import"], 3)
    assert tokens.find(secret) == token
    assert tokens.find(secret[:-1]) is None
    assert token.scopes == {"read", "import"}
    accounts.disable("jingban")
    assert tokens.find(secret) is None
    accounts.disable("jingban", disabled=False)
    assert tokens.find(secret) == token
    with monkeypatch.context() as patch:
        patch.setattr("dutygraph.accounts.tokens.now", lambda: "2999-01-01T00:00:00+00:00")
        assert tokens.find(secret) is None
    assert tokens.revoke(token.id).revoked_at is not None
    assert tokens.find(secret) is None
    assert [one.id for one in tokens.of("Jingban")] == [token.id]


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("Jingban", [], 3),
        ("Jingban", ["read", "all"], 3),
        ("Jingban", ["read"], 0),
        ("Jingban", ["read"], 367),
        ("nobody", ["read"], 3),
    ],
)
def test_a_token_that_cannot_be_is_refused(
    accounts: Accounts, tmp_path: Path, name: str, scopes: list[str], days: int
) -> None:
    assert accounts.exist
    with pytest.raises(AccountError):
        Tokens(tmp_path).add(name, "", scopes, days)
