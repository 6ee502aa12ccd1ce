"""Tokens: what programs show in the place of a password (bearer tokens, RFC 6750)."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from dutygraph.accounts.accounts import AccountError
from dutygraph.accounts.database import Author, Database, now
from dutygraph.accounts.sessions import fingerprint

Scope: TypeAlias = Literal["read", "import", "settings"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
"""What a token may be good for, never more than its account: to read the records in its remit; to
import and undo, which cannot be done without reading; to save settings."""

DAYS: Final = 90
MOST_DAYS: Final = 366
_PREFIX: Final = "dg_"
_LABEL: Final = 60


@dataclass(frozen=True)
class Token:
    """A token: its id, whose it is, what it is for and good for, from when until when."""

    id: str
    account: str
    label: str
    scopes: frozenset[Scope]
    made_at: str
    expires_at: str
    revoked_at: str | None

    @property
    def is_live(self) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and now() < self.expires_at


class Tokens:
    """The tokens of the accounts in a folder; of each only the fingerprint is kept."""

    def __init__(self, folder: Path, author: Author | None = None) -> None:
        """Take the folder, and who makes and revokes them."""
        self._database = Database(folder, author)

    def add(
        self, account: str, label: str, scopes: Collection[str], days: int = DAYS
    ) -> tuple[Token, str]:
        """Make a token of an account that lasts some days; give it and its secret, this once.

        Raises AccountError for scopes or days that cannot be, or where there is no such account.
        """
        chosen = frozenset(one for one in SCOPES if one in scopes)
        if not chosen or len(chosen) < len(set(scopes)):
            raise AccountError(
                f"令牌的权限可选 {'、'.join(SCOPES)} / a token is good for {', '.join(SCOPES)}"
            )
        if not 1 <= days <= MOST_DAYS:
            raise AccountError(
                f"令牌的期限为 1 至 {MOST_DAYS} 天 / a token lasts 1 to {MOST_DAYS} days"
            )
        secret, identifier = _PREFIX + secrets.token_urlsafe(32), secrets.token_hex(4)
        expires = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")
        with self._database.writing() as base:
            try:
                base.execute(
                    "INSERT INTO token (id, hash, account, label, scopes, made_at, expires_at) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(identifier, fingerprint(secret), account, label.strip()[:_LABEL]),
                        *(" ".join(sorted(chosen)), now(), expires),
                    ),
                )
            except sqlite3.IntegrityError as error:
                raise AccountError(
                    f"没有用户「{account}」 / there is no account {account!r}"
                ) from error
            about = f"{identifier} {account} {' '.join(sorted(chosen))}"
            self._database.note(base, "token.add", about)
        return self[identifier], secret

    def __getitem__(self, identifier: str) -> Token:
        """Give a token by its id. Raises AccountError where there is none."""
        with self._database.reading() as base:
            row = base.execute("SELECT * FROM token WHERE id = ?", (identifier,)).fetchone()
        if row is None:
            raise AccountError(f"没有令牌「{identifier}」 / there is no token {identifier!r}")
        return _token(row)

    def of(self, account: str) -> list[Token]:
        """Give the tokens of an account, the newest first."""
        with self._database.reading() as base:
            rows = base.execute(
                "SELECT * FROM token WHERE account = ? ORDER BY made_at DESC, id", (account,)
            )
            return [_token(row) for row in rows]

    def find(self, secret: str) -> Token | None:
        """Give the token that somebody shows, None where it is none, or is so no more."""
        with self._database.reading() as base:
            row = base.execute(
                "SELECT token.* FROM token JOIN account ON name = account "
                "WHERE hash = ? AND NOT disabled",
                (fingerprint(secret),),
            ).fetchone()
        found = None if row is None else _token(row)
        return found if found is not None and found.is_live else None

    def revoke(self, identifier: str) -> Token:
        """Revoke a token for good. Raises AccountError where there is none."""
        found = self[identifier]
        with self._database.writing() as base:
            base.execute(
                "UPDATE token SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ?",
                (now(), identifier),
            )
            self._database.note(base, "token.revoke", f"{identifier} {found.account}")
        return self[identifier]


def _token(row: sqlite3.Row) -> Token:
    return Token(
        row["id"],
        row["account"],
        row["label"],
        frozenset(one for one in SCOPES if one in row["scopes"].split()),
        row["made_at"],
        row["expires_at"],
        row["revoked_at"],
    )
