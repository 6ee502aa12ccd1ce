"""A finding as flat cells, as tables of any kind show it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dutygraph.compliance.findings import Finding
from dutygraph.reports.wording import Wording


def place(proof: dict[str, Any]) -> str:
    """Say where a record stands: file, sheet and row."""
    return f"{proof['file']} · {proof['sheet']} · 第 {proof['row']} 行 row {proof['row']}"


def evidence(finding: Finding, wording: Wording) -> Iterator[str]:
    """Name the records looked at: kind, id, date, and where they stand."""
    for proof in finding.evidence:
        kind = wording.concept(str(proof["kind"]))
        yield f"{kind} {proof['record']}，{proof['date']}（{place(proof)}）"


def remedies(finding: Finding, wording: Wording) -> Iterator[str]:
    """Give the records that would cure it, each as label and value of its cells."""
    for record in finding.remedy:
        yield "；".join(
            f"{wording.field(record, key).zh}：{said(value)}"
            for key, value in record.items()
            if key != "type"
        )


def said(value: object) -> str:
    """Write a value of a record as the import reads it: 是, 否, a list with 、 between."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(said(one) for one in value)
    return str(value)


def followed(reading: dict[str, Any], wording: Wording) -> str:
    """Say how an open point was read: the default option, and its settings as they are set."""
    known = wording.readings.get(reading["reading"])
    title = f" {known.title.zh}" if known else ""
    changed = [
        f"{name}={value or ''}"
        for name, value in reading["settings"].items()
        if name in wording.settings and value != wording.settings[name].default
    ]
    how = f"设置 {'；'.join(changed)}" if changed else f"默认 {reading['option']}"
    return f"{reading['reading']}{title}（{how}）"


def late(days: int | None) -> str:
    """Say how many days late."""
    if days is None:
        return ""
    return f"逾期 {days} 天 {days} day{'' if days == 1 else 's'} late"
