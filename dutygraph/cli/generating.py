"""The command that makes up org data: generate."""

from __future__ import annotations

import re
from pathlib import Path

import click

from dutygraph.cli.options import given_day
from dutygraph.cli.output import progress
from dutygraph.compliance.settings import SettingError, Settings
from dutygraph.fiction.assumed import USUAL, Assumed, UnknownSettingError
from dutygraph.fiction.breaches import Plan, UnknownBreachError
from dutygraph.fiction.places import LARGEST, SMALLEST
from dutygraph.fiction.province import province
from dutygraph.fiction.writing import FORMATS, write
from dutygraph.regulations.prepared import open_regulations, prepared_graphs

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")


@click.command(name="generate")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--units",
    type=click.IntRange(SMALLEST, LARGEST),
    default=500,
    show_default=True,
    help="单位数；一个省约 15000 个 / how many units; a province has about 15,000",
)
@click.option(
    "--years", default="2013", show_default=True, metavar="YEAR[-YEAR]", help="哪些年 / which years"
)
@click.option("--seed", default="1", show_default=True, help="种子 / what the lot is drawn from")
@click.option(
    "--as-of", required=True, metavar="DATE", help="检查到哪一天（YYYY-MM-DD）/ as of which day"
)
@click.option(
    "--breach",
    "assignments",
    multiple=True,
    metavar="CHECK.CODE=SHARE",
    help="某种违反占多大份额：art11.LATE=0.1 / the share of a kind of breach",
)
@click.option(
    "--breaches",
    "everywhere",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="SHARE",
    help="每种违反各占多大份额 / the share of every other kind of breach",
)
@click.option(
    "--with-centre", is_flag=True, help="省以上也有上级单位 / with superiors above the province"
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="检查的设置，应有的发现随之而定 / a setting of the check that the findings are for",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="json",
    show_default=True,
    help="记录的形式 / the form of the records",
)
def generate_command(
    out: Path,
    units: int,
    years: str,
    seed: str,
    as_of: str,
    assignments: tuple[str, ...],
    everywhere: float,
    with_centre: bool,
    settings: tuple[str, ...],
    form: str,
) -> None:
    """编造一个省的数据和应有的发现 / make up a province's records, and the findings they must give.

    写入 OUT：records.json（或 records 目录、records.nt）、expected.csv、expected-counts.csv。
    The findings are worked out from the text of the regulation, not by its checks; --set takes the
    settings that decide whether and when there is one.

    例 example: dutygraph generate sheng --units 500 --years 2012-2013 --as-of 2014-04-15
    --breaches 0.02
    """
    try:
        plan = Plan.of(assignments, everywhere)
        made = province(
            units,
            seed,
            _years(years),
            with_centre=with_centre,
            planted=(plan,),
            assumed=_assumed(settings),
        )
        with progress("编造… / making it up…"):
            written = write(made, out, given_day(as_of), form)
    except (UnknownBreachError, UnknownSettingError, SettingError) as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(
            f"无法写入 {out}：{error.strerror} / cannot write {out}: {error.strerror}"
        ) from error
    counts = "、".join(f"{key} {number}" for key, number in written.rows.items())
    click.echo(f"{out}: {counts}", err=True)
    for year, found in written.findings.items():
        click.echo(f"{year}: {found} 条应有的发现 findings to be given", err=True)


def _assumed(assignments: tuple[str, ...]) -> Assumed:
    """Read settings. Raises SettingError for what no check takes, UnknownSettingError beyond."""
    if not assignments:
        return USUAL
    taken = Settings.of(open_regulations(), prepared_graphs(), assignments)
    names = [assignment.partition("=")[0].strip() for assignment in assignments]
    return Assumed.of({name: taken[name] or "" for name in names})


def _years(text: str) -> range:
    found = _YEARS.fullmatch(text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
    if not 1901 <= first <= last <= 9990:
        raise click.UsageError(
            f"--years 应为 2013 或 2012-2014，不是「{text}」 / "
            f"--years takes 2013 or 2012-2014, not {text!r}"
        )
    return range(first, last + 1)
