"""The command that validates any data against any SHACL shapes: validate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from dutygraph.cli import opening
from dutygraph.cli.options import store_option
from dutygraph.cli.output import print_json, print_rows, progress
from dutygraph.columns.store import held
from dutygraph.shacl.model import SH
from dutygraph.shacl.paths import sparql_path
from dutygraph.shacl.probing import dialect_in_memory
from dutygraph.shacl.report import VIOLATION, Report, Result
from dutygraph.shacl.triples import Triples, as_ntriples, read_files
from dutygraph.shacl.validation import Validator
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

_COLUMNS = {
    "severity": "级别 severity",
    "focus": "节点 focus",
    "path": "路径 path",
    "value": "值 value",
    "component": "约束 constraint",
    "message": "说明 message",
    "shape": "形状 shape",
}
_RDF_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="validate")
@click.argument("shapes", nargs=-1, required=True, type=_RDF_FILE)
@click.option(
    "--data",
    "files",
    multiple=True,
    type=_RDF_FILE,
    help="要验证的 RDF 文件，可重复；不写则验证库中数据 / RDF files to validate, not the store",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "ttl", "nt"]),
    default="table",
    show_default=True,
    help="输出形式；ttl 和 nt 是 W3C 验证报告 / how to print; ttl, nt: the W3C report",
)
@store_option
def validate_command(
    shapes: tuple[Path, ...], files: tuple[Path, ...], form: str, location: str | None
) -> None:
    """用 SHACL 形状验证数据 / validate data against SHACL shapes (Core and SPARQL).

    退出码 exit codes: 0 符合 conforms · 1 有 sh:Violation · 2 形状不可用，或有形状无法验证
    the shapes cannot be used, or some shape could not be validated.

    例 example: dutygraph validate shapes/lint/ontology.ttl --data ontology/norms.ttl
    """
    if files and location is not None:
        raise click.UsageError(
            "--data 和 --store 只能选一个 / --data and --store exclude each other"
        )
    graph = read_files(shapes)
    with progress("验证… / validating…"):
        report = _validator(graph, files, location).report()
    if form == "table":
        _print_table(report, {**PREFIXES, **graph.prefixes})
    elif form == "json":
        print_json(_as_json(report))
    else:
        lines = report.turtle() if form == "ttl" else report.ntriples()
        click.echo("".join(lines), nl=False)
    _tell_what_was_not_done(report)
    if report.refused:
        raise SystemExit(2)
    if any(result.severity == VIOLATION for result in report.results):
        raise SystemExit(1)


def _validator(shapes: Triples, files: tuple[Path, ...], location: str | None) -> Validator:
    if not files:
        return Validator(shapes, opening.for_reading(location), None)
    # Whatever holds the files, literals are read as the embedded store reads them.
    dialect = dialect_in_memory()
    return Validator(shapes, held([as_ntriples(file) for file in files]), (), dialect=dialect)


def _tell_what_was_not_done(report: Report) -> None:
    """Say on stderr what a reader of the output must know to take it for what it is."""
    if report.is_idle:
        click.echo(
            "没有形状找到可检查的节点，不能说符合 / no shape found a node to look at; "
            "this does not mean that the data conform",
            err=True,
        )
    for fallback in report.refused:
        click.echo(
            f"无法验证 could not be validated: {fallback.shape}: {fallback.reason}; "
            f"{fallback.refused}",
            err=True,
        )


def _print_table(report: Report, prefixes: Mapping[str, str]) -> None:
    rows = [
        {name: _short(value, prefixes) for name, value in _row(result).items()}
        for result in report.results
    ]
    print_rows(rows, _COLUMNS, "table")
    for fallback in report.fallbacks:
        shape = _short(str(fallback.shape), prefixes)
        click.echo(f"由 pyshacl 验证 validated by pyshacl: {shape}: {fallback.reason}")
    idle = [_short(str(shape), prefixes) for shape, nodes in report.looked_at.items() if not nodes]
    if idle:
        click.echo(f"没有可检查的节点 nothing to look at: {', '.join(map(str, idle))}")
    found = Counter(result.severity.removeprefix(SH) for result in report.results)
    told = "，".join(f"{severity} {count}" for severity, count in sorted(found.items()))
    click.echo(
        f"{len(report.looked_at)} 个形状 shapes，{sum(report.looked_at.values())} 个节点 nodes: "
        f"{told or '没有结果 no results'}"
    )


def _short(value: str | None, prefixes: Mapping[str, str]) -> str | None:
    """Write an IRI in angle brackets with the prefix that shortens it most."""
    if value is None or not value.startswith("<") or not value.endswith(">"):
        return value
    iri = value[1:-1]
    fitting = [(base, prefix) for prefix, base in prefixes.items() if base and iri.startswith(base)]
    if not fitting:
        return value
    base, prefix = max(fitting, key=lambda one: len(one[0]))
    return f"{prefix}:{iri.removeprefix(base)}"


def _row(result: Result) -> dict[str, str | None]:
    messages = sorted(result.messages, key=lambda message: message.language != "zh")
    return {
        "severity": result.severity.removeprefix(SH),
        "focus": str(result.focus),
        "path": None if result.path is None else sparql_path(result.path),
        "value": None if result.value is None else str(result.value),
        "component": result.component.removeprefix(SH).removesuffix("ConstraintComponent"),
        "message": "\n".join(message.value for message in messages) or None,
        "shape": str(result.shape),
    }


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "conforms": None if report.is_idle else report.conforms,
        "looked_at": {str(shape): count for shape, count in report.looked_at.items()},
        "fallbacks": [
            {"shape": str(one.shape), "reason": one.reason, "refused": one.refused}
            for one in report.fallbacks
        ],
        "results": [
            {
                "focus": str(one.focus),
                "path": None if one.path is None else sparql_path(one.path),
                "value": _text(one.value),
                "component": one.component,
                "severity": one.severity,
                "shape": str(one.shape),
                "constraint": _text(one.constraint),
                "messages": [str(message) for message in one.messages],
            }
            for one in report.results
        ],
    }


def _text(term: Term | None) -> str | None:
    return None if term is None else str(term)
