"""Zip archives, which workbooks are too: what is refused before anything in them is unpacked.

A few kilobytes can unpack to gigabytes, a workbook can carry programs and links, and XML can
declare entities that grow without end. LibreOffice and Excel write none of this by themselves.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Final
from xml.parsers import expat

from dutygraph.records.faults import Fault, Place, Wording, fault

MAX_UNPACKED: Final = 1024 * 1024 * 1024
"""How many bytes an archive may unpack to."""

_MAX_RATIO: Final = 200
_PLAUSIBLE: Final = 8 * 1024 * 1024
"""Up to this size any rate of compression passes: small files of blanks pack well."""

_MEMBERS: Final = 10_000
"""How many members an archive may have: each costs some time, whatever is in it."""

_DEEPEST: Final = 100
_UTF8: Final = 0x800


class Refused(Exception):  # noqa: N818 - carries the fault out of the steps of opening
    """An archive is refused; ``fault`` says why."""

    def __init__(self, found: Fault) -> None:
        super().__init__(str(found))
        self.fault = found


class _Seen(Exception):  # noqa: N818 - ends a look at XML before its end
    """What was looked for was met; ``code`` is that of its fault."""

    def __init__(self, code: str | None) -> None:
        super().__init__(code)
        self.code = code


def hostile_xml(content: IO[bytes], *, whole: bool) -> str | None:
    """Give the code of the fault of XML that declares a document type or is nested without end.

    The elements are followed to the end when the ``whole`` of them matters, otherwise the look
    ends with the first. Raises ExpatError for what is no XML, and what reading the content raises:
    behind what this look cannot read another reader may find a declaration.
    """
    depth = 0

    def declare(*_: object) -> None:
        raise _Seen("declared-entities")

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if not whole:
            raise _Seen(None)
        if depth > _DEEPEST:
            raise _Seen("nested-too-deep")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = _parser()
    parser.StartDoctypeDeclHandler = declare
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    return _look(parser, content)


def leads_outside(relations: IO[bytes]) -> bool:
    """Tell whether relations (ECMA-376, part 2, 9.3) name a source of data elsewhere.

    A link to click on is none.
    """

    def start(name: str, given: Mapping[str, str]) -> None:
        is_link = given.get("Type", "").endswith("/hyperlink")
        if name.endswith("Relationship") and given.get("TargetMode") == "External" and not is_link:
            raise _Seen("external-links")

    parser = _parser()
    parser.StartElementHandler = start
    try:
        return _look(parser, relations) is not None
    except expat.ExpatError:
        return False


def _parser() -> expat.XMLParserType:
    # Whatever encoding it claims to have: what reads it after this look takes it for UTF-8 too.
    return expat.ParserCreate("utf-8")


def _look(parser: expat.XMLParserType, content: IO[bytes]) -> str | None:
    try:
        parser.ParseFile(content)
    except _Seen as seen:
        return seen.code
    return None


@contextmanager
def opened(archive: zipfile.ZipFile, name: str, place: Place, unfit: str) -> Iterator[IO[bytes]]:
    """Open a member to be read as it is unpacked. Raises Refused, also while it is read."""
    try:
        with archive.open(name) as unpacking:
            yield unpacking
    except Refused:
        raise
    # What a damaged archive raises has no common class: BadZipFile, zlib.error, LZMAError, EOFError
    # and others.
    except Exception as error:
        raise Refused(fault(unfit, place, reason=_reason(error))) from error


def open_archive(name: str, content: bytes, unfit: str) -> zipfile.ZipFile:
    """Open an archive whose directory is sound and whose size is plausible.

    ``unfit`` is the code of the fault for what is no archive. Raises Refused.
    """
    place = Place(name)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except Exception as error:  # as in ``opened``
        raise Refused(fault(unfit, place, reason=_reason(error))) from error
    if len(members) > _MEMBERS:
        raise Refused(fault("too-many-members", place, seen=len(members), limit=_MEMBERS))
    unpacked = sum(member.file_size for member in members)
    packed = max(len(content), 1)
    implausible = unpacked > _PLAUSIBLE and unpacked / packed > _MAX_RATIO
    if unpacked > MAX_UNPACKED or implausible:
        raise Refused(fault("implausible-size", place, seen=unpacked, limit=MAX_UNPACKED))
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused(fault(unfit, place, reason=Wording("有密码", "it is encrypted")))
    return archive


def member(archive: zipfile.ZipFile, name: str, place: Place, unfit: str) -> bytes:
    """Unpack one member, no more of it than its directory entry says. Raises Refused."""
    with opened(archive, name, place, unfit) as unpacking:
        return unpacking.read(archive.getinfo(name).file_size)


def member_name(info: zipfile.ZipInfo) -> str:
    """Give a member's name; Windows writes Chinese ones in GB 18030 and does not say so."""
    if info.flag_bits & _UTF8:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _reason(error: Exception) -> Wording:
    """Say in both languages that the content is no such archive; libraries say how in English."""
    return Wording("不是这种格式，或者内容已损坏", str(error) or type(error).__name__)
