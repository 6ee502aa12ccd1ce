"""The published Turtle: valid, the same every time, and refused when its inputs do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from dutygraph.regulations import publication
from dutygraph.regulations.publication import (
    RegulationFileError,
    literal,
    publish_text,
    read_repairs,
)
from dutygraph.regulations.text import ParsedText
from dutygraph.regulations.text import parse as parse_text

TEXTS = sorted((Path(__file__).parent / "texts").glob("*.txt"))
DG = "https://w3id.org/dutygraph/ontology#"
ELI = "http://data.europa.eu/eli/ontology#"
REGULATION = "https://example.org/rules"

REPAIRS = f"""@base <{REGULATION}/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix dg: <{DG}> .
@prefix eli: <{ELI}> .
<{REGULATION}> a dg:Regulation ; dcterms:identifier "rules" ; eli:title "%TITLE%"@zh, "Rules"@en .
"""
HEADING = """<repairs/h> a dg:Repair ; dg:repairs <chapter1> ; dg:repairKind dg:HeadingRestored ;
    dg:sourceLine 3 ; dg:found "" ; dg:restored "第一章 总则" .
"""
GARBLED = """<repairs/g> a dg:Repair ; dg:repairs <art1> ; dg:repairKind dg:GarbledReference ;
    dg:sourceLine 3 ; dg:found "（2010? 19号）" ; dg:readAs "〔2010〕19号"@zh .
"""
SOURCE = "某某规则\n\n第一条 依照（2010? 19号）制定。\n\n第二章 附则\n第二条 施行。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a small regulation whose repairs fit."""
    (tmp_path / "source.txt").write_text(SOURCE, encoding="utf-8")
    write_repairs(tmp_path, HEADING + GARBLED)
    return tmp_path


def write_repairs(folder: Path, repairs: str, title: str = "某某规则") -> None:
    content = REPAIRS.replace("%TITLE%", title) + repairs
    (folder / "repairs.ttl").write_text(content, encoding="utf-8")


def triples(turtle: str) -> list[Triple]:
    return [
        Triple(quad.subject, quad.predicate, quad.object)
        for quad in parse(turtle.encode(), format=RdfFormat.TURTLE)
    ]


@given(st.text(), st.sampled_from(["", "zh"]))
def test_any_text_survives_being_written_as_a_literal(text: str, language: str) -> None:
    (triple,) = triples(f"<a:s> <a:p> {literal(text, language)} .")
    assert triple.object == (Literal(text, language=language) if language else Literal(text))


def test_a_regulation_is_published_with_its_restored_heading(folder: Path) -> None:
    turtle, to_look_at = publish_text(folder)
    written = triples(turtle)
    chapter = NamedNode(f"{REGULATION}/chapter1")
    assert to_look_at == []
    assert Triple(chapter, NamedNode(ELI + "title"), Literal("总则", language="zh")) in written
    assert Triple(NamedNode(REGULATION), NamedNode(ELI + "has_part"), chapter) in written


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_text_is_published_as_valid_turtle_the_same_each_time(
    path: Path, tmp_path: Path
) -> None:
    raw = path.read_bytes()
    (tmp_path / "source.txt").write_bytes(raw)
    parsed = parse_text(raw.decode("utf-8"))
    write_repairs(tmp_path, "", title=parsed.title.text)
    turtle, to_look_at = publish_text(tmp_path)
    assert publish_text(tmp_path) == (turtle, to_look_at)
    provisions = list(parsed.walk())
    values = {
        name: [
            triple.object.value
            for triple in triples(turtle)
            if triple.predicate.value == name and isinstance(triple.object, Literal)
        ]
        for name in (DG + "key", DG + "order", DG + "text", DG + "restored")
    }
    assert values[DG + "key"] == [p.key for p in provisions]
    assert values[DG + "order"] == [str(n) for n in range(1, len(provisions) + 1)]
    assert values[DG + "text"] == [p.text for p in provisions if p.text]
    assert len(values[DG + "restored"]) == len(parsed.repairs) + len(parsed.title.repairs)
    expected = len(parsed.preamble) + len(parsed.unplaced) + len(parsed.doubts)
    assert len(to_look_at) == expected


def test_a_byte_order_mark_is_no_part_of_the_text(folder: Path) -> None:
    plain = publish_text(folder)
    (folder / "source.txt").write_bytes(b"\xef\xbb\xbf" + SOURCE.encode())
    assert publish_text(folder) == plain


def test_the_preamble_is_listed_because_it_is_not_published(folder: Path) -> None:
    (folder / "source.txt").write_text("编者按。\n" + SOURCE[:-1], encoding="utf-8")
    write_repairs(folder, "")
    turtle, to_look_at = publish_text(folder)
    assert "编者按" not in turtle
    assert [(entry.line, entry.text) for entry in to_look_at if not entry.key] == [(1, "编者按。")]


def test_a_source_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "source.txt").write_bytes(SOURCE.encode("gb18030"))
    with pytest.raises(RegulationFileError, match=r"source\.txt: .* Line 1 is not UTF-8"):
        publish_text(folder)


@pytest.mark.parametrize("name", ["source.txt", "repairs.ttl"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        publish_text(folder)


def test_text_lost_by_the_parser_would_stop_the_publication(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(raw: str, *_: object) -> ParsedText:
        return parse_text(raw.replace("施行", ""))

    monkeypatch.setattr(publication, "parse", lossy)
    with pytest.raises(AssertionError, match="text was lost"):
        publish_text(folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('dg:found "（2010? 19号）"', 'dg:found "（2011? 19号）"', "does not fit its provision"),
        ('dg:sourceLine 3 ; dg:found "（', 'dg:sourceLine 5 ; dg:found "（', "or line 5"),
        ("dg:repairs <art1>", "dg:repairs <art9>", "<https://example.org/rules/art9>"),
        ("dg:repairs <chapter1>", "dg:repairs <chapter2>", "does not fit its provision"),
        ("dg:repairs <art1>", "dg:repairs <art1>, <art2>", "Expected one dg:repairs, found 2"),
        (' ; dg:readAs "〔2010〕19号"@zh', "", "Expected one dg:readAs, found 0"),
        ("dg:GarbledReference", "dg:PageBreakJoined", "Only these two are written by hand"),
        ('dg:sourceLine 3 ; dg:found ""', 'dg:sourceLine "x"', "must be a line number"),
        ("第一章 总则", "总则", "The restored heading '总则' cannot stand before line 3"),
        ("某某规则", "某某办法", "The title '某某办法' is not the source's '某某规则'"),
        ('"某某规则"@zh, ', "", "one eli:title tagged zh"),
        ('dcterms:identifier "rules" ;', "", "needs a dcterms:identifier"),
        ("a dg:Regulation", "a dg:Rules", "Expected one dg:Regulation, found 0"),
        ("<repairs/g> a", "<repairs/g> a dg:Regulation,", "Expected one dg:Regulation, found 2"),
        ("<repairs/g> a", "<repairs/g> an", "not valid Turtle"),
    ],
)
def test_repairs_that_do_not_fit_are_refused_with_the_file_and_the_remedy(
    folder: Path, old: str, new: str, message: str
) -> None:
    file = folder / "repairs.ttl"
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegulationFileError) as refusal:
        publish_text(folder)
    assert message in str(refusal.value)
    assert str(refusal.value).startswith(str(file))


def test_remarks_in_the_repairs_do_not_disturb_them(folder: Path) -> None:
    plain = publish_text(folder)
    remark = '[] <http://example.org/note> "x" . <repairs/g> <http://example.org/by> [] .\n'
    write_repairs(folder, HEADING + GARBLED + remark)
    assert publish_text(folder) == plain
    assert [j.line for j in read_repairs(folder / "repairs.ttl").judgements] == [3, 3]
