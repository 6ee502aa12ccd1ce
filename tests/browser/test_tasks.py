"""What people do on the site, done by hand in a browser: to ask, to compare, to import."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload

from tests.browser.walking import walker
from webapp import create_app


def test_the_form_asks_for_an_explanation_and_every_step_can_be_followed(
    browser: Browser, address: str
) -> None:
    with walker(browser, address, java_script_enabled=False) as walk:
        page = walk.page
        page.goto(address + "/roles/PrincipalHead?body=DepartmentPartyGroup")
        walk.press("#inherited ~ section a.why >> nth=0")
        assert "bearer=PrincipalHead&body=DepartmentPartyGroup" in page.url
        assert page.locator("ol.steps li").count() > 2
        walk.press("ol.steps li a >> nth=0")
        assert "/regulation/art9#" in page.url
        page.go_back()
        page.select_option("select[name=body]", "LocalPartyCommittee")
        walk.press("form.ask button")
        assert "body=LocalPartyCommittee" in page.url
        assert "level" not in page.url
        assert not walk.wrong


def test_a_query_is_written_with_completion_run_by_keyboard_and_kept(
    browser: Browser, address: str
) -> None:
    with walker(browser, address, viewport={"width": 390, "height": 800}) as walk:
        page = walk.page
        page.goto(address + "/sparql")
        editor = page.locator("[role=textbox][aria-label=查询]")
        editor.click()
        page.keyboard.press("Control+A")
        page.keyboard.type("SELECT ?norm { ?norm a 义务")
        page.get_by_role("option", name="dg:Obligation").first.wait_for()
        walk.look()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/sparql?query=*")
        assert page.locator("p.error[role=alert]").is_visible()
        editor.click()
        page.keyboard.press("Control+End")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Control+Space")
        page.get_by_role("option", name="dg:Obligation").first.wait_for()
        page.wait_for_timeout(100)  # a completion that has just appeared takes no stroke
        page.keyboard.press("Enter")
        page.keyboard.press("End")
        page.keyboard.type(" LIMIT 3")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("table.solutions")
        assert page.locator("table.solutions tbody tr").count() == 3
        page.locator("details.past summary").click()
        assert page.locator("details.past li").count() == 2
        page.locator("details.past li button").last.click()
        assert page.input_value("#query") == "SELECT ?norm { ?norm a 义务}"
        page.locator("details.past > button").click()
        assert not page.locator("details.past").is_visible()
        page.keyboard.press("Tab")
        walk.look()
        failed = [one for one in walk.wrong if "400" not in one]
        assert not failed, "\n".join(failed)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_an_earlier_run_is_handed_in_and_compared(
    browser: Browser,
    address: str,
    demo_app: Flask,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    earlier = demo_app.test_client().get("/findings/report.json?as_of=2014-06-30&year=2014").data
    file: FilePayload = {"name": "六月.json", "mimeType": "application/json", "buffer": earlier}
    with walker(
        browser, address, viewport={"width": width, "height": 800}, color_scheme=scheme
    ) as walk:
        page = walk.page
        page.goto(address + "/findings")
        page.set_input_files("input[name=earlier]", files=[file])
        walk.press("form[method=post] button")
        assert "/findings/comparison?" in page.url
        walk.look()
        assert page.locator("#changes").is_visible()
        assert not walk.wrong, "\n".join(walk.wrong)


def test_everything_works_without_javascript(browser: Browser, address: str) -> None:
    with walker(browser, address, java_script_enabled=False) as walk:
        page = walk.page
        page.goto(address + "/roles/PrincipalHead")
        page.select_option("select[name=body]", "LocalPartyCommittee")
        walk.press("main form button")
        assert page.url.endswith("/roles/PrincipalHead?body=LocalPartyCommittee")
        page.goto(address + "/findings")
        page.select_option("form.filter select[name=provision]", "art20")
        walk.press("form.filter button")
        assert page.url.endswith("/findings?provision=art20#findings")
        page.goto(address + "/sparql")
        page.fill("textarea[name=query]", "SELECT ?key { hebei:art20 dg:key ?key }")
        walk.press("form.editor button")
        assert page.locator("table.solutions tbody tr").count() == 1
        page.go_back()
        page.go_back()
        walk.press("header.site a[lang=en]")
        assert page.get_attribute("html", "lang") == "en"
        assert "provision=art20" in page.url
        assert page.locator("article.finding").count() > 0
        assert not walk.wrong


def test_a_file_is_tried_confirmed_and_undone_by_hand(
    browser: Browser, tmp_path: Path, serve: Callable[[Flask], AbstractContextManager[str]]
) -> None:
    unit = {"id": "u1", "name": "示例", "kind": "地方党組", "level": "县级"}
    site = create_app({"STORE": str(tmp_path), "WRITABLE": True})

    def file(**more: str) -> FilePayload:
        content = json.dumps({"units": [unit | more], "persons": [], "records": []}).encode()
        return {"name": "单位.json", "mimeType": "application/json", "buffer": content}

    with serve(site) as address, walker(browser, address) as walk:
        page = walk.page

        def hand_in(some: FilePayload) -> None:
            page.goto(address + "/import")
            page.set_input_files("input[name=files]", files=[some])
            walk.press("main form button[type=submit]")

        hand_in(file())
        page.wait_for_selector("#faults", timeout=30_000)
        walk.look()
        assert page.locator("table.faults tbody tr").count() == 1
        hand_in(file(kind="地方党委"))
        walk.press("text=确认导入")
        walk.press("text=看这次导入")
        walk.look()
        walk.press("text=撤销这次导入")
        walk.look()
        walk.press("text=确认撤销")
        page.wait_for_selector("text=查询和检查不再看到它", timeout=30_000)
        walk.look()
        assert not walk.wrong, "\n".join(walk.wrong)
