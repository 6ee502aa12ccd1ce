"""``dutygraph``: the command group, and what becomes of errors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from dutygraph.accounts.accounts import AccountError
from dutygraph.accounts.passwords import PasswordError
from dutygraph.cli.accounts import accounts_group
from dutygraph.cli.asking import query_command, sparql_command
from dutygraph.cli.auditing import audit_group
from dutygraph.cli.checking import check_command, settings_command
from dutygraph.cli.explaining import explain_command
from dutygraph.cli.exporting import export_command
from dutygraph.cli.generating import generate_command
from dutygraph.cli.imports import imports_group
from dutygraph.cli.planning import calendar_command
from dutygraph.cli.quizzing import quiz_command
from dutygraph.cli.reading import (
    coverage_command,
    norms_command,
    parse_command,
    provisions_command,
)
from dutygraph.cli.recording import demo_command, import_command
from dutygraph.cli.serving import serve_command
from dutygraph.cli.storing import store_group
from dutygraph.cli.templating import template_command
from dutygraph.cli.validating import validate_command
from dutygraph.compliance.checking import UnknownUnitError
from dutygraph.compliance.cluster import ClusterError
from dutygraph.compliance.settings import SettingError
from dutygraph.compliance.ways import WaysError
from dutygraph.configuration import CONFIG, ConfigurationError, read
from dutygraph.explain.filtering import FilterError
from dutygraph.queries.values import QuestionError
from dutygraph.records.history import HistoryError
from dutygraph.regulations.labels import UnknownTermError
from dutygraph.reports.comparison import ComparisonError
from dutygraph.reports.exports import ExportError
from dutygraph.shacl.errors import ShapesError
from dutygraph.store.graphs import StoreError
from dutygraph.training.sheets import QuizError

_UNUSABLE = (
    AccountError,
    ClusterError,
    ComparisonError,
    ConfigurationError,
    ExportError,
    HistoryError,
    FilterError,
    PasswordError,
    QuestionError,
    QuizError,
    SettingError,
    ShapesError,
    StoreError,
    UnknownTermError,
    UnknownUnitError,
    WaysError,
)
"""Errors that are an answer to unusable input: their message says what to do, exit code 2."""


class _Answering(click.Group):
    """A group whose commands answer unusable input with its message and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except _UNUSABLE as error:
            raise click.UsageError(str(error)) from error


@click.group(cls=_Answering, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dutygraph")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar=CONFIG,
    metavar="FILE.toml",
    help="配置文件，见 docs/operating.md / a file of settings",
)
def dutygraph(config: Path | None) -> None:
    """责任图谱：谁必须做什么、何时、向谁、依据哪句话 / who must do what, on which words.

    退出码 exit codes: 0 完成 done · 1 有违规 violations found · 2 输入或参数不可用 unusable input.
    """
    if config is not None:
        read(config, os.environ)


for command in (
    provisions_command,
    norms_command,
    query_command,
    sparql_command,
    coverage_command,
    explain_command,
    export_command,
    import_command,
    imports_group,
    template_command,
    check_command,
    settings_command,
    validate_command,
    calendar_command,
    quiz_command,
    demo_command,
    generate_command,
    serve_command,
    accounts_group,
    audit_group,
    store_group,
    parse_command,
):
    dutygraph.add_command(command)


def main() -> None:
    """Run the command line (the entry point of the installed package)."""
    dutygraph()
