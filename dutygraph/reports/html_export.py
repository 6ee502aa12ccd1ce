"""A run as one page to print: no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import BinaryIO

from markupsafe import Markup

from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import Export
from dutygraph.reports.narrative import Narrative, environment
from dutygraph.reports.wording import Pair


@cache
def style() -> str:
    """Give the page's style sheet, which stands in the page itself."""
    return (Path(__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")


def policy() -> str:
    """Give the content security policy that fits the page: its own style sheet and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def _write(edition: Edition, out: BinaryIO) -> None:
    template = environment().get_template("report.html")
    stream = template.stream(told=Narrative(edition), style=Markup(style()))  # noqa: S704 - our own
    stream.enable_buffering(200)
    stream.dump(out, encoding="utf-8", errors="replace")


EXPORTS = (
    Export(
        "html",
        ".html",
        Pair("可打印的网页", "printable page"),
        Pair(
            "要打印或者转发的人：一个独立的网页，不用联网，直接打印。",
            "For printing or passing on: one page that stands by itself and needs no network.",
        ),
        "text/html; charset=utf-8",
        is_text=True,
        write=_write,
    ),
)
