"""CSV files with the columns of the sheets of a workbook (RFC 4180), alone or in a zip archive.

A file is named after its table. UTF-8 is expected, with or without a byte order mark; GB 18030 is
what Excel on a Chinese Windows saves and is understood too.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import Final

from dutygraph.records.archives import Refused, member, member_name, open_archive
from dutygraph.records.fault_log import FaultLog
from dutygraph.records.faults import Place, fault
from dutygraph.records.formats import Format, Reading, Source
from dutygraph.records.model import Model
from dutygraph.records.tabular import Sheet, read_tables

_DELIMITERS: Final = ",;\t"
_FORMULA: Final = re.compile(r"'+[=+\-@\t\r]")
_BYTE_ORDER_MARK: Final = "\ufeff"


def read(source: Source, model: Model) -> Reading:
    """Read the rows of a CSV file, or of all those in a zip archive (a ``Reader``)."""
    try:
        if source.name.lower().endswith(".zip"):
            return read_tables(source.name, _members(source), model)
        return read_tables(source.name, [_sheet(source.name, source.name, source.content)], model)
    except Refused as refused:
        return Reading(faults=FaultLog([refused.fault]))


FORMAT: Final = Format("csv", (".csv", ".zip"), read)


def _members(source: Source) -> Iterator[Sheet]:
    with open_archive(source.name, source.content, "not-a-zip") as archive:
        for info in archive.infolist():
            path = PurePath(member_name(info))
            # What a system adds for itself (folders, __MACOSX/._units.csv) is no table.
            if path.suffix.lower() != ".csv" or path.name.startswith("."):
                continue
            content = member(archive, info.filename, Place(source.name), "not-a-zip")
            yield _sheet(source.name, path.name, content)


def _sheet(file: str, name: str, content: bytes) -> Sheet:
    text = _decode(file, name, content)
    header = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    return Sheet(PurePath(name).stem, _rows(Place(file, PurePath(name).stem), text, delimiter))


def _decode(file: str, name: str, content: bytes) -> str:
    """Decode UTF-8, UTF-16 after a byte order mark, else GB 18030. Raises Refused for neither."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        with suppress(UnicodeDecodeError):
            return content.decode("utf-16")
    try:
        return content.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        place = Place(file, PurePath(name).stem)
        raise Refused(
            fault("not-utf8", place, reason=error.reason, line=line, position=1)
        ) from error


def unguarded(cell: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from taking a cell for a formula."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def _rows(place: Place, text: str, delimiter: str) -> Iterator[Sequence[object]]:
    csv.field_size_limit(sys.maxsize)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for line in lines:
            yield [unguarded(cell) for cell in line]
    except csv.Error as error:
        raise Refused(
            fault("malformed-csv", place, reason=str(error), line=lines.line_num, position=1)
        ) from error
