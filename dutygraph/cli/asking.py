"""The commands that ask the graph: query and sparql."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from dutygraph.cli import opening
from dutygraph.cli.options import format_option, store_option
from dutygraph.cli.output import print_json, print_rows
from dutygraph.queries.catalogue import Question, filled, question, questions
from dutygraph.store.graphs import GraphStore


def _print_answer(store: GraphStore, sparql: str, form: str) -> None:
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
    print_rows(rows, dict(zip(names, names, strict=True)), "table")
    click.echo(f"{len(rows)} 行 rows")


@click.command(name="query")
@click.argument("name", required=False)
@click.option(
    "--param", "-p", "given", multiple=True, metavar="NAME=VALUE", help="参数 / a parameter"
)
@click.option("--show", is_flag=True, help="只显示 SPARQL / print the SPARQL and do not run it")
@format_option()
@store_option
def query_command(
    name: str | None, given: tuple[str, ...], show: bool, form: str, location: str | None
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
    sparql = filled(store, asked, parameters)
    if show:
        click.echo(sparql)
    else:
        _print_answer(store, sparql, form)


def _parameter(pair: str) -> tuple[str, str]:
    name, sign, value = pair.partition("=")
    if not sign:
        raise click.UsageError(f"「{pair}」应写成 名称=值 / {pair!r} should read NAME=VALUE")
    return name, value


def _list_questions(form: str) -> None:
    rows = [_described(asked) for asked in questions().values()]
    if form == "json":
        print_json(rows)
    else:
        print_rows(rows, {"name": "名称 name", "title_zh": "问题", "title_en": "question"}, form)


def _described(asked: Question) -> dict[str, object]:
    return {
        "name": asked.name,
        "title_zh": asked.title_zh,
        "title_en": asked.title_en,
        "audience": asked.audience,
        "parameters": [vars(parameter) for parameter in asked.parameters],
    }


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
