"""Files that no text editor writes: workbooks, archives and RDF with something wrong in them.

Each is made here, with the faults that it must give: code, sheet, row and column of each.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

Told = tuple[str, str | None, int | None, str | None]
UNITS = ["编号*", "名称", "单位种类", "层级"]
UNIT = ["u1", "示例县委", "地方党委", "县级"]
DG = "https://w3id.org/dutygraph/ontology#"
PREFIXES = (
    f"@prefix dg: <{DG}> .\n@prefix dcterms: <http://purl.org/dc/terms/> .\n"
    "@prefix org: <http://www.w3.org/ns/org#> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)
SOUND = (
    '<https://e.example/unit/u1> a dg:Unit ; dcterms:identifier "u1" ; rdfs:label "示例县委" ;\n'
    "  dg:kind dg:LocalPartyCommittee ; dg:level dg:County .\n"
)


@dataclass
class Made:
    """A file with its name, and the faults it must give in their order."""

    name: str
    content: bytes
    told: list[Told] = field(default_factory=list)


def workbook(fill: Callable[[Any, Any], None] | None = None, name: str = "单位") -> bytes:
    """Write a workbook with one sound unit, to which ``fill`` does something."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, UNITS)
    sheet.write_row(1, 0, UNIT)
    if fill is not None:
        fill(book, sheet)
    book.close()
    return target.getvalue()


def repacked(
    content: bytes, change: dict[str, Callable[[bytes], bytes]], add: dict[str, bytes] | None = None
) -> bytes:
    """Pack an archive again with members changed and added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change.get(info.filename, bytes)(data))
        for name, data in (add or {}).items():
            new.writestr(name, data)
    return target.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    """Pack files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in files.items():
            new.writestr(name, data)
    return target.getvalue()


def _encrypted() -> bytes:
    content = bytearray(archive({"units.csv": b"id\nu1\n"}))
    for at in (6, content.index(b"PK\x01\x02") + 8):
        content[at] |= 1
    return bytes(content)


def _merged(_: Any, sheet: Any) -> None:
    sheet.write_row(2, 0, ["u2", "示例县委", "地方党委"])
    sheet.merge_range("D2:D3", "县级")


def _merged_across(_: Any, sheet: Any) -> None:
    sheet.merge_range("C3:D3", "地方党委")
    sheet.write_row(2, 0, ["u2", "示例县委"])


def _hidden(book: Any, _: Any) -> None:
    persons = book.add_worksheet("人员")
    persons.write_row(0, 0, ["编号", "姓名"])
    persons.write_row(1, 0, ["p1", "示例人"])
    persons.hide()


def _formulas(_: Any, sheet: Any) -> None:
    sheet.write_row(2, 0, ["u2", "", "地方党委", "县级"])
    sheet.write_formula(2, 1, "=A1", None, "")
    sheet.write_row(3, 0, ["u3", "", "地方党委", "县级"])
    sheet.write_formula(3, 1, "=Z9", None, "#REF!")


def _stray(_: Any, sheet: Any) -> None:
    sheet.write(1, 5, "备注")


def _twice(_: Any, sheet: Any) -> None:
    sheet.write(0, 4, "level")


def _outside(_: Any, sheet: Any) -> None:
    sheet.write_string("XFD1048576", "x")


def _table_of(book: Any, _: Any) -> None:
    book.add_worksheet("笔记").write(0, 0, "x")


def _roles(book: Any, _: Any) -> None:
    roles = book.add_worksheet("任职")
    roles.write_row(0, 0, ["人员", "单位", "任职日期"])
    roles.write_row(1, 0, ["p9", "u1", "2013-03-05"])
    roles.write_row(2, 0, ["", "u1", "2013-03-05"])


def _titled() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("units")
    sheet.write(0, 0, "这里没有列名")
    sheet.write_row(1, 0, ["甲", "乙"])
    book.close()
    return target.getvalue()


def _dtd(content: bytes) -> bytes:
    return content.replace(b"<workbook", b'<!-- x --><!DOCTYPE w [<!ENTITY a "b">]><workbook', 1)


def _xml(inner: str, doctype: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{doctype}<rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns:dg="{DG}">{inner}</rdf:RDF>'
    ).encode()


def made() -> dict[str, Made]:
    """Give every file, by what is wrong with it."""
    sound = workbook()
    external = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://x.example/oleObject" Target="file:///c:/a" '
        b'TargetMode="External"/></Relationships>'
    )
    deep = "<rdf:Description><dg:ref>" * 200 + "x" + "</dg:ref></rdf:Description>" * 200
    roles = PREFIXES + SOUND + '<https://e.example/x> a org:Membership ; dg:post "书记" .'
    return {
        "macros": Made(
            "a.xlsm",
            repacked(sound, {}, {"xl/vbaProject.bin": b"x"}),
            [("macros", None, None, None)],
        ),
        "an external link": Made(
            "a.xlsx",
            repacked(sound, {}, {"xl/externalLinks/externalLink1.xml": b"<x/>"}),
            [("external-links", None, None, None)],
        ),
        "an embedded link": Made(
            "a.xlsx",
            repacked(sound, {}, {"xl/worksheets/_rels/sheet1.xml.rels": external}),
            [("external-links", None, None, None)],
        ),
        "a DTD": Made(
            "a.xlsx",
            repacked(sound, {"xl/workbook.xml": _dtd}),
            [("declared-entities", None, None, None)],
        ),
        "a bomb": Made(
            "a.xlsx",
            repacked(sound, {}, {"xl/media/a.bin": bytes(64 * 1024 * 1024)}),
            [("implausible-size", None, None, None)],
        ),
        "a zip bomb": Made(
            "a.zip",
            archive({"units.csv": bytes(64 * 1024 * 1024)}),
            [("implausible-size", None, None, None)],
        ),
        "too many members": Made(
            "a.zip",
            archive({f"{number}.csv": b"" for number in range(10_001)}),
            [("too-many-members", None, None, None)],
        ),
        "the last cell of a sheet": Made(
            "a.xlsx", workbook(_outside), [("beyond-bounds", None, None, None)]
        ),
        "no workbook": Made("a.xlsx", b"PK\x03\x04 broken", [("not-a-workbook", None, None, None)]),
        "an older workbook": Made(
            "a.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), [("not-a-workbook", None, None, None)]
        ),
        "another archive": Made(
            "a.xlsx", archive({"a.txt": b"x"}), [("not-a-workbook", None, None, None)]
        ),
        "a workbook cut short": Made(
            "a.xlsx", sound[: len(sound) // 2], [("not-a-workbook", None, None, None)]
        ),
        "a damaged sheet": Made(
            "a.xlsx",
            repacked(sound, {"xl/worksheets/sheet1.xml": lambda xml: xml[:400]}),
            [("not-a-workbook", None, None, None)],
        ),
        "merged cells": Made("a.xlsx", workbook(_merged), [("merged-cells", "单位", 2, "level")]),
        "cells merged across columns": Made(
            "a.xlsx",
            workbook(_merged_across),
            [("merged-across", "单位", 3, None), ("not-recorded", "单位", 3, "level")],
        ),
        "a hidden sheet": Made("a.xlsx", workbook(_hidden), [("hidden-sheet", "人员", None, None)]),
        "formulas without a value": Made(
            "a.xlsx",
            workbook(_formulas),
            [("no-cell-value", "单位", 3, "name"), ("no-cell-value", "单位", 4, "name")],
        ),
        "a cell without a header": Made(
            "a.xlsx", workbook(_stray), [("cell-without-header", "单位", 2, "F")]
        ),
        "a column twice": Made("a.xlsx", workbook(_twice), [("repeated-key", "单位", 1, "level")]),
        "a sheet of another name": Made(
            "a.xlsx", workbook(_table_of), [("unknown-sheet", "笔记", None, None)]
        ),
        "no table": Made(
            "a.xlsx",
            workbook(name="单位名单"),
            [("unknown-sheet", "单位名单", None, None), ("no-table", None, None, None)],
        ),
        "no header": Made("a.xlsx", _titled(), [("no-header", "units", 1, None)]),
        "rows that hang on nothing": Made(
            "a.xlsx",
            workbook(_roles),
            [("homeless-row", "任职", 2, "person"), ("missing-value", "任职", 3, "person")],
        ),
        "no archive": Made("a.zip", b"x", [("not-a-zip", None, None, None)]),
        "a password": Made("a.zip", _encrypted(), [("not-a-zip", None, None, None)]),
        "quotes left open": Made(
            "units.csv", 'id,name\nu1,"示例'.encode(), [("malformed-csv", "units", None, None)]
        ),
        "no known encoding": Made(
            "units.csv", b"id,name\nu1,\xff\xff", [("not-utf8", "units", None, None)]
        ),
        "a slip in Turtle": Made(
            "a.ttl", (PREFIXES + "dg:a dg:b").encode(), [("malformed-rdf", None, None, None)]
        ),
        "a context on the web": Made(
            "a.jsonld",
            b'{"@context": "https://e.example/context", "@id": "https://e.example/a"}',
            [("malformed-rdf", None, None, None)],
        ),
        "entities in RDF/XML": Made(
            "a.rdf",
            _xml("", '<!DOCTYPE r [<!ENTITY a "b">]>'),
            [("declared-entities", None, None, None)],
        ),
        "RDF/XML of no known encoding with entities": Made(
            "a.rdf",
            _xml("", '<!DOCTYPE r [<!ENTITY a "b">]>').replace(b"?>", b' encoding="FTF-8"?>', 1),
            [("declared-entities", None, None, None)],
        ),
        "entities behind what is no XML": Made(
            "a.rdf",
            _xml("", '<!DOCTYPE r [<!ENTITY a "b">]>').replace(b"<?xml", b"<?\x11ml", 1),
            [("malformed-rdf", None, None, None)],
        ),
        "RDF/XML without end": Made("a.rdf", _xml(deep), [("nested-too-deep", None, None, None)]),
        "an unknown class": Made(
            "a.ttl",
            (PREFIXES + SOUND + "<https://e.example/x> a dg:Norm .").encode(),
            [("unknown-class", None, 2, None)],
        ),
        "a resource without a class": Made(
            "a.ttl",
            (PREFIXES + SOUND + "<https://e.example/x> dg:level dg:County .").encode(),
            [("missing-value", None, 2, "rdf:type")],
        ),
        "a post that is nobody's": Made("a.ttl", roles.encode(), [("homeless-row", None, 2, None)]),
        "two classes": Made(
            "a.ttl",
            (PREFIXES + SOUND + "<https://e.example/unit/u1> a dg:Person .").encode(),
            [
                ("not-single", "persons", 1, "rdf:type"),
                ("unknown-column", "persons", 1, DG + "kind"),
                ("unknown-column", "persons", 1, DG + "level"),
            ],
        ),
    }
