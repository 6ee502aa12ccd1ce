"""The command that writes the workbook to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from dutygraph.files import whole_file
from dutygraph.records.csvw import load_model
from dutygraph.records.template import write_template


@click.command(name="template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.xlsx")
def template_command(file: Path) -> None:
    """写出供填写的工作簿 / write the workbook to fill in: a sheet per table, drop-downs, notes.

    例 example: dutygraph template 记录.xlsx
    """
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(f"文件名应以 .xlsx 结尾：{file} / name a file that ends in .xlsx")
    try:
        with whole_file(file) as stream:
            write_template(stream, load_model())
    except OSError as error:
        raise click.UsageError(f"{file}：{error} / {file} cannot be written") from error
    click.echo(f"已写出 written: {file}", err=True)
