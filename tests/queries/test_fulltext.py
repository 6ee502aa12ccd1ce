"""Full-text search: what it finds is what has the words, from one character on, the best first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dutygraph.queries.fulltext import Document, FullText, folded

LETTERS = "党委报告年度ab 1%_\"'*（）\0"
TEXTS = st.text(LETTERS, max_size=12)


def documents(*bodies: str, kind: str = "text") -> list[Document]:
    return [Document(kind, str(place), (), body) for place, body in enumerate(bodies)]


@given(st.lists(TEXTS, max_size=8), TEXTS)
def test_a_document_is_found_if_it_has_all_words(bodies: list[str], query: str) -> None:
    found = FullText(documents(*bodies)).search(query, most=len(bodies) + 1)
    words = folded(query).split()
    expected = {
        str(place)
        for place, body in enumerate(bodies)
        if words and all(word in folded(body) for word in words)
    }
    hits = found.get("text")
    assert set(hits.keys if hits else ()) == expected
    assert (hits.total if hits else 0) == len(expected)


def test_capitals_and_full_width_forms_are_the_same() -> None:
    index = FullText(documents("Annual REPORT", "ＡＢＣ公司", "第（三）项"))
    assert index.search("annual report", 5)["text"].keys == ("0",)
    assert index.search("abc", 5)["text"].keys == ("1",)
    assert index.search("(三)", 5)["text"].keys == ("2",)


def test_a_name_comes_before_a_beginning_before_a_part_before_the_text() -> None:
    index = FullText(
        [
            Document("unit", "text", ("乡政府",), "属于县委"),
            Document("unit", "often", ("镇政府",), "县委，县委"),
            Document("unit", "part", ("中共县委",)),
            Document("unit", "beginning", ("县委办公室",)),
            Document("unit", "name", ("某某", "县委")),
        ]
    )
    for word in ("县委", "县"):
        order = index.search(word, 9)["unit"].keys
        assert order.index("beginning") < order.index("part") < order.index("often")
        assert order.index("often") < order.index("text")
    assert index.search("县委", 9)["unit"].keys[0] == "name"


def test_hits_are_counted_by_kind_and_given_by_the_sheet() -> None:
    index = FullText([*documents("报告一", "报告二", "报告三"), *documents("报告", kind="other")])
    found = index.search("报告", most=2)
    assert {kind: (len(one.keys), one.total) for kind, one in found.items()} == {
        "text": (2, 3),
        "other": (1, 1),
    }
    assert index.search("报告", 2, kind="text", beginning=2)["text"].keys == ("2",)
    assert set(index.search("报告", 2, kind="other")) == {"other"}


def test_a_synonym_finds_more_and_what_is_asked_comes_first() -> None:
    index = FullText([Document("term", "zh", ("期限",)), Document("term", "en", ("deadline",))])
    assert index.search("deadline", 5, synonyms=["期限"])["term"].keys == ("en", "zh")
    assert index.search("", 5, synonyms=["期限"])["term"].keys == ("zh",)
    assert index.search("  ", 5) == {}
