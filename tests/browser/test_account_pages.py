"""Logging in by hand, one's own account, the pages of an administrator: in a browser, by axe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.remits import NOTHING, Remit
from tests.browser.walking import walker
from webapp import create_app

PASSWORD = "红杉树下有七只灰猫在打盹"  # noqa: S105 - a test's


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", "zh"), (320, "dark", "en")]
)
def test_an_administrator_logs_in_without_a_script_and_keeps_accounts(
    browser: Browser,
    tmp_path: Path,
    serve: Callable[[Flask], AbstractContextManager[str]],
    width: int,
    scheme: Literal["light", "dark"],
    language: str,
) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("guanli", "administrator", NOTHING, PASSWORD)
    accounts.add("jingban", "officer", Remit(("qh-xianwei",)), PASSWORD)
    site = create_app({"STORE": str(tmp_path), "PATIENCE": None})
    size = {"width": width, "height": 800}
    with (
        serve(site) as address,
        walker(browser, address, language, viewport=size, color_scheme=scheme) as walk,
    ):
        page = walk.page
        walk.go("/login?next=/accounts")
        page.fill("input[name=name]", "guanli")
        page.fill("input[name=password]", PASSWORD)
        walk.press("main form button")
        assert page.url.endswith("/accounts")
        walk.look()
        page.fill("#add ~ form input[name=name]", "duzhe")
        walk.press("#add ~ form button")
        assert page.locator("textarea.citation").is_visible()
        walk.look()
        assert page.locator("table.answer tbody tr").count() == 3
        walk.go("/audit")
        assert page.locator("table.answer tbody tr").count() >= 2
        walk.go("/account")
        walk.press("#tokens ~ form button")
        assert page.input_value("textarea.citation").startswith("dg_")
        walk.look()
        walk.press("header form button")
        walk.go("/units")
        assert not walk.wrong, "\n".join(walk.wrong)
