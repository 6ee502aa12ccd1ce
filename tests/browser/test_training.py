"""Trainers' pages in a browser: the matrix on one page, a card on each, a quiz by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

_PAGE = re.compile(rb"/Type /Page\b.*?/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", re.DOTALL)
_SHEET = {"width": round(281 / 25.4 * 96), "height": 700}
"""What a landscape A4 page holds between its margins, in CSS pixels."""


def pages_of(file: Path) -> list[tuple[int, int]]:
    """Give the size of each page of a PDF that Chromium made, in points (ISO 32000-2, 7.7.3.3)."""
    return [
        (round(float(width)), round(float(height)))
        for width, height in _PAGE.findall(file.read_bytes())
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_matrix_prints_on_one_landscape_page(
    browser: Browser, address: str, tmp_path: Path, language: str
) -> None:
    page = browser.new_page(viewport=_SHEET)
    page.goto(f"{address}/matrix?lang={language}")
    page.pdf(path=tmp_path / "matrix.pdf", prefer_css_page_size=True)
    assert pages_of(tmp_path / "matrix.pdf") == [(842, 595)]
    page.emulate_media(media="print")
    right = page.locator("table.burden").evaluate("one => one.getBoundingClientRect().right")
    assert right <= _SHEET["width"]
    page.close()


def test_role_cards_print_one_to_a_page(browser: Browser, address: str, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(f"{address}/training/cards")
    cards = page.locator(".role-card").count()
    page.pdf(path=tmp_path / "cards.pdf", prefer_css_page_size=True)
    page.close()
    assert len(pages_of(tmp_path / "cards.pdf")) == cards > 30


def test_a_sheet_is_answered_and_handed_in_by_keyboard_without_javascript(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/quiz?seed=3&count=2")
    page.locator('input[name="q1"]').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("/ 2")
    assert "q1=B" in page.url
    assert "q2=A" in page.url
    expect(page.locator("details.cite")).to_have_count(2)
    context.close()
