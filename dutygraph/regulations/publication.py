"""Publication: a regulation's folder, source.txt and repairs.ttl, made into its text.ttl.

The Turtle is written provision by provision in reading order, then repair by repair in order of
lines; the same input gives the same bytes. The terms are those of ontology/text.ttl and of ELI
(LegalResourceSubdivision).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat
from pyoxigraph import parse as parse_rdf

from dutygraph.regulations.healing import GARBLED_REFERENCE, HEADING_RESTORED, Repair
from dutygraph.regulations.keys import Provision
from dutygraph.regulations.text import ParsedText, RestoredHeading, Unplaced, parse
from dutygraph.terms import DG, PREFIXES

_SPACE = re.compile(r"\s+")
_UNSAFE = re.compile('[\\\\"\x00-\x1f\x7f\x85\u2028\u2029\ufeff]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_WRITTEN = ("dg", "eli", "rdfs")
_TYPE = PREFIXES["rdf"] + "type"
_IDENTIFIER = PREFIXES["dcterms"] + "identifier"
_TITLE = PREFIXES["eli"] + "title"


class RegulationFileError(ValueError):
    """A source.txt that cannot be read, or a repairs.ttl that does not fit it."""


@dataclass(frozen=True)
class Judgement:
    """A repair that a reader decided, from repairs.ttl; `provision` is an IRI."""

    iri: str
    provision: str
    kind: str
    line: int
    found: str
    restored: str


@dataclass(frozen=True)
class Repairs:
    """What repairs.ttl says: the regulation's IRI, its Chinese title, and the judgements."""

    regulation: str
    title: str
    judgements: tuple[Judgement, ...]

    @property
    def base(self) -> str:
        """The IRI that provision IRIs begin with."""
        return self.regulation + "/"

    @property
    def headings(self) -> list[RestoredHeading]:
        """The headings to put back."""
        return [
            RestoredHeading(judgement.line, judgement.restored)
            for judgement in self.judgements
            if judgement.kind == HEADING_RESTORED
        ]


def publish_text(regulation_dir: Path) -> tuple[str, list[Unplaced]]:
    """Make the Turtle of a regulation's folder, and list what to look at.

    That is lines in no provision (no `key`; the preamble is among them, which is not published),
    and lines placed against the sequence (with their `key`).

    Raises RegulationFileError when repairs.ttl does not fit source.txt.
    """
    source, repairs_file = regulation_dir / "source.txt", regulation_dir / "repairs.ttl"
    repairs, parsed = _read(source, repairs_file)
    why = "条文之前的文字 text before the first provision"
    preamble = [Unplaced(line.number, line.text, why) for line in parsed.preamble]
    entries = [*preamble, *parsed.unplaced, *parsed.doubts]
    return _turtle(parsed, repairs), sorted(entries, key=lambda entry: entry.line)


def publish(source: Path, repairs: Path) -> str:
    """Make the Turtle of a source text and its hand-written repairs, as publish_text does."""
    read, parsed = _read(source, repairs)
    return _turtle(parsed, read)


def _read(source: Path, repairs_file: Path) -> tuple[Repairs, ParsedText]:
    try:
        raw = source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RegulationFileError(
            f"{source}: 第 {line} 行不是 UTF-8 编码，请转换后重试。"
            f" Line {line} is not UTF-8: convert the file to UTF-8."
        ) from error
    repairs = read_repairs(repairs_file)
    try:
        parsed = parse(raw, repairs.headings)
    except ValueError as error:
        raise RegulationFileError(f"{repairs_file}: {error}") from error
    if parsed.source_without_space() != _SPACE.sub("", raw):
        raise AssertionError(
            f"{source}: 文字有遗漏 text was lost in parsing; the parser is at fault"
        )
    _check(parsed, repairs, repairs_file)
    return repairs, parsed


def read_repairs(path: Path) -> Repairs:
    """Read a repairs.ttl.

    Raises RegulationFileError when it is not Turtle, or lacks what the text needs.
    """
    properties: dict[str, dict[str, list[NamedNode | Literal]]] = {}
    try:
        for triple in parse_rdf(path.read_bytes(), format=RdfFormat.TURTLE):
            subject, value = triple.subject, triple.object
            if isinstance(subject, NamedNode) and isinstance(value, NamedNode | Literal):
                properties.setdefault(subject.value, {}).setdefault(
                    triple.predicate.value, []
                ).append(value)
    except SyntaxError as error:
        raise RegulationFileError(f"{path}: 不是有效的 Turtle not valid Turtle: {error}") from error
    regulations = [s for s, p in properties.items() if _has_type(p, "Regulation")]
    if len(regulations) != 1:
        raise RegulationFileError(
            f"{path}: 应有且只有一个 dg:Regulation，现有 {len(regulations)} 个。"
            f" Expected one dg:Regulation, found {len(regulations)}: describe the regulation once."
        )
    own = properties[regulations[0]]
    titles = [t.value for t in own.get(_TITLE, []) if isinstance(t, Literal) and t.language == "zh"]
    if len(titles) != 1 or not own.get(_IDENTIFIER):
        raise RegulationFileError(
            f"{path}: <{regulations[0]}> 应有 dcterms:identifier 和一个中文 eli:title。"
            " The regulation needs a dcterms:identifier and one eli:title tagged zh: add them."
        )
    judgements = [
        _judgement(path, subject, properties[subject])
        for subject in sorted(properties)
        if _has_type(properties[subject], "Repair")
    ]
    return Repairs(regulations[0], titles[0], tuple(judgements))


def _has_type(properties: dict[str, list[NamedNode | Literal]], name: str) -> bool:
    return NamedNode(DG + name) in properties.get(_TYPE, [])


def _judgement(path: Path, iri: str, properties: dict[str, list[NamedNode | Literal]]) -> Judgement:
    kind = _one(path, iri, properties, "repairKind").removeprefix(DG)
    if kind not in (HEADING_RESTORED, GARBLED_REFERENCE):
        raise RegulationFileError(
            f"{path}: <{iri}> 的 dg:repairKind 是 {kind}，"
            f"应为 {HEADING_RESTORED} 或 {GARBLED_REFERENCE}。"
            " Only these two are written by hand; the parser lists the others: remove it."
        )
    heading = kind == HEADING_RESTORED
    line = _one(path, iri, properties, "sourceLine")
    if not line.isdecimal():
        raise RegulationFileError(
            f"{path}: <{iri}> 的 dg:sourceLine 是“{line}”，应为行号。"
            " dg:sourceLine must be a line number: write it as an integer."
        )
    if not heading:
        _one(path, iri, properties, "readAs")
    return Judgement(
        iri,
        _one(path, iri, properties, "repairs"),
        kind,
        int(line),
        "" if heading else _one(path, iri, properties, "found"),
        _one(path, iri, properties, "restored") if heading else "",
    )


def _one(path: Path, iri: str, properties: dict[str, list[NamedNode | Literal]], name: str) -> str:
    values = properties.get(DG + name, [])
    if len(values) != 1:
        raise RegulationFileError(
            f"{path}: <{iri}> 应有一个 dg:{name}，现有 {len(values)} 个。"
            f" Expected one dg:{name}, found {len(values)}: write exactly one."
        )
    return values[0].value


def _check(parsed: ParsedText, repairs: Repairs, path: Path) -> None:
    """Hold every judgement against the text it is about."""
    title = parsed.title.text
    if title != repairs.title:
        raise RegulationFileError(
            f"{path}: 标题“{repairs.title}”与原文“{title}”不符。"
            f" The title {repairs.title!r} is not the source's {title!r}:"
            " write eli:title as the source does."
        )
    provisions = {repairs.base + _path(p.key): p for p in parsed.walk()}
    for judgement in repairs.judgements:
        provision = provisions.get(judgement.provision)
        if provision is None or not _fits(judgement, provision):
            raise RegulationFileError(
                f"{path}: <{judgement.iri}> 与 <{judgement.provision}> 或第 {judgement.line}"
                f" 行不符。 The repair does not fit its provision or line {judgement.line}: compare"
                " dg:repairs, dg:sourceLine and dg:found or dg:restored with the source."
            )


def _fits(judgement: Judgement, provision: Provision) -> bool:
    if judgement.kind == HEADING_RESTORED:
        return provision.restored and provision.label_zh.endswith(judgement.restored)
    first, last = provision.lines
    return judgement.found in provision.text and first <= judgement.line <= last


def _turtle(parsed: ParsedText, repairs: Repairs) -> str:
    prefixes = [f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in _WRITTEN]
    tops = [provision.key for provision in parsed.provisions]
    has_part = [("eli:has_part", _references(tops))] if tops else []
    blocks = [
        "# Made from source.txt and repairs.ttl by dutygraph.regulations.publication.\n"
        + "\n".join([f"@base <{repairs.base}> .", *prefixes]),
        _block(f"<{repairs.regulation}>", "dg:Regulation", has_part),
    ]
    flat = [entry for p in parsed.provisions for entry in _with_whole(p, f"<{repairs.regulation}>")]
    blocks += [_provision_block(p, whole, order) for order, (p, whole) in enumerate(flat, start=1)]
    blocks += _repair_blocks((*parsed.title.repairs, *parsed.repairs), repairs.regulation)
    return "\n\n".join(blocks) + "\n"


def _with_whole(provision: Provision, whole: str) -> Iterator[tuple[Provision, str]]:
    """Give a provision and all within it in reading order, each with what it is part of."""
    yield provision, whole
    for part in provision.parts:
        yield from _with_whole(part, _reference(provision.key))


def _provision_block(provision: Provision, whole: str, order: int) -> str:
    pairs = [
        ("rdfs:label", f"{literal(provision.label_zh, 'zh')}, {literal(provision.label_en, 'en')}"),
        ("dg:key", literal(provision.key)),
        ("dg:order", str(order)),
        ("eli:is_part_of", whole),
    ]
    if provision.number:
        pairs.append(("eli:number", literal(provision.number)))
    if provision.title:
        pairs.append(("eli:title", literal(provision.title, "zh")))
    if provision.text:
        pairs.append(("dg:text", literal(provision.text, "zh")))
    if provision.parts:
        pairs.append(("eli:has_part", _references(part.key for part in provision.parts)))
    return _block(_reference(provision.key), f"dg:{provision.kind.value}", pairs)


def _repair_blocks(repairs: Sequence[Repair], regulation: str) -> Iterator[str]:
    """Write the mechanical repairs in order of lines.

    Restored headings stay in repairs.ttl, with their reason. Repairs without a key are the title's.
    """
    counts: Counter[int] = Counter()
    for repair in sorted(repairs, key=lambda repair: repair.line):
        if repair.kind == HEADING_RESTORED:
            continue
        counts[repair.line] += 1
        pairs = [
            ("dg:repairs", _reference(repair.key) if repair.key else f"<{regulation}>"),
            ("dg:repairKind", f"dg:{repair.kind}"),
            ("dg:sourceLine", str(repair.line)),
            ("dg:found", literal(repair.found)),
            ("dg:restored", literal(repair.restored)),
        ]
        yield _block(f"<repairs/line{repair.line}-{counts[repair.line]}>", "dg:Repair", pairs)


def _block(subject: str, kind: str, pairs: Sequence[tuple[str, str]]) -> str:
    lines = [f"{subject} a {kind}", *(f"    {predicate} {value}" for predicate, value in pairs)]
    return " ;\n".join(lines) + " ."


def _path(key: str) -> str:
    """Turn a key into the end of its IRI: art9.item3 is art9/item3."""
    return key.replace(".", "/")


def _reference(key: str) -> str:
    return f"<{_path(key)}>"


def _references(keys: Iterable[str]) -> str:
    return ", ".join(_reference(key) for key in keys)


def literal(text: str, language: str = "") -> str:
    """Write a Turtle literal (RDF 1.1 Turtle, 2.5.1), all that would end or hide it escaped."""
    escaped = _UNSAFE.sub(lambda m: _ESCAPES.get(m.group(), f"\\u{ord(m.group()):04X}"), text)
    return f'"{escaped}"' + (f"@{language}" if language else "")
