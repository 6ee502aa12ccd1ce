"""The Hebei measures' text: all of it there, and nothing changed but what is listed.

The proof reads the published Turtle, not the parser's own objects.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from dutygraph.regulations.numerals import chinese_numeral
from dutygraph.regulations.publication import publish, publish_text

FOLDER = Path(__file__).parents[2] / "data" / "regulations" / "hebei"
BASE = "https://w3id.org/dutygraph/hebei/"
DG = "https://w3id.org/dutygraph/ontology#"
ELI = "http://data.europa.eu/eli/ontology#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

# The source as it was received.
SOURCE_SHA256 = "412632a74ed2c6bddf301f7b637dda46721eec42afc9789a3b9a0c13e7a8da49"

# Counted by hand in the source.
ITEMS = {
    5: 5, 6: 8, 8: 3, 9: 5, 10: 4, 12: 4, 13: 3, 14: 2, 15: 5, 26: 3, 29: 7, 33: 2, 34: 2,
}  # fmt: skip
LATER_PARAGRAPHS = {12: 2, 32: 2, 36: 3, 38: 2}
CHAPTERS = {
    "第一章": ("总则", 1, 5),
    "第二章": ("责任内容与分解", 6, 14),
    "第三章": ("责任检查与监督", 15, 20),
    "第四章": ("责任考核", 21, 28),
    "第五章": ("责任追究", 29, 40),
    "第六章": ("附则", 41, 43),
}

Resource = dict[str, list[str]]


def read(name: str) -> dict[str, Resource]:
    """Read a Turtle file of the folder: IRI → property → values."""
    resources: dict[str, Resource] = defaultdict(lambda: defaultdict(list))
    for triple in parse(path=FOLDER / name, format=RdfFormat.TURTLE):
        assert isinstance(triple.subject, NamedNode)
        assert isinstance(triple.object, NamedNode | Literal)
        resources[triple.subject.value][triple.predicate.value].append(triple.object.value)
    return resources


@pytest.fixture(scope="module")
def text() -> dict[str, Resource]:
    return read("text.ttl")


@pytest.fixture(scope="module")
def judgements() -> dict[str, Resource]:
    return read("repairs.ttl")


@pytest.fixture(scope="module")
def source() -> str:
    return (FOLDER / "source.txt").read_bytes().decode("utf-8")


def of_class(resources: dict[str, Resource], name: str) -> list[Resource]:
    """Give the resources of a class in reading order."""
    found = [r for r in resources.values() if DG + name in r[RDF_TYPE]]
    return sorted(found, key=lambda r: int(r[DG + "order"][0]) if DG + "order" in r else 0)


def one(resource: Resource, name: str) -> str:
    (value,) = resource[name]
    return value


def test_the_source_is_the_text_as_it_was_received() -> None:
    assert hashlib.sha256((FOLDER / "source.txt").read_bytes()).hexdigest() == SOURCE_SHA256


def test_the_committed_text_is_what_the_command_makes() -> None:
    turtle, to_look_at = publish_text(FOLDER)
    assert (FOLDER / "text.ttl").read_text(encoding="utf-8") == turtle
    assert to_look_at == []
    assert publish(FOLDER / "source.txt", FOLDER / "repairs.ttl") == turtle


def test_all_43_articles_are_there_in_order(text: dict[str, Resource]) -> None:
    articles = of_class(text, "Article")
    assert [one(a, DG + "key") for a in articles] == [f"art{n}" for n in range(1, 44)]
    assert [one(a, ELI + "number") for a in articles] == [
        f"第{chinese_numeral(n)}条" for n in range(1, 44)
    ]


def test_all_53_items_are_there_under_their_articles(text: dict[str, Resource]) -> None:
    items = of_class(text, "Item")
    expected = [(n, k) for n, count in ITEMS.items() for k in range(1, count + 1)]
    assert len(items) == len(expected) == 53
    assert [one(i, DG + "key") for i in items] == [f"art{n}.item{k}" for n, k in expected]
    assert [one(i, ELI + "number") for i in items] == [
        f"（{chinese_numeral(k)}）" for _, k in expected
    ]
    assert [one(i, ELI + "is_part_of") for i in items] == [f"{BASE}art{n}" for n, _ in expected]


def test_paragraphs_are_named_where_an_article_has_items_or_several_of_them(
    text: dict[str, Resource],
) -> None:
    counts = {n: LATER_PARAGRAPHS.get(n, 1) for n in sorted({*ITEMS, *LATER_PARAGRAPHS})}
    expected = [f"art{n}.para{k}" for n, count in counts.items() for k in range(1, count + 1)]
    assert [one(p, DG + "key") for p in of_class(text, "Paragraph")] == expected


def test_the_leading_groups_office_is_the_second_paragraph_of_article_12(
    text: dict[str, Resource],
) -> None:
    office = text[BASE + "art12/para2"]
    assert (
        one(office, DG + "text") == "领导小组下设办公室，办公室设在纪委（纪检组），负责日常工作。"
    )
    assert text[BASE + "art12"][ELI + "has_part"][-1] == BASE + "art12/para2"


def test_six_chapters_hold_the_articles_chapter_one_by_its_restored_heading(
    text: dict[str, Resource], judgements: dict[str, Resource]
) -> None:
    chapters = of_class(text, "Chapter")
    assert {
        one(c, ELI + "number"): (
            one(c, ELI + "title"),
            *(int(c[ELI + "has_part"][i].removeprefix(BASE + "art")) for i in (0, -1)),
        )
        for c in chapters
    } == CHAPTERS
    (restored,) = [r for r in judgements.values() if DG + "HeadingRestored" in r[DG + "repairKind"]]
    assert one(restored, DG + "repairs") == BASE + "chapter1"
    assert one(restored, DG + "restored") == "第一章 总则"


def test_whatever_is_part_of_something_is_one_of_its_parts(text: dict[str, Resource]) -> None:
    downward = {(iri, part) for iri, r in text.items() for part in r[ELI + "has_part"]}
    upward = {(whole, iri) for iri, r in text.items() for whole in r[ELI + "is_part_of"]}
    assert downward == upward
    assert len(upward) == 6 + 43 + 53 + 21


def test_the_garbled_reference_stands_as_found_with_its_reading(
    text: dict[str, Resource], judgements: dict[str, Resource], source: str
) -> None:
    (garbled,) = [r for r in judgements.values() if DG + "GarbledReference" in r[DG + "repairKind"]]
    found = one(garbled, DG + "found")
    assert one(garbled, DG + "readAs") == "中发〔2010〕19号"
    assert found in one(text[one(garbled, DG + "repairs")], DG + "text")
    assert found in source.split("\n")[int(one(garbled, DG + "sourceLine")) - 1]


# Nothing but white space, page breaks and the listed repairs differs from the source.


def published_stretches(
    text: dict[str, Resource], judgements: dict[str, Resource]
) -> Iterator[str]:
    """Give the regulation's words in reading order, but for the restored headings."""
    yield next(t for t in judgements[BASE.rstrip("/")][ELI + "title"] if not t.isascii())
    restored = {
        one(r, DG + "repairs")
        for r in judgements.values()
        if DG + "HeadingRestored" in r[DG + "repairKind"]
    }
    provisions = [(iri, r) for iri, r in text.items() if DG + "order" in r]
    for iri, resource in sorted(provisions, key=lambda entry: int(one(entry[1], DG + "order"))):
        if iri not in restored:
            for name in (ELI + "number", ELI + "title", DG + "text"):
                yield from resource[name]


def differences(source: str, published: str) -> Counter[tuple[str, int]]:
    """Count what differs but white space, by kind and source line.

    Raises AssertionError at a difference that is neither a widened parenthesis nor a list mark.
    """
    found: Counter[tuple[str, int]] = Counter()
    words = iter(re.sub(r"\s", "", published))
    for number, line in enumerate(source.split("\n"), start=1):
        for character in re.sub(r"\s", "", line):
            if character == "-":
                found["ListMarkRemoved", number] += 1
                continue
            word = next(words, "")
            if character != word:
                assert (character, word) in {("(", "（"), (")", "）")}, (number, character, word)
                found["ParenthesisWidened", number] += 1
    assert not "".join(words)
    return found


def listed(text: dict[str, Resource]) -> Counter[tuple[str, int]]:
    """Count what the listed repairs say, by kind and source line."""
    counts: Counter[tuple[str, int]] = Counter()
    for repair in of_class(text, "Repair"):
        kind = one(repair, DG + "repairKind").removeprefix(DG)
        found, line = one(repair, DG + "found"), int(one(repair, DG + "sourceLine"))
        if kind == "ParenthesisWidened":
            counts[kind, line] += len(re.findall(r"[()]", found))
        elif kind == "ListMarkRemoved":
            counts[kind, line] += 1
    return counts


def test_the_text_differs_from_the_source_by_the_listed_repairs_and_no_others(
    text: dict[str, Resource], judgements: dict[str, Resource], source: str
) -> None:
    published = "".join(published_stretches(text, judgements))
    counts = differences(source, published)
    assert counts == listed(text)
    assert sum(counts.values()) == 45


def test_a_dropped_and_an_added_character_would_be_noticed(
    text: dict[str, Resource], judgements: dict[str, Resource], source: str
) -> None:
    published = "".join(published_stretches(text, judgements))
    for changed in (published[:-1], published + "。", published.replace("紧密", "紧", 1)):
        with pytest.raises(AssertionError):
            differences(source, changed)


def test_every_listed_repair_is_in_the_source_as_found_and_in_the_text_as_restored(
    text: dict[str, Resource], source: str
) -> None:
    repairs = of_class(text, "Repair")
    assert len(repairs) == 35
    for repair in repairs:
        provision = text[one(repair, DG + "repairs")]
        found, line = one(repair, DG + "found"), int(one(repair, DG + "sourceLine"))
        assert found in "\n".join(source.split("\n")[line - 1 : line + 2])
        if one(repair, DG + "repairKind") != DG + "ListMarkRemoved":
            words = [*provision[ELI + "number"], *provision[DG + "text"]]
            assert any(one(repair, DG + "restored") in word for word in words)


def test_each_page_break_that_cut_a_sentence_is_listed(
    text: dict[str, Resource], source: str
) -> None:
    joined = {
        int(one(repair, DG + "sourceLine"))
        for repair in of_class(text, "Repair")
        if one(repair, DG + "repairKind") == DG + "PageBreakJoined"
    }
    broken = {
        number
        for number, line in enumerate(source.split("\n"), start=1)
        if line.strip() and not re.search(r"[。；：]$|^第.{1,2}章 |^河北省.*办法$", line.strip())
    }
    assert joined == broken
    assert len(joined) == 10


def test_no_half_width_parenthesis_and_no_line_end_is_left_in_the_text(
    text: dict[str, Resource],
) -> None:
    words = [t for r in text.values() for t in (*r[DG + "text"], *r[ELI + "number"])]
    assert words
    assert not [word for word in words if re.search(r"[()\n\r]|^\s|\s$", word)]
