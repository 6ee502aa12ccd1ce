"""The command that makes question sheets."""

from __future__ import annotations

from pathlib import Path

import click

from dutygraph.cli import opening
from dutygraph.cli.options import regulation_option, store_option
from dutygraph.cli.output import print_json, print_rows, write_whole, written_to
from dutygraph.training.materials import Materials
from dutygraph.training.quiz import Quiz
from dutygraph.training.sheet_exports import SHEET_EXPORTS, fields_of
from dutygraph.training.sheets import LARGEST_SEED, LEVELS, MOST, TOPICS, Request

_COLUMNS = {
    "number": "题 no.",
    "topic": "题型 topic",
    "level": "难度 level",
    "question": "问题 question",
    "choices": "选项 choices",
    "answer": "答案 key",
    "provision": "条款 provision",
}
_SHOWN = ("table", "json", "csv")
"""Forms that may go to a screen or a pipe."""


@click.command(name="quiz")
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    default=1,
    show_default=True,
    help="卷号：同号同卷 / the same seed gives the same sheet",
)
@click.option(
    "--count",
    type=click.IntRange(1, MOST),
    default=10,
    show_default=True,
    help="几道题 / how many questions",
)
@click.option(
    "--level",
    "levels",
    type=click.Choice([str(level) for level in LEVELS]),
    multiple=True,
    help="难度，可重复，默认全部 / how hard; may be repeated",
)
@click.option(
    "--topic",
    "topics",
    type=click.Choice(list(TOPICS)),
    multiple=True,
    help="题型，可重复，默认全部 / what is asked; may be repeated",
)
@click.option("--no-key", is_flag=True, help="不附答案 / leave the key out")
@click.option(
    "--format",
    "form",
    type=click.Choice([*_SHOWN, *(name for name in SHEET_EXPORTS if name not in _SHOWN)]),
    default="table",
    show_default=True,
    help="输出形式 / how to print",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入文件，docx、apkg 必须写 / write to a file, as docx and apkg need",
)
@store_option
@regulation_option
def quiz_command(
    seed: int,
    count: int,
    levels: tuple[str, ...],
    topics: tuple[str, ...],
    no_key: bool,
    form: str,
    output: Path | None,
    location: str | None,
    regulation: str,
) -> None:
    """从图谱出一份测试题 / a sheet of questions from the graph.

    每题一个正确答案；每个选项为什么对、为什么错，都有理由和原文。 Each question has one right
    answer; why a choice is right or wrong stands with the words of the text.

    例 example: dutygraph quiz --seed 7 --count 10 --format docx --output quiz.docx
    """
    if output is None and form not in _SHOWN:
        raise click.UsageError(
            f"--format {form} 是文件，请加 --output / --format {form} is a file: add --output"
        )
    request = Request(seed, count, tuple(int(level) for level in levels), topics)
    sheet = Quiz(Materials(opening.for_reading(location), regulation)).sheet(request)
    if form in SHEET_EXPORTS:
        content = SHEET_EXPORTS[form].write(sheet, not no_key)
        if output is not None:
            write_whole(output, content)
        else:
            click.echo(content.decode("utf-8-sig"), nl=False)
        return
    with written_to(output):
        if form == "json":
            print_json(sheet.to_json(key=not no_key))
        else:
            hidden = ("answer", "provision") if no_key else ()
            columns = {name: words for name, words in _COLUMNS.items() if name not in hidden}
            print_rows(fields_of(sheet), columns, "table")
