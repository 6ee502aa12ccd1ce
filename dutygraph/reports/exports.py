"""The door for exports of check runs: what a writer gets, what it writes, who is registered.

An export is one module of this package whose name ends in ``_export`` and which holds an
``EXPORT``. Nothing built in comes through any other door.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, TypeAlias

from dutygraph import reports
from dutygraph.files import whole_file
from dutygraph.reports.edition import Edition
from dutygraph.reports.wording import Pair

Writer: TypeAlias = Callable[[Edition, BinaryIO], None]
"""Writes an edition into a binary stream."""

# XML 1.0, production 2: what is no character of a document, escaped or not.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ExportError(Exception):
    """An edition cannot be written as asked; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Export:
    """A way to hand out a run: its name, the suffix of its files, and its writer.

    ``purpose`` says in a sentence for whom it is, ``is_text`` that it may go to a screen or a pipe,
    ``stem`` what the names of its files begin with.
    """

    name: str
    suffix: str
    title: Pair
    purpose: Pair
    media_type: str
    is_text: bool
    write: Writer
    stem: str = "findings"


@cache
def exports() -> dict[str, Export]:
    """Give the exports whose modules stand in this package, by name."""
    modules = sorted(
        module.name
        for module in pkgutil.iter_modules(reports.__path__)
        if module.name.endswith("_export")
    )
    found: dict[str, Export] = {}
    for module in modules:
        for export in import_module(f"{reports.__name__}.{module}").EXPORTS:
            if export.name in found:
                raise ValueError(f"{export.name} is registered twice")
            found[export.name] = export
    return found


def write_file(export: Export, edition: Edition, file: Path) -> None:
    """Write an edition into a file, whole or not at all.

    Raises ExportError where the file cannot be written.
    """
    if file.is_dir():
        raise ExportError(f"{file} 是目录，请写文件名 / {file} is a directory; name a file in it")
    try:
        with whole_file(file) as stream:
            export.write(edition, stream)
    except OSError as error:
        raise ExportError(
            f"无法写入 {file}：{error.strerror} / cannot write {file}: {error.strerror}"
        ) from error


def xml_text(words: str) -> str:
    """Give words without the characters that no XML document may hold; U+FFFD stands for each."""
    return _NO_XML.sub("\ufffd", words)
