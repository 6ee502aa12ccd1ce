"""Passwords: what may be one, and what is kept of one (Argon2id, RFC 9106; OWASP ASVS 4, V2)."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
LONGEST: Final = 128
"""Characters of a password; of longer ones hashing would only take time (ASVS 2.1.1, 2.1.2)."""


class PasswordError(ValueError):
    """A password cannot be taken; the message says why, in both languages."""


@cache
def _hasher() -> PasswordHasher:
    # Its defaults are the second recommendation of RFC 9106, section 4: 64 MiB, three passes.
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_hex(16))


def hashed(password: str, name: str) -> str:
    """Give what is kept of a password of the account of a name. Raises PasswordError."""
    plain = _normal(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise PasswordError(
            f"密码应有 {SHORTEST} 至 {LONGEST} 个字符 / "
            f"a password has {SHORTEST} to {LONGEST} characters"
        )
    if len(set(plain)) < SHORTEST // 2 or name.casefold() in plain.casefold():
        raise PasswordError(
            "密码太容易猜：不要含用户名，也不要老是重复几个字符 / "
            "the password is too easy to guess: "
            "it holds the account's name, or the same few characters over and over"
        )
    return _hasher().hash(plain)


def renewed(password: str) -> str:
    """Give what is kept of a password that fits, whatever rules there were when it was taken."""
    return _hasher().hash(_normal(password))


def fits(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one of which something was kept.

    Of an account that does not exist (None) the answer takes as long as of one that does.
    """
    try:
        right = _hasher().verify(kept or _nobodys(), _normal(password)[: 2 * LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Tell whether it was kept with weaker parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def made_up() -> str:
    """Make up a password that nobody guesses: some 119 bits."""
    return secrets.token_urlsafe(15)


def _normal(password: str) -> str:
    # The same characters, whichever keyboard wrote them (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)
