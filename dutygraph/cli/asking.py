"""The commands that ask the graph: query and sparql."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import click

from dutygraph.cli import opening
from dutygraph.cli.options import format_option, store_option
from dutygraph.cli.output import print_json, print_rows
from dutygraph.queries.catalogue import (
    Pivot,
    Question,
    chosen,
    filled,
    headings,
    listed_values,
    question,
    questions,
)
from dutygraph.queries.limits import answering
from dutygraph.queries.matrices import matrix
from dutygraph.queries.values import Values
from dutygraph.store.graphs import GraphStore, text


def _print_answer(
    store: GraphStore, sparql: str, form: str, headings: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Print any SPARQL answer; ``headings`` names the columns of a table."""
    if form != "table":
        click.echo(store.serialize(sparql, form).decode().rstrip("\n"))
        return
    answer = json.loads(store.serialize(sparql, "json"))
    if "head" not in answer:
        # A CONSTRUCT answers with triples, which are no table.
        click.echo(store.serialize(sparql, "ttl").decode().rstrip("\n"))
        return
    if "boolean" in answer:
        click.echo("是 yes" if answer["boolean"] else "否 no")
        return
    names = answer["head"]["vars"]
    rows = [
        {name: binding[name]["value"] if name in binding else None for name in names}
        for binding in answer["results"]["bindings"]
    ]
    print_rows(rows, {name: headings.get(name, name) for name in names}, "table")
    click.echo(f"{len(rows)} 行 rows")


def _print_matrix(store: GraphStore, sparql: str, form: str, pivot: Pivot) -> None:
    """Print an answer as a matrix; where several values meet in a cell, all of them."""

    def cells() -> Iterator[tuple[str, str, str | None]]:
        for row in store.select(sparql):
            yield text(row, pivot.row) or "", text(row, pivot.column) or "", text(row, pivot.value)

    found = matrix(cells())
    print_rows(
        [
            {pivot.row: line, **dict(zip(found.heads, held, strict=True))}
            for line, held in found.rows
        ],
        {pivot.row: "", **{head: head for head in found.heads}},
        form,
        whole=True,
    )


@click.command(name="query")
@click.argument("name", required=False)
@click.option(
    "--param", "-p", "given", multiple=True, metavar="NAME=VALUE", help="参数 / a parameter"
)
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="答案用哪种语言 / the language of the answer",
)
@click.option("--values", "list_values", is_flag=True, help="列出参数可取的值 / list the values")
@click.option("--show", is_flag=True, help="只显示 SPARQL / print the SPARQL and do not run it")
@format_option()
@store_option
def query_command(
    name: str | None,
    given: tuple[str, ...],
    language: str,
    list_values: bool,
    show: bool,
    form: str,
    location: str | None,
) -> None:
    """回答一个问题；不写名称就列出全部 / answer a competency question, or list them all.

    例 example: dutygraph query duties-of-body -p body=人大机关党组
    """
    if name is None:
        _list_questions(form)
        return
    asked = question(name)
    parameters = dict(_parameter(pair) for pair in given)
    store = opening.for_reading(location)
    values = Values(store)
    if list_values:
        _list_values(values, asked, form)
        return
    sparql = filled(values, asked, parameters, language)
    if show:
        click.echo(sparql)
        return
    if form == "table":
        _print_question(values, asked, parameters, language)
    if asked.pivot is not None and form != "json":
        _print_matrix(answering(store, name), sparql, form, asked.pivot)
    else:
        titles = {name: zh if language == "zh" else en for name, (zh, en) in headings().items()}
        _print_answer(answering(store, name), sparql, form, titles)


def _print_question(
    values: Values, asked: Question, given: Mapping[str, str], language: str
) -> None:
    """Say what is asked, with every parameter as it was understood, and what the answer is not."""
    zh = language == "zh"
    click.echo(asked.title_zh if zh else asked.title_en)
    for name, value in chosen(values, asked, given).items():
        label = value.label_zh if zh else value.label_en
        note = "" if given.get(name) else ("（默认）" if zh else " (default)")
        click.echo(f"  {name} = {label}{note}")
    click.echo(asked.help_zh if zh else asked.help_en)


def _parameter(pair: str) -> tuple[str, str]:
    name, sign, value = pair.partition("=")
    if not sign:
        raise click.UsageError(f"「{pair}」应写成 名称=值 / {pair!r} should read NAME=VALUE")
    return name, value


def _list_questions(form: str) -> None:
    rows = [asked.to_json() for asked in questions().values()]
    if form == "json":
        print_json(rows)
    else:
        print_rows(rows, {"name": "名称 name", "title_zh": "问题", "title_en": "question"}, form)


def _list_values(values: Values, asked: Question, form: str) -> None:
    rows = listed_values(values, asked)
    if form == "json":
        print_json(rows)
    else:
        columns = {
            "parameter": "参数 parameter",
            "value": "值 value",
            "zh": "中文",
            "en": "English",
        }
        print_rows(rows, columns, form)


@click.command(name="sparql")
@click.argument("query")
@format_option("ttl", "nt", "xml", "tsv")
@store_option
def sparql_command(query: str, form: str, location: str | None) -> None:
    """直接查询：SPARQL 1.1 文本、文件或 - / run SPARQL 1.1: text, a file's name, or - for stdin.

    项目的前缀（dg: eli: hebei: …）不必声明 / the project's prefixes need not be declared.

    例 example: dutygraph sparql 'SELECT ?n WHERE { ?n a dg:Obligation } LIMIT 5'
    """
    if query == "-":
        query = sys.stdin.read()
    elif "{" not in query:
        file = Path(query)
        if not file.is_file():
            raise click.UsageError(
                f"「{query}」既不是查询也不是文件 / {query!r} is neither a query nor a file"
            )
        query = file.read_text(encoding="utf-8")
    _print_answer(opening.for_reading(location), query, form)
