"""The commands that read the regulation: provisions, norms, parse."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dutygraph.cli import opening
from dutygraph.cli.options import format_option, party_options, regulation_option
from dutygraph.cli.output import print_json, print_rows
from dutygraph.explain.filtering import Filter, filtered, no_provision
from dutygraph.regulations.ledger import Ledger
from dutygraph.regulations.norms import Norm, Norms
from dutygraph.regulations.provisions import provisions, within


@click.command(name="provisions")
@click.option("--article", help="只列某条：9、art9、art9.item3 / one article or provision only")
@format_option()
@regulation_option
def provisions_command(article: str | None, form: str, regulation: str) -> None:
    """逐条列出法规原文 / list the provisions with their text.

    例 example: dutygraph provisions --article 12
    """
    rows = [
        provision.to_json()
        for provision in provisions(opening.regulations_alone(), regulation)
        if article is None or within(provision.key, article)
    ]
    if not rows:
        raise no_provision(article)
    if form == "json":
        print_json(rows)
    else:
        print_rows(
            rows,
            {"key": "键 key", "number": "序号 no.", "title": "标题 title", "text": "原文 text"},
            form,
        )


_NORM_COLUMNS = {
    "id": "规范 norm",
    "kind_zh": "类别 kind",
    "bearers": "义务人 bearer",
    "action_zh": "行为 action",
    "addressees": "对象 addressee",
    "deadline": "期限 deadline",
    "levels": "所限层级 levels",
    "requires": "须有 requires",
    "via": "依据链 via",
    "quote": "原文 words",
}


@click.command(name="norms")
@click.option(
    "--role",
    "roles",
    multiple=True,
    help="义务人：主要负责人、牵头单位 …；可重复 / whose norms, by label; may be repeated",
)
@party_options
@click.option(
    "--inherited", is_flag=True, help="连同依第七、八、九条承担的 / with those carried by reference"
)
@click.option("--article", help="条款：9、art9、art9.item3 / provision")
@click.option("--kind", help="类别：义务、Obligation … / kind of norm")
@click.option("--addressee", help="对象（可只写一部分）/ addressee, or a part of its label")
@click.option(
    "--deadline",
    help="期限：window、promptly、yearly、及时、none … / deadline type, frequency or words",
)
@format_option()
@regulation_option
def norms_command(
    roles: tuple[str, ...],
    body: str | None,
    level: str | None,
    legislative_power: bool | None,
    inherited: bool,
    article: str | None,
    kind: str | None,
    addressee: str | None,
    deadline: str | None,
    form: str,
    regulation: str,
) -> None:
    """谁必须做什么 / who must do what, by when, towards whom, on which words.

    例 example: dutygraph norms --role 主要负责人 --inherited --format json
    """
    store = opening.regulations_alone()
    wanted = Filter(
        roles, body, level, legislative_power, inherited, article, kind, addressee, deadline
    )
    chosen = filtered(store, Norms(store, regulation), regulation, wanted)
    _print_norms(chosen, form)


def _print_norms(chosen: list[Norm], form: str) -> None:
    rows = [norm.to_json() for norm in chosen]
    if form == "json":
        print_json(rows)
        return
    columns = dict(_NORM_COLUMNS)
    for name in ("levels", "requires", "via"):
        if not any(row[name] for row in rows):
            del columns[name]
    print_rows(
        rows, columns if form == "table" else dict.fromkeys(rows[0], "") if rows else columns, form
    )
    if form == "table":
        click.echo(f"{len(rows)} 条 norms")


_LEDGER_COLUMNS = {
    "unit": "单元 unit",
    "norms": "规范 norms",
    "characters": "字符 characters",
    "norm": "在规范中 in norms",
    "label": "标签 labels",
    "chapeau": "引语 chapeaux",
    "connective": "连接语 connectives",
    "non_normative": "非规范文字 non-normative",
    "unclaimed": "无主 unclaimed",
}
_PASSAGE_COLUMNS = {
    "provision": "条款 provision",
    "words": "原文 words",
    "sort": "归为 became",
    "ids": "规范或声明 norms or declaration",
    "reason_zh": "理由",
    "reason_en": "reason",
}


@click.command(name="coverage")
@click.option("--article", help="逐段列出某条 / one article, passage by passage")
@format_option()
@regulation_option
@click.pass_context
def coverage_command(ctx: click.Context, article: str | None, form: str, regulation: str) -> None:
    """原文的每个字归于何处 / what every character of the text became: norm, or declared not.

    有字无主或者有规范用语未声明时，退出码为 1。
    Exit code 1 where a character is unclaimed or a word that signals a norm is undeclared.

    例 example: dutygraph coverage --article 15
    """
    ledger = Ledger(opening.regulations_alone(), regulation)
    if article is not None and not ledger.covers(article):
        raise no_provision(article)
    answer = ledger.to_json(article)
    if form == "json":
        print_json(answer)
    elif article is not None:
        print_rows(answer["passages"], _PASSAGE_COLUMNS, form)
    else:
        print_rows(
            [*answer["units"], {"unit": "合计 total", **answer["total"]}], _LEDGER_COLUMNS, form
        )
    if form == "table":
        _print_stray(ledger)
    if not ledger.complete():
        ctx.exit(1)


def _print_stray(ledger: Ledger) -> None:
    """Say what nothing claims, and which signal words stand outside every norm."""
    for key, span in ledger.unclaimed():
        click.echo(f"无主 unclaimed: {key} {span.start}–{span.end} 「{span.words}」")
    declared = [signal for signal in ledger.signals if signal.declared]
    click.echo(f"规范用语在规范之外、已声明 signal words outside norms, declared: {len(declared)}")
    for signal in ledger.signals:
        if not signal.declared:
            click.echo(f"未声明 undeclared: {signal.provision} {signal.start} 「{signal.word}」")


@click.command(name="parse")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--check", is_flag=True, help="只比较，不写文件 / compare with text.ttl, write nothing"
)
def parse_command(folder: Path, check: bool) -> None:
    """由 source.txt 生成逐条原文 text.ttl / make text.ttl from a regulation's source text.

    放不进去的行连同行号报在标准错误上，一个字也不丢。
    Lines that cannot be placed are reported on stderr with their numbers; no text is dropped.

    例 example: dutygraph parse data/regulations/hebei
    """
    from dutygraph.regulations.publication import RegulationFileError, publish_text

    try:
        turtle, unplaced = publish_text(folder)
    except (RegulationFileError, OSError) as error:
        raise click.UsageError(str(error)) from error
    for piece in unplaced:
        click.echo(
            f"{folder / 'source.txt'}: 第{piece.line}行 line {piece.line}: {piece.why}: "
            f"{json.dumps(piece.text, ensure_ascii=False)}",
            err=True,
        )
    target = folder / "text.ttl"
    if check:
        if not target.is_file() or target.read_text(encoding="utf-8") != turtle:
            raise click.ClickException(
                f"{target} 与 source.txt 不一致，请重新生成 / {target} differs from source.txt; "
                f"run: dutygraph parse {folder}"
            )
    else:
        target.write_text(turtle, encoding="utf-8")
    click.echo(f"{target}: {'一致 in step' if check else '已写 written'}")
