"""Somebody who has a keyboard and nothing else, and who has to see where he is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser.walking import walker

_STOPS = 500
"""After how many strokes of Tab somebody gives up."""

_STEP = """async (selector) => {
  const deepest = () => {
    let one = document.activeElement;
    while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    return one;
  };
  const shown = (one) => [one, one.closest('.cm-editor'), ...one.children].map((part) => {
    if (!part) return '';
    const style = getComputedStyle(part);
    const button = getComputedStyle(part, '::file-selector-button');
    // An outline that is none has a colour all the same, and nobody sees it.
    const outlines = [style, button].map((one) => one.outlineStyle === 'none' ? '' : one.outline);
    return [outlines, style.boxShadow, style.stroke, style.strokeWidth, button.boxShadow].join();
  }).join(';');
  const before = window.keyboardStop;
  // The editor learns of the focus a moment later than its content.
  const inEditor = [before?.one, deepest()].some((one) => one?.closest('.cm-editor'));
  if (inEditor) await new Promise((then) => setTimeout(then, 100));
  const one = deepest();
  const unseen = before && before.one.isConnected && before.one !== one
    && shown(before.one) === before.style ? before.one.outerHTML.slice(0, 200) : null;
  const stops = one && one !== document.body;
  window.keyboardStop = stops ? { one, style: shown(one) } : null;
  return [unseen, Boolean(one?.matches(selector))];
}"""
"""Tells which element looked no different while it had the focus, of the stop before this one, and
whether this stop is the one that is looked for."""


class Hands:
    """A keyboard at a page: nothing is pointed at, and no address is typed."""

    def __init__(self, page: Page, wrong: list[str]) -> None:
        self.page = page
        self.wrong = wrong

    def key(self, *strokes: str) -> None:
        """Press keys, one after the other."""
        for stroke in strokes:
            self.page.keyboard.press(stroke)

    def reach(self, selector: str, *, back: bool = False) -> None:
        """Go from stop to stop until one fits; each has to look otherwise while one is there."""
        for _ in range(_STOPS):
            self.key("Shift+Tab" if back else "Tab")
            unseen, is_here = self.page.evaluate(_STEP, selector)
            if unseen:
                self.wrong.append(f"no visible focus: {unseen}")
            if is_here:
                return
        raise AssertionError(f"the keyboard does not reach {selector} of {self.page.url}")

    def follow(self, selector: str) -> None:
        """Go to a link or a button that leads to another page, and take it."""
        self.reach(selector)
        with self.page.expect_navigation(wait_until="load"):
            self.key("Enter")

    def choose(self, selector: str, value: str) -> None:
        """Go to a list and take one of its values with the arrows."""
        self.reach(selector)
        field = self.page.locator(selector)
        for _ in range(field.locator("option").count()):
            if field.input_value() == value:
                return
            self.key("ArrowDown")
        expect(field).to_have_value(value)

    def download(self, selector: str) -> str:
        """Go to a link to a file, take it, and give the file's name."""
        self.reach(selector)
        with self.page.expect_download() as found:
            self.key("Enter")
        assert found.value.path().stat().st_size > 0
        return found.value.suggested_filename

    def hand_in(self, selector: str, name: str, content: bytes) -> None:
        """Go to a field for files and open its dialog, in which the keyboard works as it does."""
        self.reach(selector)
        with self.page.expect_file_chooser() as found:
            self.key("Space")
        file = {"name": name, "mimeType": "application/json", "buffer": content}
        found.value.set_files([file])  # type: ignore[list-item]


@contextmanager
def hands(browser: Browser, address: str, path: str = "/") -> Iterator[Hands]:
    """Open a page once; from there on there is only the keyboard."""
    with walker(browser, address, reduced_motion="reduce") as walk:
        # Who listens from the start meets the first dialog too; later is a race with the stroke.
        walk.page.on("filechooser", lambda _: None)
        walk.page.goto(address + path)
        yield Hands(walk.page, walk.wrong)
        assert not walk.wrong, "\n".join(walk.wrong)
