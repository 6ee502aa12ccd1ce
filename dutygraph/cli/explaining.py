"""The command that explains: explain."""

from __future__ import annotations

import click

from dutygraph.cli import opening
from dutygraph.cli.options import party_options, regulation_option
from dutygraph.cli.output import print_json
from dutygraph.explain.explanation import Explanation, Explanations, to_json
from dutygraph.explain.party import party
from dutygraph.explain.provenance import turtle
from dutygraph.explain.telling import Telling
from dutygraph.regulations.norms import Norms


@click.command(name="explain")
@click.argument("norm")
@click.option(
    "--bearer",
    "bearers",
    multiple=True,
    required=True,
    help="义务人：主要负责人、牵头单位 …；可重复 / role or body, by label; may be repeated",
)
@party_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "ttl"]),
    default="text",
    show_default=True,
    help="输出形式；ttl 为 PROV / how to print; ttl is PROV",
)
@regulation_option
def explain_command(
    norm: str,
    bearers: tuple[str, ...],
    body: str | None,
    level: str | None,
    legislative_power: bool | None,
    form: str,
    regulation: str,
) -> None:
    """为什么由他承担 / why a party carries a norm, or does not: the chain of provisions.

    例 example: dutygraph explain art6.item1#n2 --bearer 主要负责人 --body 部门党组
    """
    store = opening.regulations_alone()
    norms = Norms(store, regulation)
    explanations, telling = Explanations(store, norms), Telling(norms.labels, norms)
    explained = [
        explanations.explain(
            norm, party(store, norms.labels, bearer, body, level, legislative_power)
        )
        for bearer in bearers
    ]
    if form == "json":
        answers = [to_json(one, telling.told(one)) for one in explained]
        print_json(answers if len(answers) > 1 else answers[0])
    elif form == "ttl":
        click.echo("\n".join(turtle(one, telling) for one in explained))
    else:
        click.echo("\n\n".join(_text(one, telling) for one in explained))


def _text(explained: Explanation, telling: Telling) -> str:
    lines = [*telling.outcome(explained)]
    for number, (zh, en) in enumerate(telling.told(explained), start=1):
        lines += [f"{number:>3}. {zh}", f"     {en}"]
    for limit in explained.limits:
        lines += [f"  · {words}" for words in telling.limit(limit)]
    for reading in explained.readings:
        lines += [
            f"  {reading.key} {reading.question_zh}",
            f"      {reading.followed_zh}",
            f"      {reading.question_en}",
            f"      {reading.followed_en}",
        ]
    return "\n".join(lines)
