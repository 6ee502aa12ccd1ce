"""Sessions: who has logged in, until he logs out, stays away, or a working day has passed."""

from __future__ import annotations

import hashlib
import secrets
import time
from pathlib import Path
from typing import Final

from dutygraph.accounts.accounts import Account, is_still
from dutygraph.accounts.database import Author, Database

IDLE: Final = 30 * 60
ABSOLUTE: Final = 12 * 60 * 60
"""Seconds after which one has to log in again: without a request, and in any case (ASVS 3.3.2)."""

_SEEN: Final = 60
"""Seconds after which it is noted anew that a session is in use."""


def fingerprint(secret: str) -> str:
    """Give what is kept of a secret that has 256 bits of its own: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Sessions:
    """The sessions of the accounts in a folder; of each only the fingerprint of its id is kept."""

    def __init__(self, folder: Path, author: Author | None = None) -> None:
        """Take the folder, and who begins sessions, or ends all of somebody's."""
        self._database = Database(folder, author)

    def begin(self, account: Account, origin: str) -> str | None:
        """Begin a session of an account and give its id, which nobody else can know.

        None where the account is not any more as it was when its password was looked at: who has
        been shut out since does not get in.
        """
        secret, moment = secrets.token_urlsafe(32), time.time()
        with self._database.writing() as base:
            if account.disabled or not is_still(base, account):
                return None
            base.execute(
                "DELETE FROM session WHERE seen_at < ? OR begun_at < ?",
                (moment - IDLE, moment - ABSOLUTE),
            )
            base.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?)",
                (fingerprint(secret), account.name, moment, moment, origin),
            )
            self._database.note(base, "login", "")
        return secret

    def account(self, secret: str) -> str | None:
        """Give the name of the account whose session this is, None where it is nobody's any more.

        An account that is off has none.
        """
        moment, key = time.time(), fingerprint(secret)
        with self._database.reading() as base:
            row = base.execute(
                "SELECT account, seen_at FROM session JOIN account ON name = account "
                "WHERE hash = ? AND seen_at >= ? AND begun_at >= ? AND NOT disabled",
                (key, moment - IDLE, moment - ABSOLUTE),
            ).fetchone()
        if row is None:
            return None
        if moment - row["seen_at"] > _SEEN:
            with self._database.writing() as base:
                base.execute("UPDATE session SET seen_at = ? WHERE hash = ?", (moment, key))
        return str(row["account"])

    def end(self, secret: str) -> None:
        """End a session, if it is one."""
        with self._database.writing() as base:
            base.execute("DELETE FROM session WHERE hash = ?", (fingerprint(secret),))

    def end_all(self, account: str) -> int:
        """End all sessions of an account and give how many there were."""
        with self._database.writing() as base:
            number = base.execute("DELETE FROM session WHERE account = ?", (account,)).rowcount
            self._database.note(base, "logout", f"{account} *")
        return number

    def end_everybody_s(self) -> None:
        """End all sessions there are."""
        with self._database.writing() as base:
            base.execute("DELETE FROM session")

    def number(self, account: str) -> int:
        """Give how many sessions of an account are open."""
        moment = time.time()
        with self._database.reading() as base:
            (number,) = base.execute(
                "SELECT COUNT(*) FROM session WHERE account = ? AND seen_at >= ? AND begun_at >= ?",
                (account, moment - IDLE, moment - ABSOLUTE),
            ).fetchone()
        return int(number)
