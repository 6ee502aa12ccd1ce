"""A page of a browser that notes everything that goes wrong on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

Look = tuple[Literal["light", "dark"], int]
"""A colour scheme, and how wide the screen is in pixels."""

_AXE = """async (colours) => (await axe.run({
  resultTypes: ['violations'],
  rules: { 'color-contrast': { enabled: colours }, 'link-in-text-block': { enabled: colours } },
})).violations"""
"""Runs all rules of axe, or all but those of colours, which take longer than all the others.

What passes them is not told, which costs more than the rules.
"""

_PRIVATE_ON_ITSELF = """((WeakMap, WeakSet) => { %s })(...((one) => [one, one])(class {
  key = Symbol();
  has(one) { return this.key in one; }
  get(one) { return one?.[this.key]; }
  set(one, value) { one[this.key] = value; }
  add(one) { one[this.key] = true; }
}))"""
"""Has axe keep what is private to a colour on the colour itself, not in tables of all colours.

It makes a new colour at every step, with an entry in seven tables each, which takes a third of the
time that axe takes.
"""

_EACH_COLOUR_ONCE = """() => {
  const { prototype } = axe.commons.color.Color, parse = prototype.parseString, known = new Map();
  prototype.parseString = function (text) {
    if (!known.has(text)) known.set(text, parse.call(new this.constructor(0, 0, 0), text));
    const { r, g, b, alpha } = known.get(text);
    return Object.assign(this, { r, g, b, alpha });
  };
}"""
"""Keeps what axe reads colours as; it reads the same few anew for every text and all behind it."""

_STILL = """async () => {
  await new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
  await Promise.allSettled(document.getAnimations().map((one) => one.finished));
}"""
"""Waits until no colour and no size is under way to another."""


class Walker:
    """A page that notes everything that goes wrong on it."""

    def __init__(self, context: BrowserContext, address: str, language: str) -> None:
        self.address = address
        self.language = language
        self.wrong: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("response", lambda answer: self._answered(answer.status, answer.url))

    def _said(self, kind: str, words: str) -> None:
        if kind in ("error", "warning"):
            self.wrong.append(f"console {kind}: {words}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address + "/", "data:")):
            self.wrong.append(f"a request elsewhere: {url}")

    def _answered(self, status: int, url: str) -> None:
        if status >= 400:
            self.wrong.append(f"{status}: {url}")

    def go(self, path: str, *, colours: bool = True) -> None:
        """Open a page and note what is wrong with it."""
        before = len(self.wrong)
        assert self.page.goto(self.address + path, wait_until="load"), "a part of the page before"
        self.look(colours=colours)
        self.wrong[before:] = [f"{path}: {one}" for one in self.wrong[before:]]

    def take(self, scheme: Literal["light", "dark"], width: int) -> None:
        """Take a screen of some colour scheme and width."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": 800})

    def look_again(
        self, scheme: Literal["light", "dark"], width: int, *, colours: bool = True
    ) -> None:
        """Look at the same page in another colour scheme and on a screen of another width."""
        before = len(self.wrong)
        self.take(scheme, width)
        # Colours pass into one another; what they are on the way is not what is looked at.
        self.page.evaluate(_STILL)
        self.look(colours=colours)
        self.wrong[before:] = [f"{scheme}, {width} px: {one}" for one in self.wrong[before:]]

    def press(self, selector: str) -> None:
        """Press what leads to another page, and wait until that page is there."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.click(selector, timeout=30_000)

    def look(self, *, colours: bool = True) -> None:
        """Note what is wrong with the page as it stands, leaving colours out where it is said."""
        self.page.wait_for_load_state("load")
        overflow = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > 0:
            self.wrong.append(f"{overflow} px wider than the screen")
        self.open_details()
        for violation in self.axe(colours=colours):
            self.wrong.append(f"axe {violation}")

    def open_details(self) -> None:
        """Open everything that can be opened, so that it is looked at too."""
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    def axe(self, *, colours: bool = True) -> Iterator[str]:
        """Give what axe finds: rule, and the first elements that break it."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_PRIVATE_ON_ITSELF % AXE_SCRIPT)
            self.page.evaluate(_EACH_COLOUR_ONCE)
        for violation in self.page.evaluate(_AXE, colours):
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            yield f"{violation['id']}: {violation['help']}: {nodes}"


@contextmanager
def walker(
    browser: Browser, address: str, language: str = "zh", **options: Any
) -> Iterator[Walker]:
    """Open a context of its own, with a language chosen, and a walker in it."""
    context = browser.new_context(**options)
    context.add_cookies([{"name": "lang", "value": language, "url": address}])
    try:
        yield Walker(context, address, language)
    finally:
        context.close()
