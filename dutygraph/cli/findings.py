"""What a check run prints: tables of counts, findings, groups and changes, or an export."""

from __future__ import annotations

import io
from pathlib import Path

import click

from dutygraph.cli.output import print_rows
from dutygraph.compliance.findings import STATUSES, Finding
from dutygraph.reports.comparison import CHANGES, Comparison
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import ExportError, exports, write_file
from dutygraph.reports.grouping import grouped
from dutygraph.reports.wording import CHANGE_WORDS, VERDICTS

_FINDING_COLUMNS = {
    "provision": "条款 provision",
    "status": "状态 status",
    "code": "代码 code",
    "unit": "单位 unit",
    "due": "截止 due",
    "message": "说明 message",
}
_CHANGE_COLUMNS = {"change": "变化 change", **_FINDING_COLUMNS}
del _CHANGE_COLUMNS["due"]


def print_edition(edition: Edition, form: str, group_by: str | None = None) -> None:
    """Print a run as tables, or as an export that is text.

    Raises ExportError for an export that is none and for a form that cannot be grouped.
    """
    if form == "table":
        _print_tables(edition, group_by)
        return
    if group_by is not None:
        raise ExportError("--group-by 只用于表格 / --group-by goes with --format table")
    export = exports()[form]
    if not export.is_text:
        raise ExportError(
            f"--format {form} 要写入文件，请加 --output 文件名{export.suffix} / "
            f"--format {form} is written to a file; add --output NAME{export.suffix}"
        )
    out = io.BytesIO()
    export.write(edition, out)
    # A pipe wants no byte order mark.
    click.echo(out.getvalue().decode("utf-8-sig"), nl=False)


def save_edition(edition: Edition, form: str, file: Path) -> None:
    """Write a run into a file and say so on stderr; raises ExportError where that fails."""
    if form == "table":
        raise ExportError(
            "--output 要同 table 以外的 --format 一起用 / "
            "--output goes with a --format other than table"
        )
    write_file(exports()[form], edition, file)
    click.echo(f"{file}: {len(edition.findings)} 条发现 findings", err=True)


def _print_tables(edition: Edition, group_by: str | None) -> None:
    rows = [vars(counts) for counts in edition.checks]
    headings = {name: str(words) for name, words in VERDICTS.items()}
    print_rows(rows, {"provision": "条款 provision", **headings}, "table")
    for counts in edition.checks:
        if not counts.looked_at:
            click.echo(
                f"{counts.provision}：没有可检查的单位 / {counts.provision}: nothing to look at"
            )
    if group_by is None:
        print_rows([_row(finding) for finding in edition.findings], _FINDING_COLUMNS, "table")
    else:
        _print_groups(edition, group_by)
    if edition.comparison is not None:
        _print_comparison(edition.comparison)
    report = edition.report
    click.echo(
        f"{report.year} 年，截至 as of {report.as_of}: {len(edition.findings)} 条发现 findings"
    )


def _row(finding: Finding) -> dict[str, str | None]:
    return {
        "provision": finding.provision,
        "status": finding.status,
        "code": finding.code,
        "unit": f"{finding.subject_name} ({finding.subject})",
        "due": finding.due,
        "message": f"{finding.message_zh}\n{finding.message_en}",
    }


def _print_groups(edition: Edition, group_by: str) -> None:
    headings = {status: str(edition.wording.status(status)) for status in STATUSES}
    print_rows(
        [
            {"key": group.key, "label": group.label, **group.counts()}
            for group in grouped(edition.findings, group_by, edition.wording)
        ],
        {"key": f"{group_by}", "label": "名称 name", **headings},
        "table",
    )


def _print_comparison(comparison: Comparison) -> None:
    told = "、".join(f"{CHANGE_WORDS[change]} {len(comparison[change])}" for change in CHANGES)
    click.echo(f"与 {comparison.as_of}（{comparison.year} 年）比较 compared: {told}")
    for name, (then, now) in comparison.settings.items():
        click.echo(f"设置不同 another setting: {name}: {then} → {now}")
    rows = [
        {
            "change": str(CHANGE_WORDS[change]),
            "provision": entry.provision,
            "status": f"{entry.before} → {entry.status}" if entry.before else entry.status,
            "code": entry.code,
            "unit": f"{entry.subject_name} ({entry.subject})",
            "message": f"{entry.message_zh}\n{entry.message_en}",
        }
        for change in CHANGES
        # What is still open stands among the findings already.
        if change != "still_open"
        for entry in comparison[change]
    ]
    print_rows(rows, _CHANGE_COLUMNS, "table")
