"""A run as the stable JSON of `dutygraph check`: counts, findings, what was asked, what changed."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import Export
from dutygraph.reports.wording import Pair


def told(edition: Edition) -> dict[str, Any]:
    """Give {as_of, year, settings, checks, findings, asked}, and ``comparison`` where made.

    ``checks`` counts all that was looked at, ``findings`` holds those of the statuses asked for.
    """
    answer = edition.report.to_json()
    answer["findings"] = [finding.to_json() for finding in edition.findings]
    answer["asked"] = edition.scope.to_json()
    if edition.comparison is not None:
        answer["comparison"] = edition.comparison.to_json()
    return answer


def _write(edition: Edition, out: BinaryIO) -> None:
    encoder = json.JSONEncoder(ensure_ascii=False, indent=2)
    for piece in encoder.iterencode(told(edition)):
        out.write(piece.encode("utf-8", "replace"))
    out.write(b"\n")


EXPORTS = (
    Export(
        "json",
        ".json",
        Pair("JSON", "JSON"),
        Pair(
            "程序，以及下一次比较：留着这一份，下次就能看出哪些是新的、哪些已消除。",
            "For programs, and to keep: a later run compared with it shows what is new.",
        ),
        "application/json",
        is_text=True,
        write=_write,
    ),
)
