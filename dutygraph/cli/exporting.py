"""The command that exports: export."""

from __future__ import annotations

from pathlib import Path

import click

from dutygraph.files import whole_file
from dutygraph.regulations.linked import FORMATS, publications, published


@click.command(name="export")
@click.argument("what", type=click.Choice(publications()))
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="ttl",
    show_default=True,
    help="输出形式 / how to write it",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="写入文件；不写则到标准输出 / a file to write; standard output when not given",
)
def export_command(what: str, form: str, output: Path | None) -> None:
    """导出本体、对照或法规 / export the ontology, its alignments or a regulation as linked data.

    例 example: dutygraph export hebei --format jsonld -o hebei.jsonld
    """
    content = published(what, form)
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        with whole_file(output) as stream:
            stream.write(content)
    except OSError as error:
        raise click.UsageError(
            f"无法写入 {output}：{error.strerror} / cannot write {output}: {error.strerror}"
        ) from error
    click.echo(f"{output}: {len(content)} 字节 bytes", err=True)
