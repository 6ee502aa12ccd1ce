"""The bench's commands: python -m benchmarks.bench run | publish."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.bench.log import Log
from benchmarks.bench.measuring import Limits
from benchmarks.bench.places import MEASUREMENTS, ROOT
from benchmarks.bench.plot import draw
from benchmarks.bench.running import Plan, run
from benchmarks.bench.table import tables

_PAGE = ROOT / "docs" / "performance.md"
_MARK = "<!-- measured: python -m benchmarks.bench publish -->\n"

log_option = click.option(
    "--log",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=MEASUREMENTS,
    show_default=True,
    help="the file of measurements, a JSON line each",
)


@click.group()
def bench() -> None:
    """Measure dutygraph beside its peers."""


@bench.command(name="run")
@click.option(
    "--size", "sizes", type=int, multiple=True, default=(100, 300, 1000), show_default=True
)
@click.option("--repeat", default=3, show_default=True, help="repetitions; the median counts")
@click.option("--timeout", default=60.0, show_default=True, help="seconds for a repetition")
@click.option("--memory", default=8000.0, show_default=True, help="MB for a repetition")
@click.option("--only", multiple=True, help="some tasks or peers only, by name")
@click.option("--retry", is_flag=True, help="try again what did not end before")
@log_option
def run_command(
    sizes: tuple[int, ...],
    repeat: int,
    timeout: float,
    memory: float,
    only: tuple[str, ...],
    retry: bool,
    file: Path,
) -> None:
    """Measure what the log lacks, then print the tables."""
    plan = Plan(sorted(sizes), repeat, Limits(timeout, memory), frozenset(only), retry)
    log = Log(file)
    run(plan, log, lambda words: click.echo(words, err=True))
    click.echo(tables(log))


@bench.command(name="publish")
@log_option
def publish_command(file: Path) -> None:
    """Write the tables into docs/performance.md, and the pictures beside it."""
    log = Log(file)
    before, mark, _ = _PAGE.read_text(encoding="utf-8").partition(_MARK)
    if not mark:
        raise click.ClickException(f"{_PAGE} lacks the line {_MARK.strip()}")
    _PAGE.write_text(before + mark + "\n" + tables(log) + "\n", encoding="utf-8")
    draw(log, _PAGE.with_name("performance-rules.png"), _PAGE.with_name("performance-own.png"))


if __name__ == "__main__":
    bench()
