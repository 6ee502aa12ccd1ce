"""Every code of the audit log is said in words, Chinese first, and no words are left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dutygraph.accounts.acts import ACTS, act, outcome
from webapp import auditing
from webapp.permissions import NEEDS

ROOT = Path(__file__).parents[2]
NOTED = re.compile(
    r'"(login|logout|import|undo|setting|store\.restore'
    r'|(?:account|token)\.(?:add|role|password|disable|enable|revoke))"'
)


def test_every_act_that_is_noted_has_words() -> None:
    code = [
        file.read_text(encoding="utf-8")
        for room in ("dutygraph", "webapp")
        for file in (ROOT / room).rglob("*.py")
        if file.name != "acts.py"
    ]
    by_hand = {found for text in code for found in NOTED.findall(text)}
    by_address = {name for name in NEEDS if name not in {*auditing.ACTS, *auditing._SEEN}}
    # Addresses of one's own account that are called like what is done there.
    assert set(ACTS) == by_hand | by_address | set(auditing.ACTS.values())
    for words in ACTS.values():
        assert re.search(r"[\u4e00-\u9fff]", words.zh)
        assert words.en.isascii()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("done", "已做 / done"),
        ("throttled", "次数过多，拒绝 / refused after too many tries"),
        ("200", "已答复（200） / answered (200)"),
        ("303", "已答复（303） / answered (303)"),
        ("403", "拒绝（403） / refused (403)"),
        ("503", "服务器没有做成（503） / the server failed (503)"),
        ("of-another-version", "of-another-version"),
    ],
)
def test_an_outcome_is_said_in_both_languages(code: str, said: str) -> None:
    assert str(outcome(code)) == said


def test_a_code_that_nothing_is_known_of_stands_for_itself() -> None:
    assert str(act("of.another.version")) == "of.another.version"
    assert str(act("account.role")) == "改变角色和范围 / role and remit changed"
