"""Accounts: who there is, in which role, for whose records; and who it is that gives a password."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from dutygraph.accounts.database import Author, Database, now
from dutygraph.accounts.passwords import fits, hashed, is_outdated, renewed
from dutygraph.accounts.remits import EVERYTHING, NOTHING, Remit

Role: TypeAlias = Literal["reader", "officer", "supervisor", "administrator"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

Right: TypeAlias = Literal["import", "settings", "accounts"]
RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    "reader": frozenset(),
    "officer": frozenset({"import"}),
    "supervisor": frozenset({"import"}),
    "administrator": frozenset({"import", "settings", "accounts"}),
}
"""What each role may do beside reading: import and undo, save settings, keep accounts and audit.

Whose records it reads, checks and imports is its remit.
"""

LONGEST: Final = 60
_WHILE: Final = 15 * 60
_FAILURES: Final = {"name = ? AND origin = ?": 5, "origin = ?": 20, "name = ?": 50}
"""How often a log-in may fail in a quarter of an hour: at one account from one address, from one
address, at one account from anywhere. The last is high, or anybody could keep somebody out."""


class AccountError(ValueError):
    """An account cannot be made, found or changed so; the message says why, in both languages."""


class ThrottledError(Exception):
    """Too many log-ins have failed; no password is looked at for a while."""

    seconds = _WHILE


@dataclass(frozen=True)
class Account:
    """An account: its name, what it may do, for whose records, since when; whether it is off."""

    name: str
    role: Role
    remit: Remit
    made_at: str
    disabled: bool
    has_password: bool
    state: str
    """What is no longer the same once role, remit, password or state have changed."""

    @property
    def rights(self) -> frozenset[Right]:
        """What it may do beside reading."""
        return RIGHTS[self.role]


class Accounts:
    """The accounts beside a store."""

    def __init__(self, folder: Path, author: Author | None = None) -> None:
        """Take the folder that they are kept in, and who changes them."""
        self.database = Database(folder, author)

    @property
    def exist(self) -> bool:
        """Whether there is any account, disabled ones included."""
        if not self.database.exists:
            return False
        with self.database.reading() as base:
            return base.execute("SELECT 1 FROM account LIMIT 1").fetchone() is not None

    def all(self) -> list[Account]:
        """Give every account by name."""
        with self.database.reading() as base:
            return [_account(row) for row in base.execute("SELECT * FROM account ORDER BY name")]

    def __getitem__(self, name: str) -> Account:
        """Give the account of a name, however it is capitalized. Raises AccountError."""
        found = self.find(name)
        if found is None:
            raise AccountError(f"没有用户「{name}」 / there is no account {name!r}")
        return found

    def find(self, name: str) -> Account | None:
        """Give the account of a name, None where there is none."""
        with self.database.reading() as base:
            row = _row(base, name)
        return None if row is None else _account(row)

    def add(self, name: str, role: Role, remit: Remit, password: str | None) -> Account:
        """Make an account; one without a password is known by a proxy in front of the site alone.

        Raises AccountError for a name that is none or is taken, or a remit that does not go with
        the role, PasswordError for a password that cannot be taken.
        """
        name = _checked_name(name)
        _check_remit(role, remit)
        kept = None if password is None else hashed(password, name)
        with self.database.writing() as base:
            try:
                base.execute(
                    "INSERT INTO account (name, folded, role, units, region, password, made_at) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (name, _folded(name), role, _units(remit), remit.region, kept, now()),
                )
            except sqlite3.IntegrityError as error:
                raise AccountError(f"已有用户「{name}」 / there is an account {name!r}") from error
            self.database.note(base, "account.add", told(name, role, remit))
        return self[name]

    def assign(self, name: str, role: Role, remit: Remit) -> Account:
        """Give an account another role and remit; it is logged out everywhere.

        Raises AccountError where there is none, where the remit does not go with the role, and
        where nobody would be left to keep the accounts.
        """
        _check_remit(role, remit)
        found = self[name]
        return self._change(
            found,
            ("account.role", told(found.name, role, remit)),
            "role = ?, units = ?, region = ?",
            (role, _units(remit), remit.region),
            keeps_accounts="accounts" in RIGHTS[role],
        )

    def disable(self, name: str, *, disabled: bool = True) -> Account:
        """Turn an account off, or on again. Raises AccountError as ``assign`` does."""
        found = self[name]
        act = "account.disable" if disabled else "account.enable"
        return self._change(
            found,
            (act, found.name),
            "disabled = ?",
            (int(disabled),),
            keeps_accounts=not disabled,
        )

    def set_password(self, name: str, password: str, seen: Account | None = None) -> Account:
        """Give an account another password; it is logged out everywhere.

        Raises AccountError where there is no such account, or where it is not as it was ``seen``,
        PasswordError as ``add`` does.
        """
        found = self[name]
        kept = hashed(password, found.name)
        return self._change(
            found, ("account.password", found.name), "password = ?", (kept,), seen=seen
        )

    def _change(
        self,
        found: Account,
        noted: tuple[str, str],
        assignment: str,
        values: tuple[str | int, ...],
        *,
        keeps_accounts: bool = True,
        seen: Account | None = None,
    ) -> Account:
        with self.database.writing() as base:
            if seen is not None and not is_still(base, seen):
                raise AccountError(
                    "用户刚刚被改过，请重新登录 / the account was changed just now, log in anew"
                )
            # What is assigned is named by this module alone.
            base.execute(f"UPDATE account SET {assignment} WHERE name = ?", (*values, found.name))  # noqa: S608
            base.execute("DELETE FROM session WHERE account = ?", (found.name,))
            if not keeps_accounts and not _is_kept(base):
                raise AccountError(
                    "至少要有一个能用的管理员 / there must be an administrator left who can log in"
                )
            self.database.note(base, *noted)
        return self[found.name]

    # Logging in ---------------------------------------------------------------------------------

    def authenticated(self, name: str, password: str, origin: str) -> Account | None:
        """Give whose name and password these are, None where they are nobody's.

        A wrong name, a wrong password and an account that is off are answered alike, and after the
        same time. ``origin`` is the address that asks. Raises ThrottledError after too many tries.
        """
        with self.database.reading() as base:
            _refuse_throttled(base, _folded(name), origin)
            row = _row(base, name)
        kept = None if row is None else row["password"]
        if not fits(password, kept) or row is None or row["disabled"]:
            self._failed(name, origin)
            return None
        with self.database.writing() as base:
            base.execute("DELETE FROM failure WHERE name = ?", (_folded(name),))
            if kept is not None and is_outdated(kept):
                # Unless it has been changed meanwhile.
                changed = base.execute(
                    "UPDATE account SET password = ? WHERE name = ? AND password = ?",
                    (renewed(password), row["name"], kept),
                ).rowcount
                row = _row(base, name) if changed else row
        return None if row is None else _account(row)

    def _failed(self, name: str, origin: str) -> None:
        with self.database.writing() as base:
            base.execute("DELETE FROM failure WHERE at < ?", (time.time() - _WHILE,))
            base.execute(
                "INSERT INTO failure VALUES (?, ?, ?)", (_folded(name), origin, time.time())
            )


def _refuse_throttled(base: sqlite3.Connection, name: str, origin: str) -> None:
    for condition, most in _FAILURES.items():
        values = {"name": name, "origin": origin}
        named = [values[one.partition(" ")[0]] for one in condition.split(" AND ")]
        (number,) = base.execute(
            f"SELECT COUNT(*) FROM failure WHERE {condition} AND at > ?",  # noqa: S608 - our own
            (*named, time.time() - _WHILE),
        ).fetchone()
        if number >= most:
            raise ThrottledError


def _is_kept(base: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM account WHERE role = 'administrator' AND NOT disabled"
    return base.execute(query).fetchone() is not None


def is_still(base: sqlite3.Connection, seen: Account) -> bool:
    """Tell whether an account is as it was seen, by a transaction of its database."""
    row = _row(base, seen.name)
    return row is not None and _state(row) == seen.state


def _state(row: sqlite3.Row) -> str:
    told = [row[key] for key in ("name", "role", "units", "region", "password", "disabled")]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def told(name: str, role: Role, remit: Remit) -> str:
    """Say what an account is made or becomes."""
    return " ".join(filter(None, (name, role, str(remit))))


def _row(base: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    found = base.execute("SELECT * FROM account WHERE folded = ?", (_folded(name),)).fetchone()
    assert found is None or isinstance(found, sqlite3.Row)  # noqa: S101 - the row factory's
    return found


def _account(row: sqlite3.Row) -> Account:
    role: Role = row["role"]
    remit = Remit(tuple(json.loads(row["units"])), row["region"])
    if role in ("reader", "administrator"):
        remit = EVERYTHING if role == "administrator" else NOTHING
    return Account(
        row["name"],
        role,
        remit,
        row["made_at"],
        bool(row["disabled"]),
        row["password"] is not None,
        _state(row),
    )


def _units(remit: Remit) -> str:
    return json.dumps(remit.units, ensure_ascii=False)


def _folded(name: str) -> str:
    """Give what names are told apart by: case, width and composition make no difference."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _checked_name(name: str) -> str:
    found = unicodedata.normalize("NFC", name.strip())
    if not found or len(found) > LONGEST or not found.isprintable() or " " in found:
        raise AccountError(
            f"用户名应为 1 至 {LONGEST} 个字符，不含空格 / "
            f"an account's name has 1 to {LONGEST} characters and no blanks"
        )
    return found


def _check_remit(role: Role, remit: Remit) -> None:
    wanted: dict[Role, Collection[bool]] = {
        "reader": (remit == NOTHING,),
        "administrator": (remit in (NOTHING, EVERYTHING),),
        "officer": (bool(remit.units), not remit.region, not remit.everything),
        "supervisor": (bool(remit.region), not remit.units, remit.region.isdigit()),
    }
    if not all(wanted[role]):
        raise AccountError(
            "经办人要有单位的编号，监督员要有区划代码的数字，读者和管理员都不要 / "
            "an officer has ids of units, a supervisor the digits of a region's code, "
            "reader and administrator neither"
        )
