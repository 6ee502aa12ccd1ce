"""Takes the pictures of the site that the README shows: ``python -m tests.browser.screenshots``.

They are of the demo, light, 1,200 pixels wide, and are written to ``docs/screenshots``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import ViewportSize, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM, demo_of, serving

PICTURES: Final = {
    "article": "/regulation/art9",
    "duties": "/duties?role=PrincipalHead",
    "findings": "/findings",
    "quiz": "/quiz?seed=8&mark=1&q1=B&q2=A&q3=C",
}
FOLDER: Final = Path(__file__).parents[2] / "docs" / "screenshots"


def main() -> None:
    """Take them."""
    with (
        tempfile.TemporaryDirectory() as place,
        serving(demo_of(Path(place))) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        size = ViewportSize(width=1200, height=760)
        page = browser.new_page(viewport=size, locale="zh-CN", color_scheme="light")
        for name, path in PICTURES.items():
            page.goto(address + path, wait_until="load")
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
