"""Zip archives, which workbooks are too: what is refused before anything in them is unpacked.

A few kilobytes can unpack to gigabytes, a workbook can carry programs and links, and XML can
declare entities that grow without end. LibreOffice and Excel write none of this by themselves.
"""

from __future__ import annotations

import io
import zipfile
from typing import Final
from xml.parsers import expat

from dutygraph.records.faults import Fault, Place, fault

MAX_UNPACKED: Final = 1024 * 1024 * 1024
"""How many bytes an archive may unpack to."""

_MAX_RATIO: Final = 200
_PLAUSIBLE: Final = 8 * 1024 * 1024
"""Up to this size any rate of compression passes: small files of blanks pack well."""

_PROLOGUE: Final = 64 * 1024
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


def hostile_xml(content: bytes, *, whole: bool) -> str | None:
    """Give the code of the fault of XML that declares a document type or is nested without end.

    The elements are followed to the end when the ``whole`` of them matters, otherwise the look
    ends with the first. What is no XML at all is left to whoever reads it.
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

    # Whatever encoding it claims to have: what reads it after this look takes it for UTF-8 too.
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = declare
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(content, whole)
    except _Seen as seen:
        return seen.code
    except (expat.ExpatError, ValueError):
        return None
    return None


def head(archive: zipfile.ZipFile, name: str, place: Place, unfit: str) -> bytes:
    """Unpack the beginning of a member. Raises Refused."""
    return _unpack(archive, name, place, unfit, _PROLOGUE)


def open_archive(name: str, content: bytes, unfit: str) -> zipfile.ZipFile:
    """Open an archive whose directory is sound and whose size is plausible.

    ``unfit`` is the code of the fault for what is no archive. Raises Refused.
    """
    place = Place(name)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except Exception as error:  # as in _unpack
        raise Refused(fault(unfit, place, reason=str(error) or type(error).__name__)) from error
    unpacked = sum(member.file_size for member in members)
    packed = max(len(content), 1)
    implausible = unpacked > _PLAUSIBLE and unpacked / packed > _MAX_RATIO
    if unpacked > MAX_UNPACKED or implausible:
        raise Refused(fault("implausible-size", place, seen=unpacked, limit=MAX_UNPACKED))
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused(fault(unfit, place, reason="加密 encrypted"))
    return archive


def member(archive: zipfile.ZipFile, name: str, place: Place, unfit: str) -> bytes:
    """Unpack one member, no more of it than its directory entry says. Raises Refused."""
    return _unpack(archive, name, place, unfit, archive.getinfo(name).file_size)


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


def _unpack(archive: zipfile.ZipFile, name: str, place: Place, unfit: str, size: int) -> bytes:
    try:
        with archive.open(name) as unpacking:
            return unpacking.read(size)
    # What a damaged archive raises has no common class: BadZipFile, zlib.error, LZMAError, EOFError
    # and others.
    except Exception as error:
        raise Refused(fault(unfit, place, reason=str(error) or type(error).__name__)) from error
