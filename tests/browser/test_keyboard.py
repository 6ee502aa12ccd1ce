"""Every task from its first page to its end by keyboard alone, with the focus always to be seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, expect

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.remits import NOTHING
from tests.browser.hands import hands
from webapp import create_app

PASSWORD = "红杉树下有七只灰猫在打盹"  # noqa: S105 - a test's
Serve = Callable[[Flask], AbstractContextManager[str]]


def test_a_duty_is_found_and_its_citation_copied(browser: Browser, address: str) -> None:
    with hands(browser, address) as user:
        user.reach("form.find input")
        user.page.keyboard.type("第一季度")
        with user.page.expect_navigation():
            user.key("Enter")
        user.follow("main a[href*='/regulation/art20']")
        user.reach(".provision details.cite > summary")
        user.key("Enter")
        user.reach("textarea.citation")
        user.key("Control+A", "Control+C")
        user.reach("form.find input", back=True)
        user.key("Control+V")
        assert "《河北省党风廉政建设责任制实施办法》第二十条" in user.page.input_value(
            "form.find input"
        )


def test_duties_are_narrowed_and_exported(browser: Browser, address: str) -> None:
    with hands(browser, address) as user:
        user.follow("header.site nav a[href='/duties']")
        user.choose("select[name=role]", "PrincipalHead")
        user.choose("select[name=deadline]", "recurring")
        user.follow("form.facets button")
        assert "role=PrincipalHead" in user.page.url
        assert user.download("p.downloads a[href*='csv']").endswith(".csv")


def test_two_are_compared(browser: Browser, address: str) -> None:
    with hands(browser, address, "/duties") as user:
        user.follow("main a[href='/compare']")
        user.choose("select[name=a]", "LeadUnit")
        user.choose("select[name=b]", "ParticipatingUnit")
        user.follow("form.versus button")
        user.reach("a[href='#only-b']")
        user.key("Enter")
        user.reach("main a.key")
        assert "#only-b" in user.page.url


def test_a_question_is_asked_opened_in_the_editor_run_and_left(
    browser: Browser, address: str
) -> None:
    with hands(browser, address) as user:
        user.follow("header.site nav a[href='/questions']")
        user.follow("a[href^='/questions/duties-of-body']")
        user.choose("select[name=body]", "LocalPartyCommittee")
        user.follow("form.inline-form button")
        user.reach("details:has(a[href^='/sparql']) > summary")
        user.key("Enter")
        user.follow("a[href^='/sparql?query=']")
        user.page.locator(".cm-content").wait_for()
        user.reach(".cm-content")
        user.key("Control+End")
        user.page.keyboard.type(" LIMIT 2")
        user.key("Escape")
        with user.page.expect_navigation(wait_until="load"):
            user.key("Control+Enter")
        assert user.page.locator("table.solutions tbody tr").count() == 2
        user.page.locator(".cm-content").wait_for()
        user.reach(".cm-content")
        user.reach("form.editor button")
        user.reach(".cm-content", back=True)
        user.reach("header.site a", back=True)


def test_a_quiz_is_taken_to_its_end(browser: Browser, address: str) -> None:
    with hands(browser, address) as user:
        user.follow("header.site nav a[href='/training']")
        user.follow("main a[href^='/quiz']")
        user.reach("input[name=count]")
        user.key("Control+A")
        user.page.keyboard.type("2")
        with user.page.expect_navigation(wait_until="load"):
            user.key("Enter")
        user.reach("input[name=q1]")
        user.key("Space", "ArrowDown")
        user.reach("input[name=q2]")
        user.key("Space")
        user.follow("form.sheet button")
        expect(user.page.get_by_role("status")).to_contain_text("/ 2")
        user.reach("details.cite > summary")


def test_a_file_is_tried_imported_and_undone(
    browser: Browser, tmp_path: Path, serve: Serve
) -> None:
    site = create_app({"STORE": str(tmp_path), "WRITABLE": True})
    unit = {"id": "u1", "name": "示例", "kind": "地方党委", "level": "县级"}
    content = json.dumps({"units": [unit], "persons": [], "records": []}).encode()
    with serve(site) as address, hands(browser, address) as user:
        user.follow("header.site nav a[href='/import']")
        user.hand_in("input[name=files]", "单位.json", content)
        user.follow("form.stacked button")
        user.page.wait_for_selector("form[action$='/commit']", timeout=60_000)
        user.follow("form[action$='/commit'] button")
        user.page.wait_for_selector("main header a[href^='/import/history/']", timeout=60_000)
        user.follow("main header a[href^='/import/history/']")
        user.follow("a[href$='/undo']")
        user.follow("main form button")
        user.page.wait_for_selector("text=查询和检查不再看到它", timeout=60_000)


def test_findings_are_looked_at_narrowed_and_compared(
    browser: Browser, address: str, demo_app: Flask
) -> None:
    earlier = demo_app.test_client().get("/findings/report.json?as_of=2014-06-30&year=2014").data
    with hands(browser, address) as user:
        user.follow("header.site nav a[href='/findings']")
        user.choose("form.filter select[name=provision]", "art20")
        user.follow("form.filter button")
        assert "provision=art20" in user.page.url
        assert user.page.locator("article.finding").count() > 0
        user.reach("article.finding a")
        user.hand_in("input[name=earlier]", "六月.json", earlier)
        user.follow("form[method=post] button")
        assert "/findings/comparison?" in user.page.url
        assert user.page.locator("#changes").is_visible()


def test_a_unit_its_year_and_its_calendar_are_opened(browser: Browser, address: str) -> None:
    with hands(browser, address) as user:
        user.follow("header.site nav a[href='/units']")
        user.follow("main a[href*='view=list']")
        user.follow("main a[href^='/units/qh-xianwei']")
        user.reach("p.keep a[href*='.ics']")
        user.reach("p.keep a[href^='/calendar?']", back=True)
        with user.page.expect_navigation(wait_until="load"):
            user.key("Enter")
        assert user.download("main a[href*='.ics']").endswith(".ics")


def test_a_setting_is_previewed_and_saved(browser: Browser, tmp_path: Path, serve: Serve) -> None:
    site = create_app({"STORE": str(tmp_path), "WRITABLE": True})
    with serve(site) as address, hands(browser, address) as user:
        user.follow("footer.site a[href='/settings']")
        user.choose("select[name='set.reference_units']", "violation")
        user.follow("form[aria-label=选定设置] button")
        assert "preview=1" in user.page.url
        user.follow("form[action='/settings'][method=post] button")
        assert user.page.get_by_role("status").is_visible()


def test_an_administrator_logs_in_keeps_an_account_and_logs_out(
    browser: Browser, tmp_path: Path, serve: Serve
) -> None:
    Accounts(tmp_path).add("guanli", "administrator", NOTHING, PASSWORD)
    site = create_app({"STORE": str(tmp_path), "PATIENCE": None})
    with serve(site) as address, hands(browser, address) as user:
        user.follow("header.site a[href='/login']")
        user.reach("input[name=name]")
        user.page.keyboard.type("guanli")
        user.reach("input[name=password]")
        user.page.keyboard.type(PASSWORD)
        with user.page.expect_navigation(wait_until="load"):
            user.key("Enter")
        user.follow("header.site a[href='/accounts']")
        user.reach("#add ~ form input[name=name]")
        user.page.keyboard.type("duzhe")
        user.follow("#add ~ form button")
        user.reach("textarea.citation")
        user.follow("header.site a[href='/account']")
        user.follow("form[action='/logout'] button")
        user.reach("header.site a[href='/login']")


def test_the_language_is_switched_and_the_page_kept(browser: Browser, address: str) -> None:
    with hands(browser, address, "/regulation/art20") as user:
        user.follow("header.site a[lang=en]")
        assert user.page.get_attribute("html", "lang") == "en"
        assert "/regulation/art20" in user.page.url
        user.reach("main a")
