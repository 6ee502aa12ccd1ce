"""Accounts and audit at the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.audit import Audit
from dutygraph.accounts.tokens import Tokens
from dutygraph.cli.main import dutygraph

PASSWORD = "七只灰猫在红杉树下面打盹"  # noqa: S105 - a test's


def run(place: Path, *words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(dutygraph, [*words, "--store", str(place)], input=given)


def test_the_first_administrator_is_made_here_and_everything_is_in_the_audit_log(
    tmp_path: Path,
) -> None:
    assert not Accounts(tmp_path).exist
    twice = f"{PASSWORD}\n{PASSWORD}\n"
    made = run(tmp_path, "accounts", "add", "guanli", "--role", "administrator", given=twice)
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    assert Accounts(tmp_path).authenticated("guanli", PASSWORD, "192.0.2.7") is not None
    words = ("--role", "officer", "--unit", "u1", "--unit", "u2", "--generate")
    made = run(tmp_path, "accounts", "add", "jingban", *words)
    secret = made.stdout.splitlines()[-1]
    assert Accounts(tmp_path).authenticated("jingban", secret, "192.0.2.7") is not None
    for words in (
        ("accounts", "role", "jingban", "--role", "supervisor", "--region", "99"),
        ("accounts", "disable", "jingban"),
        ("accounts", "disable", "jingban", "--undo"),
        ("accounts", "logout", "jingban"),
        ("accounts", "password", "jingban", "--generate"),
    ):
        assert run(tmp_path, *words).exit_code == 0, words
    listed = json.loads(run(tmp_path, "accounts", "list", "--format", "json").stdout)
    assert [(one["name"], one["role"], one["remit"]) for one in listed] == [
        ("guanli", "administrator", "*"),
        ("jingban", "supervisor", "99"),
    ]
    shown = json.loads(run(tmp_path, "audit", "show", "--format", "json").stdout)
    assert [one["act"] for one in shown][::-1] == [
        *("account.add", "account.add", "account.role", "account.disable", "account.enable"),
        *("logout", "account.password"),
    ]
    assert all(one["who"].startswith("shell:") for one in shown)
    assert secret not in json.dumps(shown)
    told = list(
        csv.DictReader(io.StringIO(run(tmp_path, "audit", "show", "--format", "csv").stdout))
    )
    assert (told[-1]["act"], told[-1]["outcome"]) == ("建立用户 / account made", "已做 / done")


def test_a_token_is_shown_once_and_only_its_id_afterwards(tmp_path: Path) -> None:
    run(tmp_path, "accounts", "add", "guanli", "--role", "administrator", "--generate")
    made = run(tmp_path, "accounts", "token", "guanli", "--scope", "read", "--label", "报表")
    secret = made.stdout.splitlines()[-1]
    token = Tokens(tmp_path).find(secret)
    assert token is not None
    listed = run(tmp_path, "accounts", "tokens", "guanli", "--format", "json").stdout
    assert secret not in listed
    assert [one["id"] for one in json.loads(listed)] == [token.id]
    assert run(tmp_path, "accounts", "revoke", token.id).exit_code == 0
    assert Tokens(tmp_path).find(secret) is None


def test_what_cannot_be_is_unusable_input(tmp_path: Path) -> None:
    for words in (
        ("accounts", "add", "a", "--role", "officer", "--generate"),
        ("accounts", "role", "nobody", "--role", "reader"),
        ("accounts", "password", "nobody", "--generate"),
        ("accounts", "token", "nobody", "--scope", "read"),
        ("accounts", "revoke", "ffff"),
        ("audit", "verify", "--anchor", "5"),
    ):
        assert run(tmp_path, *words).exit_code == 2, words
    weak = run(tmp_path, "accounts", "add", "a", "--role", "reader", given="weak\nweak\n")
    assert weak.exit_code == 2
    assert "12" in weak.output
    assert not Accounts(tmp_path).exist


def test_verifying_prints_the_anchor_and_ends_with_1_where_it_does_not_fit(
    tmp_path: Path,
) -> None:
    audit = Audit(tmp_path)
    audit.note("guanli", "login")
    found = run(tmp_path, "audit", "verify")
    assert found.exit_code == 0
    anchor = audit.verify().anchor
    assert anchor in found.output
    assert run(tmp_path, "audit", "verify", "--anchor", anchor).exit_code == 0
    other = anchor[:-1] + ("0" if anchor[-1] != "0" else "1")
    assert run(tmp_path, "audit", "verify", "--anchor", other).exit_code == 1


@pytest.mark.parametrize("group", ["accounts", "audit"])
def test_each_command_shows_an_example(group: str) -> None:
    found = dutygraph.commands[group]
    for name in found.commands:  # type: ignore[attr-defined]
        shown = CliRunner().invoke(dutygraph, [group, name, "--help"]).output
        assert f"dutygraph {group} {name}" in " ".join(shown.split())
