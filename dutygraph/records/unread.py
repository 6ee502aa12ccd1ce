"""Cells of a workbook that hold no value to read: errors, and formulas that were never calculated.

calamine gives both as blanks, and a blank means that nothing is recorded; what is in a cell and
cannot be read must not pass for that.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, Final, TypeAlias
from xml.etree import ElementTree

Cell: TypeAlias = tuple[int, int]
"""Row and column, from 0."""

_ERROR: Final = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"[^>]*>')
_FORMULA: Final = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>\s*|(?=</(?:\w+:)?c>))"
)
_REFERENCE: Final = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_VALUE: Final = re.compile(rb"<(?:\w+:)?v>([^<]{1,20})<")
_CHUNK: Final = 4 * 1024 * 1024
_OVERLAP: Final = 16 * 1024
_MOST: Final = 10_000
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Unread:
    """Looks up such cells in the XML of a workbook (ECMA-376, part 1, 18.3.1.4)."""

    def __init__(self, workbook: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(workbook)
        self._parts = self._sheets()

    def cells(self, sheet: str) -> Mapping[Cell, str]:
        """Give for each such cell of a sheet, ten thousand at most, what is shown of it."""
        found: dict[Cell, str] = {}
        part = self._parts.get(sheet)
        for chunk in () if part is None else self._chunks(part):
            # Both are rare, and a plain search is fast.
            if b't="e"' in chunk:
                for match in _ERROR.finditer(chunk):
                    value = _VALUE.search(chunk, match.end(), match.end() + 4096)
                    shown = "#" if value is None else value[1].decode("utf-8", "replace")
                    _note(found, match[0], shown)
            if b"<f" in chunk or b":f" in chunk:
                for match in _FORMULA.finditer(chunk):
                    # A formula that gives text may give the empty one.
                    if b't="str"' not in match[1]:
                        _note(found, match[0], "=")
            if len(found) >= _MOST:
                break
        return found

    def _chunks(self, part: str) -> Iterator[bytes]:
        kept = b""
        with self._archive.open(part) as unpacking:
            while chunk := unpacking.read(_CHUNK):
                yield kept + chunk
                kept = chunk[-_OVERLAP:]

    def _sheets(self) -> dict[str, str]:
        """Give sheet name → the part that holds it."""
        relations = {
            each.get("Id"): posixpath.normpath(
                posixpath.join("/xl", each.get("Target", ""))
            ).lstrip("/")
            for each in ElementTree.fromstring(self._archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - no DTD gets here
        }
        book = ElementTree.fromstring(self._archive.read("xl/workbook.xml"))  # noqa: S314 - as above
        names = set(self._archive.namelist())
        return {
            str(sheet.get("name")): part
            for sheet in book.iter(f"{_MAIN}sheet")
            if (part := relations.get(sheet.get(_LINK), "")) in names
        }


def _note(found: dict[Cell, str], cell: bytes, shown: str) -> None:
    reference = _REFERENCE.search(cell)
    if reference is not None:
        column = 0
        for letter in reference[1]:
            column = column * 26 + letter - 64
        found[int(reference[2]) - 1, column - 1] = shown
