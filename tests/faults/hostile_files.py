"""Files that mean harm: valid ones spoilt (``mutated``), and what is known to bite in each form.

Each is made from a random generator alone, so that the same one gives the same files.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from functools import cache

from dutygraph.records.formats import Source
from tests.faults.mutated import (
    documents,
    mutated,
    spoil_bytes,
    spoil_text,
)

from made_files import repacked, workbook  # isort: skip - where ``mutated`` has it found

FORMS = ("rdf", "json", "csv", "xlsx")
_DEEP = (*(50, 200) * 9, *(1000,) * 3, 20_000, 200_000)
"""How often something is repeated: mostly what is quickly read."""
_UNIT = {"id": "u1", "name": "示例县委", "kind": "地方党委", "level": "县级"}
_RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x#"'
_LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))

# RDF --------------------------------------------------------------------------------------------


def _xml(rng: random.Random, canary: str) -> bytes:
    doctype = rng.choice(
        [
            f'<!DOCTYPE r [<!ENTITY e SYSTEM "{canary}/entity">]>',
            f'<!DOCTYPE r SYSTEM "{canary}/dtd">',
            f'<!DOCTYPE r PUBLIC "-//x" "{canary}/public">',
            f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{canary}/p"> %p;]>',
            '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
            f'<!DOCTYPE r [<!ENTITY l0 "ha">{_LAUGHS}<!ENTITY e "&l9;">]>',
            f'<?xml-stylesheet href="{canary}/style"?>',
            f'<!DOCTYPE r [<!ENTITY e "{"e" * 100_000}">]>',
            "",
        ]
    )
    times = rng.choice(_DEEP)
    inside = rng.choice(
        [
            "<x:p>&e;</x:p>",
            f'<x:p rdf:resource="{canary}/r"/>',
            "&e;" * 1000,
            f'<x:p rdf:parseType="Literal"><a>{"<b>" * times}',
            "<rdf:Description><x:p>" * (times // 10),
            f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{canary}/xi"/>',
            f'<rdf:Description xml:base="{canary}/" rdf:ID="{"i" * times}"/>',
            "<x:p>&#0;&#x110000;</x:p>",
            "<![CDATA[" + "]" * times,
        ]
    )
    encoding = rng.choice(["utf-8", "utf-16", "utf-8"])
    head = rng.choice(["", f'<?xml version="1.0" encoding="{encoding}"?>', '<?xml version="1.1"?>'])
    return f"{head}{doctype}{_RDF}>{inside}</rdf:RDF>".encode(encoding)


def _jsonld(rng: random.Random, canary: str) -> bytes:
    context = rng.choice(
        [
            f"{canary}/context",
            [f"{canary}/a", {}],
            {"@import": f"{canary}/import"},
            {"x": {"@id": "urn:x", "@context": f"{canary}/s"}},
            {"@base": f"{canary}/"},
            {"@vocab": f"{canary}/"},
            {"@version": 1.1, "@propagate": False, "@import": f"{canary}/i"},
            {"a": "b:a", "b": "a:b"},
            None,
            7,
        ]
    )
    node: object = {"@id": "urn:u", "urn:p": 10 ** rng.choice([3, 400])}
    for _ in range(min(rng.choice(_DEEP), 300)):
        node = rng.choice([[node], {"@list": [node]}, {"urn:p": node}, {"@graph": [node]}])
    document = rng.choice(
        [
            {"@context": context, "@graph": [node]},
            [{"@context": context, "x": {"y": 1}}],
            {"@context": context, "@included": [node]},
            {"@type": "@json", "@value": node},
            {"@context": context, "@reverse": {"urn:p": node}},
        ]
    )
    times = rng.choice([0, 0, *_DEEP])
    return b"[" * times + json.dumps(document).encode() + b"]" * times


def _turtle(rng: random.Random, canary: str) -> bytes:
    times = rng.choice(_DEEP)
    opened, closed = rng.choice([("[ <urn:p> ", "]"), ("( ", ")"), ("<<( <urn:s> <urn:p> ", ")>>")])
    return rng.choice(
        [
            f"@base <{canary}/> . @prefix x: <> . <a> x:b <c> .",
            f"<urn:s> <urn:p> {opened * times} 1 {closed * times} .",
            f'<urn:s> <urn:p> "{"字" * times * 5}" .',
            f"<urn:{'x' * times * 5}> a <urn:c> .",
            '<urn:s> <urn:p> "x"@' + "a" * times + " .",
            "".join(f"<urn:s{n}> <urn:p> {n} .\n" for n in range(min(times, 20_000))),
            "<urn:\\u0000> a <urn:c> .",
            "@prefix : <#> ." * times,
            f"GRAPH <{canary}/g> {{ <urn:s> <urn:p> <urn:o> }}",
            f"<{canary}/s> <http://www.w3.org/2002/07/owl#imports> <{canary}/imports> .",
            '<urn:s> <urn:p> "2014-99-99"^^<http://www.w3.org/2001/XMLSchema#date> .',
            '<urn:s> <urn:p> "x"^^<' + "d" * times + "> .",
        ]
    )[:2_000_000].encode()


def _rdf(rng: random.Random, canary: str) -> tuple[str, bytes]:
    form, suffixes = rng.choice(
        [
            (_xml, (".rdf", ".owl", ".xml")),
            (_jsonld, (".jsonld", ".json")),
            (_turtle, (".ttl", ".nt", ".trig", ".nq", ".n3")),
        ]
    )
    return rng.choice(suffixes), form(rng, canary)


# JSON and CSV -----------------------------------------------------------------------------------


def _json(rng: random.Random, canary: str) -> tuple[str, bytes]:
    times = rng.choice(_DEEP)
    unit = json.dumps(_UNIT)
    text = rng.choice(
        [
            "[" * times + "]" * times,
            '{"units":' * times + "1" + "}" * times,
            '{"units": [' + unit + "," * 3 + "]}",
            "null",
            "7",
            '"x"',
            '{"units": [{"id": 1e999999}]}',
            '{"units": [{"id": ' + "9" * min(times, 100_000) + "}]}",
            '{"units": [' + ", ".join([unit] * min(times, 2000)) + "]}",
            '{"units": [{"id": "' + "x" * times * 5 + '"}]}',
            '{"units": [], "units": [' + unit + "]}",
            '{"units": [{"id": NaN, "name": Infinity}]}',
            '{"units": [{"id": "\\ud800", "name": "\\u0000"}]}',
            '{"units": {"id": "u"}}',
            '{"' + "k" * times + '": []}',
            "{" * times,
            '{"$schema": "'
            + canary
            + '/schema", "@context": "'
            + canary
            + '/c", "units": ['
            + unit
            + "]}",
            '{"records": [[[]]], "persons": [null]}',
        ]
    )
    return ".json", text.encode(rng.choice(["utf-8", "utf-8", "utf-16", "utf-32", "utf-8-sig"]))


def _csv(rng: random.Random, canary: str) -> tuple[str, bytes]:
    times = rng.choice(_DEEP)
    head = "编号,名称,类别,层级\n"
    text = rng.choice(
        [
            head + "u1," + "字" * times * 5 + ",地方党委,县级\n",
            head + '"u1,' + "x\n" * times,
            "a," * times + "\n" + "1," * times,
            head + "u1,名,地方党委,县级\n" * min(times, 3000),
            head + "\x00" * times,
            head.replace("\n", "\r") + "u1,a,b,c\r",
            head + '=HYPERLINK("' + canary + '/h"),x,y,z\n',
            head + "u1" + ",," * times,
            "\n" * times,
            head + '"' * times,
            ";".join(["编号"] * times),
            head + "\ufeffu1\u202e,名,地方党委,县级\n",
            "sep=|\n编号|名称\n",
        ]
    )
    content = text.encode(rng.choice(["utf-8", "gb18030", "utf-16", "utf-8-sig"]))
    if rng.random() < 0.3:
        return ".zip", _packed(
            {
                rng.choice(
                    [
                        "../../units.csv",
                        "units.csv",
                        "/etc/units.csv",
                        "单位.csv",
                        "a/" * 500 + "u.csv",
                    ]
                ): content
            }
        )
    return ".csv", content


def _packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in files.items():
            new.writestr(name, content)
    return target.getvalue()


# Workbooks --------------------------------------------------------------------------------------


@cache
def _sound() -> bytes:
    return workbook()


def _xlsx(rng: random.Random, canary: str) -> tuple[str, bytes]:
    times = rng.choice(_DEEP)
    sheet, strings = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    external = (
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/externalLink" '
        f'Target="{canary}/book.xlsx" TargetMode="External"/></Relationships>'
    ).encode()
    doctype = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{canary}/entity"><!ENTITY l0 "ha">{_LAUGHS}]>'.encode()
    )
    change: dict[str, Callable[[bytes], bytes]] = rng.choice(
        [
            {
                "xl/_rels/workbook.xml.rels": lambda data: data.replace(
                    b"</Relationships>", external
                )
            },
            {
                sheet: lambda data: data.replace(b"?>", b"?>" + doctype, 1).replace(
                    b"<v>", b"<v>&l9;&e;", 1
                )
            },
            {
                strings: lambda data: data.replace(b"?>", b"?>" + doctype, 1).replace(
                    b"<t>", b"<t>&l9;", 1
                )
            },
            {
                sheet: lambda data: data.replace(
                    b"<sheetData>",
                    b'<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
                )
            },
            {sheet: lambda data: data.replace(b"<sheetData>", b"<sheetData>" + b"<row>" * times)},
            {sheet: lambda data: data.replace(b"A1:", b"A1:XFD1048576" + b" " * times)},
            {
                sheet: lambda data: data.replace(
                    b't="s"', b't="' + rng.choice([b"e", b"d", b"str", b"x", b"b"]) + b'"'
                )
            },
            {sheet: lambda data: data.replace(b"<v>", b"<v>" + b"9" * min(times, 5000))},
            {strings: lambda data: data.replace(b"<t>", b"<t>" + b"x" * times * 50)},
            {"xl/workbook.xml": lambda data: spoil_text(rng, data)},
            {
                "[Content_Types].xml": lambda data: data.replace(
                    b"sheet.main", b"sheet.macroEnabled.main"
                )
            },
            {rng.choice([sheet, strings, "xl/styles.xml"]): lambda data: spoil_bytes(rng, data)},
        ]
    )
    added: dict[str, bytes] = rng.choice(
        [
            *[{}] * 10,
            {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"},
            {"xl/bomb.xml": b"\0" * 30_000_000},
            {"xl/externalLinks/externalLink1.xml": f'<externalLink href="{canary}/l"/>'.encode()},
            {"xl/worksheets/../../../x": b""},
        ]
    )
    content = repacked(_sound(), change, added)
    return rng.choice([".xlsx", ".xlsx", ".xlsm", ".xls", ".zip"]), content


_MADE: dict[str, Callable[[random.Random, str], tuple[str, bytes]]] = {
    "rdf": _rdf,
    "json": _json,
    "csv": _csv,
    "xlsx": _xlsx,
}


def hostile_files(form: str, rng: random.Random, canary: str) -> list[Source]:
    """Make the files of one upload; what reaches out names the server at ``canary``."""
    if rng.random() < 0.6:
        some = {"csv": ("csv", "csv", "zip")}.get(form, (form,))
        return mutated(rng.randrange(2**48), rng.choice(some)) or [Source("a.csv", b"")]
    suffix, content = _MADE[form](rng, canary)
    if rng.random() < 0.2:
        content = rng.choice([spoil_bytes, spoil_text])(rng, content or b" ")
    return [Source(f"a{suffix}", content)]


def hostile_settings(rng: random.Random) -> bytes:
    """Make the body of a request that saves settings, or a document where an object should be."""
    known = {"reference_units": "violation", "joint_addressee": "one"}
    some = rng.choice(
        [known, rng.choice(documents()), [], {"x": {"y": [1]}}, {"joint_addressee": None}]
    )
    return spoil_text(rng, json.dumps(some, ensure_ascii=False).encode("utf-8", "surrogatepass"))
