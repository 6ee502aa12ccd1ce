"""A change of an account and its note in the audit log: both are there, or neither is."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from dutygraph.accounts.accounts import Account, Accounts
from dutygraph.accounts.audit import Audit
from dutygraph.accounts.tokens import Tokens

KEEPER = Path(__file__).parent / "keeper.py"
ROUNDS = 8


def killed(folder: Path, seed: int, after: float) -> None:
    """Have accounts changed, and kill who does it after some seconds."""
    process = subprocess.Popen(
        [sys.executable, str(KEEPER), str(folder), str(seed)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(after)
        assert process.poll() is None, "nobody to kill"
        process.kill()


def noted(folder: Path) -> tuple[set[str], set[str]]:
    """Give what accounts and tokens there must be, as the audit log tells it."""
    accounts: dict[str, str] = {}
    off: set[str] = set()
    tokens: dict[str, str] = {}
    for one in reversed(Audit(folder).entries(1_000_000)):
        name, _, rest = one.entry.about.partition(" ")
        match one.entry.act:
            case "account.add" | "account.role":
                accounts[name] = rest
            case "account.disable":
                off.add(name)
            case "account.enable":
                off.remove(name)
            case "token.add":
                tokens[name] = "live"
            case "token.revoke":
                tokens[name] = "revoked"
    return (
        {f"{name} {told} {name in off}" for name, told in accounts.items()},
        {f"{name} {state}" for name, state in tokens.items()},
    )


def _told(account: Account) -> str:
    # An administrator's remit goes without saying.
    remit = "" if account.remit.everything else account.remit
    return f"{account.role} {remit}".strip()


def kept(folder: Path) -> tuple[set[str], set[str]]:
    """Give what accounts and tokens there are."""
    accounts = Accounts(folder).all()
    tokens = [token for one in accounts for token in Tokens(folder).of(one.name)]
    return (
        {f"{one.name} {_told(one)} {one.disabled}" for one in accounts},
        {f"{one.id} {'live' if one.revoked_at is None else 'revoked'}" for one in tokens},
    )


def test_whoever_is_killed_while_he_changes_accounts_leaves_no_change_without_its_note(
    tmp_path: Path,
) -> None:
    rng, number = random.Random(7), 0  # noqa: S311
    for seed in range(ROUNDS):
        killed(tmp_path, seed, rng.uniform(0.1, 0.8))
        assert kept(tmp_path) == noted(tmp_path)
        verdict = Audit(tmp_path).verify()
        assert verdict.faults == ()
        assert verdict.number > number, "nothing was done before the kill"
        number = verdict.number
